"""An SMTP server that offers PIPELINING and counts: a message is on the list before its 250 is written.

It can be held at a number, so that whoever sends is certain to be in the midst of it while something happens.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Sink:
    """What was taken, in order: the bytes of each message as they came over the wire, without the final dot.

    No more than `most` messages are taken; who sends another one waits for the answer until it is let go.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.messages: list[bytes] = []
        self.recipients: list[str] = []
        self.port = 0
        self.most = sys.maxsize
        self.connections: set[_Connection] = set()
        self._loop = loop

    @property
    def is_full(self) -> bool:
        return len(self.messages) >= self.most

    def let_go(self, most: int = sys.maxsize) -> None:
        """Takes more."""
        self.most = most
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        for connection in tuple(self.connections):
            connection.go_on()


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._pending = b""
        self._in_text = False
        self._recipient = ""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.connections.add(self)
        transport.write(b"220 counting\r\n")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  its signature
        self._sink.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        self.go_on()

    def go_on(self) -> None:
        assert self._transport is not None
        said = b""
        while not (self._in_text and self._sink.is_full):
            end = b"\r\n.\r\n" if self._in_text else b"\r\n"
            first, found, rest = self._pending.partition(end)
            if not found:
                break
            self._pending = rest
            said += self._taken(first) if self._in_text else self._answer(first)
        if said:
            self._transport.write(said)

    def _taken(self, text: bytes) -> bytes:
        self._in_text = False
        self._sink.messages.append(text + b"\r\n")
        self._sink.recipients.append(self._recipient)
        return b"250 2.0.0 counted\r\n"

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-counting\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"DATA":
            self._in_text = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


@contextmanager
def counting() -> Iterator[Sink]:
    """Runs the server on a free port, in a thread."""
    loop = asyncio.new_event_loop()
    sink = Sink(loop)
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(sink), "127.0.0.1", 0))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
