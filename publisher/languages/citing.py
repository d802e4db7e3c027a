"""Which clauses a sentence for readers names by their numbers: `(2.1)`, `sections 3 and 4`, `3.1–3.3`, `第四条`."""

import re
from collections.abc import Iterator

from publisher.languages.numbering import value_of

_DOTTED = r"[0-9]{1,4}(?:\.[0-9]{1,3})+"
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,3})*"
_HAN = "[〇零一二两三四五六七八九十百千]{1,7}"
_AND = r"(?:\s?[,;&/、，；和及与或]\s?(?:and\s|or\s)?|\s(?:and|or|und|et|y|e|i)\s)"
_TO = r"(?:\s?[-–—~～至到]\s?|\s(?:to|through)\s)"
_LIST = rf"{_NUMBER}(?:(?:{_AND}|{_TO}){_NUMBER})*"
_ANYWHERE = re.compile(rf"(?<![\w.]){_DOTTED}(?:(?:{_AND}|{_TO}){_NUMBER})*(?![\w%])(?!\.[0-9])")
_WORDED = re.compile(
    r"(?:\b(?:sections?|sub-?sections?|clauses?|articles?|paragraphs?|parts?|points?|items?|chapters?|no\.|nos\."
    r"|abschnitte?|ziffern?|artikel|absatz|secci[oó]n(?:es)?|art[ií]culos?|cl[aá]usulas?|articles?)\s?|§+\s?|第\s?)"
    rf"(?P<numbers>{_LIST})(?![\w%])(?!\.[0-9])",
    re.IGNORECASE,
)
_BRACKETED = re.compile(rf"[(（\[](?:{_NUMBER}(?:(?:{_AND}|{_TO}){_NUMBER})*)[)）\]]")
_CHINESE = re.compile(
    rf"第\s?(?P<first>{_HAN}|{_NUMBER})\s?(?:(?P<to>[至到-])\s?第?\s?(?P<last>{_HAN}|{_NUMBER}))?\s?[条條节節章款项]"
)
_ORDINAL = re.compile(rf"(?<![\u4e00-\u9fff])(?P<number>{_HAN})、")
_PIECE = re.compile(rf"(?P<first>{_NUMBER})(?:{_TO}(?P<last>{_NUMBER}))?")
_LINK = re.compile(r"#(?P<id>[^\s()<>\[\]\"'#，。；、）]+)")
_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
_MOST = 200
"""How many clauses a range may span; a longer one is none."""


def cited_numbers(text: str) -> frozenset[tuple[int, ...]]:
    """The clause numbers that the words name, by value; a plain number counts where a word or bracket marks it."""
    plain = text.translate(_WIDE)
    found: set[tuple[int, ...]] = set()
    for pattern in (_ANYWHERE, _WORDED, _BRACKETED):
        for match in pattern.finditer(plain):
            numbers = match["numbers"] if pattern is _WORDED else match[0]
            for piece in _PIECE.finditer(numbers):
                found.update(_range(piece["first"], piece["last"]))
    for match in _CHINESE.finditer(plain):
        found.update(_range(match["first"], match["last"]))
    found.update(value_of(match["number"]) for match in _ORDINAL.finditer(plain))
    found.discard(())
    return frozenset(found)


def cited_ids(text: str) -> frozenset[str]:
    """Every clause id that the words link to: `#4.1.3`."""
    return frozenset(match["id"].rstrip(".,;:") for match in _LINK.finditer(text))


def _range(first: str, last: str | None) -> Iterator[tuple[int, ...]]:
    """The numbers from one to another under the same parent; the two alone where they have none in common."""
    low, high = value_of(first), value_of(last) if last else ()
    if low:
        yield low
    if high:
        yield high
    if low and high and low[:-1] == high[:-1] and 0 < high[-1] - low[-1] <= _MOST:
        for part in range(low[-1] + 1, high[-1]):
            yield (*low[:-1], part)
