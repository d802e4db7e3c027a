"""Statements that run for many rows, written out once for a database."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Dialect, Text, bindparam, cast, column, func
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.selectable import Select
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Given = Mapping[str, ColumnElement[Any]]
_ROWS = "rows"


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement's text, and what makes the values it is run with from the rows."""

    text: str
    values: Callable[[Sequence[Row]], Any]


class Prepared:
    """An update for many rows.

    A sender at full speed runs the same two updates thousands of times a second. SQLAlchemy goes through every row's
    values each time, which takes longer than the update itself; here a row's values are picked out of it and no more.
    A database behind a connection gets all rows in one statement, as a table of their own beside the one updated.
    """

    def __init__(self, parameters: Mapping[str, TypeEngine[Any]], statement: Callable[[Given], Update]) -> None:
        """Nothing is written out yet.

        Args:
            parameters: the values of a row, by name and in order, of types that the database takes as they are.
            statement: makes the update from them.
        """
        self._parameters = parameters
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Runs it for every row, its values in the order of the parameters; returns how many of the table it met."""
        written = self._written.get(connection.dialect.name)
        if written is None:
            written = self._written[connection.dialect.name] = self._write(connection.dialect)
        return connection.exec_driver_sql(written.text, written.values(rows)).rowcount

    def _write(self, dialect: Dialect) -> _Written:
        names = tuple(self._parameters)
        if dialect.name == "postgresql":
            compiled = self._statement(self._beside()).compile(dialect=dialect)
            constants = dict(compiled.params)
            return _Written(
                str(compiled),
                lambda rows: constants | {_ROWS: json_rows(names, rows)},
            )
        compiled = self._statement(self._one_by_one()).compile(dialect=dialect)
        rest = tuple(name for name in compiled.params if name not in names)
        always = tuple(compiled.params[name] for name in rest)
        picked = itemgetter(*((*names, *rest).index(name) for name in compiled.positiontup or ()))
        return _Written(str(compiled), lambda rows: [picked(row + always) for row in rows])

    def _one_by_one(self) -> Given:
        return {name: bindparam(name, type_=kind) for name, kind in self._parameters.items()}

    def _beside(self) -> Given:
        return table_of(_ROWS, self._parameters)


def table_of(name: str, columns: Mapping[str, TypeEngine[Any]]) -> Given:
    """The columns of a table that PostgreSQL makes of one JSON text, the cheapest way to hand it many rows.

    Args:
        name: the parameter that the text is given by.
        columns: the table's columns.
    """
    rows = func.json_to_recordset(cast(bindparam(name, type_=Text()), JSON()))
    given = rows.table_valued(*(column(entry, kind) for entry, kind in columns.items()))
    table = given.render_derived(name=f"given_{name}", with_types=True)
    return {entry: table.c[entry] for entry in columns}


def json_rows(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """The text of such a table."""
    names = tuple(columns)
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows])


class Look:
    """A statement that is run thousands of times for its rows, written out once for a database."""

    def __init__(self, statement: Select[Any]) -> None:
        """Nothing is written out yet; `statement` has a parameter for each value that differs from time to time."""
        self._statement = statement
        self._written: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {}

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that it finds, their values as the database gives them."""
        text, values = self.written(connection.dialect)
        return connection.exec_driver_sql(text, values(given)).all()

    def written(self, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        """Its text for a database's driver, and what makes the values that it is run with."""
        found = self._written.get(dialect.name)
        if found is None:
            found = self._written[dialect.name] = self._write(dialect)
        return found

    def _write(self, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        compiled = self._statement.compile(dialect=dialect)
        constants, order = dict(compiled.params), compiled.positiontup
        if order is None:
            return str(compiled), lambda given: constants | given
        picked = itemgetter(*order)
        return str(compiled), lambda given: picked(constants | given)
