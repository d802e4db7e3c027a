"""Flips under load: another build is swapped in, and a version's instant passes, while many ask and one looks on."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.serve_load import begun, read
from tests.benchmarks.serve_servers import Server, ours
from tests.benchmarks.serve_site import ADDED, announced, one_more, publisher

_LOOK_SECONDS = 0.02
_MOST_SECONDS = 1200
_AFTER_SECONDS = 8
_AROUND_SECONDS = 3
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Flip:
    """One flip.

    Attributes:
        name: what flipped.
        late: seconds from the flip to when the last old page was asked for; below 0 when that was before it.
        new: seconds from the flip to the first new page.
        early: new pages before the flip.
        wrong: old pages that were asked for more than a second after the flip.
        failures: answers that were no page, and connections that broke.
        requests: how many there were in all.
        p99, slowest: ms that the reader who looks on waited, in the seconds around the flip.
        load_p99: ms that 99 of 100 answers to the load took, over the whole run.
        before, most: MB that the server's processes held before, and at most until some seconds after.
    """

    name: str
    late: float
    new: float
    early: int
    wrong: int
    failures: int
    requests: int
    p99: float
    slowest: float
    load_p99: float
    before: float
    most: float


@dataclass(slots=True)
class _Looks:
    """What one reader saw: when each page was asked for, whether it was the new one, how long it took; failures, MB."""

    seen: list[tuple[float, bool, float]] = field(default_factory=list)
    failures: int = 0
    most: float = 0.0

    def milliseconds(self, begins: float, ends: float) -> list[float]:
        """How long the pages took that were asked for between two times, the quickest first; at least one."""
        return sorted(took * 1000 for when, _, took in self.seen if begins <= when <= ends) or [0.0]


def flips(root: Path, policy: str, programs: Path) -> tuple[Flip, Flip]:
    """Publishes one more version while the site is served, then lets the instant pass at which it takes effect."""
    version, effect = one_more(root, policy)
    started = time.time()

    def published() -> float:
        done = threading.Thread(target=publisher, args=(root, "publish"))
        done.start()
        while not announced(root, policy, version):
            time.sleep(0.005)
        at = time.time()
        done.join()
        return at

    with ours(root) as server:
        swapped = _flip("another build is swapped in", server, f"/{policy}/versions.json", version, programs, published)
    left = timedelta(seconds=(time.time() - started) * 2 + 30)
    ends = datetime.now(UTC) + left

    def passed() -> float:
        time.sleep(max(0.0, ends.timestamp() - time.time()))
        return ends.timestamp()

    with ours(root, ahead=effect - ends) as server:
        return swapped, _flip("a version takes effect", server, f"/{policy}/", ADDED, programs, passed)


def _flip(name: str, server: Server, path: str, wanted: str, programs: Path, happening: Callable[[], float]) -> Flip:
    before = server.megabytes()
    with begun(server, path, {}, programs, seconds=_MOST_SECONDS, connections=_CONNECTIONS) as loading:
        with _looking(server, path, wanted.encode()) as looks:
            at = happening()
            time.sleep(_AFTER_SECONDS)
        loading.send_signal(signal.SIGINT)
        told, _ = loading.communicate()
    load = read(told, 0.0)
    old = [when for when, new, _ in looks.seen if not new]
    new = [when for when, new, _ in looks.seen if new]
    around = looks.milliseconds(at - _AROUND_SECONDS, at + _AROUND_SECONDS)
    return Flip(
        name,
        max(old, default=at) - at,
        min(new, default=float("inf")) - at,
        sum(when < at - _LOOK_SECONDS for when in new),
        sum(when > at + 1 for when in old),
        load.failures + looks.failures,
        load.requests + len(looks.seen),
        around[len(around) * 99 // 100],
        around[-1],
        load.p99,
        before,
        looks.most,
    )


@contextmanager
def _looking(server: Server, path: str, wanted: bytes) -> Iterator[_Looks]:
    looks, over = _Looks(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            asked = time.time()
            try:
                status, _, body = server.ask(path)
            except OSError:
                status, body = 0, b""
            took = time.time() - asked
            with suppress(OSError):  # a process of the server's that ended just now
                looks.most = max(looks.most, server.megabytes())
            if status == 200:
                looks.seen.append((asked, wanted in body, took))
            else:
                looks.failures += 1

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield looks
    finally:
        over.set()
        looking.join()
