"""One pass of a kind at a time: its lock, and what an earlier one that was cut off has left under way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from publisher.store import doubting, jobs, leases, run_lock
from publisher.workflow.passes import LOCK
from publisher.workflow.process import has_ended, this_process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


class Alone(NamedTuple):
    """A pass that has begun: its lock, and how many messages others had left under way."""

    lock: run_lock.RunLock
    interrupted: int


class Sending(NamedTuple):
    """A delivery pass that has begun: its lock, who takes batches in hand, and how many messages were cut off."""

    lock: run_lock.RunLock
    holder: leases.Holder
    keep: "Callable[[Connection], None]"
    interrupted: int


@contextmanager
def sending_alone(store: "Store", now: Callable[[], datetime]) -> Iterator[Sending]:
    """While this lasts, this process makes the only delivery pass, beside workers that have other batches in hand.

    Args:
        store: the store.
        now: the clock.

    Raises:
        BusyError: another process makes one.
    """
    owner = this_process()
    holder = leases.Holder(owner, store.clock(now), gone_from(store, owner))
    with alone(
        store,
        LOCK,
        now,
        first=lambda connection: doubting.doubt_interrupted(connection, now(), holder=holder),
        last=jobs.forget_needless,
    ) as (lock, interrupted):
        yield Sending(lock, holder, lambda connection: run_lock.keep(connection, lock, now()), interrupted)


@contextmanager
def alone(
    store: "Store",
    name: str,
    now: Callable[[], datetime],
    *,
    first: "Callable[[Connection], int]",
    last: "Callable[[Connection], None]" = lambda _: None,
) -> Iterator[Alone]:
    """While this lasts, this process makes the only pass of a kind.

    Args:
        store: the store.
        name: the kind.
        now: the clock.
        first: puts messages in doubt that others have left under way, as the lock is taken; says how many.
        last: done as the lock is let go of, however the pass ended.

    Raises:
        BusyError: another process makes one.
    """
    owner = this_process()
    with store.present(owner):
        with store.begin() as connection:
            lock = run_lock.take(connection, name, owner, now(), gone=gone_from(store, owner))
            interrupted = first(connection)
        try:
            yield Alone(lock, interrupted)
        finally:
            with store.begin() as connection:
                run_lock.release(connection, lock, now())
                last(connection)


def gone_from(store: "Store", owner: str) -> Callable[[str], bool]:
    """Tells whether whoever has something in hand has ended, as far as this process can know.

    What the owner itself has left in hand, it left when it was cut off from the store in an earlier pass.
    """
    return lambda other: other == owner or has_ended(other) or store.is_gone(other)
