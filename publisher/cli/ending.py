"""Ctrl-C, and the system's wish to end: asked for, never obeyed in the middle of something."""

import select
import signal
import socket
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, Self


class Ending:
    """Whether a person or the system has asked to end.

    A `threading.Event` would not do: its lock is held for moments of a wait, and a handler that interrupts just then,
    in the same thread, waits for it for ever.
    """

    def __init__(self) -> None:
        """Listens inside its `with` block, where that is on the main thread."""
        self._asked = False
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Listens from now on."""
        if current_thread() is main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever listened before listens again."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._woken.close()
        self._waker.close()

    def is_asked(self) -> bool:
        """Whether the end has been asked for."""
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Waits, but not longer than until the end is asked for; says whether it is."""
        select.select([self._woken], [], [], seconds)
        return self._asked

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  a handler's signature
        if not self._asked:
            self._asked = True
            self._waker.send(b"\0")
