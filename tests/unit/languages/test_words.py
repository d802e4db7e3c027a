from itertools import pairwise

import pytest

from publisher.languages.words import number_value, protected, word_keys, words


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Clause 4.1.3, e.g. 1,000 users", ["Clause", "4.1.3", ",", "e.g.", "1,000", "users"]),
        ("third-party 30% don't", ["third", "-", "party", "30%", "don't"]),
        ("我们不会share 第4.2条。", ["我", "们", "不", "会", "share", "第", "4.2", "条", "。"]),
        ("write to me@example.com.", ["write", "to", "me@example.com", "."]),
        ("see https://example.com/a?b=c.", ["see", "https://example.com/a?b=c", "."]),
    ],
)
def test_words_numbers_and_ideographs_are_told_apart(text: str, keys: list[str]) -> None:
    assert list(word_keys(text)) == keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“quoted” and it’s", '"quoted" and it\'s'),
        ("「引号」", "“引号”"),
        ("9–17 — open", "9-17 - open"),
        ("third‑party", "third-party"),
        ("open -- always", "open — always"),
        ("a\u00a0b\u3000c\u2009d", "a b  c\nd"),
        ("cafe\u0301", "caf\u00e9"),
        ("wait...", "wait…"),
        ("30 %", "30%"),
    ],
)
def test_quotes_dashes_white_space_and_composition_make_no_difference(one: str, other: str) -> None:
    assert word_keys(one) == word_keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("will", "Will"), ("30", "３０"), ("a,b", "a，b"), ("pri\u200bvacy", "privacy"), ("30", "3O"), ("4.1", "41")],
)
def test_all_else_makes_a_difference(one: str, other: str) -> None:
    assert word_keys(one) != word_keys(other)


def test_spans_tell_where_each_word_stands() -> None:
    text = "We “may” share  30 % of it."
    found = words(text)
    assert [text[start:end] for start, end in found.spans] == ["We", "“", "may", "”", "share", "30 %", "of", "it", "."]
    assert all(before[1] <= after[0] for before, after in pairwise(found.spans))


@pytest.mark.parametrize("key", ["not", "Shall", "don't", "30", "4.1", "３０", "May", "unless", "thirty", "days"])
def test_words_that_decide_the_meaning_are_protected_in_english(key: str) -> None:
    assert protected(key, "en-GB")


@pytest.mark.parametrize("key", ["不", "可", "应", "须", "会", "仅", "30", "三", "not"])
def test_words_that_decide_the_meaning_are_protected_in_chinese(key: str) -> None:
    assert protected(key, "zh-CN")


def test_ordinary_words_are_not_protected() -> None:
    assert not any(protected(key, "en") for key in ("share", "cookies", ",", "the"))
    assert not any(protected(key, "zh") for key in "共享信息")


def test_a_number_has_one_value_in_all_digits() -> None:
    assert number_value("３０％") == number_value("30%") == "30%"
