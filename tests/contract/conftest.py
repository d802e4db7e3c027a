"""The databases that the store's contract holds for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from publisher.store import schema
from publisher.store.engine import Store, open_store

POSTGRESQL = os.environ.get("PUBLISHER_TEST_POSTGRESQL")
POSTGRESQL_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
DATABASES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's URL."""
    if request.param == "sqlite" or POSTGRESQL is None:
        return f"sqlite:///{tmp_path}/var/publisher.db"
    return POSTGRESQL


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store, whose every statement is also one that PostgreSQL could run."""
    opened = open_store(store_url)
    event.listen(opened.engine, "before_execute", _also_for_postgresql)
    yield opened
    if opened.engine.dialect.name != "sqlite":
        with opened.begin() as connection:
            schema.metadata.drop_all(connection)
            connection.exec_driver_sql("DROP TABLE publisher_schema")
    opened.close()


def _also_for_postgresql(
    _connection: object, statement: Any, many: object, one: dict[str, Any], _options: object
) -> None:
    if isinstance(statement, ClauseElement):
        names = one or (many[0] if isinstance(many, list) and many else {})
        statement.compile(dialect=POSTGRESQL_DIALECT, column_keys=list(names))
