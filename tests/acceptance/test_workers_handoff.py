"""Workers that hand batches to a provider, from one PostgreSQL: killed, and stopped past their lease."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from publisher.domain.notice import MessageState
from publisher.store import schema
from tests.acceptance.crew import LEASE, PATIENCE, Crew, crew
from tests.acceptance.deliver_values import states_of
from tests.contract.called import Call, FarSide, Said, far_side
from tests.postgresql import Server

MAILS = 8000


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


def has_more_or_all(keyed: Keyed, side: FarSide, calls: int, mails: int) -> bool:
    """Whether the provider was called since it had so many calls, or has everybody by now: then blows fall between."""
    return len(side.calls) > calls or len(keyed.taken) == mails


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


def test_blow_after_blow_at_any_moment_of_a_call_the_provider_has_everybody_once(
    postgresql_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mails, blows = (20_000, 20) if request.config.getoption("--soak") else (4_000, 4)
    answers_in = 0.5
    dice = random.Random(20261126)  # noqa: S311  only the moments and the victims
    with handing(postgresql_server, tmp_path / "workspace", mails, answers_in) as (at_work, keyed, side):
        pair = [at_work.start() for _ in range(2)]
        for blow in range(blows):
            at_work.until(partial(has_more_or_all, keyed, side, len(side.calls), mails))
            time.sleep(dice.uniform(0, 1.2 * answers_in))  # before the answer, as it comes, and when it is recorded
            victim = pair.pop(dice.randrange(2))
            if blow % 2:
                at_work.stop(victim)
            else:
                victim.kill()
                victim.communicate()
                at_work.workers.remove(victim)
            pair.append(at_work.start())
        at_work.until(lambda: not at_work.stopped and not at_work.woken)
        at_work.until(lambda: is_handed(at_work, mails))
        for worker in tuple(at_work.workers):
            at_work.end(worker)
        handed = Counter(call.headers["idempotency-key"] for call in side.calls)
        assert len(handed) == len(keyed.batches)
        assert keyed.repeats == sum(number - 1 for number in handed.values()) <= blows
        given = {(call.headers["idempotency-key"], json.dumps(call.data)) for call in side.calls}
        assert len(given) == len(handed)  # what is handed over again is the same
        assert (len(keyed.taken), max(keyed.taken.values())) == (mails, 1)
        assert states_of(at_work.store) == {MessageState.SENDING: mails}


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
    with handing(postgresql_server, tmp_path / "workspace", 1000, 2.0 * LEASE) as (at_work, keyed, side):
        for _ in range(2):
            at_work.start()
        at_work.until(lambda: len(side.calls) >= 1 and at_work.in_hand() == 0)
        assert (len(side.calls), keyed.repeats) == (1, 0)
        assert states_of(at_work.store) == {MessageState.SENDING: 1000}
