"""The goldens of tests/cases/materiality: two texts and what a lawyer should find between them."""

import re
from pathlib import Path

import pytest

from publisher.assessing import assess

CASES = sorted((Path(__file__).parents[2] / "cases" / "materiality").glob("*.md"))
FENCED = re.compile(r"^~~~~ (?P<name>\w+)\n(?P<text>.*?)^~~~~$", re.MULTILINE | re.DOTALL)
LANGUAGE = re.compile(r"^Language: (\S+)$", re.MULTILINE)


def findings_of(case: str) -> str:
    blocks = {found["name"]: found["text"] for found in FENCED.finditer(case)}
    language = LANGUAGE.search(case)
    assessment = assess(blocks["old"], blocks["new"], language[1] if language else "en")
    lines = [f'{f.limb} {f.kind} {f.side} {f.clause} "{f.quote}"' for f in assessment.findings]
    return "".join(f"{line}\n" for line in lines) or "nothing\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_findings_are_those_that_the_case_names(path: Path, update_cases: bool) -> None:
    case = path.read_text("utf-8")
    seen = findings_of(case)
    if update_cases:
        found = next(found for found in FENCED.finditer(case) if found["name"] == "findings")
        path.write_text(case[: found.start("text")] + seen + case[found.end("text") :], "utf-8")
        return
    expected = {found["name"]: found["text"] for found in FENCED.finditer(case)}["findings"]
    assert seen == expected
