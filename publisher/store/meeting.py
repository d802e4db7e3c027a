"""Who was never met before is given a secret and a recipient's key: the store keeps them with the id in `person`."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, insert, select, text

from publisher.store import gathering
from publisher.store.schema import person, users
from publisher.store.source import source_of
from publisher.store.users import SECRET_BYTES, key_of, recipient_key

_AT_ONCE = 5000
_BY_POSTGRESQL = text(
    """
INSERT INTO person (id, secret, recipient)
SELECT id, int8send(a) || int8send(b), encode(sha256(
    int8send(a # :outer) || int8send(b # :outer) || :outer_rest || sha256(
    int8send(a # :inner) || int8send(b # :inner) || :inner_rest || convert_to(id, 'UTF8'))), 'hex')
FROM (
    SELECT id, ('x' || substr(chance, 1, 16))::bit(64)::bigint AS a,
        ('x' || substr(chance, 17, 16))::bit(64)::bigint AS b
    FROM (
        SELECT id, encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex') AS chance
        FROM publisher_gathered
        WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.id = publisher_gathered.id)
    ) AS drawn
) AS halves
""".replace("::", r"\:\:")
)
"""What `recipient_key` does, HMAC by SHA-256 (RFC 2104) under a fresh secret of 16 bytes, for all of them at once."""

_PADS = {
    "inner": 0x3636363636363636,
    "inner_rest": b"\x36" * 48,
    "outer": 0x5C5C5C5C5C5C5C5C,
    "outer_rest": b"\x5c" * 48,
}


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
    if user is None:
        return None
    _carry_over(connection, [user.id])
    if key_of(connection, user.id) is None:
        _make(connection, [user.id])
    return key_of(connection, user.id)


def meet_gathered(connection: Connection) -> None:
    """Makes sure of a key for everybody in the table of those gathered."""
    _carry_over(connection, select(gathering.table.c.id))
    if connection.dialect.name == "postgresql":
        connection.execute(_BY_POSTGRESQL, _PADS)
        return
    of = gathering.table.c.id
    unmet = select(of).where(~exists(select(person.c.id).where(person.c.id == of)))
    for ids in connection.execute(unmet, execution_options={"yield_per": _AT_ONCE}).scalars().partitions():
        _make(connection, ids)


def _carry_over(connection: Connection, ids: Sequence[str] | Select[Any]) -> None:
    """Whom the store knew as a user of its own keeps their key."""
    known = select(users.c.id, users.c.secret, users.c.recipient).where(
        users.c.id.in_(ids), ~exists(select(person.c.id).where(person.c.id == users.c.id))
    )
    connection.execute(insert(person).from_select(["id", "secret", "recipient"], known))


def _make(connection: Connection, ids: Sequence[str]) -> None:
    fresh = [(entry, secrets.token_bytes(SECRET_BYTES)) for entry in ids]
    connection.execute(
        insert(person),
        [{"id": entry, "secret": secret, "recipient": recipient_key(secret, entry)} for entry, secret in fresh],
    )
