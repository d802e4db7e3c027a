"""One reading of the users' database: who they are, how many, and what a condition finds of them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from publisher.domain.predicate import EVERYONE, OWN_COLUMNS, Reach
from publisher.domain.users import User, language_tag
from publisher.errors import Fault, Place, PublisherError
from publisher.store.audience import Columns, condition

REQUIRED = ("id", "name", "language", "joined")

_PAGE = 5000
_EARLIEST = date(1, 1, 1)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

AddressOf = Callable[[str], tuple[str | None, str | None]]
"""An address ready for the envelope, or why there is none."""

Row = tuple[str | None, str, str, str, str | None, str]
"""A user's id, name, language, day of joining, address and further columns, the last three as a database reads them."""


def _day_of_words(given: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day at the beginning of a text as `_day` reads it; PostgreSQL ends a query over a day that never was."""
    said = func.substr(given, 1, 10)
    first = cast(func.substr(said, 1, 8).concat("01"), Date)
    day = first + (cast(func.substr(said, 9, 2), Integer) - 1)
    written = and_(said.regexp_match("^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}$"), func.substr(said, 1, 4) != "0000")
    return case((written, case((func.to_char(day, "YYYY-MM-DD") == said, day))))


def _day_itself(given: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(given, Date)


_IDS = frozenset({20, 21, 23, 25, 1043, 2950})
_DAYS: Mapping[int, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    **dict.fromkeys((1082, 1114, 1184), _day_itself),
    **dict.fromkeys((25, 1043), _day_of_words),
}
"""PostgreSQL's numbers of types that read alike there and here: bigint, smallint, integer, text, varchar, uuid; date,
timestamp and timestamptz, text and varchar (its `pg_type.dat`)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The users as they are in one transaction of their database.

    `columns` are those of the query, `sorts` the codes that the driver gives for their types, where it gives any.
    """

    connection: Connection
    given: FromClause
    columns: tuple[str, ...]
    sorts: Mapping[str, Any]
    address_of: AddressOf
    place: Place

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

    def rows(self, wanted: Sequence[str]) -> Iterator[list[Row]]:
        """All users, some thousands at a time, without names and addresses: of those only whether there is one.

        Args:
            wanted: the columns that conditions look at; a name or an address among them is there then.
        """
        further = self._further(wanted)
        words = self._columns().text
        read = select(
            self.given.c.id,
            words("name") if "name" in wanted else null(),
            self.given.c.language,
            self.given.c.joined,
            self._reachable(wanted),
            *(words(name) for name in further),
        ).select_from(self.given)
        tags: dict[str | None, str] = {}
        found = self.connection.execution_options(yield_per=_PAGE).execute(read)
        for page in found.partitions():
            rows: list[Row] = []
            for given, name, language, joined, address, *more in page:
                spoken = _word(language)
                if spoken not in tags:
                    tags[spoken] = language_tag(spoken)
                attributes = json.dumps(dict(zip(further, more, strict=True))) if further else "{}"
                own = None if given is None else str(given)
                rows.append((own, name or "", tags[spoken], _day(joined).isoformat(), address, attributes))
            yield rows

    def selection(self, wanted: Sequence[str]) -> Select[Any] | None:
        """The same rows as PostgreSQL makes them by itself, languages as they were given.

        Args:
            wanted: as of `rows`.

        Returns:
            None where ids or days are of a sort that only reading them one by one tells.
        """
        joined = _DAYS.get(self.sorts.get("joined", 0))
        if joined is None or self.sorts.get("id") not in _IDS:
            return None
        words = self._columns().text
        pairs = [part for name in self._further(wanted) for part in (literal(name, Text), words(name))]
        return select(
            cast(self.given.c.id, Text),
            func.coalesce(words("name"), "") if "name" in wanted else literal("", Text),
            cast(self.given.c.language, Text),
            func.coalesce(joined(self.given.c.joined), _EARLIEST),
            self._reachable(wanted),
            func.json_build_object(*pairs),
        ).select_from(self.given)

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

    def of_listed(self, ids: Sequence[str]) -> dict[str, User]:
        """Those of the users who are there, of ids that anybody may have written."""
        try:
            return self.of_ids(ids)
        except (ValueError, ArithmeticError):  # among them one that is no id of this database
            return {entry: user for entry in ids if (user := self.of_id(entry)) is not None}

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

    def _reachable(self, wanted: Sequence[str]) -> ColumnElement[Any]:
        """Something where there is an address: the address itself where conditions look at it."""
        address = self._address()
        return address if "email" in wanted else case((address.is_not(None), literal("@", Text)))

    def _further(self, wanted: Sequence[str]) -> list[str]:
        return [name for name in dict.fromkeys(wanted) if name in self.columns and name not in OWN_COLUMNS]

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
