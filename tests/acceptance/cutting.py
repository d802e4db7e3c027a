"""Between a program and its PostgreSQL server: cuts the connection at a COMMIT, before, in, or after it.

A COMMIT is what says so, and the Sync after several statements that came in one go, which commits them as well.
Reads as much of the protocol as that takes (PostgreSQL documentation, "Message Formats"): a first message without a
kind, then a kind of one byte and a length of four.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Cut(StrEnum):
    """When the connection is cut, as seen from the server."""

    BEFORE = "before"  # it never hears of the COMMIT
    IN = "in"  # it gets half of the message
    AFTER = "after"  # it has committed, and its answer is lost


class Proxy:
    """Forwards what is said. `cut_at` counts COMMITs from 1, over all connections; 0 cuts nothing."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = server
        self.folder = folder
        self.commits = 0
        self.cut_at = 0
        self.how = Cut.BEFORE
        self.has_cut = False
        self._counting = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut_at: int, how: Cut) -> None:
        """Counts COMMITs anew, and cuts the connection of the n-th."""
        with self._counting:
            self.commits, self.cut_at, self.how, self.has_cut = 0, cut_at, how, False

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._server / SOCKET))
        muted = threading.Event()
        threading.Thread(target=_answers, args=(server, client, muted), daemon=True).start()
        said, greeted, executed = b"", False, 0
        with client, server, _hanging_up(server), suppress(OSError):
            while more := client.recv(65536):
                said += more
                while (message := _message(said, greeted=greeted)) is not None:
                    said = said[len(message) :]
                    kind = message[:1] if greeted else b""
                    commits = (kind in (b"Q", b"P") and b"COMMIT" in message) or (kind == b"S" and executed > 1)
                    executed = 0 if kind == b"S" else executed + (kind == b"E")
                    if commits and self._is_the_one():
                        self._cut(message, server, muted)
                        return
                    server.sendall(message)
                    greeted = True

    def _is_the_one(self) -> bool:
        with self._counting:
            self.commits += 1
            self.has_cut = self.has_cut or self.commits == self.cut_at
            return self.commits == self.cut_at

    def _cut(self, message: bytes, server: socket.socket, muted: threading.Event) -> None:
        muted.set()
        if self.how is Cut.BEFORE:
            return
        if self.how is Cut.IN:
            server.sendall(message[: len(message) // 2])
            return
        # what follows the COMMIT in one go, such as a Sync, is not waited for: the server is told that this is all
        server.sendall(message + (b"" if message[:1] == b"Q" else b"S\0\0\0\4"))
        server.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while server.recv(65536):
                pass


@contextmanager
def _hanging_up(server: socket.socket) -> Iterator[None]:
    """A close alone would wait for the thread that reads."""
    try:
        yield
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _answers(server: socket.socket, client: socket.socket, muted: threading.Event) -> None:
    """A server that has ended may be heard of as a reset, which is passed on as an end as well."""
    with suppress(OSError):
        while said := server.recv(65536):
            if muted.is_set():
                return
            client.sendall(said)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _message(said: bytes, *, greeted: bool) -> bytes | None:
    """The first whole message of what was said."""
    start = 0 if not greeted else 1
    if len(said) < start + 4:
        return None
    length = start + int.from_bytes(said[start : start + 4], "big")
    return said[:length] if len(said) >= length else None


@contextmanager
def between(server: Path, folder: Path) -> Iterator[Proxy]:
    """Runs a proxy whose socket lies in the folder, for a server whose socket lies in another."""
    proxy = Proxy(server, folder)
    try:
        yield proxy
    finally:
        proxy.close()
