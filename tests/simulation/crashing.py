"""A process that ends at one of its steps that write, or to which something else happens between two transactions.

From the step on at which it ends, every further step that writes fails as well: nobody tidies up after a kill.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from publisher.store.engine import Store

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_RENAMING = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"})
_READING = ("SELECT", "PRAGMA", "BEGIN", "SET", "SHOW")


class Ended(BaseException):
    """The process is no more."""


class Watch:
    """Counts the steps that write; one watch for a whole run, since an audit hook cannot be taken back."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._between: Callable[[], None] | None = None
        self._pauses = 0
        self._folder = ""
        self.over = False
        sys.addaudithook(self._audit)
        self._listening: list[tuple[str, Callable[..., None]]] = [
            ("before_cursor_execute", self._executes),
            ("commit", lambda _connection: self._step()),
            ("begin", lambda _connection: self._pause()),
        ]
        for name, heard in self._listening:
            event.listen(Engine, name, heard)
        self._at_once = Store.at_once
        Store.at_once = self._written_at_once  # type: ignore[method-assign]  # no event tells of it

    def close(self) -> None:
        """Listens to nothing any more."""
        Store.at_once = self._at_once  # type: ignore[method-assign]  # as above
        for name, heard in self._listening:
            event.remove(Engine, name, heard)

    @contextmanager
    def ends_after(self, steps: int, folder: str) -> Iterator[None]:
        """Within this, the step after so many others is the process's end; caught here."""
        self._left, self._folder, self.over = steps, folder, False
        try:
            yield
        except Ended:
            pass
        finally:
            self._left = None

    @contextmanager
    def interrupted_after(self, transactions: int, between: Callable[[], None]) -> Iterator[None]:
        """Within this, something else happens once, before the transaction after so many others has begun."""
        self._pauses, self._between = transactions, between
        try:
            yield
        finally:
            self._between = None

    def end(self) -> None:
        """The process ends here, whatever it is doing."""
        if self._left is not None:
            self._left, self.over = 0, True
            raise Ended

    @property
    def _written_at_once(self) -> Callable[..., Sequence[Any]]:
        """A transaction that is one statement: the process ends before it, or after its commit."""

        def at_once(store: Store, *arguments: Any) -> Sequence[Any]:
            self._pause()
            self._step()
            rows = self._at_once(store, *arguments)
            self._step()
            return rows

        return at_once

    def _step(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self.over = True
            raise Ended

    def _pause(self) -> None:
        if self._between is None:
            return
        self._pauses -= 1
        if self._pauses < 0:
            between, self._between = self._between, None
            between()

    def _executes(self, *arguments: Any) -> None:
        if not str(arguments[2]).lstrip().upper().startswith(_READING):
            self._step()

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if self._left is None:
            return
        if name == "open":
            writes = isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
            if writes and str(arguments[0]).startswith(self._folder):
                self._step()
        elif name in _RENAMING and any(self._folder in str(argument) for argument in arguments):
            self._step()
