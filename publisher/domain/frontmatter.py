"""Where a text's front matter ends and its words begin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Divided:
    """A source cut in two.

    `front` is the text between the `---` lines, or None when there is none; `body_line` is the line of the source on
    which `body` begins, counted from 1. `unclosed` says that an opening line was never closed: nothing was cut then.
    """

    front: str | None
    body: str
    body_line: int
    unclosed: bool = False


def divide(source: str) -> Divided:
    """Cuts front matter from a text with LF line ends; only `---` at column 0 opens and closes it."""
    lines = source.split("\n")
    if lines[0].rstrip() != "---":
        return Divided(None, source, 1)
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---" and not line[:1].isspace():
            return Divided("\n".join(lines[1:index]) + "\n", "\n".join(lines[index + 1 :]), index + 2)
    return Divided(None, source, 1, unclosed=True)


def normal_line_ends(source: str) -> str:
    """The text with LF line ends and without a leading byte order mark."""
    return source.removeprefix("﻿").replace("\r\n", "\n").replace("\r", "\n")
