"""A command run as at a keyboard: a real pseudo-terminal, answers typed when their question appears."""

import os
import pty
import re
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_PATIENCE = 240.0
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def typed(folder: Path, arguments: Sequence[str], dialogue: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Runs `publisher` in a folder; for each (question, answer) waits for the question and types the answer.

    Returns the exit code and everything that was on the screen, without colours.
    """
    child, master = pty.fork()
    if child == 0:  # pragma: no cover
        os.execvpe(  # noqa: S606 - the program under test, at a terminal of its own
            sys.executable,
            [sys.executable, "-m", "publisher", "-C", str(folder), *arguments],
            {**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        )
    screen, seen = "", 0
    for question, answer in dialogue:
        screen, seen = _until(master, screen, seen, question)
        os.write(master, (answer + "\n").encode())
    screen = _rest(master, screen)
    _, status = os.waitpid(child, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), screen


def _until(master: int, screen: str, seen: int, question: str) -> tuple[str, int]:
    ends = time.monotonic() + _PATIENCE
    while (found := screen.find(question, seen)) < 0:
        assert time.monotonic() < ends, f"{question!r} was never asked:\n{screen[seen:]}"
        piece = _read(master)
        assert piece is not None, f"{question!r} was never asked:\n{screen[seen:]}"
        screen += piece
    return screen, found + len(question)


def _rest(master: int, screen: str) -> str:
    while (piece := _read(master)) is not None:
        screen += piece
    return screen


def _read(master: int) -> str | None:
    if not select.select([master], [], [], _PATIENCE)[0]:
        return None
    try:
        piece = os.read(master, 65_536)
    except OSError:  # the other end was closed
        return None
    return _STYLE.sub("", piece.decode("utf-8", "replace")).replace("\r\n", "\n") if piece else None
