"""The people on a list: who of them are users, and their messages. Membership is the list; nobody joins late."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    MetaData,
    String,
    Table,
    Text,
    and_,
    exists,
    func,
    literal,
    select,
)

from publisher.domain.notice import Notice
from publisher.domain.users import User
from publisher.store import people, readership
from publisher.store.making import make_messages
from publisher.store.mirroring import mirror
from publisher.store.schema import batch, outbox, person, users
from publisher.store.source import source_of
from publisher.store.users import user_of

_listed = Table("publisher_listed", MetaData(), Column("id", Text, primary_key=True), prefixes=["TEMPORARY"])
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Looked:
    """Who is on a list: ids that are no user's; for each language how many have an address and how many none; a few."""

    unknown: tuple[str, ...]
    languages: tuple[tuple[str, tuple[int, int]], ...]
    samples: tuple[User, ...]

    @property
    def people(self) -> int:
        """How many users."""
        return sum(sum(counted) for _, counted in self.languages)


def look(connection: Connection, ids: Sequence[str] | None, samples: int) -> Looked:
    """Looks up a list; None is everybody. Nothing stays in the store.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    if ids is None:
        return Looked((), readership.counts(connection), readership.sample(connection, samples))
    unknown: list[str] = []
    counted: dict[str, tuple[int, int]] = {}
    some: list[User] = []
    for chunk, found in _chunks(connection, ids):
        unknown.extend(entry for entry in chunk if entry not in found)
        for user in found.values():
            reachable, without = counted.get(user.language, (0, 0))
            has = user.email is not None
            counted[user.language] = (reachable + has, without + (not has))
        some.extend(list(found.values())[: samples - len(some)])
    return Looked(tuple(unknown), tuple(sorted(counted.items())), tuple(some))


def queue_listed(connection: Connection, given: Notice, ids: Sequence[str] | None) -> int:
    """Queues a notice, which is written already, for those on a list who have no message of it yet.

    Users without an address are skipped with the reason, and left to the banner; ids that are no user's queue nothing.

    Args:
        connection: an open transaction.
        given: the notice, with its mails.
        ids: the list; None is everybody.

    Returns:
        How many messages were made.
    """
    if given.personal is None:
        return 0
    first = connection.execute(
        select(func.coalesce(func.max(batch.c.number) + 1, 0)).where(batch.c.notice == str(given.id))
    ).scalar_one()
    kind = literal(given.kind.value, String(16))
    everybody = people.gathered(connection, ()) if ids is None else people.gathered_listed(connection, ids)
    with everybody as readers, _on_list(connection, readers, ids) as named:
        queued = exists(
            select(literal(1)).where(outbox.c.notice == str(given.id), outbox.c.recipient == readers.c.recipient)
        )
        among = ~queued if named is None else and_(readers.c.id.in_(select(named.c.id)), ~queued)
        made = make_messages(connection, given, readers, kind, among, first)
    mirror(connection, given)
    return made


def without_message(connection: Connection, given: Notice, ids: Sequence[str] | None) -> int:
    """How many users on a list have no message of a notice yet; None is everybody."""
    if given.personal is None:
        return 0
    of_notice = outbox.c.notice == str(given.id)
    if ids is None:
        with people.glimpsed(connection) as (glimpse, readers):
            queued = exists(select(literal(1)).where(of_notice, outbox.c.recipient == readers.c.recipient))
            rows = select(func.count()).select_from(readers).where(~queued)
            return int(glimpse.execute(rows).scalar_one())
    known = users if source_of(connection) is None else person
    found = 0
    for chunk, there in _chunks(connection, ids):
        keys = select(known.c.recipient).where(known.c.id.in_(chunk))
        rows = select(func.count(func.distinct(outbox.c.recipient))).where(of_notice, outbox.c.recipient.in_(keys))
        found += max(0, len(there) - int(connection.execute(rows).scalar_one()))
    return found


@contextmanager
def _on_list(connection: Connection, readers: FromClause, ids: Sequence[str] | None) -> Iterator[FromClause | None]:
    """The list as a table; None where the readers are those on it already."""
    if ids is None or readers is not users:
        yield None
        return
    _listed.create(connection)
    for start in range(0, len(ids), _AT_ONCE):
        connection.execute(_listed.insert(), [{"id": entry} for entry in ids[start : start + _AT_ONCE]])
    yield _listed
    _listed.drop(connection)


def _chunks(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[Sequence[str], dict[str, User]]]:
    source = source_of(connection)
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        if source is None:
            rows = connection.execute(select(users).where(users.c.id.in_(chunk)))
            yield chunk, {row.id: user_of(row) for row in rows}
        else:
            with source.read() as reader:
                yield chunk, reader.of_listed(chunk)
