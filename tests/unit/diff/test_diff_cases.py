"""The goldens of tests/cases/diff: two texts and what changed between them, as a lawyer would read it."""

import re
from pathlib import Path

import pytest

from publisher.diff import align, compare
from publisher.domain.change import Change, ChangeKind, Op, Passage
from publisher.parse import parse

CASES = sorted((Path(__file__).parents[2] / "cases" / "diff").glob("*.md"))
FENCED = re.compile(r"^~~~~ (?P<name>\w+)\n(?P<text>.*?)^~~~~$", re.MULTILINE | re.DOTALL)
LANGUAGE = re.compile(r"^Language: (\S+)$", re.MULTILINE)
MARKS = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}


def lines_of(case: str) -> str:
    blocks = {found["name"]: found["text"] for found in FENCED.finditer(case)}
    language = LANGUAGE.search(case)
    tag = language[1] if language else "en"
    changes = compare(align(parse(blocks["old"], tag), parse(blocks["new"], tag))).changes
    return "".join(f"{line_of(change)}\n" for change in changes) or "nothing\n"


def line_of(change: Change) -> str:
    before, after = name_of(change.old), name_of(change.new)
    name = before if before == after or not after else after if not before else f"{before} → {after}"
    words = "".join(MARKS[op].format(text) for op, text in change.edits)
    kinds = ", ".join(change.kinds)
    where = ""
    if ChangeKind.MOVED in change.kinds and change.old and change.new and change.old.path != change.new.path:
        where = f", from “{' › '.join(change.old.path)}” to “{' › '.join(change.new.path)}”"
    return f"{name}: {kinds}{where} ({change.grade}): {words}".rstrip()


def name_of(passage: Passage | None) -> str:
    if passage is None:
        return ""
    return " + ".join(part.number or part.id for part in passage.parts or (passage,))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_changes_are_those_that_the_case_names(path: Path, update_cases: bool) -> None:
    case = path.read_text("utf-8")
    seen = lines_of(case)
    if update_cases:
        changes = next(found for found in FENCED.finditer(case) if found["name"] == "changes")
        path.write_text(case[: changes.start("text")] + seen + case[changes.end("text") :], "utf-8")
        return
    expected = {found["name"]: found["text"] for found in FENCED.finditer(case)}["changes"]
    assert seen == expected
