from pathlib import Path

import pytest
from sqlalchemy import Dialect, Engine, create_engine, event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from publisher.store import migrations, schema
from publisher.store.engine import open_store


def _tables(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')")
        return {name: " ".join((sql or "").split()) for name, sql in rows if name != migrations.VERSION_TABLE}


def test_an_upgraded_store_and_a_fresh_one_have_the_same_tables(tmp_path: Path) -> None:
    upgraded = open_store(f"sqlite:///{tmp_path}/upgraded.db")
    fresh = create_engine(f"sqlite:///{tmp_path}/fresh.db")
    schema.metadata.create_all(fresh)
    by_steps = {name: sql for name, sql in _tables(upgraded.engine).items() if migrations.VERSION_TABLE not in name}
    assert by_steps == _tables(fresh)
    upgraded.close()
    fresh.dispose()


def test_alembic_finds_nothing_to_add(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = open_store(f"sqlite:///{tmp_path}/publisher.db")
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrations.VERSION_TABLE})
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def test_the_last_step_is_the_one_that_the_code_names() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]
    assert migrations.HEAD in migrations.known_revisions()


def test_a_migration_cut_off_anywhere_leaves_nothing_and_is_finished_by_the_next_run(tmp_path: Path) -> None:
    """Fails the first statement, then the second, ... until a run gets through."""
    statements = 0

    class CutOffError(Exception):
        """As if the process had ended here."""

    for fatal in range(1, 200):
        url = f"sqlite:///{tmp_path}/{fatal}.db"
        seen = 0

        def cut(*_: object, fatal: int = fatal) -> None:
            nonlocal seen
            seen += 1
            if seen == fatal:
                raise CutOffError

        event.listen(Engine, "before_cursor_execute", cut)
        try:
            open_store(url).close()
            statements = seen
        except CutOffError:
            pass
        finally:
            event.remove(Engine, "before_cursor_execute", cut)
        if statements:
            break
        store = open_store(url)
        with store.read() as connection:
            assert set(schema.metadata.tables) <= set(inspect(connection).get_table_names())
        store.close()
    assert statements > len(schema.metadata.tables)


@pytest.mark.parametrize("name", sorted(schema.metadata.tables))
def test_every_table_is_one_that_postgresql_can_make(name: str) -> None:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    made = str(CreateTable(schema.metadata.tables[name]).compile(dialect=dialect))
    assert f"CREATE TABLE {name}" in made
