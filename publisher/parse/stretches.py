"""A body cut where Markdown forgets what stood before, so that stretches that many versions share are read once.

A line at the margin after a blank one, that begins with a letter or with the marks of a heading, ends every list,
quote, table and paragraph above it. Only a fence at the margin goes on over it: no cut is made before it is closed.
Texts with footnotes, link definitions or terms are never cut, for these reach further; nor is what follows a fence
that is not at the margin.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_REACHES = re.compile(r"\n[ \t]*(?:[:~]|\[[^\]\n]*\]:)")
_CUT = re.compile(r"\n(?:[ \t]*\n)+(?=[^\W\d_]|#{1,6}[ \t]|\*\*[^\s*])")
_FENCE = re.compile(r"^([ \t>]*)(`{3,})(.*)$", re.MULTILINE)


class Part(NamedTuple):
    """A stretch of a body: its first line and its first character, both counted from 0, and its text."""

    line: int
    start: int
    text: str


def stretches(body: str) -> Iterator[Part] | None:
    """The stretches of a body in their order; None when the body must be read as a whole."""
    if "[^" in body or "~~~" in body or _REACHES.search(f"\n{body}"):
        return None
    return _stretches(body, fenced="```" in body)


def _stretches(body: str, *, fenced: bool) -> Iterator[Part]:
    start = line = 0
    for cut in _CUT.finditer(body):
        if fenced and "```" in body[start : cut.start()] and not _closed(body[start : cut.start()]):
            continue
        yield Part(line, start, body[start : cut.start() + 1])
        line += body.count("\n", start, cut.end())
        start = cut.end()
    yield Part(line, start, body[start:])


def _closed(stretch: str) -> bool:
    """Whether every fence of a stretch is at the margin and closed."""
    opened = ""
    for fence in _FENCE.finditer(stretch):
        indent, marks, info = fence.groups()
        if indent:
            return False
        if not opened and "`" not in info:
            opened = marks
        elif opened and len(marks) >= len(opened) and not info.strip():
            opened = ""
    return not opened
