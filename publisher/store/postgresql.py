"""Connections to PostgreSQL: how writers are let in, and what a sender's many small commits need to be quick."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

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
        if cut_off:
            connection.engine.dispose()  # whatever cut off this one is likely to have cut off the others
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
    """Asks a connection that nobody has used for a while whether it is still there; a new one takes its place if not.

    One that was used a moment ago is not asked: a sender would ask at each of its commits.
    """
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_still_there, engine))


def owner_key(owner: str) -> int:
    """The advisory lock by which an owner is known."""
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], "big", signed=True)


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _still_there(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    used = record.info.get(_USED)
    if used is None or time.monotonic() - used < UNASKED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except _driver_error(engine) as cut_off:
        raise InvalidatePoolError from cut_off


def _driver_error(engine: Engine) -> type[Exception]:
    """What a database's driver raises."""
    found: type[Exception] = engine.dialect.loaded_dbapi.Error
    return found
