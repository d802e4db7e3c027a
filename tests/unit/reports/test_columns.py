"""Lines of words on a terminal, by their width and not by their length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from publisher.reports.columns import padded, wrapped

WORDS = st.text("ab -—.,，。「（）中文字ｱé́😀…”“", max_size=80)


def lines(text: str, width: int | None) -> list[str]:
    return ["".join(part for part, _ in line) for line in wrapped([(text, "")], width)]


def test_lines_end_between_words() -> None:
    assert lines("We may ask you first, or not.", 12) == ["We may ask", "you first,", "or not."]


def test_chinese_lines_end_anywhere_but_before_a_comma_and_after_an_opening_bracket() -> None:
    assert lines("我们可能会收集您的信息，并且使用。", 22) == ["我们可能会收集您的信", "息，并且使用。"]
    assert lines("我们收集（信息）和其他", 10) == ["我们收集", "（信息）和", "其他"]


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert lines("see " + "x" * 25 + " end", 10) == ["see", "x" * 10, "x" * 10, "xxxxx end"]


def test_without_a_width_there_is_one_line() -> None:
    assert lines("a b " * 100, None) == ["a b " * 100]


def test_styles_stay_with_their_words() -> None:
    assert wrapped([("one ", ""), ("two three", "bold")], 8) == [
        [("one ", ""), ("two", "bold")],
        [("three", "bold")],
    ]


def test_padding_counts_columns() -> None:
    assert padded([("中", "")], 5) == [("中", ""), ("   ", "")]
    assert padded([("abcdef", "")], 5) == [("abcdef", "")]


@given(WORDS, st.integers(4, 30))
def test_no_line_is_too_wide_and_no_word_is_lost(text: str, width: int) -> None:
    found = lines(text, width)
    assert all(cell_len(line) <= width for line in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_nothing_is_one_empty_line(text: str) -> None:
    assert [line.strip() for line in lines(text, 10)] == [""]
