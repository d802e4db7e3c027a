"""The wire between a sender and a server that speak TLS: how records arrive, and where they are cut."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.contract.listening import Listening
from tests.contract.scripted_smtp import PATIENCE

_RECORD = 5
"""Bytes at the beginning of a record: its type, a version, and the length of what follows (RFC 8446, section 5.1)."""

_DATA = 23
"""The type of records that carry what the two say to each other."""


def serving(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a server with that key and certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    return context


class Wire:
    """Passes on what each side says.

    Attributes:
        port: where the sender connects.
        records: how many records of data the server has sent, over all connections.
        cut_at: the record of data of which only a part goes through, and nothing after it; 0: none.
        piece: how many bytes of the server's arrive at a time.
        held: seconds for which the server's bytes are kept, so that several records arrive at once.
        slow: seconds that pass before the server gets each next 64 KB.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self.records = 0
        self.cut_at = 0
        self.piece = 65536
        self.held = 0.0
        self.slow = 0.0
        self._listening = Listening(self._passed_on)
        self.port = self._listening.port

    def close(self) -> None:
        self._listening.close()

    def _passed_on(self, near: socket.socket) -> None:
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        far = socket.create_connection(("127.0.0.1", self._to), timeout=PATIENCE)
        self._listening.start(lambda: self._there(near, far))
        self._listening.start(lambda: self._back(near, far))

    def _there(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                time.sleep(self.slow)
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError), near, far:
            clear = True
            while data := far.recv(65536):
                time.sleep(self.held)
                if self.held:
                    far.setblocking(False)
                    with suppress(BlockingIOError):
                        data += far.recv(65536)
                    far.settimeout(PATIENCE)
                clear = clear and data[:1].isdigit()
                data, ends = (data, False) if clear else self._cut(data)
                for start in range(0, len(data), self.piece):
                    near.sendall(data[start : start + self.piece])
                if ends:
                    near.shutdown(socket.SHUT_RDWR)
                    far.shutdown(socket.SHUT_RDWR)
                    return

    def _cut(self, data: bytes) -> tuple[bytes, bool]:
        """The records that go through, and whether the last of them was cut; servers here write whole ones."""
        start = 0
        while start + _RECORD <= len(data):
            length = _RECORD + int.from_bytes(data[start + 3 : start + 5], "big")
            self.records += data[start] == _DATA
            if self.cut_at and self.records >= self.cut_at:
                return data[: start + length // 2], True
            start += length
        return data, False


@contextmanager
def wired(port: int) -> Iterator[Wire]:
    """A wire to a server's port."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
