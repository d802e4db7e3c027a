"""Whether a person sits at a stream."""

from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal. One that was closed before the program began is None, and is none."""
    return stream is not None and stream.isatty()
