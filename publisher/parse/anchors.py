"""The author's own names for clauses, `{#sharing}`, and attribute lines, `{: .wide}`, which are no words."""

import re
from dataclasses import dataclass

_ANCHOR = re.compile(r"\{#([^{}\n]*)\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")


@dataclass(frozen=True, slots=True)
class Anchored:
    """A block's content without what is no words.

    `attributes` holds the attribute lines with their position; `invalid` the anchors that are no names, which stay
    among the words.
    """

    content: str
    anchor: str | None
    attributes: tuple[tuple[int, str], ...] = ()
    invalid: tuple[str, ...] = ()


def anchored(content: str) -> Anchored:
    """Content with its anchor taken out: from its end, or from a first or last line of its own."""
    kept: list[str] = []
    attributes: list[tuple[int, str]] = []
    for number, line in enumerate(content.split("\n")):
        stripped = line.strip()
        if stripped.startswith("{:") and _ATTRIBUTES.fullmatch(stripped):
            attributes.append((number, stripped))
        else:
            kept.append(line)
    anchor: str | None = None
    invalid: list[str] = []
    for position in (0, -1) if kept else ():
        line = kept[position].strip()
        found = _ANCHOR.fullmatch(line) or (_at_end(line) if position else None)
        if found is None:
            continue
        if not _NAME.fullmatch(found[1]):
            invalid.append(found[1])
            continue
        anchor = found[1]
        if found.start():
            kept[position] = line[: found.start()].rstrip()
        else:
            del kept[position]
        break
    return Anchored("\n".join(kept), anchor, tuple(attributes), tuple(dict.fromkeys(invalid)))


def _at_end(line: str) -> re.Match[str] | None:
    start = line.rfind("{#")
    found = _ANCHOR.fullmatch(line, start) if start > 0 else None
    return found if found and line[start - 1].isspace() else None
