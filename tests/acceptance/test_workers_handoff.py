"""Workers that hand batches to a provider, from one PostgreSQL: killed, and stopped past their lease."""

import json
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from publisher.domain.notice import MessageState
from publisher.store import schema
from tests.acceptance.crew import PATIENCE, Crew, crew
from tests.acceptance.deliver_values import states_of
from tests.contract.called import Call, FarSide, Said, far_side
from tests.postgresql import Server

if TYPE_CHECKING:
    import subprocess

MAILS = 8000
GIVEN_UP = 30.0
"""Seconds after which a caller waits for its answer no longer."""


@dataclass
class Keyed:
    """A provider that takes a batch once for each key, and takes its time to answer: nothing before it may `go` on."""

    seconds: float
    batches: dict[str, Counter[str]] = field(default_factory=dict)
    repeats: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    go: threading.Event = field(default_factory=threading.Event)

    def answer(self, call: Call) -> Said:
        key = call.headers["idempotency-key"]
        with self.lock:
            self.repeats += key in self.batches
            self.batches.setdefault(key, Counter(message["id"] for message in call.data["messages"]))
        assert self.go.wait(PATIENCE)
        time.sleep(self.seconds)
        return Said(202, json.dumps({"id": f"name-of-{key}"}).encode())

    @property
    def taken(self) -> Counter[str]:
        with self.lock:
            return sum(self.batches.values(), Counter[str]())


@contextmanager
def handing(server: Server, folder: Path, mails: int, seconds: float) -> Iterator[tuple[Crew, Keyed, FarSide]]:
    keyed = Keyed(seconds)
    keyed.go.set()
    with far_side(keyed.answer) as side, crew(server, folder, mails, settings(side)) as at_work:
        yield at_work, keyed, side


def settings(side: FarSide) -> Mapping[str, str]:
    return {"PUBLISHER_EMAIL__TRANSPORT": f"handoff:{side.url}", "PUBLISHER_EMAIL__SECRET": "whsec_" + "A" * 32}


def key_of(call: Call) -> str:
    return call.headers["idempotency-key"]


@dataclass
class Held:
    """A call whose answer is held back, and since when."""

    call: Call
    since: float = field(default_factory=time.monotonic)
    answered: threading.Event = field(default_factory=threading.Event)


@dataclass
class Holding:
    """A provider that holds the answer to each batch that is new to it until told otherwise, and none to a repeat."""

    batches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    handed: Counter[str] = field(default_factory=Counter)
    held: deque[Held] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: bool = False

    def answer(self, call: Call) -> Said:
        held, key, messages = Held(call), key_of(call), tuple(message["id"] for message in call.data["messages"])
        with self.lock:
            self.calls[key] += 1
            self.handed.update(messages)
            if self.over or key in self.batches:
                held.answered.set()
            self.batches.setdefault(key, messages)
            if not held.answered.is_set():
                self.held.append(held)
        assert held.answered.wait(PATIENCE)
        return Said(202, json.dumps({"id": f"name-of-{key}"}).encode())

    def let_go(self) -> None:
        """Answers everything from now on."""
        with self.lock:
            self.over = True
            for held in self.held:
                held.answered.set()


@dataclass
class Blows:
    """Blows on workers with a call under way; who was stopped goes on when another one has made that call again."""

    at_work: Crew
    holding: Holding
    side: FarSide
    struck: list[str] = field(default_factory=list)
    asleep: "list[tuple[str, subprocess.Popen[str]]]" = field(default_factory=list)

    def strike(self, held: Held, how: signal.Signals) -> bool:
        """Strikes the worker that waits for an answer, then gives the answer; says whether it was waiting for it."""
        key = key_of(held.call)
        if time.monotonic() - held.since > GIVEN_UP / 2:  # this machine stood still: the caller may go any moment
            held.answered.set()
            return False
        victim = self.at_work.calling(held.call.port, self.side.port)
        assert victim is not None
        assert f", process {victim.pid} (" in (self.at_work.holder(key) or "")
        if how is signal.SIGSTOP:
            self.at_work.stand_still(victim)
        else:
            victim.send_signal(how)
        assert time.monotonic() - held.since < GIVEN_UP
        assert not held.answered.is_set()
        self.struck.append(key)
        if how is signal.SIGSTOP:
            self.asleep.append((key, victim))
        else:
            victim.communicate()
            self.at_work.workers.remove(victim)
        held.answered.set()
        return True

    def until(self, what: Callable[[], bool]) -> None:
        def so() -> bool:
            self._wake()
            return what()

        self.at_work.until(so)

    def _wake(self) -> None:
        """Whose messages another one has handed over again finds the answer to its own call, and is to end."""
        for key, worker in tuple(self.asleep):
            if self.holding.handed[self.holding.batches[key][0]] > 1:
                self.asleep.remove((key, worker))
                worker.send_signal(signal.SIGTERM)
                worker.send_signal(signal.SIGCONT)
                self.at_work.reports.append(self.at_work.end(worker))


def is_handed(at_work: Crew, mails: int = MAILS) -> bool:
    """Whether the provider has everything, and nothing is in hand."""
    time.sleep(0.2)
    with at_work.store.read() as connection:
        rows = select(func.count()).where(schema.outbox.c.reason == "handed-over")
        return bool(connection.execute(rows).scalar_one() == mails) and at_work.in_hand() == 0


def test_workers_killed_or_stopped_past_their_lease_double_no_batch_and_lose_nobody(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with handing(postgresql_server, tmp_path / "workspace", MAILS, 0.6) as (at_work, keyed, side):
        keyed.go.clear()  # both are waiting for an answer, however busy this machine is
        killed, stopped = at_work.start(), at_work.start()
        at_work.until(lambda: len(side.calls) >= 2)
        at_work.stop(stopped)
        killed.kill()
        keyed.go.set()
        killed.communicate()
        at_work.workers.remove(killed)
        at_work.start()
        at_work.until(lambda: not at_work.stopped and not at_work.woken)
        at_work.until(lambda: is_handed(at_work))
        reports = [*at_work.reports, *(at_work.end(worker) for worker in tuple(at_work.workers))]
        with at_work.store.read() as connection:
            named = connection.execute(text("SELECT count(*) FROM handoff WHERE provider LIKE 'name-of-batch_%'"))
            assert named.scalar_one() == len(keyed.batches)
        assert states_of(at_work.store) == {MessageState.SENDING: MAILS}
        assert len(keyed.taken) == MAILS
        assert max(keyed.taken.values()) == 1
        assert sum(report["taken-over-by-others"] for report in reports) == 1
        assert keyed.repeats >= 2


def test_blow_after_blow_on_a_worker_with_a_call_under_way_the_provider_has_everybody_once(
    postgresql_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mails, blows = (20_000, 20) if request.config.getoption("--soak") else (4_000, 4)
    holding = Holding()
    with (
        far_side(holding.answer) as side,
        crew(postgresql_server, tmp_path / "workspace", mails, settings(side), households=mails // 2) as at_work,
    ):
        dealt = Blows(at_work, holding, side)
        for _ in range(2):
            at_work.start()
        while len(dealt.struck) < blows:
            dealt.until(lambda: bool(holding.held))
            if dealt.strike(holding.held.popleft(), signal.SIGSTOP if len(dealt.struck) % 2 else signal.SIGKILL):
                at_work.start()
        holding.let_go()
        dealt.until(lambda: not dealt.asleep)
        at_work.until(lambda: is_handed(at_work, mails))
        reports = [*at_work.reports, *(at_work.end(worker) for worker in tuple(at_work.workers))]
        assert states_of(at_work.store) == {MessageState.SENDING: mails}
    print(f"{blows} blows, {len(holding.batches)} keys, {len(side.calls)} calls")  # noqa: T201  for who runs it with -s
    assert len(set(dealt.struck)) == blows
    assert holding.calls == Counter(dict.fromkeys(holding.batches, 1)) + Counter(dealt.struck)  # in doubt: once more
    assert len({(key_of(call), json.dumps(call.data)) for call in side.calls}) == len(holding.batches)  # word for word
    had = Counter(message for messages in holding.batches.values() for message in messages)
    assert (len(had), max(had.values())) == (mails, 1)  # everybody, and under one key alone
    assert sum(report["taken-over-by-others"] for report in reports) == blows // 2  # no late answer was recorded


def test_the_rate_is_shared_and_a_worker_that_ends_puts_its_batch_back(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with handing(postgresql_server, tmp_path / "workspace", 4000, 0) as (at_work, keyed, side):
        began = time.monotonic()
        for _ in range(2):
            at_work.start("--rate", "500")
        at_work.until(lambda: len(side.calls) >= 3)
        taken = sum(keyed.taken.values())
        assert taken <= 1000 + (time.monotonic() - began) * 500
        reports = [at_work.end(worker) for worker in tuple(at_work.workers)]
        assert sum(report["handed-over"] for report in reports) == sum(keyed.taken.values())
        left = 4000 - sum(keyed.taken.values())
        assert at_work.in_hand() == 0
        assert states_of(at_work.store).get(MessageState.QUEUED, 0) == left
        assert at_work.jobs() == left // 1000


def test_a_call_that_takes_longer_than_the_lease_keeps_its_batch(postgresql_server: Server, tmp_path: Path) -> None:
    lease = 12
    with handing(postgresql_server, tmp_path / "workspace", 1000, 2.0 * lease) as (at_work, keyed, side):
        for _ in range(2):
            at_work.start(lease=lease)
        at_work.until(lambda: len(side.calls) >= 1 and at_work.in_hand() == 0)
        assert (len(side.calls), keyed.repeats) == (1, 0)
        assert states_of(at_work.store) == {MessageState.SENDING: 1000}
