"""Who has a batch in hand: a lease that every commit of its holder lengthens, with a number that only grows.

A holder that stood still for longer than its lease finds at its next commit that somebody else has the batch; nothing
that it still writes is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Text, select, type_coerce
from sqlalchemy.sql.dml import Update
from sqlalchemy.types import TypeEngine

from publisher.errors import BusyError, Fault, PublisherError
from publisher.store import halts
from publisher.store.batches import Batch
from publisher.store.making import BATCH_WORKING
from publisher.store.prepared import Prepared
from publisher.store.schema import batch, instant_number, notice

LEASE = timedelta(seconds=40)
"""How long a batch stays in hand without a commit; shorter than a run lock, so that it never outlives one."""

RESTORED = "restored"
"""What is noted in a store that a sender found to remember less than it had committed, until somebody has decided."""

ROLLED_BACK = "store-rolled-back"
"""The code of the fault that says so."""

_RESTORED = Fault(
    ROLLED_BACK,
    "The store does not remember what was last sent from it: it was restored from a backup, or a copy that lacks the"
    " last commits took over. What it holds as queued may have been sent since.",
    "Restore a newer one, or run: publisher adopt --by NAME --reason WHY (what is queued is then in doubt, and not"
    " sent again).",
)

LEASE_VALUES: Mapping[str, TypeEngine[Any]] = {
    "of_notice": Text(),
    "of_number": Integer(),
    "of_owner": Text(),
    "of_fence": BigInteger(),
    "of_until": BigInteger(),
}


def _of_lease(given: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        batch.c.notice == given["of_notice"],
        batch.c.number == given["of_number"],
        batch.c.owner == given["of_owner"],
        batch.c.fence == given["of_fence"],
        type_coerce(batch.c.until, BigInteger) >= given["of_until"],
    )


def keeping(given: Mapping[str, Any]) -> Update:
    """The update that lengthens a lease, for as long as it is held."""
    return batch.update().where(*_of_lease(given)).values(until=given["new_until"])


_KEEP = Prepared({**LEASE_VALUES, "new_until": BigInteger()}, keeping)


@dataclass(frozen=True, slots=True)
class Lease:
    """A batch in hand. `interrupted`: whoever had it before never put it back.

    `until` is the number of the instant until which it was taken.
    """

    notice: str
    number: int
    owner: str
    fence: int
    until: int
    interrupted: bool


@dataclass(slots=True)
class Traces:
    """What a process knows to have committed last: until when it kept which lease, or that it put the batch back.

    A store that remembers less was restored from a backup, or lost its last commits as a copy of it took over. What it
    holds as queued may have been sent.
    """

    _until: dict[Lease, int] = field(default_factory=dict)
    _last: tuple[Lease, int | None] | None = None

    def kept(self, lease: Lease, until: int) -> None:
        """The lease was kept until an instant's number, and that is committed."""
        self._until[lease] = until
        self._last = (lease, until)

    def put_back(self, lease: Lease) -> None:
        """The batch was put back, and that is committed."""
        self._until.pop(lease, None)
        self._last = (lease, None)

    def until(self, lease: Lease) -> int:
        """Until when a lease is known to be kept."""
        return self._until.get(lease, 0)

    def forget(self) -> None:
        """What was known is of a store that is no more."""
        self._until.clear()
        self._last = None

    def are_in(self, connection: Connection) -> bool:
        """Whether a store remembers what was committed last."""
        if self._last is None:
            return True
        lease, until = self._last
        columns = (batch.c.owner, type_coerce(batch.c.until, BigInteger).label("until"), batch.c.fence)
        of_batch = (batch.c.notice == lease.notice, batch.c.number == lease.number)
        row = connection.execute(select(*columns).where(*of_batch)).first()
        if row is None:  # of a notice that is no longer kept in full the batches are gone
            known = connection.execute(select(notice.c.id).where(notice.c.id == lease.notice)).first()
            return known is not None
        if row.fence != lease.fence:
            return bool(row.fence > lease.fence)
        if until is None:
            return bool(row.owner is None)
        return row.owner is None or row.until >= until


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
        traces: what it has committed last.
    """

    owner: str
    now: Callable[[], datetime]
    gone: Callable[[str], bool]
    lease: timedelta = LEASE
    patience: timedelta = timedelta(0)
    traces: Traces = field(default_factory=Traces)


def take(connection: Connection, given: Batch, holder: Holder) -> Lease | None:
    """Takes a batch in hand; None when somebody else has it, or takes it at this very moment."""
    of_batch = (batch.c.notice == str(given.notice), batch.c.number == given.number)
    columns = (batch.c.state, batch.c.owner, batch.c.until, batch.c.fence)
    row = connection.execute(select(*columns).where(*of_batch)).first()
    if row is None or not is_free(row.owner, row.until, holder):
        return None
    fence, until = row.fence + 1, holder.now() + holder.lease
    taken = connection.execute(
        batch.update().where(*of_batch, batch.c.fence == row.fence).values(owner=holder.owner, until=until, fence=fence)
    )
    if taken.rowcount != 1:
        return None
    number = instant_number(until) or 0
    return Lease(str(given.notice), given.number, holder.owner, fence, number, row.state == BATCH_WORKING)


def is_free(owner: str | None, until: datetime | None, holder: Holder) -> bool:
    """Whether a batch can be taken from whoever had it last."""
    now = holder.now()
    if owner is None or until is None or until <= now:
        return True
    left_alone = not holder.patience or until <= now + holder.lease - holder.patience
    return left_alone and holder.gone(owner)


def keep(connection: Connection, lease: Lease, holder: Holder) -> int:
    """Lengthens a lease; in the same transaction as what is written under it.

    Returns:
        The number of the instant until which it is kept, for the holder's traces when that is committed.

    Raises:
        BusyError: somebody else has taken the batch since, because this process stood still for too long.
    """
    values = kept_values(lease, holder)
    if _KEEP.run(connection, [values]) != 1:
        raise lost(connection, lease, holder)
    return values[-1]


def kept_values(lease: Lease, holder: Holder) -> tuple[str, int, str, int, int, int]:
    """The values of `LEASE_VALUES`, and until when the lease is lengthened now."""
    return (*_key(lease), holder.traces.until(lease), instant_number(holder.now() + holder.lease) or 0)


def release(connection: Connection, lease: Lease, holder: Holder) -> None:
    """Lets go of a batch.

    Raises:
        BusyError: somebody else has taken the batch since.
    """
    key = dict(zip(LEASE_VALUES, (*_key(lease), holder.traces.until(lease)), strict=True))
    freed = connection.execute(batch.update().where(*_of_lease(key)).values(owner=None, until=None))
    if freed.rowcount != 1:
        raise lost(connection, lease, holder)


def revoke(connection: Connection, given: Batch) -> None:
    """Takes a batch from whoever had it, for nobody."""
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(given.notice), batch.c.number == given.number)
        .values(owner=None, until=None, fence=batch.c.fence + 1)
    )


def _key(lease: Lease) -> tuple[str, int, str, int]:
    return lease.notice, lease.number, lease.owner, lease.fence


def refuse_restored(connection: Connection, holder: Holder) -> None:
    """Nobody sends from a store that does not remember what was sent, and nobody else either once one has found out.

    Raises:
        PublisherError: the store was restored from a backup, or has lost its last commits in another way.
    """
    found = halts.last(connection, RESTORED)
    if found is not None:
        raise PublisherError((found[1],))
    if not holder.traces.are_in(connection):
        raise PublisherError((_RESTORED,))


def lost(connection: Connection, lease: Lease, holder: Holder) -> PublisherError:
    """What is told to a holder whose lease the store does not know as it was kept last."""
    if not holder.traces.are_in(connection):
        return PublisherError((_RESTORED,))
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
