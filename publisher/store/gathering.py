"""The users of another database in a temporary table of the store's, for as long as a transaction lasts.

Of each it holds the id, the language, the day of joining, whether there is an address, and the columns that conditions
look at. PostgreSQL fills it from the query by itself where that can read nothing else than reading the users' database
would: under the same URL, in the same database of the same running server. SQLite cannot: names in the query could be
taken for the store's own tables. There, and from any other database, the users are read and written row by row.
"""

import secrets
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    MetaData,
    Table,
    Text,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from publisher.domain.users import language_tag
from publisher.errors import Fault, PublisherError
from publisher.store.reader import Reader, Row
from publisher.store.source import Source

table = Table(
    "publisher_gathered",
    MetaData(),
    Column("id", Text),
    Column("name", Text),
    Column("language", Text),
    Column("joined", Date),
    Column("email", Text),
    Column("attributes", JSON),
    prefixes=["TEMPORARY"],
)

_MOST_LANGUAGES = 1000
_SHOWN = 3
_LISTED_AT_ONCE = 500


def gather(connection: Connection, source: Source, wanted: Sequence[str]) -> None:
    """Makes the table and fills it.

    Args:
        connection: an open transaction that may make a temporary table.
        source: the users' database.
        wanted: the columns that conditions look at.

    Raises:
        PublisherError: the users' database cannot be read, or what it gives are no users.
    """
    table.create(connection)
    if not _filled_by_itself(connection, source, wanted):
        _filled_by_row(connection, source, wanted)
    _refuse_unusable(connection, source)


def gather_listed(connection: Connection, source: Source, ids: Sequence[str]) -> None:
    """Makes the table and fills it with the users of some ids, as far as there are such users.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    table.create(connection)
    with source.read() as reader:
        for start in range(0, len(ids), _LISTED_AT_ONCE):
            page = reader.of_listed(ids[start : start + _LISTED_AT_ONCE]).values()
            rows = [
                {
                    "id": user.id,
                    "name": user.name,
                    "language": user.language,
                    "joined": user.joined,
                    "email": user.email,
                    "attributes": dict(user.attributes),
                }
                for user in page
            ]
            if rows:
                connection.execute(table.insert(), rows)


def _filled_by_row(connection: Connection, source: Source, wanted: Sequence[str]) -> None:
    written = table.insert().compile(dialect=connection.dialect)
    statement, names = str(written), [column.name for column in table.columns]
    by_place = written.positiontup is not None
    with closing(_read(source, wanted)) as pages:
        for page in pages:
            connection.exec_driver_sql(
                statement,
                list(page) if by_place else [dict(zip(names, row, strict=True)) for row in page],
            )


def _read(source: Source, wanted: Sequence[str]) -> Generator[list[Row]]:
    """The rows; what goes wrong with the store meanwhile is none of the users' database's faults."""
    with source.read() as reader:
        yield from reader.rows(wanted)


def _filled_by_itself(connection: Connection, source: Source, wanted: Sequence[str]) -> bool:
    """Whether the store's database has filled the table from the query; else nothing has happened."""
    if not _one_url(connection, source):
        return False
    with source.read() as reader:
        chosen = reader.selection(wanted) if _one_server(connection, reader) else None
    if chosen is None:
        return False
    try:
        with connection.begin_nested():
            # a query that would change something is refused, as in the users' database; the savepoint ends that
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(table.insert().from_select([column.name for column in table.columns], chosen))
            found = _languages(connection)
    except DBAPIError:
        return False
    if len(found) > _MOST_LANGUAGES:
        connection.execute(table.delete())
        return False
    _spell(connection, found)
    return True


def _one_url(connection: Connection, source: Source) -> bool:
    """Whether store and users are reached alike: as the same role, with the same options, so with the same rights."""
    ours, theirs = connection.engine.url, source.engine.url
    return ours.get_backend_name() == "postgresql" and ours == theirs


def _one_server(connection: Connection, reader: Reader) -> bool:
    """Whether both are connected to one database of one running server: a lock that one holds the other cannot take."""
    key = secrets.randbits(63)
    connection.execute(select(func.pg_advisory_xact_lock(key)))
    return not reader.connection.execute(select(func.pg_try_advisory_xact_lock(key))).scalar_one()


def _languages(connection: Connection) -> Sequence[str | None]:
    return connection.execute(select(table.c.language).distinct().limit(_MOST_LANGUAGES + 1)).scalars().all()


def _spell(connection: Connection, found: Sequence[str | None]) -> None:
    """Languages in their usual spelling, as they are when read row by row."""
    tags: dict[Any, str] = {given: language_tag((given or "").strip() or None) for given in found}
    other = {given: tag for given, tag in tags.items() if given != tag}
    if not other:
        return
    nothing = table.c.language.is_(None)
    words = [given for given in other if given is not None]
    arms = [(table.c.language == given, other[given]) for given in words]
    spelled = case((nothing, language_tag(None)), *arms, else_=table.c.language)
    connection.execute(table.update().where(or_(nothing, table.c.language.in_(words))).values(language=spelled))


def _refuse_unusable(connection: Connection, source: Source) -> None:
    """Nobody is taken for somebody else, and nobody is overlooked.

    Raises:
        PublisherError: with every kind of row that is no user.
    """
    of = table.c.id
    twice = connection.execute(
        select(of).where(of.is_not(None)).group_by(of).having(func.count() > 1).order_by(of).limit(_SHOWN)
    )
    faults = []
    if several := twice.scalars().all():
        message = f"The query gives more than one row for {', '.join(several)}."
        faults.append(Fault("users-id-twice", message, "Let it give one row for each id.", source.query_place))
    nobody = select(func.count()).select_from(table).where(or_(of.is_(None), func.trim(of) == ""))
    if number := connection.execute(nobody).scalar_one():
        message = f"The query gives {number:,} rows without an id."
        faults.append(Fault("users-id", message, "Leave them out: WHERE id IS NOT NULL.", source.query_place))
    if faults:
        raise PublisherError(faults)
