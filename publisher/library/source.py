"""Bytes to text: UTF-8 and nothing else, LF line ends, no characters that readers cannot see."""

import re
from pathlib import Path

from publisher.domain.characters import faults_of
from publisher.domain.frontmatter import normal_line_ends
from publisher.errors import Fault, Place, Severity
from publisher.library.files import read_bytes

LARGEST_TEXT = 2_000_000
"""Bytes that one text may have."""

_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
_LINE_END = re.compile(b"\r\n|\r|\n")


def read_source(path: Path, *, name: str | None = None, language: str = "und") -> tuple[str | None, tuple[Fault, ...]]:
    """A text as it counts (LF, no byte order mark) and what is wrong with its bytes and characters.

    Args:
        path: the file.
        name: the file as staff know it; left out, its path.
        language: its language tag, for marks that are spelling in some languages.

    Returns:
        The text, or None when its bytes are no text; and every fault, with line and column.
    """
    text, faults = read_text(path, name=name)
    if text is None:
        return None, faults
    shown = name if name is not None else str(path)
    return text, (*faults, *(fault.at(shown) for fault in faults_of(text, language)))


def read_text(
    path: Path, *, name: str | None = None, limit: int = LARGEST_TEXT
) -> tuple[str | None, tuple[Fault, ...]]:
    """As `read_source`, whatever characters the text holds."""
    shown = name if name is not None else str(path)
    held, faults = read_bytes(path, shown, limit)
    if held is None:
        return None, faults
    return decoded(held, shown)


def decoded(held: bytes, name: str) -> tuple[str | None, tuple[Fault, ...]]:
    """Bytes as text with LF line ends, or the place of the first byte that is no UTF-8."""
    for mark, encoding in _WIDE.items():
        if held.startswith(mark):
            return None, (
                Fault(
                    "encoding-wrong",
                    f"This file is {encoding}, not UTF-8 (byte 0).",
                    "Save it as UTF-8.",
                    Place(name, 1, 1),
                ),
            )
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = held[: fault.start]
        ends = [match.end() for match in _LINE_END.finditer(before)]
        start = ends[-1] if ends else 0
        column = len(before[start:].decode("utf-8")) + 1
        return None, (
            Fault(
                "encoding-wrong",
                f"Byte {fault.start} (0x{held[fault.start]:02X}) is not UTF-8.",
                "Save the file as UTF-8.",
                Place(name, len(ends) + 1, column),
            ),
        )
    faults: tuple[Fault, ...] = ()
    if text.startswith("\ufeff"):
        faults = (
            Fault(
                "byte-order-mark",
                "The file begins with a byte order mark; it is left out.",
                "Save it as UTF-8 without a byte order mark.",
                Place(name, 1, 1),
                Severity.WARNING,
            ),
        )
    return normal_line_ends(text), faults
