"""Where sentences end: Latin stops before a space and a new beginning, Chinese ones by themselves."""

import re

_BREAK = re.compile(
    r"(?<=[.!?])\s+(?=[^\W\d_a-z]|[\"“‘(「《])"  # `e.g. this` and `No. 5` go on
    r"|(?<=[.!?][\"”’)])\s+(?=[^\W\d_a-z]|[\"“‘(「《])"
    r"|(?<=[。！？])(?![”’」』）》)\s])\s*|(?<=[。！？])\s+|(?<=[。！？][”’」』）])\s*"
)
_SHORT = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Art|Sec|Inc|Ltd|Co|Corp|vs|cf)|(?<![^\W\d_])[A-Z])\.$")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a plain text, in order; together, with the spaces between them, they are the text."""
    found: list[str] = []
    for piece in _BREAK.split(text.strip()):
        if found and _SHORT.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece:
            found.append(piece)
    return tuple(found)
