"""Who the users are to a transaction: the store's own, or those of another database, gathered for as long as it lasts.

What stays in the store of users of another database is `person`: id and secret.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Text, cast, func, null, select

from publisher.domain.predicate import Reach
from publisher.store import gathering
from publisher.store.meeting import meet_gathered
from publisher.store.schema import person, users
from publisher.store.source import Source, source_of

_KEPT_OPTION = "publisher_kept"


@dataclass(slots=True)
class _Kept:
    """What a block has gathered so far: on which connection, with which columns; on none before anybody asked."""

    columns: frozenset[str]
    connection: Connection | None = None
    leaving: ExitStack = field(default_factory=ExitStack)


@contextmanager
def kept(connection: Connection, reaches: Iterable[Reach] = ()) -> Iterator[None]:
    """In the block the users of another database are gathered once, when they are first asked for.

    Args:
        connection: an open transaction; whatever asks on it takes part.
        reaches: the conditions that will be asked of them; for one that looks at other columns, they are gathered anew.
    """
    held = _Kept(_columns(reaches))
    connection.execution_options(**{_KEPT_OPTION: held})
    try:
        with held.leaving:
            yield
    finally:
        connection.execution_options(**{_KEPT_OPTION: None})


@contextmanager
def gathered(connection: Connection, reaches: Iterable[Reach]) -> Iterator[FromClause]:
    """The users as a table like the store's own, frozen until the end of the block.

    Args:
        connection: an open transaction that may write: who was never met is given a secret.
        reaches: the conditions that will be asked of them.

    Raises:
        PublisherError: the users' database cannot be read, or what it gives are no users.
    """
    source = source_of(connection)
    if source is None:
        yield users
        return
    with _table(connection, source, _columns(reaches)):
        meet_gathered(connection)
        of = gathering.table
        yield _readers(of.join(person, person.c.id == of.c.id), person.c.recipient)


@contextmanager
def gathered_listed(connection: Connection, ids: Sequence[str]) -> Iterator[FromClause]:
    """The same of some users alone: those of another database whose ids are named; the store's own are all there.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    source = source_of(connection)
    if source is None:
        yield users
        return
    gathering.gather_listed(connection, source, ids)
    meet_gathered(connection)
    of = gathering.table
    yield _readers(of.join(person, person.c.id == of.c.id), person.c.recipient)
    gathering.table.drop(connection)


@contextmanager
def glimpsed(connection: Connection, reaches: Iterable[Reach] = ()) -> Iterator[tuple[Connection, FromClause]]:
    """The same to look at only: nothing stays in the store, and who was never met has no recipient's key.

    Args:
        connection: an open transaction, also one that only reads.
        reaches: the conditions that will be asked of them.

    Yields:
        The connection on which to ask, and the table.

    Raises:
        PublisherError: as `gathered`.
    """
    source = source_of(connection)
    if source is None:
        yield connection, users
        return
    of = gathering.table
    known = of.outerjoin(person, person.c.id == of.c.id).outerjoin(users, users.c.id == of.c.id)
    with _table(connection, source, _columns(reaches)) as glimpse:
        yield glimpse, _readers(known, func.coalesce(person.c.recipient, users.c.recipient))


def _readers(people: FromClause, recipient: ColumnElement[Any]) -> FromClause:
    of = gathering.table.c
    key = recipient.label("recipient")
    aside = cast(null(), Text).label("aside")
    columns = (of.id, of.name, of.language, of.joined, of.email, aside, of.attributes, key)
    return select(*columns).select_from(people).subquery("readers")


@contextmanager
def _table(connection: Connection, source: Source, columns: frozenset[str]) -> Iterator[Connection]:
    """The temporary table, with these columns at least, on the connection that is given."""
    held: _Kept | None = connection.get_execution_options().get(_KEPT_OPTION)
    if held is None:
        with _gathered(connection, source, columns) as found:
            yield found
        return
    if held.connection is None or not columns <= held.columns:
        held.leaving.close()
        held.connection, held.columns = None, held.columns | columns
        held.connection = held.leaving.enter_context(_gathered(connection, source, held.columns))
    yield held.connection


@contextmanager
def _gathered(connection: Connection, source: Source, columns: frozenset[str]) -> Iterator[Connection]:
    if connection.get_execution_options().get("postgresql_readonly"):
        # a transaction that only reads may make no table there, not even a temporary one
        with connection.engine.connect() as aside:
            aside.execution_options(**{**connection.get_execution_options(), "postgresql_readonly": False})
            gathering.gather(aside, source, sorted(columns))
            yield aside
        return
    gathering.gather(connection, source, sorted(columns))
    yield connection
    gathering.table.drop(connection)


def _columns(reaches: Iterable[Reach]) -> frozenset[str]:
    return frozenset(column for reach in reaches for column in reach.columns())
