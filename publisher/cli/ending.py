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
    in the same thread, waits for it for ever. Nor does a handler alone: the system may hand a signal to any thread, and
    the main one runs handlers between its own steps only; so that the signal itself wakes a wait.
    """

    def __init__(self) -> None:
        """Listens inside its `with` block, where that is on the main thread."""
        self._asked = False
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._before: dict[signal.Signals, Any] = {}
        self._woken_before = -1

    def __enter__(self) -> Self:
        """Listens from now on."""
        if current_thread() is main_thread():
            self._woken_before = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever listened before listens again."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._before:
            signal.set_wakeup_fd(self._woken_before)
        self._woken.close()
        self._waker.close()

    def is_asked(self) -> bool:
        """Whether the end has been asked for."""
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Waits, but not longer than until the end is asked for; says whether it is."""
        if self._asked:
            return True
        woken, _, _ = select.select([self._woken], [], [], seconds)
        if woken and not self._asked:
            self._woken.recv(4096)  # a signal that somebody else listens to
        return self._asked

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  a handler's signature
        self._asked = True
