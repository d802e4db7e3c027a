"""A text that says what it said gives no finding, however its lines, order, numbers, headings and markup change."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.assessing import assess
from tests.benchmarks.idle_edits import IDLE, IdleEdit
from tests.benchmarks.sources import read
from tests.property.test_materiality_laws import policies, text_of

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^~~~~ (?:old|new)\n(.*?)^~~~~", re.MULTILINE | re.DOTALL)


def ours() -> list[str]:
    """The sample policies, the texts of many styles, and both sides of every case of the judge."""
    whole = [*ROOT.glob("policies/*/v*/*.md"), *ROOT.glob("tests/benchmarks/texts/*.md")]
    cases = (ROOT / "tests" / "cases" / "materiality").glob("*.md")
    return sorted(
        [path.read_text("utf-8") for path in whole]
        + [text for path in cases for text in _FENCE.findall(path.read_text("utf-8"))]
    )


TEXTS = ours()


def language_of(source: str) -> str:
    return "zh-CN" if len(re.findall(r"[一-鿿]", source)) * 10 > len(source) else "en"


@pytest.mark.parametrize("edit", IDLE, ids=lambda edit: edit.__name__)
def test_our_own_texts_give_no_finding(edit: IdleEdit) -> None:
    made = 0
    for place, source in enumerate(TEXTS):
        edited = edit(read(source), random.Random(place))  # noqa: S311  no secret
        if edited is not None:
            made += 1
            findings = assess(*edited, language_of(source)).findings
            assert findings == (), f"{edit.__name__} of:\n{edited[0]}"
    assert made, "no text has room for this edit"


@given(policies(), st.sampled_from(IDLE), st.integers(0, 10_000))
@settings(deadline=None)
def test_generated_texts_give_no_finding(
    policy: tuple[str, list[tuple[str, list[str]]]], edit: IdleEdit, seed: int
) -> None:
    language, written = policy
    edited = edit(read(text_of(written)), random.Random(seed))  # noqa: S311  no secret
    if edited is not None:
        assert assess(*edited, language).findings == ()


@given(st.sampled_from(TEXTS), st.lists(st.sampled_from(IDLE), min_size=2, max_size=4), st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_several_such_edits_together_give_no_finding(source: str, edits: list[IdleEdit], seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  no secret
    before = after = "\n".join(read(source).lines)
    for edit in edits:
        edited = edit(read(after), rng)
        if edited is not None and edited[0] == after:
            after = edited[1]
    assert assess(before, after, language_of(source)).findings == ()
