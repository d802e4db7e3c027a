"""Edits without meaning: spelling, case, punctuation at a clause's end, the width of a character."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from rapidfuzz.distance import OSA

from publisher.diff.outline import Outline
from publisher.domain.change import Edit, Grade, Op
from publisher.languages.words import is_number, number_value, protected, word_keys

_VARIANTS = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})yse(?=d?$)"), "yze"),
    (re.compile(r"(?<=[a-z]{3})our(?=$|s$|ed$|ing$|able$|ite$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=[a-z]{3})ll(?=ed$|ing$|er$)"), "l"),
    (re.compile(r"(?<=[a-z]{3})ence$"), "ense"),
    (re.compile(r"gement(?=s?$)"), "gment"),
)
_CLOSING = frozenset(".;:,。；：，、")
_LEAST_LETTERS = 5
_WORDS_LOOKED_UP = 40
"""Beyond so many words to look up in the old text, counting all its words at once is quicker."""


class Speller:
    """Tells mere spelling from rewording, knowing which words the old text uses elsewhere."""

    def __init__(self, old: Outline, language: str) -> None:
        self._old = old
        self._language = language
        self._lowered: tuple[str, ...] = ()
        self._counts: dict[str, int] = {}
        self._all: Counter[str] | None = None

    def grade(self, edits: Sequence[Edit]) -> Grade:
        """Editorial when every edit is mere spelling, else a clarification."""
        for at, removed, inserted in _exchanges(edits):
            last = at == len(edits) - 1
            if not self._same_meaning(word_keys(removed), word_keys(inserted), last=last):
                return Grade.CLARIFICATION
        return Grade.EDITORIAL

    def _same_meaning(self, removed: Sequence[str], inserted: Sequence[str], *, last: bool) -> bool:
        if last:
            removed, inserted = _unclosed(removed), _unclosed(inserted)
        if _plain(removed) == _plain(inserted):
            return True
        if any(protected(key, self._language) for key in (*removed, *inserted)):
            return False
        if _letters(removed) == _letters(inserted) != "":
            return True  # third-party, third party
        return len(removed) == len(inserted) == 1 and self._misspelt(removed[0].lower(), inserted[0].lower())

    def _misspelt(self, wrong: str, right: str) -> bool:
        if not (wrong.isalpha() and right.isalpha() and wrong.isascii() and right.isascii()):
            return False
        if _standard(wrong) == _standard(right):
            return True
        if min(len(wrong), len(right)) < _LEAST_LETTERS or OSA.distance(wrong, right) != 1:
            return False
        if wrong[0] != right[0] or wrong[-1] != right[-1]:
            return False  # beginnings and endings change meaning: collect, collects, recollect
        return self._count(wrong) == 1 and self._count(right) > 0

    def _count(self, word: str) -> int:
        """How often the old text holds a word of small ASCII letters; 2 may stand for more."""
        if word in self._counts:
            return self._counts[word]
        if not self._lowered:
            self._lowered = tuple(entry.clause.text.lower() for entry in self._old.placed)
        if len(self._counts) < _WORDS_LOOKED_UP:
            holders = (self._old.placed[at].clause.text for at, lowered in enumerate(self._lowered) if word in lowered)
            found = (key for text in holders for key in word_keys(text) if key.lower() == word)
            self._counts[word] = sum(1 for _ in islice(found, 2))
            return self._counts[word]
        if self._all is None:
            self._all = Counter(
                key.lower() for entry in self._old.placed for key in word_keys(entry.clause.text) if key.isalpha()
            )
        return self._all[word]


def _exchanges(edits: Sequence[Edit]) -> Iterable[tuple[int, str, str]]:
    """Each stretch of deleted and inserted words, with the place of its last run."""
    removed = inserted = ""
    for at, (op, text) in enumerate(edits):
        if op is Op.DELETE:
            removed += text
        elif op is Op.INSERT:
            inserted += text
        following = edits[at + 1][0] if at + 1 < len(edits) else Op.EQUAL
        if op is not Op.EQUAL and following is Op.EQUAL:
            yield at, removed, inserted
            removed = inserted = ""


def _unclosed(keys: Sequence[str]) -> Sequence[str]:
    return keys[:-1] if keys and keys[-1] in _CLOSING else keys


def _plain(keys: Sequence[str]) -> list[str]:
    """Words without case and character width, numbers by value."""
    return [
        number_value(key) if is_number(key) else unicodedata.normalize("NFKC", key).casefold().replace("。", ".")
        for key in keys
        if key != "'"
    ]


def _letters(keys: Sequence[str]) -> str:
    """The letters alone, when nothing but hyphens stands between them."""
    if not all(key == "-" or key.isalpha() for key in keys):
        return ""
    return "".join(key.casefold() for key in keys if key != "-")


def _standard(word: str) -> str:
    for pattern, spelling in _VARIANTS:
        word = pattern.sub(spelling, word)
    return word
