"""Where a text's front matter ends and its words begin."""

import re
from dataclasses import dataclass

_YAML_LINE = re.compile(r"""\s*(?:\#.*)?|\s+\S.*|-\s.*|[\]}].*|["']?\w[^:\n]*?["']?\s*:(?:\s.*)?""")
_TOML_LINE = re.compile(r"""\s*(?:\#.*)?|\s+\S.*|\[.*|[\]}].*|["']?\w[^=\n]*=.*""")
_FOREIGN = {"---": _YAML_LINE, "+++": _TOML_LINE}
"""What opens and closes front matter in texts of other makers, and what each line between looks like."""


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


def divide_any(source: str) -> Divided:
    """Cuts front matter of any maker from any Markdown: YAML between `---` lines or TOML between `+++` lines.

    Nothing is cut unless every line between looks like settings: a text may well begin with a thematic break.
    """
    lines = source.split("\n")
    mark = lines[0].rstrip()
    looks = _FOREIGN.get(mark)
    if looks is not None:
        for index, line in enumerate(lines[1:], start=1):
            if line.rstrip() == mark and not line[:1].isspace():
                return Divided("\n".join(lines[1:index]) + "\n", "\n".join(lines[index + 1 :]), index + 2)
            if not looks.fullmatch(line):
                break
    return Divided(None, source, 1)


def normal_line_ends(source: str) -> str:
    """The text with LF line ends and without a leading byte order mark."""
    return source.removeprefix("﻿").replace("\r\n", "\n").replace("\r", "\n")
