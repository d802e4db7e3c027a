"""The goldens of tests/cases/reports: two texts, and each report of them as a person reads it."""

import re
from pathlib import Path

import pytest

from publisher.assessing import compare_texts
from publisher.domain.comparison import LooseText
from publisher.reports import Layout, github, html_fragment, markdown, terminal

CASES = sorted((Path(__file__).parents[2] / "cases" / "reports").glob("*.md"))
FENCED = re.compile(r"^~~~~~ (?P<name>\w+)\n(?P<text>.*?)^~~~~~$", re.MULTILINE | re.DOTALL)
LANGUAGE = re.compile(r"^Language: (\S+)$", re.MULTILINE)
STYLE = re.compile(r"<style>.*?</style>\n", re.DOTALL)


def reported(case: str) -> str:
    blocks = {found["name"]: found["text"] for found in FENCED.finditer(case)}
    language = LANGUAGE.search(case)
    assert language is not None
    comparison = compare_texts([LooseText("old.md", blocks["old"]), LooseText("new.md", blocks["new"])], language[1])
    reports = {
        "terminal": lambda: terminal(comparison, Layout(), colour=False, width=80),
        "columns": lambda: terminal(comparison, Layout(side_by_side=True, context=1), colour=False, width=80),
        "markdown": lambda: markdown(comparison, Layout()),
        "github": lambda: github(comparison),
        "html": lambda: STYLE.sub("", html_fragment(comparison, Layout())),
    }

    def block(found: re.Match[str]) -> str:
        name = found["name"]
        return f"~~~~~ {name}\n{reports[name]()}~~~~~" if name in reports else found[0]

    return FENCED.sub(block, case)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_reports_are_those_that_the_case_shows(path: Path, update_cases: bool) -> None:
    case = path.read_text("utf-8")
    seen = reported(case)
    if update_cases:
        path.write_text(seen, "utf-8")
        return
    assert seen == case
