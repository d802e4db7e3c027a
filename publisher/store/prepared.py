"""Statements that run for many rows, written out once for a database."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.selectable import Select


class Prepared:
    """An update for many rows, or a look at one that is taken many times.

    A sender at full speed runs the same two updates thousands of times a second. SQLAlchemy goes through every row's
    values each time, which takes longer than the update itself; here a row's values are picked out of it and no more.
    """

    def __init__(self, statement: Update | Select[Any]) -> None:
        """Nothing is written out yet.

        Args:
            statement: with a parameter for each value that differs from row to row, of types that the database
                takes as they are.
        """
        self._statement = statement
        self._written: dict[str, tuple[str, dict[str, Any], Callable[[dict[str, Any]], Any]]] = {}

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
        """Runs it for every row; returns how many rows of the table were met."""
        text, constants, pick = self._text(connection)
        return connection.exec_driver_sql(text, [pick(constants | row) for row in rows]).rowcount

    def rows(self, connection: Connection, given: dict[str, Any]) -> Sequence[Any]:
        """The rows that it finds, their values as the database gives them."""
        text, constants, pick = self._text(connection)
        return connection.exec_driver_sql(text, pick(constants | given)).all()

    def _text(self, connection: Connection) -> tuple[str, dict[str, Any], Callable[[dict[str, Any]], Any]]:
        written = self._written.get(connection.dialect.name)
        if written is None:
            written = self._written[connection.dialect.name] = self._write(connection.dialect)
        return written

    def _write(self, dialect: Dialect) -> tuple[str, dict[str, Any], Callable[[dict[str, Any]], Any]]:
        compiled = self._statement.compile(dialect=dialect)
        given = {name for name, bind in compiled.binds.items() if bind.required}
        constants = {name: value for name, value in compiled.params.items() if name not in given}
        order = compiled.positiontup
        return str(compiled), constants, dict if order is None else itemgetter(*order)
