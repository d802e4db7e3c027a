"""References to numbered clauses that changed only because the clause they cite was renumbered."""

import re
from collections.abc import Mapping

from publisher.diff.alignment import Alignment
from publisher.languages.numbering import value_of

Value = tuple[int, ...]

_NUMBER = r"[0-9０-９]{1,4}(?:[.．][0-9０-９]{1,4})*"
_HAN = r"[零〇一二两三四五六七八九十百千]{1,7}"
_LIST = rf"{_NUMBER}(?:(?:\s*[,，、/–—-]\s*|\s*,?\s*(?:and|or|to|through|及|和|或|与|至|到)\s*){_NUMBER})*"
_CITING = re.compile(
    rf"\b(?:sections?|clauses?|articles?|paragraphs?|subsections?|sub-?clauses?|parts?|items?|chapters?|points?)\s+({_LIST})"
    rf"|§+\s*({_LIST})"
    rf"|\b(?:see|under|per|in)\s+({_NUMBER}[.．][0-9]{{1,4}})(?!\s*(?:%|million|billion|percent|days?|months?|years?|GB|MB))"
    rf"|({_NUMBER}[.．][0-9]{{1,4}})(?=\s+(?:above|below|hereof)\b)"
    rf"|第\s*({_LIST}|{_HAN}(?:[、，及和或与至到](?:第\s*)?{_HAN})*)(?=\s*(?:条|款|项|节|章|部分|编|篇))"
    rf"|(?:见|参见|参阅|根据|依据|按照|上述|前述|本政策|本协议)\s*({_NUMBER}[.．][0-9]{{1,4}})"
    rf"|[\"“”'‘’「『《]\s*(?:第\s*)?({_NUMBER}|{_HAN}(?=[、条]))(?=[.．、]?\s*[^\W\d])",
    re.IGNORECASE,
)
_ONE = re.compile(rf"{_NUMBER}|{_HAN}")
_HAN_DIGITS = "零一二三四五六七八九"


def renumbering(alignment: Alignment) -> dict[Value, Value]:
    """Which number became which, for the numbers that text may cite; where two clauses share one, the outer counts."""
    found: dict[Value, tuple[int, Value]] = {}
    torn: set[Value] = set()
    for match in alignment.matches:
        before, after = alignment.old.placed[match.old[0]], alignment.new.placed[match.new[0]]
        number = before.clause.number
        if number is None or after.clause.number is None or not _citable(number):
            continue
        value, depth = before.clause.value, before.depth
        known = found.get(value)
        if known is None or depth < known[0]:
            found[value] = (depth, after.clause.value)
            torn.discard(value)
        elif known[0] == depth and known[1] != after.clause.value:
            torn.add(value)
    return {value: new for value, (_, new) in found.items() if value not in torn and value != new}


def followed(text: str, numbers: Mapping[Value, Value]) -> str:
    """The text with every reference brought up to the new numbers; other numbers stay as they are."""
    if not numbers:
        return text

    def cite(match: re.Match[str]) -> str:
        group = match.lastindex or 0
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        whole = match[0]
        return whole[:start] + _ONE.sub(renumber, whole[start:end]) + whole[end:]

    def renumber(match: re.Match[str]) -> str:
        value = numbers.get(value_of(match[0]))
        return match[0] if value is None else _written_like(match[0], value)

    return _CITING.sub(cite, text)


def _citable(number: str) -> bool:
    """Whether text cites a number without its parent's: `4.2` and 第四条 but neither `(a)` nor `B`."""
    return number[0].isdigit() or (number[0].isalnum() and not number[0].isascii())


def _written_like(example: str, value: Value) -> str:
    if example[0].isdigit():
        return ".".join(map(str, value))
    return _han(value[0]) if len(value) == 1 else ".".join(map(str, value))


def _han(number: int) -> str:
    """A number below ten thousand as laws write it: 12 is 十二, 102 is 一百零二."""
    written = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += _HAN_DIGITS[digit] + name
        elif written and number and not written.endswith("零"):
            written += "零"
    return written.removeprefix("一") if written.startswith("一十") else written
