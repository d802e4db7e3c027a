"""Expressions that lawyers write, on an engine whose time grows only with the text: RE2 of Google.

Its syntax: https://github.com/google/re2/wiki/Syntax. What other engines add and no engine can do in linear time
(looking around, references back) is refused with a remedy, before any text is read.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

LONGEST = 500
"""Characters that an expression may have."""
_MEMORY = 1 << 20
"""Bytes that one expression may take: counted repetitions of repetitions go beyond it."""

_REFUSED: tuple[tuple[str, str, str], ...] = (
    (
        r"\(\?<?[=!]",
        "looks around itself",
        "Write the words themselves, and nothing that must be absent.",
    ),
    (r"\\[1-9]|\(\?P=", "refers back to an earlier part", "Write the words out, apart by |."),
    (r"\(\?>|[*+?}]\+", "forbids the engine to go back", "Leave the sign out: this engine never goes back."),
    (r"\(\?\(", "has a condition", "Write two patterns."),
    (r"\(\?#", "holds a comment", "Put it into a line of its own that begins with #."),
)
_HAN = re.compile("[\u3400-\u9fff]")
_NARROW = re.compile(r"\\[bBwW]")


def refusal(expression: str) -> tuple[str, str] | None:
    """Why an expression cannot be used and what to do instead; None when it can."""
    import re2

    if len(expression) > LONGEST:
        return f"It has {len(expression)} characters.", f"Write at most {LONGEST}, and the rest as a second pattern."
    try:
        compiled = _compiled(expression)
    except re2.error as fault:
        for sign, what, remedy in _REFUSED:
            if re.search(sign, expression):
                return f"It {what}, which a linear-time engine cannot do.", remedy
        reason = fault.args[0] if fault.args else fault
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return f"It cannot be read: {told}.", "Mend it; the syntax is that of RE2."
    if compiled.search("") is not None:
        return "It matches no words at all, and so every sentence.", "Take out a * or ?, so that it needs some word."
    if _HAN.search(expression) and _NARROW.search(expression):
        return (
            r"\b and \w know the letters a to z alone, and never match beside Chinese characters.",
            r"Leave \b out, and write \p{Han} for \w.",
        )
    return None


def places(expression: str, text: str) -> Iterator[tuple[int, int]]:
    """Where an expression that is not refused matches, from left to right; characters counted from 0."""
    for match in _compiled(expression).finditer(text):
        if match.end() > match.start():
            yield match.span()


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(expression, options)
