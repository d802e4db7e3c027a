"""Whether the beginning of a clause is its number: a year, an amount or a date that looks like one is not."""

import re

from publisher.languages.numbering import RANKS, Numeral, Style

_UNITS = re.compile(
    r"(?:percent|per cent|million|billion|thousand|trillion|hours?|days?|weeks?|months?|years?|minutes?|seconds?|times?"
    r"|am|pm|a\.m|p\.m|uhr|euros?|dollars?|USD|EUR|RMB|CNY|[kMG]Hz|[KMGT]i?B|[kmc]m|kg)\b"
    r"|[%％‰°€$£¥]|亿|万(?!一)|倍|元(?!数据|素)"
)
_UNITS_TOUCHING = re.compile(
    "年(?![龄度])|月|日(?![志常历])|个(?![人性别体])|[米秒度天岁]|分(?![享类析别公])|小时|[百千](?!度)"
)
_CITED_ON = re.compile(r"[的和及或、与至中]|规定|所述|约定|所列|列明|提及|款|项")
_OPENERS = "\"'“‘「『《〈【([（*_"
_NEAR = 5
"""How far a number may be from its neighbour and still be one: further apart it is likelier a quantity."""


def counts(numeral: Numeral, text: str, *, heading: bool, near: int | None, within: bool) -> bool:
    """Whether a reading is the clause's number.

    Args:
        numeral: the reading.
        text: the whole line of words.
        heading: whether the clause is a heading.
        near: the value of the nearest open clause of the same style, if there is one.
        within: whether a dotted number continues the numbers around it.
    """
    rest = text[numeral.rest :]
    if not rest and not heading:
        return numeral.style in RANKS or len(numeral.value) > 1
    if numeral.style in RANKS:
        return numeral.spaced or numeral.closed or not _CITED_ON.match(rest)
    if numeral.style is Style.DOTTED:
        return _western_counts(numeral, rest, heading=heading, near=near, within=within)
    if numeral.style is Style.HAN:
        return True
    lettered = numeral.style in (Style.LETTER, Style.ROMAN)
    if lettered and not heading:
        return False
    year_or_amount = numeral.style is Style.LISTED or (numeral.number in ("(c)", "(C)") and near is None)
    if year_or_amount and rest[:1].isdigit():
        return False
    return _follows(numeral.value[0], near, first=1 if lettered else 3)


def runs_on(numeral: Numeral, text: str) -> bool:
    """Whether a reading of a heading could be its number if its neighbours have such numbers."""
    rest = text[numeral.rest :]
    if numeral.style is not Style.DOTTED:
        return bool(rest)
    return _opens(rest) and max(numeral.value) < 100 and not _UNITS.match(rest) and numeral.spaced


def _western_counts(numeral: Numeral, rest: str, *, heading: bool, near: int | None, within: bool) -> bool:
    if max(numeral.value) > 999 or 0 in numeral.value[:-1] or _UNITS.match(rest):
        return False
    if not numeral.spaced and _UNITS_TOUCHING.match(rest):
        return False
    if len(numeral.value) == 1:
        return _integer_counts(numeral, rest, heading=heading, near=near)
    return _dotted_counts(numeral, rest, heading=heading, within=within)


def _follows(value: int, near: int | None, first: int) -> bool:
    return value <= first or (near is not None and abs(value - near) <= _NEAR)


def _integer_counts(numeral: Numeral, rest: str, *, heading: bool, near: int | None) -> bool:
    value = numeral.value[0]
    if numeral.closed:
        begins = numeral.spaced or _opens(rest)
        return begins and (heading or _follows(value, near, first=3))
    if not heading or not _opens(rest):
        return False
    return value == 1 or (near is not None and 0 < value - near <= 3)


def _dotted_counts(numeral: Numeral, rest: str, *, heading: bool, within: bool) -> bool:
    if heading:
        return True
    if not numeral.spaced and not numeral.closed:
        return within and _opens(rest)
    return within or _opens(rest)


def _opens(rest: str) -> bool:
    """Whether words begin as a sentence or title does: in upper case, with a quote, or in a script without cases."""
    first = rest[:1]
    return bool(first) and (
        first.isupper() or first in _OPENERS or (first.isalpha() and first.lower() == first.upper())
    )
