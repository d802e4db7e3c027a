"""Statements that run for many rows at a time, written out once for a database."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.dml import Update


class Prepared:
    """An update for many rows.

    A sender at full speed runs the same two updates thousands of times a second. SQLAlchemy goes through every row's
    values each time, which takes longer than the update itself; here a row's values are picked out of it and no more.
    """

    def __init__(self, statement: Update) -> None:
        """Nothing is written out yet.

        Args:
            statement: with a parameter for each value that differs from row to row, of types that the database
                takes as they are.
        """
        self._statement = statement
        self._written: dict[str, tuple[str, dict[str, Any], Callable[[dict[str, Any]], Any]]] = {}

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
        """Runs it for every row; returns how many rows of the table were met."""
        written = self._written.get(connection.dialect.name)
        if written is None:
            written = self._written[connection.dialect.name] = self._write(connection.dialect)
        text, constants, pick = written
        return connection.exec_driver_sql(text, [pick(constants | row) for row in rows]).rowcount

    def _write(self, dialect: Dialect) -> tuple[str, dict[str, Any], Callable[[dict[str, Any]], Any]]:
        compiled = self._statement.compile(dialect=dialect)
        given = {name for name, bind in compiled.binds.items() if bind.required}
        constants = {name: value for name, value in compiled.params.items() if name not in given}
        order = compiled.positiontup
        return str(compiled), constants, dict if order is None else itemgetter(*order)
