"""Users in a database of the organisation's own: one query, only ever read, nothing of it kept."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Text,
    cast,
    column,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from publisher.domain.predicate import EVERYONE, Reach
from publisher.domain.users import User, language_tag
from publisher.errors import Fault, Place, PublisherError
from publisher.store.audience import Columns, condition

REQUIRED = ("id", "name", "language", "joined")
PAGE = 5000
"""Users read at a time, in order of their ids."""

SOURCE_OPTION = "publisher_source"
"""The execution option under which the store's connections carry the users' database."""

_CONNECT_SECONDS = 10
_SHOWN = 3
_EARLIEST = date(1, 1, 1)
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

AddressOf = Callable[[str], tuple[str | None, str | None]]
"""An address ready for the envelope, or why there is none."""


@dataclass(frozen=True, slots=True)
class Source:
    """The users' database. Nothing is connected before it is read."""

    engine: Engine
    query: str
    url_place: Place
    query_place: Place
    address_of: AddressOf

    @contextmanager
    def read(self) -> "Iterator[Reader]":
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

    def _reader(self, connection: Connection) -> "Reader":
        # colons and backslashes are the query's own, and no parameters of ours
        written = re.sub(r":", r"\\:", self.query.strip().rstrip(";").rstrip())
        anything = text(f"{written}\n").columns().subquery("given")
        found = tuple(
            connection.execute(select(text("*")).select_from(anything).where(text("1 = 0"))).keys(),
        )
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
        return Reader(connection, given, found, self.address_of, self.query_place)

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


_AS = "Name it in the query: SELECT customer_no AS id, ...; needed are id, name, language, joined, usually email."


@dataclass(frozen=True, slots=True)
class Reader:
    """The users as they are in one transaction of their database; `columns` are those of the query."""

    connection: Connection
    given: FromClause
    columns: tuple[str, ...]
    address_of: AddressOf
    place: Place

    def refuse_unusable(self) -> None:
        """Nobody is taken for somebody else, and nobody is overlooked.

        Raises:
            PublisherError: with every kind of row that is no user.
        """
        of = self.given.c.id
        twice = self.connection.execute(select(of).group_by(of).having(func.count() > 1).limit(_SHOWN)).scalars().all()
        nobody = self.connection.execute(select(func.count()).where(_blank(of)).select_from(self.given)).scalar_one()
        faults = []
        if [entry for entry in twice if entry is not None]:
            message = f"The query gives more than one row for {', '.join(str(entry) for entry in twice)}."
            faults.append(Fault("users-id-twice", message, "Let it give one row for each id.", self.place))
        if nobody:
            message = f"The query gives {nobody:,} rows without an id."
            faults.append(Fault("users-id", message, "Leave them out: WHERE id IS NOT NULL.", self.place))
        if faults:
            raise PublisherError(faults)

    def count(self) -> int:
        """How many users there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.given)).scalar_one())

    def language_counts(self, reach: Reach = EVERYONE) -> tuple[tuple[str, tuple[int, int]], ...]:
        """For each language of the users reached, in order: how many have an address, and how many have none."""
        language = self.given.c.language
        rows = self.connection.execute(
            select(language, func.count(self._address()), func.count())
            .select_from(self.given)
            .where(condition(reach, self._columns()))
            .group_by(language)
        )
        found: dict[str, tuple[int, int]] = {}
        for given, reachable, total in rows:
            tag = language_tag(_word(given))
            before = found.get(tag, (0, 0))
            found[tag] = (before[0] + reachable, before[1] + total - reachable)
        return tuple(sorted(found.items()))

    def languages(self) -> tuple[str, ...]:
        """The languages that the users read, in order."""
        rows = self.connection.execute(select(self.given.c.language).distinct()).scalars()
        return tuple(sorted({language_tag(_word(given)) for given in rows}))

    def sample(self, size: int, reach: Reach = EVERYONE) -> tuple[User, ...]:
        """Some of the users reached."""
        rows = select(self.given).where(condition(reach, self._columns())).order_by(self.given.c.id).limit(size)
        return tuple(self._user(row) for row in self.connection.execute(rows).mappings())

    def pages(self, wanted: Sequence[str]) -> Iterator[tuple[User, ...]]:
        """All users in order of their ids, without names and addresses: of those only whether there is one.

        Args:
            wanted: the further columns that conditions look at.
        """
        names = [name for name in dict.fromkeys(("id", "language", "joined", *wanted)) if name in self.columns]
        rows = select(
            *(self.given.c[name] for name in names), self._address().is_not(None).label("publisher_reachable")
        ).order_by(self.given.c.id)
        last: Any = None
        while True:
            page = (
                self.connection.execute((rows if last is None else rows.where(self.given.c.id > last)).limit(PAGE))
                .mappings()
                .all()
            )
            if page:
                yield tuple(self._member(row, wanted) for row in page)
            if len(page) < PAGE:
                return
            last = page[-1]["id"]

    def of_ids(self, ids: Sequence[str], reach: Reach = EVERYONE) -> dict[str, User]:
        """Those of the users who are still there, and reached, with their addresses as they are now."""
        sort = self.connection.execute(select(self.given.c.id).limit(1)).scalar()
        if sort is None or not ids:
            return {}
        native = str if isinstance(sort, str) else type(sort)
        of_ids = self.given.c.id.in_([native(entry) for entry in ids])
        rows = select(self.given).where(of_ids, condition(reach, self._columns()))
        found = [self._user(row) for row in self.connection.execute(rows).mappings()]
        return {user.id: user for user in found}

    def of_id(self, user_id: str, reach: Reach = EVERYONE) -> User | None:
        """The user of an id that anybody may have written, if there is one and they are reached."""
        try:
            return self.of_ids([user_id], reach).get(user_id)
        except (ValueError, ArithmeticError):  # no id of this database
            return None

    def refuse_known(self, user_id: str) -> None:
        """Somebody whom the query gives is no user to forget.

        Raises:
            PublisherError: the query gives that user.
        """
        if self.of_id(user_id) is not None:
            message = f"The query still gives user '{user_id}': they would be met as somebody new, and told again."
            remedy = "Delete them in your database, or leave them out of the query; then run this again."
            raise PublisherError((Fault("users-still-there", message, remedy, self.place),))

    def _columns(self) -> Columns:
        """Every column as the text that its database writes for it; blank is none."""

        def words(name: str) -> ColumnElement[str]:
            return func.nullif(func.trim(cast(self.given.c[name], Text)), "")

        return Columns(words)

    def _address(self) -> ColumnElement[Any]:
        if "email" not in self.columns:
            return func.nullif("", "")
        return func.nullif(func.trim(cast(self.given.c.email, Text)), "")

    def _member(self, row: Any, wanted: Sequence[str]) -> User:
        return User(
            id=str(row["id"]),
            name=_word(row.get("name")) or "",
            language=language_tag(_word(row["language"])),
            joined=_day(row["joined"]),
            email=(_word(row.get("email")) or "@") if row["publisher_reachable"] else None,
            attributes=tuple(
                (name, _word(row[name])) for name in wanted if name in row and name not in (*REQUIRED, "email")
            ),
        )

    def _user(self, row: Any) -> User:
        given = _word(row.get("email"))
        email, why = self.address_of(given) if given else (None, None)
        return User(
            id=str(row["id"]),
            name=_word(row["name"]) or "",
            language=language_tag(_word(row["language"])),
            joined=_day(row["joined"]),
            email=email,
            email_fault=why,
            aside=given if why else None,
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


def _blank(of: ColumnElement[Any]) -> ColumnElement[bool]:
    return of.is_(None) | (func.trim(cast(of, Text)) == "")


def _word(value: Any) -> str | None:
    """A value as a condition reads it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() or None


def _day(value: Any) -> date:
    """The day on which somebody joined; who gives none that can be read counts as having been there always."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = str(value or "")[:10]
    try:
        return date.fromisoformat(words) if _DAY.fullmatch(words) else _EARLIEST
    except ValueError:
        return _EARLIEST
