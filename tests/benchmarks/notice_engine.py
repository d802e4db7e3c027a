"""The job engine's figures on PostgreSQL: jobs made in a release, batches claimed, seconds to recovery.

    python -m tests.benchmarks.notice_engine [--batches N] [--full N] [--recoveries N]

The server is the benchmark's own, without fsync, as the tests' is. CPU seconds are this process's and its server
process's together where one does the work; seconds to recovery are wall seconds, most of them waited on purpose.
"""

import os
import resource
import shutil
import signal
import tempfile
import time
from pathlib import Path
from statistics import median

import click
from sqlalchemy import Connection, insert, select, text

from publisher.domain.notice import MessageState
from publisher.store import batches, jobs, leases, notices, schema
from publisher.store.engine import Store, open_store
from publisher.workflow.job_loop import run_jobs
from tests import postgresql
from tests.acceptance.crew import Crew, crew
from tests.acceptance.deliver_values import queue
from tests.contract.store_values import FIRST, NOW, notice, template


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu_of(connection: Connection) -> float:
    """CPU seconds of the server's process behind a connection."""
    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _with_batches(store: Store, number: int) -> None:
    """A notice and its batches, without a single message."""
    with store.begin() as connection:
        notices.add(connection, notice(), [template()])
        given = {"notice": str(FIRST), "channel": "email", "count": 1000, "state": "resting"}
        given |= {"waiting": 1000, "doubtful": 0, "held": 0}
        rows = [given | {"number": index, "lo": f"{index:064}", "hi": f"{index:064}"} for index in range(number)]
        connection.execute(insert(schema.batch), rows)


def defers(server: postgresql.Server, number: int) -> str:
    """Jobs made in one transaction, and rolled back."""
    store = open_store(server.new())
    _with_batches(store, number)
    with store.begin() as connection:
        began, used = time.monotonic(), _cpu_of(connection)
        jobs.defer_new(connection, FIRST, 0)
        wall, used = time.monotonic() - began, _cpu_of(connection) - used
        connection.rollback()
    with store.read() as connection:
        left = connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()
    store.close()
    return (
        f"{number:,} jobs deferred in {wall:.2f} s ({number / wall:,.0f} a second), {used:.2f} s CPU of the server;"
        f" {left} after a rollback"
    )


def claims(server: postgresql.Server, number: int) -> str:
    """Jobs that do nothing, from the first to the last, through the loop that workers run."""
    store = open_store(server.new())
    _with_batches(store, number)
    with store.begin() as connection:
        jobs.defer_new(connection, FIRST, 0)
    done = 0
    ended: list[float] = []
    first: list[float] = []

    def batch(notice: str, number: int) -> None:  # noqa: ARG001  the engine names them
        nonlocal done
        first.append(time.monotonic())
        done += 1
        ended.append(time.monotonic())

    used = _cpu()
    run_jobs(store, batch, (), concurrency=1, stopping=lambda: done >= number)
    wall, used = ended[-1] - first[0], _cpu() - used
    store.close()
    return (
        f"{number:,} jobs fetched and ended: {wall / number * 1000:.2f} ms each ({number / wall:,.0f} a second),"
        f" {used / number * 1000:.2f} ms CPU of the worker"
    )


def in_hand(server: postgresql.Server, full: int) -> str:
    """Batches of a thousand taken in hand, read, and put back."""
    store = open_store(server.new())
    queue(store, full * 1000)
    holder = leases.Holder("bench", lambda: NOW, lambda _: False)
    with store.read() as connection:
        due = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
    wall: dict[str, list[float]] = {"taken": [], "put back": []}
    used = _cpu()
    for batch in due:
        began = time.monotonic()
        with store.begin(beside=True) as connection:
            lease = leases.take(connection, batch, holder)
            batches.take_in_hand(connection, batch)
        wall["taken"].append(time.monotonic() - began)
        if lease is None:
            raise RuntimeError("somebody else has the batch")
        began = time.monotonic()
        with store.begin(beside=True) as connection:
            leases.release(connection, lease, holder)
            batches.put_back(connection, batch)
            jobs.defer_left(connection, FIRST, batch.number, NOW, resend=True)
        wall["put back"].append(time.monotonic() - began)
    used = _cpu() - used
    store.close()
    return (
        f"{len(due)} batches of 1,000: {median(wall['taken']) * 1000:.1f} ms to take in hand,"
        f" {median(wall['put back']) * 1000:.1f} ms to put back, {used / len(due) * 1000:.1f} ms CPU of the worker"
    )


def recovery(server: postgresql.Server, blow: signal.Signals, lease: int) -> float:
    """Wall seconds from a blow to a worker until another one has its batch."""
    folder = Path(tempfile.mkdtemp(prefix="publisher-engine-"))
    try:
        with crew(server, folder / "workspace", 1000) as at_work:
            victim = at_work.start("--rate", "20", "--lease", str(lease))
            at_work.until(lambda: at_work.in_hand() == 1 and len(at_work.sink.messages) > 3)
            number, fence = _held(at_work)
            victim.send_signal(blow)
            began = time.monotonic()
            if blow is signal.SIGKILL:
                victim.communicate()
                at_work.workers.remove(victim)
            at_work.start("--rate", "20", "--lease", str(lease))
            at_work.until(lambda: _is_taken(at_work, number, fence))
            return time.monotonic() - began
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _held(at_work: Crew) -> tuple[int, int]:
    with at_work.store.read() as connection:
        row = connection.execute(
            select(schema.batch.c.number, schema.batch.c.fence).where(schema.batch.c.owner.is_not(None))
        ).one()
        return row.number, row.fence


def _is_taken(at_work: Crew, number: int, fence: int) -> bool:
    with at_work.store.read() as connection:
        of_batch = (schema.batch.c.number == number, schema.batch.c.fence > fence, schema.batch.c.owner.is_not(None))
        return connection.execute(select(schema.batch.c.number).where(*of_batch)).first() is not None


@click.command()
@click.option("--batches", "number", default=1000, help="Jobs to make and to claim.")
@click.option("--full", default=20, help="Batches with a thousand messages in them.")
@click.option("--recoveries", default=1, help="Workers killed, and as many stopped.")
def main(number: int, full: int, recoveries: int) -> None:
    """Prints the figures."""
    with postgresql.serving() as server:
        click.echo(defers(server, number))
        click.echo(defers(server, 100 * number))
        click.echo(claims(server, number))
        click.echo(in_hand(server, full))
        for _ in range(recoveries):
            click.echo(f"killed: {recovery(server, signal.SIGKILL, 40):.1f} s until another worker has its batch")
            click.echo(f"stopped: {recovery(server, signal.SIGSTOP, 40):.1f} s until another worker has its batch")


if __name__ == "__main__":
    main()
