"""Opening the store: the one place that looks at which database it is."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import (
    ArgumentError,
    NoSuchModuleError,
    OperationalError,
)

from publisher.errors import one
from publisher.store import migrations, postgresql, schema
from publisher.store.addressing import BY_ID_OPTION
from publisher.store.database_faults import belonging, told
from publisher.store.prepared import Look
from publisher.store.source import SOURCE_OPTION, Source

BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another before it gives up."""

_CACHE_KIBIBYTES = 16_384
_CONNECT_SECONDS = 10
_A_MOMENT = 0.01
_READING = "publisher_reading"
_BESIDE = "publisher_beside"
_NOT_COMMITTED = "# Addresses, keys and mails of this installation stay out of version control.\n*\n"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `identity` is the random name that the ledger knows it by.

    `source` is the database of the users when they are not the store's own. `by_id`: mails reach users by their ids,
    with or without an address.
    """

    engine: Engine
    identity: str
    source: Source | None = None
    by_id: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether many machines can work on it at once."""
        return _on_postgresql(self.engine)

    @contextmanager
    def begin(self, *, beside: bool = False) -> Iterator[Connection]:
        """A transaction that may write, the only one at a time. Committed at the end, or rolled back.

        Args:
            beside: others of the kind may write at the same time, where the database can do that: for whoever writes
                only what it has taken in hand. One that is the only one still waits for them, and they for it.

        Raises:
            BusyError: another process held the database for too long.
            PublisherError: the database could not be written.
        """
        options = {**self._options(), _BESIDE: beside}
        with (
            told(self.engine.url),
            self.engine.connect() as connection,
            connection.execution_options(**options).begin(),
        ):
            yield connection

    def at_once(self, written: Look, given: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of one statement that writes beside others, in a transaction of its own, committed.

        All of it is said to the server in one go, and answered in one go: only for a store that is shared.

        Raises:
            BusyError: another process held the database for too long.
            PublisherError: the database could not be written, or was cut off; what became of it then nobody knows.
        """
        with told(self.engine.url), self.engine.connect() as connection:
            return postgresql.at_once(connection, written, given)

    def arguments(self) -> dict[str, Any]:
        """How another client of the same library connects to the database, password and all."""
        _, arguments = self.engine.dialect.create_connect_args(self.engine.url)
        return {"connect_timeout": _CONNECT_SECONDS, **{key: arguments[key] for key in arguments if key != "context"}}

    def clock(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The clock that all who work on the store share: the database's where they may be on many machines."""
        if not self.is_shared:
            return now
        with self.read() as connection:
            begun: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        began = time.monotonic()
        return lambda: begun + timedelta(seconds=time.monotonic() - began)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One unchanging view of the store, to read from.

        Raises:
            PublisherError: the database could not be read.
        """
        with told(self.engine.url), self.engine.connect() as connection:
            yield _for_reading(connection).execution_options(**self._options())

    @contextmanager
    def present(self, owner: str) -> Iterator[Callable[[], None]]:
        """While this lasts, `is_gone` knows on any machine that the owner is alive, where the database can tell.

        Gives what makes the owner known again, if its connection was cut meanwhile.
        """
        if not _on_postgresql(self.engine):
            yield lambda: None
            return
        with told(self.engine.url), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            lock = select(func.pg_advisory_lock_shared(postgresql.owner_key(owner)))
            connection.execute(lock)

            def again() -> None:
                with told(self.engine.url):
                    try:
                        connection.execute(select(1))
                    except OperationalError:
                        connection.rollback()
                        connection.execute(lock)

            try:
                yield again
            finally:
                # a connection that was cut has let go of everything by itself
                with suppress(OperationalError):
                    connection.execute(select(func.pg_advisory_unlock_shared(postgresql.owner_key(owner))))

    def is_gone(self, owner: str) -> bool:
        """Whether an owner that was `present` is known to have ended; False where the database cannot tell."""
        if not _on_postgresql(self.engine):
            return False
        with self.read() as connection:
            return bool(
                connection.execute(select(func.pg_try_advisory_xact_lock(postgresql.owner_key(owner)))).scalar()
            )

    def _options(self) -> dict[str, Any]:
        return {SOURCE_OPTION: self.source, BY_ID_OPTION: self.by_id}

    def tidy(self) -> None:
        """Leaves nothing of deleted rows in the files beside a SQLite database; elsewhere it does nothing."""
        if self.engine.dialect.name != "sqlite":
            return
        with told(self.engine.url), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Lets go of the database."""
        self.engine.dispose()
        if self.source is not None:
            self.source.close()


def open_store(url: str, source: Source | None = None, *, by_id: bool = False) -> Store:
    """Opens the store, making or upgrading it as needed.

    Args:
        url: an SQLAlchemy URL; the folder of a SQLite file is made when it is not there.
        source: the database of the users; None when they are the store's own.
        by_id: whether mails reach users by their ids, with or without an address.

    Raises:
        BusyError: another process held the database for too long.
        PublisherError: the URL is none, the database is newer than this program, or it is no store.
    """
    engine = _engine(url)
    try:
        with told(engine.url):
            identity = _current(engine) or _upgraded(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, identity, source, by_id)


def sqlite_file(url: str) -> Path | None:
    """The file that a SQLite URL names; None for any other database, and for a URL that names none."""
    try:
        parsed = make_url(url)
        found = parsed.database if parsed.get_backend_name() == "sqlite" else None
    except ArgumentError:
        return None
    return Path(found) if found and found != ":memory:" else None


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        backend = parsed.get_backend_name()
        if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
            _make_file(Path(parsed.database))
        engine = create_engine(parsed, **_options(parsed))
    except (ArgumentError, NoSuchModuleError) as fault:
        raise one(
            "store-url",
            f"The store's URL cannot be used: {fault}.",
            "Write sqlite:///var/publisher.db or postgresql+psycopg://user@host/database.",
        ) from None
    except ModuleNotFoundError as fault:
        known = fault.name == "psycopg"
        remedy = "Run: pip install 'policy-publisher[postgres]'" if known else f"Install {fault.name}."
        raise one("store-driver", f"The database driver '{fault.name}' is not installed.", remedy) from None
    if backend == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif backend == "postgresql":
        event.listen(engine, "begin", _begin_postgresql)
        postgresql.watch_over(engine)
    return engine


def _options(url: URL) -> dict[str, Any]:
    """What the engine of a database is made with."""
    if url.get_backend_name() != "postgresql":
        return {}
    wanted = {"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"}
    return {"connect_args": {name: value for name, value in wanted.items() if name not in url.query}}


def _on_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _make_file(path: Path) -> None:
    """Makes sure of a database file; a new one can only be read by its owner, since it is going to hold addresses."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / ".gitignore").write_text(_NOT_COMMITTED, "utf-8")
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as fault:
        raise one(
            "store-unwritable",
            f"The store {path} cannot be made or written: {fault.strerror or fault}. {belonging(path)}",
            "Run it as the user to whom the workspace belongs, or name a place that can be written in [store] url.",
        ) from None


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"cache_size = -{_CACHE_KIBIBYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Sets the journal. While somebody else does so to a new file SQLite refuses at once, whatever its timeout."""
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as busy:
            if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_A_MOMENT)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Takes the write lock at once: a reader that becomes a writer later would fail without waiting."""
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    """Lets writers in; readers never wait."""
    options = connection.get_execution_options()
    if options.get(_READING, False) or options.get("isolation_level") == "AUTOCOMMIT":
        return
    postgresql.let_in(connection, BUSY_MILLISECONDS, beside=options.get(_BESIDE, False))


def _for_reading(connection: Connection) -> Connection:
    """The connection, set to show one unchanging view until it is given back."""
    options: dict[str, Any] = {_READING: True}
    if _on_postgresql(connection.engine):
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return connection.execution_options(**options)


def _current(engine: Engine) -> str | None:
    """The identity of a store whose schema is this program's; None when it has to be made or upgraded."""
    with engine.connect() as connection:
        if _on_postgresql(engine):
            postgresql.refuse_encoding(connection)
        _for_reading(connection)
        if not inspect(connection).has_table(migrations.VERSION_TABLE):
            return None
        if _revision(connection) != migrations.HEAD:
            return None
        return connection.execute(select(schema.identity.c.id)).scalar()


def _upgraded(engine: Engine) -> str:
    """Makes or upgrades the store in one transaction, so that a run that was cut off leaves nothing behind."""
    with engine.begin() as connection:
        found = inspect(connection)
        if found.has_table(migrations.VERSION_TABLE):
            _refuse_newer(_revision(connection))
        elif set(found.get_table_names()) & set(schema.metadata.tables):
            raise one(
                "store-foreign-tables",
                "The database already has tables of the same names that are not this program's.",
                "Give the store a database of its own in [store] url.",
            )
        migrations.upgrade(connection)
        identity = connection.execute(select(schema.identity.c.id)).scalar()
        if identity is None:
            identity = secrets.token_hex(16)
            connection.execute(schema.identity.insert().values(id=identity))
        return str(identity)


def _revision(connection: Connection) -> str | None:
    select_version = f"SELECT version_num FROM {migrations.VERSION_TABLE}"  # noqa: S608  a name of ours
    return connection.execute(text(select_version)).scalar()


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in migrations.known_revisions():
        raise one(
            "store-newer",
            f"The store was written by a newer version of this program (its schema is {revision}).",
            "Install that version, or a later one.",
        )
