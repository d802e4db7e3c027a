"""Periods: stretches of time with a number, as days, so that two can be compared."""

from dataclasses import dataclass

from publisher.languages.duties import Lexicon
from publisher.languages.numbering import han_value

_YEAR = 1900
"""A number this large before a unit is a calendar year, not a length of time."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in days and where it stands in a folded text."""

    days: float
    start: int
    end: int


def spans(text: str, lexicon: Lexicon) -> list[Period]:
    """Every length of time in a folded text, in order."""
    found = []
    for match in lexicon["period"].finditer(text):
        groups = [group for group in match.groups() if group]
        if len(groups) < 2:
            continue
        number = number_of(groups[0], lexicon)
        unit = next((days for word, days in lexicon.duties.unit_days if groups[1].startswith(word)), None)
        if number is not None and unit is not None and number < _YEAR:
            found.append(Period(number * unit, match.start(), match.end()))
    return found


def number_of(word: str, lexicon: Lexicon) -> float | None:
    """The value of a number in digits or in words."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        named = next((float(value) for name, value in lexicon.duties.numerals if name == word), None)
        return _chinese(word) if named is None else named


def _chinese(word: str) -> float | None:
    """三十 is 30, 半 is a half; None for nothing and for what is no number."""
    return 0.5 if word == "半" else float(han_value(word) or 0) or None
