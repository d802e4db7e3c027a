"""The job engine's loop: it fetches batches and errands for as long as nobody asks it to end.

The engine decides which job is next and notices whose worker has died. Whether a batch may be sent is never its word:
that says the lease.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import one
from publisher.store.jobs import BATCH_TASK, MAILS

if TYPE_CHECKING:
    from procrastinate import App

    from publisher.store.engine import Store

ERRANDS = "publisher-errands"
"""The queue of what is done now and then, by one worker of all."""

HEARTBEAT = 3.0
"""Seconds between two signs of life of a worker."""

STALLED = 10.0
"""Seconds without one after which its jobs are given to others."""

_LOOK = 0.1
_LOOKS = 10
_POLL = 1.0
_ERRANDS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that one worker of all does now and then. `every` is a cron line, its seconds last."""

    name: str
    every: str
    do: Callable[[], None]

    @property
    def task(self) -> str:
        """The name by which the engine knows it."""
        return f"publisher.{self.name}"


def run_jobs(
    store: "Store",
    batch: Callable[[str, int], None],
    errands: Sequence[Errand],
    *,
    concurrency: int,
    stopping: Callable[[], bool],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Runs jobs until it is asked to end; those under way are then waited for.

    Args:
        store: a store that is shared.
        batch: hands over a batch, by its notice and number; called on threads.
        errands: what else is done; called on threads.
        concurrency: how many batches at once.
        stopping: whether it is asked to end.
        meanwhile: done every now and then, on a thread.

    Raises:
        PublisherError: the database was lost.
    """
    from procrastinate.exceptions import ConnectorException

    # what goes wrong here is told in our own words
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    try:
        asyncio.run(_run(store, batch, errands, concurrency, stopping, meanwhile))
    except ConnectorException as fault:
        said = str(fault.__cause__ or fault).strip().splitlines()
        raise one(
            "worker-cut-off",
            f"The job engine's database cannot be used: {said[0] if said else 'no reason given'}.",
            "Check [store] url and the database; the worker goes on by itself.",
        ) from None


async def _run(
    store: "Store",
    batch: Callable[[str, int], None],
    errands: Sequence[Errand],
    concurrency: int,
    stopping: Callable[[], bool],
    meanwhile: Callable[[], None],
) -> None:
    from procrastinate import App, PsycopgConnector

    threads = ThreadPoolExecutor(concurrency + _ERRANDS_AT_ONCE + 2, thread_name_prefix="hand")
    asyncio.get_running_loop().set_default_executor(threads)
    pool: dict[str, Any] = {"min_size": 1, "max_size": 4, "timeout": 10}
    app = App(connector=PsycopgConnector(kwargs=store.arguments(), **pool))
    app.task(name=BATCH_TASK, queue=MAILS)(batch)
    for errand in errands:
        _add(app, errand)
    _add_recovery(app)
    async with app.open_async():
        workers = [
            asyncio.create_task(_worker(app, [MAILS], concurrency)),
            asyncio.create_task(_worker(app, [ERRANDS], _ERRANDS_AT_ONCE)),
        ]
        turns = 0
        while not stopping() and not any(worker.done() for worker in workers):
            await asyncio.sleep(_LOOK)
            turns += 1
            if turns % _LOOKS == 0:
                await asyncio.to_thread(meanwhile)
        asked = stopping()
        for worker in workers:
            worker.cancel()
        ended = await asyncio.gather(*workers, return_exceptions=True)
    for how in ended:
        if isinstance(how, BaseException) and not isinstance(how, asyncio.CancelledError):
            raise how
    if not asked and not stopping():
        raise one(
            "worker-cut-off",
            "The job engine has lost its database.",
            "Check the database; the worker goes on by itself.",
        )


async def _worker(app: "App", queues: list[str], concurrency: int) -> None:
    await app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        install_signal_handlers=False,
        delete_jobs="always",
        fetch_job_polling_interval=_POLL,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
    )


def _add(app: "App", errand: Errand) -> None:
    def done(timestamp: int) -> None:  # noqa: ARG001  the engine says when it was due
        errand.do()

    options: dict[str, Any] = {"name": errand.task, "queue": ERRANDS, "queueing_lock": errand.task}
    app.periodic(cron=errand.every)(app.task(**options)(done))


def _add_recovery(app: "App") -> None:
    """Jobs of workers without a sign of life are ended; batches without a job then get a new one."""
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Status

    async def recover(timestamp: int) -> None:  # noqa: ARG001  as above
        await app.job_manager.prune_stalled_workers(STALLED)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            try:
                await app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=True)
            except ConnectorException:
                continue  # another worker was quicker

    options: dict[str, Any] = {"name": "publisher.recover", "queue": ERRANDS, "queueing_lock": "publisher.recover"}
    app.periodic(cron="* * * * * */5")(app.task(**options)(recover))
