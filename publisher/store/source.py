"""Users in a database of the organisation's own: one query, only ever read, nothing of it kept."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from publisher.errors import Fault, Place, PublisherError
from publisher.store.reader import REQUIRED, AddressOf, Reader

SOURCE_OPTION = "publisher_source"
"""The execution option under which the store's connections carry the users' database."""

_CONNECT_SECONDS = 10
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}
_AS = "Name it in the query: SELECT customer_no AS id, ...; needed are id, name, language, joined, usually email."


@dataclass(frozen=True, slots=True)
class Source:
    """The users' database. Nothing is connected before it is read."""

    engine: Engine
    query: str
    url_place: Place
    query_place: Place
    address_of: AddressOf

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One view of the users, for reading only where the database can promise that.

        Raises:
            PublisherError: the database cannot be reached or stopped answering, the query cannot be run or lacks
                columns.
        """
        try:
            with self.engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection = connection.execution_options(  # noqa: PLW2901  the same, set to read
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                yield self._reader(connection)
        except DBAPIError as fault:
            raise self._told(fault) from None

    def close(self) -> None:
        """Lets go of the database."""
        self.engine.dispose()

    def _reader(self, connection: Connection) -> Reader:
        # colons and backslashes are the query's own, and no parameters of ours
        written = re.sub(r":", r"\\:", self.query.strip().rstrip(";").rstrip())
        anything = text(f"{written}\n").columns().subquery("given")
        nothing = connection.execute(select(text("*")).select_from(anything).where(text("1 = 0")))
        found = tuple(nothing.keys())
        sorts = tuple(entry[1] for entry in nothing.cursor.description or ())
        missing = [name for name in REQUIRED if name not in found]
        twice = sorted({name for name in found if found.count(name) > 1})
        faults = [
            Fault("users-column-missing", f"The query gives no column '{name}'.", _AS, self.query_place)
            for name in missing
        ]
        faults += [
            Fault("users-column-twice", f"The query gives '{name}' twice.", "Give each column once.", self.query_place)
            for name in twice
        ]
        if faults:
            raise PublisherError(faults)
        given = text(f"{written}\n").columns(*(column(name) for name in found)).subquery("given")
        return Reader(
            connection, given, found, dict(zip(found, sorts, strict=False)), self.address_of, self.query_place
        )

    def _told(self, raised: DBAPIError) -> PublisherError:
        """What the database says, without the password and without any user's values."""
        name = self.engine.url.render_as_string(hide_password=True)
        said = str(raised.orig).strip().partition("\n")[0]
        if self.engine.url.password:
            said = said.replace(str(self.engine.url.password), "***")
        state = getattr(raised.orig, "sqlstate", None) or ""
        of_query = state.startswith(("42", "22", "25")) or (
            self.engine.dialect.name == "sqlite"
            and not re.search(r"unable to open|locked|busy|disk|not a database", said)
        )
        if of_query:
            words = said if not state.startswith("22") else "a value cannot be taken as the query takes it"
            return PublisherError(
                (
                    Fault(
                        "users-query", f"The query cannot be run: {words}.", "Correct [users] query.", self.query_place
                    ),
                )
            )
        return PublisherError(
            (
                Fault(
                    "users-database",
                    f"The users' database {name} cannot be read: {said}.",
                    "Start it, or correct [users] url; then run this again: nothing is lost.",
                    self.url_place,
                ),
            )
        )


def open_source(url: str, query: str, *, url_place: Place, query_place: Place, address_of: AddressOf) -> Source:
    """The users' database by its settings; it is not connected to yet.

    Raises:
        PublisherError: with every fault of URL, driver and query.
    """
    faults: list[Fault] = []
    engine, dialect = None, ""
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        dialect = parsed.get_backend_name()
        within = {"connect_timeout": _CONNECT_SECONDS} if dialect == "postgresql" else {}
        engine = create_engine(parsed, connect_args=within, pool_pre_ping=dialect != "sqlite", pool_size=1)
        if dialect == "sqlite":
            faults += _missing_file(parsed.database, url_place)
            event.listen(engine, "connect", _only_reading)
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    except ModuleNotFoundError as fault:
        known = fault.name == "psycopg"
        remedy = "Run: pip install 'policy-publisher[postgres]'" if known else f"Install {fault.name}."
        faults.append(Fault("users-driver", f"The driver '{fault.name}' is not installed.", remedy, url_place))
    except (ArgumentError, NoSuchModuleError, SQLAlchemyError, ValueError):
        # what SQLAlchemy says may hold the URL with its password
        faults.append(
            Fault(
                "users-url",
                "[users] url cannot be used as the URL of a database.",
                "Write sqlite:///path/to.db or postgresql+psycopg://user@host/database.",
                url_place,
            )
        )
    faults += _query_faults(query, dialect, query_place)
    if faults or engine is None:
        raise PublisherError(faults)
    return Source(engine, query, url_place, query_place, address_of)


def source_of(connection: Connection) -> Source | None:
    """The users' database that goes with a connection to the store; None when the users are the store's own."""
    found: Source | None = connection.get_execution_options().get(SOURCE_OPTION)
    return found


def _missing_file(database: str | None, place: Place) -> list[Fault]:
    if database and database != ":memory:" and not database.startswith("file:") and not Path(database).is_file():
        return [Fault("users-database", f"There is no database {database}.", "Correct [users] url.", place)]
    return []


def _query_faults(query: str, dialect: str, place: Place) -> list[Fault]:
    """Whether the query is one SELECT that changes nothing."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    remedy = "Write one: SELECT id, email, name, language, joined FROM users"
    try:
        parsed = [entry for entry in sqlglot.parse(query, dialect=_DIALECTS.get(dialect, dialect)) if entry is not None]
    except (SqlglotError, ValueError):
        return [Fault("users-query", "[users] query cannot be read as SQL.", remedy, place)]
    changing = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.DDL, exp.Command, exp.Into, exp.Lock)
    # in the parser's tree a query is a kind of DDL itself
    if (
        len(parsed) == 1
        and isinstance(parsed[0], exp.Query)
        and all(isinstance(entry, exp.Query) for entry in parsed[0].find_all(*changing))
    ):
        return []
    return [Fault("users-query", "[users] query is not one SELECT that only reads.", remedy, place)]


def _only_reading(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    connection.execute("PRAGMA query_only = ON").fetchall()
    connection.execute("PRAGMA busy_timeout = 10000").fetchall()
