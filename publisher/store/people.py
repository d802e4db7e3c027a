"""Who the users are to a transaction: the store's own, or those of another database, gathered for as long as it lasts.

A temporary table holds of each external user the id, the recipient's key, the language, the day of joining, whether
there is an address, and the columns that conditions look at. What stays in the store is `person`: id and secret.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import JSON, Column, Connection, Date, FromClause, MetaData, String, Table, Text, select

from publisher.domain.predicate import Reach
from publisher.domain.users import User
from publisher.store.schema import RECIPIENT_LENGTH, person, users
from publisher.store.source import Reader, Source, source_of
from publisher.store.users import SECRET_BYTES, key_of, recipient_key

_gathered = Table(
    "publisher_gathered",
    MetaData(),
    Column("id", Text),
    Column("name", Text),
    Column("language", Text),
    Column("joined", Date),
    Column("email", Text),
    Column("aside", Text),
    Column("attributes", JSON),
    Column("recipient", String(RECIPIENT_LENGTH)),
    prefixes=["TEMPORARY"],
)
_AT_ONCE = 500


@contextmanager
def gathered(
    connection: Connection, reaches: Iterable[Reach], only: Sequence[str] | None = None
) -> Iterator[FromClause]:
    """The users as a table like the store's own, frozen until the end of the block.

    Args:
        connection: an open transaction that may write: who was never met is given a secret.
        reaches: the conditions that will be asked of them.
        only: the ids of those of another database who are wanted; None is all. The store's own are all there.

    Raises:
        PublisherError: the users' database cannot be read, or what it gives are no users.
    """
    source = source_of(connection)
    if source is None:
        yield users
        return
    _gather(connection, source, reaches, _met, only)
    yield _gathered
    _gathered.drop(connection)


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
    elif connection.get_execution_options().get("postgresql_readonly"):
        # a transaction that only reads may make no table there, not even a temporary one
        with connection.engine.connect() as aside:
            aside.execution_options(**{**connection.get_execution_options(), "postgresql_readonly": False})
            _gather(aside, source, reaches, _known_keys)
            yield aside, _gathered
    else:
        _gather(connection, source, reaches, _known_keys)
        yield connection, _gathered
        _gathered.drop(connection)


def meet(connection: Connection, user_id: str) -> str | None:
    """The key of a user whom the users' database gives, and who need not have been met before; None: there is none.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    found, source = key_of(connection, user_id), source_of(connection)
    if found is not None or source is None:
        return found
    with source.read() as reader:
        user = reader.of_id(user_id)
    return None if user is None else _met(connection, (user,))[user.id]


def of_ids(reader: Reader, ids: Sequence[str]) -> dict[str, User]:
    """Those of the users who are there, of ids that anybody may have written."""
    try:
        return reader.of_ids(ids)
    except (ValueError, ArithmeticError):  # among them one that is no id of this database
        return {entry: user for entry in ids if (user := reader.of_id(entry)) is not None}


def _pages_of(reader: Reader, ids: Sequence[str]) -> Iterator[tuple[User, ...]]:
    for start in range(0, len(ids), _AT_ONCE):
        found = tuple(of_ids(reader, ids[start : start + _AT_ONCE]).values())
        if found:
            yield found


def _gather(
    connection: Connection,
    source: Source,
    reaches: Iterable[Reach],
    keys_of: Callable[[Connection, Sequence[User]], dict[str, str]],
    only: Sequence[str] | None = None,
) -> None:
    wanted = tuple(dict.fromkeys(column for reach in reaches for column in reach.columns()))
    _gathered.create(connection)
    with source.read() as reader:
        reader.refuse_unusable()
        for page in reader.pages(wanted) if only is None else _pages_of(reader, only):
            keys = keys_of(connection, page)
            connection.execute(
                _gathered.insert(),
                [
                    {
                        "id": user.id,
                        "name": user.name,
                        "language": user.language,
                        "joined": user.joined,
                        "email": user.email,
                        "aside": None,
                        "attributes": dict(user.attributes),
                        "recipient": keys.get(user.id),
                    }
                    for user in page
                ],
            )


def _known_keys(connection: Connection, page: Sequence[User]) -> dict[str, str]:
    """The recipients' keys of those who have one."""
    ids = [user.id for user in page]
    found = _known(connection, users, ids) | _known(connection, person, ids)
    return {entry: key for entry, (_, key) in found.items()}


def _met(connection: Connection, page: Sequence[User]) -> dict[str, str]:
    """The recipients' keys of some users; who has none yet is given a secret, one whom the store knew keeps theirs."""
    ids = [user.id for user in page]
    found = _known(connection, person, ids)
    new = [entry for entry in ids if entry not in found]
    if new:
        before = _known(connection, users, new)
        fresh = {
            entry: before.get(entry) or ((secret := secrets.token_bytes(SECRET_BYTES)), recipient_key(secret, entry))
            for entry in new
        }
        connection.execute(
            person.insert(),
            [{"id": entry, "secret": secret, "recipient": key} for entry, (secret, key) in fresh.items()],
        )
        found |= fresh
    return {entry: key for entry, (_, key) in found.items()}


def _known(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, tuple[bytes, str]]:
    found: dict[str, tuple[bytes, str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = select(table.c.id, table.c.secret, table.c.recipient).where(
            table.c.id.in_(ids[start : start + _AT_ONCE])
        )
        found |= {row.id: (row.secret, row.recipient) for row in connection.execute(rows)}
    return found
