"""Running a program of somebody else's within bounds: no shell, few variables, so long, so much output."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_ALWAYS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
"""Variables that programs need to run at all; everything else is handed on only when it is named."""
_LOOK = 0.05
"""Seconds between two looks at whether it still runs."""
_GRACE = 2.0
"""Seconds that are given to pipes after their program has ended."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run: all output up to where it ended, and why it ended if not by itself and well.

    `trouble` is empty when the program ended by itself with exit code 0.
    """

    output: str
    errors: str
    trouble: str


@dataclass(slots=True)
class _Pipe:
    """What was read from one pipe; `full` once there was more than its bound."""

    most: int
    held: bytearray = field(default_factory=bytearray)
    full: threading.Event = field(default_factory=threading.Event)

    def drain(self, stream: IO[bytes]) -> None:
        """Reads to the end, so that the program is never held up; what is beyond the bound is dropped."""
        with suppress(OSError, ValueError):
            while block := os.read(stream.fileno(), 65536):
                room = self.most - len(self.held)
                self.held += block[:room]
                if len(block) > room:
                    self.full.set()


def run_bounded(
    command: Sequence[str],
    lines: Iterable[str],
    *,
    folder: Path,
    seconds: float,
    most_output: int,
    environment: Mapping[str, str] = os.environ,
    handed_on: Sequence[str] = (),
    given_up: Callable[[], bool] = bool,
) -> Ran:
    """Runs a program, writes lines to it, and reads what it answers; whatever it does, this returns.

    Args:
        command: the program and its arguments; no shell reads them.
        lines: what is written to its standard input.
        folder: where it runs.
        seconds: how long it may take; then it is killed with all that it started.
        most_output: bytes that it may write; beyond that it is killed, and what was read so far is kept.
        environment: the variables to choose from.
        handed_on: names of variables that it gets beside the few that every program needs.
        given_up: whether nobody waits for it any more; then it is killed as when its time is over.
    """
    variables = {name: environment[name] for name in (*_ALWAYS, *handed_on) if name in environment}
    try:
        process = subprocess.Popen(  # noqa: S603 - the organisation's own program, named in its own settings
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=variables,
            start_new_session=True,
        )
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        return Ran("", "", f"it cannot be started ({reason})")
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("a pipe was asked for and is not there")
    answers, complaints = _Pipe(most_output), _Pipe(10_000)
    threads = (
        threading.Thread(target=_write, args=(process.stdin, lines), daemon=True),
        threading.Thread(target=answers.drain, args=(process.stdout,), daemon=True),
        threading.Thread(target=complaints.drain, args=(process.stderr,), daemon=True),
    )
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    while process.poll() is None and not answers.full.is_set() and time.monotonic() < deadline and not given_up():
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
    timed_out = process.poll() is None and not answers.full.is_set()
    if process.poll() is not None:
        for thread in threads[1:]:
            thread.join(_GRACE)
    _kill(process)
    for thread in threads:
        thread.join(_GRACE)
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            pipe.close()
    return Ran(
        bytes(answers.held).decode("utf-8", "replace"),
        bytes(complaints.held).decode("utf-8", "replace"),
        _trouble(process.returncode, timed_out, answers.full.is_set(), seconds, most_output),
    )


def _write(stream: IO[bytes], lines: Iterable[str]) -> None:
    with suppress(OSError, ValueError):  # a program need not read to the end
        for line in lines:
            stream.write(line.encode("utf-8") + b"\n")
        stream.close()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Ends the program and everything that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)


def _trouble(code: int | None, timed_out: bool, too_much: bool, seconds: float, most: int) -> str:
    if timed_out:
        return f"it took longer than {seconds:g} seconds and was stopped"
    if too_much:
        return f"it wrote more than {most:,} bytes and was stopped"
    if code is None or code < 0:
        name = signal.Signals(-code).name if code else "?"
        return f"it crashed ({name})"
    return f"it ended with exit code {code}" if code else ""
