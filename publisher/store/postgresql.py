"""Connections to PostgreSQL: how writers are let in, and what a sender's many small commits need to be quick."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

from publisher.errors import one
from publisher.store.prepared import Look

UNASKED_SECONDS = 0.05
"""For so long after its last use a connection is taken to be still there."""

_USED = "publisher_used"
_PATIENT_MILLISECONDS = 600_000  # somebody with mails under way waits for as long as a release of millions may take
_WRITERS = 0x707562  # the key of the advisory lock that writers on PostgreSQL take in turn, and senders share
_ENTER = "SELECT set_config('lock_timeout', '%d', true), set_config('idle_in_transaction_session_timeout', '%d', true)"
"""How a writer on PostgreSQL begins: so many milliseconds it waits to be let in, and so many it may then be idle.

The server ends one whose machine stands still, since others wait for it.
"""

_BY_KEY = ", ".join(f"set_config('enable_{plan}', 'off', true)" for plan in ("seqscan", "hashjoin", "mergejoin"))
"""Who writes a few rows that it has in hand finds each by its key: of a table of rows that comes as one JSON text
PostgreSQL expects a hundred, and reads whole tables for them as long as these are small."""

_BESIDE_OTHERS = f"{_ENTER % (_PATIENT_MILLISECONDS, 10_000)}, {_BY_KEY}, pg_advisory_xact_lock_shared({_WRITERS})"


def let_in(connection: Connection, patience: int, *, beside: bool) -> None:
    """Lets writers in one after the other, as SQLite does: what a transaction decides on is still so when it writes.

    Each statement after this one sees what the writers before have committed.

    Args:
        connection: a transaction that has just begun.
        patience: milliseconds for which one that is to be the only one waits.
        beside: whether others of the kind may write at the same time.
    """
    alone = f"{_ENTER % (patience, 300_000)}, pg_advisory_xact_lock({_WRITERS})"
    connection.exec_driver_sql(_BESIDE_OTHERS if beside else alone)


def refuse_encoding(connection: Connection) -> None:
    """Refuses a database that cannot hold every language's words.

    Raises:
        PublisherError: its text is not UTF-8.
    """
    server: Any = connection.connection.driver_connection
    found = server.info.parameter_status("server_encoding")
    if found != "UTF8":
        raise one(
            "store-encoding",
            f"The database keeps its text as {found}, which cannot hold every name and text.",
            "Make another: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
        )


def at_once(connection: Connection, written: Look, given: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a statement that writes beside others, in a transaction of its own, committed.

    Letting it in, the statement and the commit are said to the server in one go, and answered in one go: each time
    that a sender waits for the server costs it more than the statement does. The server knows the whole transaction
    before it begins it, so that nobody else ever waits for a machine that stands still.

    Args:
        connection: a connection without a transaction.
        written: the statement.
        given: its values.

    Raises:
        DBAPIError: the server refused it, or the connection was cut.
    """
    statement, values = written.written(connection.dialect)
    server: Any = connection.connection.driver_connection
    try:
        server.autocommit = True  # the end of a pipeline is then its commit
        with server.pipeline():
            server.execute(_BESIDE_OTHERS)
            answer = server.execute(statement, values(given))
        rows: Sequence[Any] = answer.fetchall()
        server.autocommit = False
    except _driver_error(connection.engine) as fault:
        cut_off = bool(server.closed)
        connection.invalidate(fault)
        raise DBAPIError.instance(
            statement,
            None,
            fault,
            _driver_error(connection.engine),
            hide_parameters=True,
            connection_invalidated=cut_off,
            dialect=connection.dialect,
        ) from fault
    return rows


def watch_over(engine: Engine) -> None:
    """Has connections asked whether they are still there, before they are used; new ones take the place of others."""
    watch = _Watch(engine)
    event.listen(engine, "checkin", watch.back)
    event.listen(engine, "invalidate", watch.cut)
    event.listen(engine, "checkout", watch.out)


@dataclass(slots=True)
class _Watch:
    """Which connections are asked: all but those that were used a moment ago, and after the last one that was cut.

    A sender would otherwise ask at each of its commits.
    """

    engine: Engine
    last_cut: float = 0.0

    def back(self, _connection: object, record: Any) -> None:
        record.info[_USED] = time.monotonic()

    def cut(self, *_: object) -> None:
        self.last_cut = time.monotonic()

    def out(self, connection: Any, record: Any, _proxy: object) -> None:
        used = record.info.get(_USED)
        if used is None or max(self.last_cut, time.monotonic() - UNASKED_SECONDS) < used:
            return
        try:
            self.engine.dialect.do_ping(connection)
        except _driver_error(self.engine) as fault:
            raise InvalidatePoolError from fault


def owner_key(owner: str) -> int:
    """The advisory lock by which an owner is known."""
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], "big", signed=True)


def _driver_error(engine: Engine) -> type[Exception]:
    """What a database's driver raises."""
    found: type[Exception] = engine.dialect.loaded_dbapi.Error
    return found
