"""Clause numbers, Western and Chinese: what a line's beginning may be read as, and what each numeral is worth.

Reading here is only lexical: whether `1.5` opens a clause or counts millions of users is for the parser to say, which
knows the clauses around it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．（）", "0123456789.()")
_HAN_DIGITS = {
    **{character: value for value, character in enumerate("零一二三四五六七八九")},
    **{character: value for value, character in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
}
_HAN_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000, "万": 10_000}
_HAN = "".join((*_HAN_DIGITS, *_HAN_UNITS))
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1_000}
_ROMAN_FORM = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")

LONGEST = 10
"""How many parts a dotted number may have; a longer one is no number."""


class Style(StrEnum):
    """A way of writing clause numbers; clauses of one style under the same parent are siblings."""

    DOTTED = "1.1"
    LISTED = "1、"
    PAREN_DIGIT = "(1)"
    PAREN_LETTER = "(a)"
    PAREN_ROMAN = "(i)"
    PAREN_HAN = "（一）"
    HAN = "一、"
    LETTER = "A."
    ROMAN = "I."
    PART = "第一编"
    CHAPTER = "第一章"
    SECTION = "第一节"
    ARTICLE = "第一条"


RANKS = {Style.PART: 1, Style.CHAPTER: 2, Style.SECTION: 3, Style.ARTICLE: 4}
"""Styles whose order of nesting is fixed by custom, the outermost first."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """One reading of the beginning of a line as a clause number.

    Attributes:
        style: how it is written.
        value: the number by value.
        number: as written, without closing punctuation.
        label: as printed, with it.
        rest: where the clause's own words begin.
        closed: whether punctuation ends the number.
        spaced: whether white space, or nothing at all, follows it.
    """

    style: Style
    value: tuple[int, ...]
    number: str
    label: str
    rest: int
    closed: bool
    spaced: bool


def han_value(numeral: str) -> int | None:
    """What a Chinese numeral is worth: 十二 is 12, 二〇二四 is 2024; None when it is none."""
    if not numeral:
        return None
    if all(character in _HAN_DIGITS for character in numeral):
        return int("".join(str(_HAN_DIGITS[character]) for character in numeral))
    total = section = digit = 0
    for character in numeral:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif character == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif character in _HAN_UNITS:
            section, digit = section + (digit or 1) * _HAN_UNITS[character], 0
        else:
            return None
    return total + section + digit


def roman_value(numeral: str) -> int | None:
    """What a Roman numeral of either case is worth; None when it is none."""
    lowered = numeral.lower()
    if not lowered or not _ROMAN_FORM.fullmatch(lowered):
        return None
    values = [_ROMAN[letter] for letter in lowered]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def letter_value(letters: str) -> int | None:
    """What a letter is worth: a is 1, z is 26, aa (the one after z) is 27; None when letters differ."""
    lowered = letters.lower()
    if not lowered or not lowered.isascii() or not lowered.isalpha() or len(set(lowered)) > 1:
        return None
    return (len(lowered) - 1) * 26 + ord(lowered[0]) - ord("a") + 1


def value_of(numeral: str) -> tuple[int, ...]:
    """What a number cited in running text is worth: `4.2`, `４．２`, `四`, `一百零二`; empty when it is none."""
    plain = numeral.strip().translate(_FULL_WIDTH).rstrip(".")
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", plain):
        return tuple(int(part) for part in plain.split("."))
    worth = han_value(plain)
    return (worth,) if worth is not None else ()


_D = "[0-9０-９]"
_DOTTED = re.compile(
    rf"(?P<number>{_D}{{1,4}}(?:[.．]{_D}{{1,4}}){{0,{LONGEST - 1}}})(?P<close>[.．](?!{_D})|[)）、]|(?![.．]?{_D}))"
    r"(?![A-Z][.\s\d])"  # 1A is a number of its own, which has no value here
)
_PAREN = re.compile(rf"[(（](?P<inner>{_D}{{1,3}}|[A-Za-z]{{1,7}}|[{_HAN}]{{1,5}})[)）]")
_ORDINAL = re.compile(
    rf"第[ 　]?(?P<inner>{_D}{{1,4}}(?:[.．]{_D}{{1,4}})*|[{_HAN}]{{1,9}})[ 　]?(?P<unit>[编篇章节条])"
    rf"(?:之(?P<after>[{_HAN}]{{1,3}}))?(?P<close>[、:：.．](?!{_D}))?"
)
_HAN_LISTED = re.compile(rf"(?P<number>[{_HAN}]{{1,5}})[、．.](?![{_HAN}])")
_LETTERED = re.compile(r"(?P<number>[A-Z]|[IVXLC]{1,7})(?P<close>[.)])(?= |$)")
_UNITS = {
    "编": Style.PART,
    "篇": Style.PART,
    "章": Style.CHAPTER,
    "节": Style.SECTION,
    "条": Style.ARTICLE,
}
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AFTER_CAPITAL = frozenset(".)IVXLC")
"""What follows a capital that is a number, or the first one of a Roman number: most sentences go on otherwise."""

_BEGINNINGS = frozenset("0123456789０１２３４５６７８９(（第" + _HAN) | _CAPITALS


def readings(text: str) -> tuple[Numeral, ...]:
    """Every way to read the beginning of a line of plain words as a clause number; most lines have none.

    `(i)` has two readings, as a Roman numeral and as the ninth letter; all others have at most one.
    """
    if not text or text[0] not in _BEGINNINGS:
        return ()
    if text[0] in _CAPITALS and text[1:2] not in _AFTER_CAPITAL:
        return ()
    if text[0] == "第":
        return _ordinal(text)
    if text[0] in "(（":
        return _parenthesised(text)
    if found := _DOTTED.match(text):
        return _dotted(text, found)
    if found := _HAN_LISTED.match(text):
        worth = han_value(found["number"])
        return (_numeral(text, Style.HAN, worth, found["number"], found.end()),) if worth else ()
    if found := _LETTERED.match(text):
        return _lettered(text, found)
    return ()


def style_of(label: str, value: tuple[int, ...]) -> Style:
    """How a printed number with a known value is written."""
    return next((numeral.style for numeral in readings(f"{label} x") if numeral.value == value), Style.DOTTED)


def _numeral(text: str, style: Style, worth: int | tuple[int, ...], number: str, end: int) -> Numeral:
    rest = end
    while rest < len(text) and text[rest].isspace():
        rest += 1
    return Numeral(
        style=style,
        value=worth if isinstance(worth, tuple) else (worth,),
        number=number,
        label=text[:end].rstrip(),
        rest=rest,
        closed=len(text[:end].rstrip()) > len(number) or number.endswith((")", "）")),
        spaced=rest > end or rest == len(text),
    )


def _dotted(text: str, found: re.Match[str]) -> tuple[Numeral, ...]:
    parts = found["number"].translate(_FULL_WIDTH).split(".")
    if any(len(part) > 1 and part.startswith("0") for part in parts):
        return ()
    value = tuple(int(part) for part in parts)
    listed = len(value) == 1 and found["close"] in ("、", ")", "）")
    return (_numeral(text, Style.LISTED if listed else Style.DOTTED, value, found["number"], found.end()),)


def _parenthesised(text: str) -> tuple[Numeral, ...]:
    found = _PAREN.match(text)
    if found is None:
        return ()
    inner = found["inner"]
    worths: list[tuple[Style, int | None]]
    if inner[0] in _HAN:
        worths = [(Style.PAREN_HAN, han_value(inner))]
    elif inner[0].isdigit():
        worths = [(Style.PAREN_DIGIT, int(inner))]
    else:
        worths = [(Style.PAREN_ROMAN, roman_value(inner)), (Style.PAREN_LETTER, letter_value(inner))]
    return tuple(_numeral(text, style, worth, found[0], found.end()) for style, worth in worths if worth)


def _ordinal(text: str) -> tuple[Numeral, ...]:
    found = _ORDINAL.match(text)
    if found is None:
        return ()
    value = value_of(found["inner"])
    if found["after"]:
        value += (han_value(found["after"]) or 0,)
    number = found[0][: len(found[0]) - len(found["close"] or "")]
    return (_numeral(text, _UNITS[found["unit"]], value, number, found.end()),) if value else ()


def _lettered(text: str, found: re.Match[str]) -> tuple[Numeral, ...]:
    number = found["number"]
    worths = [(Style.ROMAN, roman_value(number)), (Style.LETTER, letter_value(number) if len(number) == 1 else None)]
    return tuple(_numeral(text, style, worth, number, found.end()) for style, worth in worths if worth)
