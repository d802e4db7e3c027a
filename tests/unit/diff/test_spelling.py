"""Mere spelling is told from rewording by the words that the old text uses elsewhere, however many they are."""

from publisher.diff import align, compare
from publisher.domain.change import Grade
from publisher.parse import parse

_WORDS = [f"{first}{middle}{last}ing" for first in "bdfgk" for middle in ("aba", "edo", "ilu") for last in "lmnprst"]


def _grades(old: str, new: str) -> list[Grade]:
    return [change.grade for change in compare(align(parse(old, "en"), parse(new, "en"))).changes]


def _text(first_words: list[str], second: list[str]) -> str:
    clauses = [f"Clause {at} tells of the {word} of boats." for at, word in enumerate(first_words)]
    return "\n\n".join([*clauses, *(f"The {word} is told elsewhere." for word in second)])


def _misspelt(word: str) -> str:
    return word[:2] + word[3] + word[2] + word[4:]


def test_each_of_many_words_put_right_is_spelling_when_the_old_text_holds_the_right_one() -> None:
    old = _text([_misspelt(word) for word in _WORDS], _WORDS)
    assert _grades(old, _text(_WORDS, _WORDS)) == [Grade.EDITORIAL] * len(_WORDS)


def test_a_word_that_the_old_text_holds_twice_is_no_slip() -> None:
    wrong = [_misspelt(word) for word in _WORDS]
    old = _text(wrong, [*_WORDS, *wrong])
    assert _grades(old, _text(_WORDS, [*_WORDS, *wrong])) == [Grade.CLARIFICATION] * len(_WORDS)


def test_a_word_is_looked_for_whole() -> None:
    old = _text(["bablaing"], ["unbabalings"])
    assert _grades(old, _text(["babaling"], ["unbabalings"])) == [Grade.CLARIFICATION]
