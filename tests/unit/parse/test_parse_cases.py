"""Whole small texts and the clause trees they become: tests/cases/parse, one file a case."""

import re
from pathlib import Path

import pytest

from publisher.domain.clause import Block, Clause, ClauseTree
from publisher.parse import parse

CASES = Path(__file__).parents[2] / "cases" / "parse"
_FORM = re.compile(
    r"(?P<head># .+\n\nLanguage: (?P<language>\S+)\n\n`````markdown\n(?P<source>.*?)`````\n\n`````tree\n)"
    r"(?P<tree>.*?)`````\n",
    re.DOTALL,
)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_a_text_becomes_the_tree_in_its_case(path: Path, *, update_cases: bool) -> None:
    form = _FORM.fullmatch(path.read_text("utf-8"))
    assert form is not None, f"{path} has not the form of a case"
    told = outline(parse(form["source"], form["language"]))
    if update_cases:
        path.write_text(f"{form['head']}{told}`````\n", "utf-8")
    else:
        assert told == form["tree"]


def outline(tree: ClauseTree) -> str:
    lines = [f"{'  ' * placed.depth}{_line(placed.clause)}" for placed in tree.walk()]
    lines += [""] if tree.faults else []
    lines += [f"line {fault.place.line}: {fault.severity} {fault.code}: {fault.message}" for fault in tree.faults]
    return "".join(f"{line}\n" for line in lines)


def _line(clause: Clause) -> str:
    kind = clause.kind + ("" if clause.block is Block.PLAIN else f"/{clause.block}")
    value = f" = {'.'.join(map(str, clause.value))}" if clause.value else ""
    marks = "".join(
        f" <{mark.kind} {mark.start}-{mark.end}{' ' + mark.target if mark.target else ''}>" for mark in clause.marks
    )
    label = f" “{clause.label}”{value}" if clause.label else ""
    return f"{kind} [{clause.id}]{label} {clause.text}{marks}".rstrip()
