"""Single edits in our own texts of many styles are told as exactly what they are, and nothing else with them."""

import random
import zlib
from pathlib import Path

import pytest

from tests.benchmarks.edits_by_hand import BLIND, Edit
from tests.benchmarks.edits_of_numbers import OF_NUMBERS
from tests.benchmarks.edits_of_sections import OF_SECTIONS
from tests.benchmarks.edits_together import TOGETHER
from tests.benchmarks.known_edits import told
from tests.benchmarks.sources import read

TEXTS = sorted((Path(__file__).parents[2] / "benchmarks" / "texts").glob("*.md"))
EDITS = (*BLIND, *OF_SECTIONS, *OF_NUMBERS, *TOGETHER)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_known_edit_is_told_exactly(edit: Edit) -> None:
    made = 0
    for path in TEXTS:
        text = read(path.read_text("utf-8"))
        language = "zh-CN" if path.stem.startswith("zh") else "en"
        for turn in range(2):
            rng = random.Random(zlib.crc32(f"{path.name} {edit.__name__} {turn}".encode()))  # noqa: S311  no secret
            case = edit(text, rng)
            if case is not None:
                made += 1
                assert told(case, language) == [], f"{case.name} in {path.name}"
    assert made, "no text has room for this edit"
