"""What a notice to many millions costs: measured here at a small size, then played through with many machines.

    python -m tests.benchmarks.notice_scale [--users N] [--workers N,N,...] [--relay MAILS_A_SECOND] [--lives HOURS]
        [--cores N] [--measure N]

What is measured, on a PostgreSQL server of the benchmark's own: seconds and bytes of queueing a user, a worker's CPU
for a mail with its ledger, a batch's cost to the job engine. What is played through, event by event: workers that take
batches of a thousand, a relay that takes no more than its rate, a database whose processors serve all commits, and
machines that die after an exponential lifetime and are found after the lease. What is not in it: networks, other work
on the database, what a relay refuses. The answer is a plan's size, not a promise.
"""

import heapq
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import text

from publisher.store import outbox
from publisher.store.engine import Store, open_store
from tests import postgresql
from tests.acceptance.counting_sink import counting
from tests.benchmarks.notice_values import fill, mails, notice

BATCH = 1000
LEASE = 40.0
CONNECTIONS = 20
_TAKEN = 0.012
"""CPU seconds that the job engine and the batch's own rows take of the database, for each batch."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Costs for one: seconds to queue a user, bytes of its row, seconds of a sender and of the database for a mail."""

    queue: float
    size: float
    send: float
    commit: float


@dataclass(frozen=True, slots=True)
class Played:
    """What a plan came to: seconds from the first mail to the last, machines that died, most mails told twice."""

    workers: int
    seconds: float
    died: int
    doubled: int


def measured(server: postgresql.Server, users: int, sent: int) -> Measured:
    """Queues a notice for so many users, and sends so many mails of another."""
    store, queueing = _queued(server, users)
    with store.read() as connection:
        size = connection.execute(text("SELECT pg_total_relation_size('outbox')")).scalar_one() / users
    store.close()
    store, _ = _queued(server, sent)
    url = store.engine.url.render_as_string(hide_password=False)
    with counting() as sink:
        used, served = _children(), _served(store)
        _pass(url, sink.port)
        taken, commits = _children() - used, _served(store) - served
        used = _children()
        _pass(url, sink.port)
        start = _children() - used
        if len(sink.messages) != sent:
            raise click.ClickException(f"{len(sink.messages)} of {sent} mails were sent")
    store.close()
    return Measured(queueing, size, (taken - start) / sent, commits / sent)


def _queued(server: postgresql.Server, users: int) -> tuple[Store, float]:
    """A store with a notice to so many users, and the seconds that queueing each of them took."""
    url = server.new()
    store = open_store(url)
    fill(url, users, everybody_reachable=True)
    began = time.monotonic()
    with store.begin() as connection:
        outbox.queue(connection, notice(), mails())
    return store, (time.monotonic() - began) / users


def _pass(url: str, port: int) -> None:
    """A delivery pass in a process of its own; the second of two has nothing to send, and shows what a start costs."""
    where = f"smtp://127.0.0.1:{port}?tls=off"
    now = datetime.now(UTC).isoformat()
    command = [sys.executable, "-m", "tests.acceptance.delivering", url, where, str(CONNECTIONS), now]
    subprocess.run(command, check=True)


def _children() -> float:
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _served(store: Store) -> float:
    """CPU seconds of all the server's processes, those that have ended too, from /proc."""
    with store.read() as connection:
        first = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    parent = _fields(first)[1]
    every = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    ticks = [fields for path in every if (fields := _fields(int(path.name))) and fields[1] == parent]
    alive = sum(int(fields[11]) + int(fields[12]) for fields in ticks)
    ended = sum(map(int, _fields(int(parent))[13:15]))
    return (alive + ended) / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return []


def played(cost: Measured, users: int, workers: int, relay: float, lives: float, cores: int) -> Played:
    """Plays a delivery through.

    Args:
        cost: what was measured.
        users: how many mails there are.
        workers: how many processes send, a processor each.
        relay: mails a second that the relay takes of all of them.
        lives: hours that a worker lives on average.
        cores: processors of the database.
    """
    dice = random.Random(20261125)  # noqa: S311  only when machines die
    left = -(-users // BATCH)
    relay_free = database_free = 0.0
    died = 0
    ready = [(0.0, _life(dice, lives)) for _ in range(workers)]
    heapq.heapify(ready)
    back: list[float] = []
    ends = 0.0
    while left or back:
        at, dies = heapq.heappop(ready)
        if back and back[0] <= at:
            heapq.heappop(back)
            left += 1
        if not left:
            at = max(at, back[0])
            heapq.heappush(ready, (at, dies))
            continue
        left -= 1
        database_free = max(database_free, at) + (_TAKEN + BATCH * cost.commit) / cores
        relay_free = max(relay_free, at) + BATCH / relay
        done = max(at + BATCH * cost.send, database_free, relay_free)
        if dies < done:
            died += 1
            heapq.heappush(back, dies + LEASE)
            reborn = dies + LEASE
            heapq.heappush(ready, (reborn, reborn + _life(dice, lives)))
        else:
            ends = max(ends, done)
            heapq.heappush(ready, (done, dies))
    return Played(workers, ends, died, died * CONNECTIONS)


def _life(dice: random.Random, hours: float) -> float:
    return dice.expovariate(1 / (hours * 3600))


def lines(cost: Measured, users: int, plans: list[Played]) -> Iterator[str]:
    """The findings for people."""
    yield f"queueing      {cost.queue * 1e6:8.2f} us and {cost.size:.0f} bytes a user"
    yield f"sender        {cost.send * 1e6:8.1f} us CPU a mail, with its ledger"
    yield f"database      {cost.commit * 1e6:8.1f} us CPU a mail"
    yield ""
    yield f"{users:,} users: queued in {cost.queue * users / 60:.1f} min, {cost.size * users / 1e9:.1f} GB"
    yield f"CPU: senders {cost.send * users / 3600:.1f} h, database {cost.commit * users / 3600:.1f} h"
    yield "workers   hours to the last mail   mails a second   workers that died   told twice at most"
    for plan in plans:
        rate = users / plan.seconds
        yield f"{plan.workers:7}   {plan.seconds / 3600:22.2f}   {rate:14,.0f}   {plan.died:17}   {plan.doubled:18}"


@click.command()
@click.option("--users", default=100_000_000, show_default=True)
@click.option("--workers", default="1,4,16,50", show_default=True)
@click.option("--relay", default=20_000.0, show_default=True, help="Mails a second that the relay takes.")
@click.option("--lives", default=12.0, show_default=True, help="Hours that a worker lives on average.")
@click.option("--cores", default=4, show_default=True, help="Processors of the database.")
@click.option("--measure", default=200_000, show_default=True, help="Users that are queued to measure.")
def main(users: int, workers: str, relay: float, lives: float, cores: int, measure: int) -> None:
    """Measures, then plays through."""
    with postgresql.serving() as server:
        cost = measured(server, measure, 20_000)
    plans = [played(cost, users, int(number), relay, lives, cores) for number in workers.split(",")]
    for line in lines(cost, users, plans):
        click.echo(line)


if __name__ == "__main__":
    main()
