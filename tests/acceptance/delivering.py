"""A process that delivers into a sink which counts, a file or a server: run by tests that kill it."""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from publisher.delivery.transports import open_transport
from publisher.domain.notice import Outcome, Receipt
from publisher.store.engine import open_store
from publisher.workflow.deliver import deliver


class CountingSink:
    """Takes every message; a line in a file, written before the answer, says that it did.

    Once the file has `most` bytes (0: ever so many), nothing more is taken until a file `.go` stands beside it.
    """

    def __init__(self, path: str, most: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._most, self._go = most, Path(f"{path}.go")

    def send(self, _sender: str, recipient: str, message: bytes) -> Receipt:
        time.sleep(0.0005)
        while self._most and os.fstat(self._file).st_size >= self._most and not self._go.exists():
            time.sleep(0.001)
        number = message.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
        os.write(self._file, recipient.encode() + b" " + number + b"\n")
        time.sleep(0.0005)
        return Receipt(Outcome.ACCEPTED, 250, "counted")

    def close(self) -> None:
        os.close(self._file)


def main(url: str, sink: str, connections: int, at: str, most: int) -> None:
    """One pass."""
    store = open_store(url)
    asked: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    begun, began = datetime.fromisoformat(at), time.monotonic()
    report = deliver(
        store,
        lambda: open_transport(sink, Path()) if sink.startswith("smtp:") else CountingSink(sink, most),
        now=lambda: datetime.fromtimestamp(begun.timestamp() + time.monotonic() - began, UTC),
        sender="privacy@example.com",
        domain="example.com",
        key=b"k" * 32,
        connections=connections,
        stopping=lambda: bool(asked),
    )
    store.close()
    sys.exit(0 if report.done else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
