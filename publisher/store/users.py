"""The users that the store knows, and the only place where addresses lie."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, literal, select

from publisher.domain.notice import MessageState
from publisher.domain.predicate import OWN_COLUMNS
from publisher.domain.users import User
from publisher.store.schema import notice, outbox, person, users
from publisher.store.source import source_of

SECRET_BYTES = 16
_CHUNK = 1000
_LOOKED_AT = 1000

REASON_ERASED = "erased"
"""Why a message to somebody who is no longer a user is skipped."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many users were new, changed, or just as they were."""

    added: int = 0
    changed: int = 0
    same: int = 0

    @property
    def total(self) -> int:
        """All users of the import, each id once."""
        return self.added + self.changed + self.same

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(self.added + other.added, self.changed + other.changed, self.same + other.same)


def recipient_key(secret: bytes, user_id: str) -> str:
    """The key under which the record knows a user: nobody can match it to them without the user's own secret."""
    return hmac.new(secret, user_id.encode("utf-8"), hashlib.sha256).hexdigest()


def upsert(connection: Connection, given: Iterable[User]) -> Imported:
    """Takes users in by id, a thousand at a time; of one id given twice, the later stands.

    A user who is already known keeps secret and recipient's key; name, language, address and attributes are replaced.
    """
    total = Imported()
    for chunk in _chunks(given):
        total += _upsert_chunk(connection, {user.id: user for user in chunk})
    return total


def count(connection: Connection) -> int:
    """How many users there are."""
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            return reader.count()
    return connection.execute(select(func.count()).select_from(users)).scalar_one()


def known_columns(connection: Connection, wanted: Iterable[str]) -> tuple[str, ...]:
    """The columns that users have: their own, those of the first users found, and of the wanted ones every other."""
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            return reader.columns
    first = connection.execute(select(users.c.attributes).order_by(users.c.recipient).limit(_LOOKED_AT)).scalars()
    known = dict.fromkeys((*OWN_COLUMNS, *sorted({name for row in first for name in row})))
    for column in wanted:
        if column not in known and _is_somewhere(connection, column):
            known[column] = None
    return tuple(known)


def _is_somewhere(connection: Connection, column: str) -> bool:
    """A quote inside a value is escaped, so that a name in quotes before a colon is a name."""
    written = cast(users.c.attributes, Text)
    named = func.replace(written, f"{json.dumps(column)}:", "") != written
    return connection.execute(select(literal(1)).select_from(users).where(named).limit(1)).first() is not None


def find(connection: Connection, user_id: str) -> User | None:
    """The user of that id, or None."""
    row = connection.execute(select(users).where(users.c.id == user_id)).first()
    return user_of(row) if row else None


def key_of(connection: Connection, user_id: str) -> str | None:
    """The key under which the record knows a user, or None."""
    known = person if source_of(connection) is not None else users
    key: str | None = connection.execute(select(known.c.recipient).where(known.c.id == user_id)).scalar()
    return key


def ids_of(connection: Connection, recipients: Iterable[str]) -> dict[str, str]:
    """The ids of users by the keys under which the record knows them; whoever is no user any more is not there."""
    known = person if source_of(connection) is not None else users
    rows = connection.execute(select(known.c.recipient, known.c.id).where(known.c.recipient.in_(list(recipients))))
    return {row.recipient: row.id for row in rows}


def erase(connection: Connection, user_id: str) -> bool:
    """Erases a user with address, attributes and secret; says whether there was one.

    Ledger, outbox and counts stay whole and become nameless: without the secret nobody can tell whose rows they are.
    Messages that were still to be sent are skipped; what a provider calls those sent is forgotten. Of another
    database's users only the id and the secret are here: they must be gone from there first, since whoever the query
    gives would be met as somebody new and told again.

    Raises:
        PublisherError: the query of [users] still gives that user, or cannot be asked.
    """
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            reader.refuse_known(user_id)
    key = key_of(connection, user_id)
    if key is None:
        return False
    still_open = select(notice.c.id).where(notice.c.closed.is_(None))
    connection.execute(
        outbox.update()
        .where(
            outbox.c.notice.in_(still_open),
            outbox.c.recipient == key,
            outbox.c.state.in_([MessageState.QUEUED, MessageState.DEFERRED]),
        )
        .values(state=MessageState.SKIPPED, reason=REASON_ERASED, next_at=None)
    )
    connection.execute(
        outbox.update()
        .where(outbox.c.notice.in_(select(notice.c.id)), outbox.c.recipient == key, outbox.c.provider.is_not(None))
        .values(provider=None)
    )
    for known in (users, person):
        connection.execute(known.delete().where(known.c.id == user_id))
    return True


def _upsert_chunk(connection: Connection, given: Mapping[str, User]) -> Imported:
    rows = connection.execute(select(users).where(users.c.id.in_(given)))
    known = {row.id: user_of(row) for row in rows}
    new = [_values(user) | _key_of(user) for user_id, user in given.items() if user_id not in known]
    changed = [
        _values(user) | {"key": user_id}
        for user_id, user in given.items()
        if user_id in known and known[user_id] != _normal(user)
    ]
    if new:
        connection.execute(users.insert(), new)
    if changed:
        columns = ("name", "language", "joined", "email", "email_fault", "aside", "attributes")
        statement = users.update().where(users.c.id == bindparam("key"))
        connection.execute(
            statement.values({name: bindparam(name) for name in columns}),
            [{name: values[name] for name in (*columns, "key")} for values in changed],
        )
    return Imported(len(new), len(changed), len(given) - len(new) - len(changed))


def _chunks(given: Iterable[User]) -> Iterator[list[User]]:
    iterator = iter(given)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _key_of(user: User) -> dict[str, Any]:
    secret = secrets.token_bytes(SECRET_BYTES)
    return {"secret": secret, "recipient": recipient_key(secret, user.id)}


def _values(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "language": user.language,
        "joined": user.joined,
        "email": user.email,
        "email_fault": user.email_fault,
        "aside": user.aside,
        "attributes": dict(user.attributes),
    }


def _normal(user: User) -> User:
    """The user as it would be read back: attributes by name."""
    return User(**(_values(user) | {"attributes": tuple(sorted(dict(user.attributes).items()))}))


def user_of(row: Any) -> User:
    """The user of a row of the table."""
    return User(
        id=row.id,
        name=row.name,
        language=row.language,
        joined=row.joined,
        email=row.email,
        email_fault=row.email_fault,
        aside=row.aside,
        attributes=tuple(sorted(row.attributes.items())),
    )
