"""Who has a batch in hand: a lease that every commit of its holder lengthens, with a number that only grows.

A holder that stood still for longer than its lease finds at its next commit that somebody else has the batch; nothing
that it still writes is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Text, select
from sqlalchemy.sql.dml import Update
from sqlalchemy.types import TypeEngine

from publisher.errors import BusyError, Fault
from publisher.store.batches import Batch
from publisher.store.making import BATCH_WORKING
from publisher.store.prepared import Prepared
from publisher.store.schema import batch, instant_number

LEASE = timedelta(seconds=40)
"""How long a batch stays in hand without a commit; shorter than a run lock, so that it never outlives one."""

LEASE_VALUES: Mapping[str, TypeEngine[Any]] = {
    "of_notice": Text(),
    "of_number": Integer(),
    "of_owner": Text(),
    "of_fence": BigInteger(),
}


def _of_lease(given: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        batch.c.notice == given["of_notice"],
        batch.c.number == given["of_number"],
        batch.c.owner == given["of_owner"],
        batch.c.fence == given["of_fence"],
    )


def keeping(given: Mapping[str, Any]) -> Update:
    """The update that lengthens a lease, for as long as it is held."""
    return batch.update().where(*_of_lease(given)).values(until=given["new_until"])


_KEEP = Prepared({**LEASE_VALUES, "new_until": BigInteger()}, keeping)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who takes batches in hand.

    Attributes:
        owner: its name, told apart from every other process.
        now: the clock by which all holders' leases run.
        gone: whether another owner is known to have ended, so that nobody has to wait for its leases.
        lease: how long a batch stays in hand without a commit.
        patience: how long a batch must have been left alone before its owner's end is believed: a connection that was
            cut makes a living one look like one that has ended.
    """

    owner: str
    now: Callable[[], datetime]
    gone: Callable[[str], bool]
    lease: timedelta = LEASE
    patience: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Lease:
    """A batch in hand. `interrupted`: whoever had it before never put it back."""

    notice: str
    number: int
    owner: str
    fence: int
    interrupted: bool


def take(connection: Connection, given: Batch, holder: Holder) -> Lease | None:
    """Takes a batch in hand; None when somebody else has it, or takes it at this very moment."""
    of_batch = (batch.c.notice == str(given.notice), batch.c.number == given.number)
    columns = (batch.c.state, batch.c.owner, batch.c.until, batch.c.fence)
    row = connection.execute(select(*columns).where(*of_batch)).first()
    if row is None or not is_free(row.owner, row.until, holder):
        return None
    fence = row.fence + 1
    taken = connection.execute(
        batch.update()
        .where(*of_batch, batch.c.fence == row.fence)
        .values(owner=holder.owner, until=holder.now() + holder.lease, fence=fence)
    )
    if taken.rowcount != 1:
        return None
    return Lease(str(given.notice), given.number, holder.owner, fence, row.state == BATCH_WORKING)


def is_free(owner: str | None, until: datetime | None, holder: Holder) -> bool:
    """Whether a batch can be taken from whoever had it last."""
    now = holder.now()
    if owner is None or until is None or until <= now:
        return True
    left_alone = not holder.patience or until <= now + holder.lease - holder.patience
    return left_alone and holder.gone(owner)


def keep(connection: Connection, lease: Lease, holder: Holder) -> None:
    """Lengthens a lease; in the same transaction as what is written under it.

    Raises:
        BusyError: somebody else has taken the batch since, because this process stood still for too long.
    """
    if _KEEP.run(connection, [kept_values(lease, holder)]) != 1:
        raise lost(lease)


def kept_values(lease: Lease, holder: Holder) -> tuple[str, int, str, int, int | None]:
    """The values of `LEASE_VALUES`, and until when the lease is lengthened now."""
    return (*_key(lease), instant_number(holder.now() + holder.lease))


def release(connection: Connection, lease: Lease) -> None:
    """Lets go of a batch.

    Raises:
        BusyError: somebody else has taken the batch since.
    """
    key = dict(zip(LEASE_VALUES, _key(lease), strict=True))
    freed = connection.execute(batch.update().where(*_of_lease(key)).values(owner=None, until=None))
    if freed.rowcount != 1:
        raise lost(lease)


def revoke(connection: Connection, given: Batch) -> None:
    """Takes a batch from whoever had it, for nobody."""
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(given.notice), batch.c.number == given.number)
        .values(owner=None, until=None, fence=batch.c.fence + 1)
    )


def _key(lease: Lease) -> tuple[str, int, str, int]:
    return lease.notice, lease.number, lease.owner, lease.fence


def lost(lease: Lease) -> BusyError:
    """What is told to a holder whose batch somebody else has."""
    return BusyError(
        (
            Fault(
                "batch-lost",
                f"This process stood still for too long, and another one has taken over batch {lease.number} of"
                f" {lease.notice}.",
                "Leave it to that one. Messages that were under way are shown as in doubt.",
            ),
        )
    )
