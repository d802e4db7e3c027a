"""The run lock: one sender at a time, with a number that grows so that a late one is found out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Connection, Text, select

from publisher.errors import BusyError, Fault
from publisher.store.prepared import Prepared
from publisher.store.schema import instant_number, run_lock

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

LEASE = timedelta(seconds=60)
"""How long a lock holds without being kept."""

_UPDATE = Prepared(
    {"of_name": Text(), "of_owner": Text(), "of_fence": BigInteger(), "new_owner": Text(), "new_until": BigInteger()},
    lambda given: (
        run_lock.update()
        .where(
            run_lock.c.name == given["of_name"],
            run_lock.c.owner == given["of_owner"],
            run_lock.c.fence == given["of_fence"],
        )
        .values(owner=given["new_owner"], until=given["new_until"])
    ),
)


@dataclass(frozen=True, slots=True)
class RunLock:
    """A lock that was taken; `fence` is higher than that of everybody who held it before."""

    name: str
    owner: str
    fence: int


def take(
    connection: Connection, name: str, owner: str, now: datetime, *, gone: Callable[[str], bool] = lambda _: False
) -> RunLock:
    """Takes the lock.

    Args:
        connection: a transaction that may write.
        name: which work is locked.
        owner: who takes it.
        now: the instant.
        gone: whether an owner is known to have ended without letting go, so that nobody has to wait for its lease.

    Raises:
        BusyError: somebody else holds it.
    """
    held = connection.execute(select(run_lock).where(run_lock.c.name == name)).first()
    if held is None:
        connection.execute(run_lock.insert().values(name=name, owner=owner, until=now + LEASE, fence=1))
        return RunLock(name, owner, 1)
    if held.until > now and held.owner and not gone(held.owner):
        seconds = int((held.until - now).total_seconds()) + 1
        raise BusyError(
            (
                Fault(
                    "run-busy",
                    f"Another process is at work on this ({name}): {held.owner}.",
                    f"Wait until it is done. If it died, its lock ends in {seconds} seconds.",
                ),
            )
        )
    fence = held.fence + 1
    connection.execute(
        run_lock.update().where(run_lock.c.name == name).values(owner=owner, until=now + LEASE, fence=fence)
    )
    return RunLock(name, owner, fence)


def last(connection: Connection, name: str) -> int:
    """The number of whoever took the lock last; 0 when nobody ever did."""
    return connection.execute(select(run_lock.c.fence).where(run_lock.c.name == name)).scalar() or 0


def advance(connection: Connection, name: str, fence: int) -> bool:
    """Lets the next owner's number be higher than this one, where it would not be; says whether that was needed."""
    held = connection.execute(select(run_lock.c.fence).where(run_lock.c.name == name)).scalar()
    if held is None:
        connection.execute(run_lock.insert().values(name=name, owner="", until=_NEVER, fence=fence))
    elif held < fence:
        connection.execute(run_lock.update().where(run_lock.c.name == name).values(fence=fence))
    return held is None or held < fence


def keep(connection: Connection, lock: RunLock, now: datetime) -> None:
    """Lengthens the lease; in the same transaction as what is written under the lock.

    Raises:
        BusyError: somebody else has taken the lock since, because this process stood still for longer than its lease.
    """
    if not _update(connection, lock, lock.owner, now + LEASE):
        raise BusyError(
            (
                Fault(
                    "run-lost",
                    f"This process stood still for too long, and another one has taken over its work ({lock.name}).",
                    "Leave it to that one. Messages that were under way are shown as in doubt.",
                ),
            )
        )


def release(connection: Connection, lock: RunLock, now: datetime) -> None:
    """Lets go of the lock; of a lock that was lost, nothing."""
    _update(connection, lock, "", now)


def _update(connection: Connection, lock: RunLock, owner: str, until: datetime) -> bool:
    return _UPDATE.run(connection, [(lock.name, lock.owner, lock.fence, owner, instant_number(until))]) == 1
