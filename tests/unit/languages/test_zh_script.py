"""Chinese writing in one form: both scripts, numerals, numbers of sections."""

import pytest

from publisher.languages.duties import lexicon
from publisher.languages.numbering import han_value
from publisher.materiality.sentences import fold

DUTIES = lexicon("zh-Hant").duties


def folded(text: str) -> str:
    return "".join(fold(text, 0, len(text), DUTIES)[0])


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("三", 3), ("十四", 14), ("三十", 30), ("一百八十", 180), ("两", 2), ("二〇二六", 2026), ("若干", None)],
)
def test_a_numeral_has_a_value(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


def test_traditional_and_simplified_characters_are_one() -> None:
    assert folded("本公司蒐集您的個人資料") == folded("本公司蒐集您的个人资料")


@pytest.mark.parametrize("text", ["十五个工作日", "15个工作日", "１５个工作日"])
def test_a_counted_numeral_reads_as_digits(text: str) -> None:
    assert folded(text) == "15个工作日"


def test_the_number_of_a_section_is_no_word() -> None:
    assert folded("第十四条") == folded("第 15 条") == folded("第4.1条") == "第#条"


def test_a_numeral_within_a_word_stays() -> None:
    assert folded("一键关闭") == "一键关闭"


def test_each_word_still_stands_where_it_stood() -> None:
    text = "未滿十四周歲的兒童"
    tokens, spans = fold(text, 0, len(text), DUTIES)
    at = tokens.index("14")
    assert text[slice(*spans[at])] == "十四"
    assert [text[low:high] for low, high in spans[at + 1 :]] == list("周歲的兒童")
