"""Words in columns of a terminal: how wide they are, where a line may end."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

Piece = tuple[str, str]
"""Words and the style that they are shown in."""

_WIDE = (
    "\u2e80-\u303f\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff00-\uffef\U00020000-\U0003fffd"
)
"""Chinese, Japanese and Korean: a line may end after any of these."""
_NOT_FIRST = "、。，．：；！？）］｝〕〉》」』】〗”’％‰…—·〜～ー々,.:;!?)]}%"
"""Signs that do not begin a line."""
_NOT_LAST = "（［｛〔〈《「『【〖“‘([{"
"""Signs that do not end a line."""
_UNIT = (
    rf"\s+|[{re.escape(_NOT_LAST)}]*(?:[{_WIDE}]|[^\s{_WIDE}{re.escape(_NOT_LAST)}]+|[{re.escape(_NOT_LAST)}])"
    rf"[{re.escape(_NOT_FIRST)}]*"
)
"""What is not broken at the end of a line, unless it is longer than a whole line."""


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(_UNIT)


def width_of(text: str) -> int:
    """How many columns a text takes: two for each Chinese character, none for a combining one."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(pieces: Sequence[Piece], width: int | None) -> list[list[Piece]]:
    """Pieces in lines of at most `width` columns, broken between words where that can be; None: a single line."""
    text = "".join(piece for piece, _ in pieces)
    starts: list[int] = []
    at = 0
    for piece, _ in pieces:
        starts.append(at)
        at += len(piece)
    spans = [(0, len(text))] if width is None else _lines(text, max(width, 2))
    return [_slice(pieces, starts, start, end) for start, end in spans]


def padded(line: Sequence[Piece], width: int) -> list[Piece]:
    """A line with blanks up to a width."""
    missing = width - sum(width_of(text) for text, _ in line)
    return [*line, (" " * missing, "")] if missing > 0 else list(line)


def _lines(text: str, width: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = end = used = 0
    for match in _unit().finditer(text):
        at, until = match.span()
        unit = match[0]
        room = width_of(unit)
        blank = unit.isspace()
        if used + room > width and not blank and used:
            spans.append((start, end))
            start = end = at
            used = 0
        if blank and not used and spans:
            start = end = until
            continue
        if room > width:
            for cut, size in _cut(text, at, until, width):
                if cut > start:
                    spans.append((start, cut))
                    start = cut
                used = size
            end = until
            continue
        used += room
        end = until
    spans.append((start, end))
    return [(first, first + len(text[first:last].rstrip())) for first, last in spans]


def _cut(text: str, at: int, until: int, width: int) -> list[tuple[int, int]]:
    """Where a word that is longer than a line is cut, each with the width of what follows up to the next cut."""
    cuts: list[tuple[int, int]] = []
    start, used = at, 0
    for index in range(at, until):
        room = width_of(text[index])
        if used + room > width:
            cuts.append((start, used))
            start, used = index, 0
        used += room
    cuts.append((start, used))
    return cuts


def _slice(pieces: Sequence[Piece], starts: list[int], start: int, end: int) -> list[Piece]:
    line: list[Piece] = []
    index = max(bisect_right(starts, start) - 1, 0)
    while index < len(pieces) and starts[index] < end:
        text, style = pieces[index]
        part = text[max(start - starts[index], 0) : end - starts[index]]
        if part:
            line.append((part, style))
        index += 1
    return line
