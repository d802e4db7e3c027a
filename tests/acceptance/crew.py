"""Workers on a store with a notice in it, and a sink that counts: for tests that kill and stop them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from publisher.domain.notice import MessageState
from publisher.store import batches, jobs, outbox, postgresql, schema
from publisher.store.engine import Store, open_store
from tests.acceptance.counting_sink import Sink, counting
from tests.acceptance.deliver_values import states_of
from tests.acceptance.workspaces import Workbench
from tests.contract.store_values import FIRST, add_users, notice, template, user
from tests.postgresql import Server

CONNECTIONS = 4
ESTABLISHED = "01"
LANGUAGES = ("en", "zh-CN")
LEASE = 60
"""Seconds, more than a machine stands still; of a worker that a test stops the test itself ends it."""

A_WHILE = 3.0
"""Seconds for which a worker that goes on is left alone."""

PATIENCE = 600.0
UNSETTLED = {MessageState.QUEUED, MessageState.SENDING, MessageState.DEFERRED}


@dataclass
class Crew:
    """A workspace on PostgreSQL, a sink that counts, and the workers that send from one to the other."""

    bench: Workbench
    store: Store
    sink: Sink
    workers: "list[subprocess.Popen[str]]" = field(default_factory=list)
    stopped: "list[subprocess.Popen[str]]" = field(default_factory=list)
    woken: "list[tuple[float, subprocess.Popen[str]]]" = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def start(self, *options: str, lease: int = LEASE) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "publisher", "-C", str(self.bench.folder), "worker", "--json"]
        worker = subprocess.Popen(
            [*command, "--no-tick", "--lease", str(lease), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.bench.environment},
        )
        self.workers.append(worker)
        return worker

    def stop(self, worker: "subprocess.Popen[str]") -> None:
        """Has a worker stand still; it goes on when nothing is its own any more, and is asked to end after a while."""
        self.stand_still(worker)
        self.stopped.append(worker)

    def has_batch(self, worker: "subprocess.Popen[str]") -> bool:
        """Whether a worker has a batch in hand."""
        with self.store.read() as connection:
            return bool(connection.execute(select(func.count()).where(_own(worker))).scalar_one())

    def stand_still(self, worker: "subprocess.Popen[str]") -> None:
        """Stops a worker, and has its lease be over as if it had stood still for as long as that.

        One that stands in the middle of a transaction locks everybody out until the database ends that after minutes:
        it goes on a little, and stands still elsewhere.
        """
        over = datetime.now(UTC) - timedelta(days=1)
        plain = create_engine(self.store.engine.url)
        while True:
            worker.send_signal(signal.SIGSTOP)
            while not is_stopped(worker.pid):
                assert worker.poll() is None
                time.sleep(0.001)
            try:
                with plain.begin() as connection:
                    postgresql.let_in(connection, 1000, beside=False)
                    connection.execute(schema.batch.update().where(_own(worker)).values(until=over))
            except OperationalError:
                worker.send_signal(signal.SIGCONT)
                time.sleep(0.05)
            else:
                plain.dispose()
                return

    def until(self, what: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < end, self.left()
            time.sleep(0.02 if self.stopped else 0.005)
            self._wake()
            ended = [worker for worker in self.workers if worker.poll() is not None]
            assert not ended, ended[0].communicate()[1]

    def _wake(self) -> None:
        for worker in tuple(self.stopped):
            if not self.has_batch(worker):
                self.stopped.remove(worker)
                worker.send_signal(signal.SIGCONT)
                self.woken.append((time.monotonic(), worker))
        while self.woken and time.monotonic() - self.woken[0][0] > A_WHILE:
            self.reports.append(self.end(self.woken.pop(0)[1]))

    def calling(self, near: int, far: int) -> "subprocess.Popen[str] | None":
        """The worker that has a connection open from one port of this machine to another; None when it has ended."""
        sockets = set()
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
            _, local, remote, state, *_, inode = line.split()[:10]
            if (int(local[-4:], 16), int(remote[-4:], 16), state) == (near, far, ESTABLISHED):
                sockets.add(f"socket:[{inode}]")
        return next((worker for worker in self.workers if sockets & open_files(worker.pid)), None)

    def holder(self, key: str) -> str | None:
        """Who has the batch in hand from which a provider was handed messages under a key."""
        of_batch = (schema.outbox.c.notice == schema.batch.c.notice, schema.outbox.c.batch == schema.batch.c.number)
        rows = (
            select(schema.batch.c.owner)
            .join_from(schema.batch, schema.outbox, and_(*of_batch))
            .join(schema.handoff, schema.handoff.c.no == schema.outbox.c.handoff)
            .where(schema.handoff.c.key == key)
            .distinct()
        )
        with self.store.read() as connection:
            owner: str | None = connection.execute(rows).scalar_one()
        return owner

    def until_sent(self, number: int) -> None:
        self.until(lambda: len(self.sink.messages) >= number)

    def is_settled(self) -> bool:
        time.sleep(0.2)
        with self.store.read() as connection:
            unsent = batches.is_unsent(connection, FIRST)
        return not unsent and not set(states_of(self.store)) & UNSETTLED and self.in_hand() == 0

    def in_hand(self) -> int:
        with self.store.read() as connection:
            rows = select(func.count()).where(schema.batch.c.owner.is_not(None))
            return int(connection.execute(rows).scalar_one())

    def jobs(self) -> int:
        """How many batches wait for a worker, or are with one."""
        with self.store.read() as connection:
            rows = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = :queue")
            return int(connection.execute(rows, {"queue": jobs.MAILS}).scalar_one())

    def left(self) -> str:
        return f"{len(self.sink.messages)} sent, {states_of(self.store)}, {self.jobs()} jobs"

    def end(self, worker: "subprocess.Popen[str]", once_asked: Callable[[], object] = lambda: None) -> dict[str, Any]:
        """Asks a worker to end once it can hear that, and gives its report."""
        while worker.poll() is None and not listens(worker.pid):
            time.sleep(0.01)
        worker.send_signal(signal.SIGTERM)
        once_asked()
        said, faults = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0, faults
        self.workers.remove(worker)
        report: dict[str, Any] = json.loads(said)
        return report


def _own(worker: "subprocess.Popen[str]") -> ColumnElement[bool]:
    """What says of a batch that a worker has it in hand."""
    return schema.batch.c.owner.contains(f", process {worker.pid} (")


def is_stopped(process: int) -> bool:
    """Whether every thread of a process stands still."""
    states = [
        path.read_text("ascii").rpartition(")")[2].split()[0] for path in Path(f"/proc/{process}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


def listens(process: int) -> bool:
    """Whether a process has got so far that it ends in its own way when it is asked to."""
    caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{process}/status").read_text("ascii"), re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def open_files(process: int) -> set[str]:
    """What a process has open, as the kernel names it; nothing of one that has ended."""
    found = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # closed since
                found.add(str(entry.readlink()))
    return found


def queue_now(store: Store, mails: int, households: int) -> None:
    """A notice that can be sent today, by the machine's clock, to so many addresses that several readers share."""
    now = datetime.now(UTC)
    sent_now = replace(notice(FIRST), created=now, deadline=now + timedelta(days=40))
    with store.begin() as connection:
        add_users(
            connection,
            (
                user(number, email=f"reader{number % (mails - households)}@example.com", language=LANGUAGES[number % 2])
                for number in range(mails)
            ),
        )
        outbox.queue(connection, sent_now, [template(FIRST, language=tag) for tag in LANGUAGES])


@contextmanager
def crew(
    server: Server, folder: Path, mails: int, settings: Mapping[str, str] | None = None, households: int = 0
) -> Iterator[Crew]:
    with server.database(migrated=True) as url, counting() as sink:
        environment = {
            "PUBLISHER_STORE__URL": url,
            "PUBLISHER_EMAIL__TRANSPORT": f"smtp://127.0.0.1:{sink.port}?tls=off",
            "PUBLISHER_EMAIL__CONNECTIONS": str(CONNECTIONS),
            **(settings or {}),
        }
        store = open_store(url)
        queue_now(store, mails, households)
        made = Crew(Workbench.empty(folder, environment), store, sink)
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.kill()
                worker.communicate()
            store.close()
