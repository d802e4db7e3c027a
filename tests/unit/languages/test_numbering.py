"""Clause numbers, Western and Chinese, and what they are worth."""

import pytest

from publisher.languages.numbering import Style, han_value, letter_value, readings, roman_value, style_of, value_of


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("四", 4),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零二", 102),
        ("一千零三十五", 1035),
        ("二〇二四", 2024),
        ("两", 2),
        ("一万二千", 12_000),
        ("叁", 3),
        ("", None),
        ("条", None),
    ],
)
def test_chinese_numerals_have_a_value(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


@pytest.mark.parametrize(("numeral", "value"), [("iv", 4), ("IX", 9), ("xlii", 42), ("iiii", None), ("abc", None)])
def test_roman_numerals_have_a_value(numeral: str, value: int | None) -> None:
    assert roman_value(numeral) == value


@pytest.mark.parametrize(("letters", "value"), [("a", 1), ("Z", 26), ("aa", 27), ("ab", None)])
def test_letters_have_a_value(letters: str, value: int | None) -> None:
    assert letter_value(letters) == value


@pytest.mark.parametrize(
    ("line", "style", "value", "number", "label", "words"),
    [
        ("4.1.3 We may", Style.DOTTED, (4, 1, 3), "4.1.3", "4.1.3", "We may"),
        ("4. Sharing", Style.DOTTED, (4,), "4", "4.", "Sharing"),
        ("４．１　共享", Style.DOTTED, (4, 1), "４．１", "４．１", "共享"),
        ("2、日志", Style.LISTED, (2,), "2", "2、", "日志"),
        ("(iv) four", Style.PAREN_ROMAN, (4,), "(iv)", "(iv)", "four"),
        ("(B) two", Style.PAREN_LETTER, (2,), "(B)", "(B)", "two"),
        ("（二）更正", Style.PAREN_HAN, (2,), "（二）", "（二）", "更正"),
        ("（３） three", Style.PAREN_DIGIT, (3,), "（３）", "（３）", "three"),
        ("第四条 共享", Style.ARTICLE, (4,), "第四条", "第四条", "共享"),
        ("第 4.2 条：共享", Style.ARTICLE, (4, 2), "第 4.2 条", "第 4.2 条：", "共享"),
        ("第一百三十三条之一　处罚", Style.ARTICLE, (133, 1), "第一百三十三条之一", "第一百三十三条之一", "处罚"),
        ("第二章 权利", Style.CHAPTER, (2,), "第二章", "第二章", "权利"),
        ("十一、附则", Style.HAN, (11,), "十一", "十一、", "附则"),
        ("B. Scope", Style.LETTER, (2,), "B", "B.", "Scope"),
    ],
)
def test_a_line_begins_with_a_number(
    line: str, style: Style, value: tuple[int, ...], number: str, label: str, words: str
) -> None:
    [numeral] = readings(line)
    assert (numeral.style, numeral.value, numeral.number, numeral.label) == (style, value, number, label)
    assert line[numeral.rest :] == words
    assert style_of(label, value) is style


def test_i_in_parentheses_is_one_or_nine() -> None:
    assert [(numeral.style, numeral.value) for numeral in readings("(i) it")] == [
        (Style.PAREN_ROMAN, (1,)),
        (Style.PAREN_LETTER, (9,)),
    ]


@pytest.mark.parametrize(
    "line", ["", "We share", "1.05 is", "一、二线城市", "第三方", "(see above) we", "一旦发生", "12345 x"]
)
def test_other_lines_begin_with_none(line: str) -> None:
    assert readings(line) == ()


@pytest.mark.parametrize(("cited", "value"), [("4.2", (4, 2)), ("４．２", (4, 2)), ("四", (4,)), ("方", ())])
def test_a_cited_number_has_a_value(cited: str, value: tuple[int, ...]) -> None:
    assert value_of(cited) == value
