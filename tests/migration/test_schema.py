import json
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, event, inspect, select, text

from publisher.domain.notice import NoticeId
from publisher.store import migrations, notices, schema
from publisher.store.engine import Store, open_store

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ENGINE = "procrastinate_"
"""The job engine's tables are its own."""


def _tables(store: Store) -> dict[str, object]:
    """Every table of the store as the database describes it."""
    with store.read() as connection:
        found = inspect(connection)
        return {
            name: (
                [{**column, "type": repr(column["type"])} for column in found.get_columns(name)],
                found.get_pk_constraint(name),
                sorted(found.get_foreign_keys(name), key=repr),
                sorted(found.get_unique_constraints(name), key=repr),
                sorted(found.get_indexes(name), key=repr),
            )
            for name in found.get_table_names()
            if name != migrations.VERSION_TABLE and not name.startswith(ENGINE)
        }


def test_an_upgraded_store_and_a_fresh_one_have_the_same_tables(empty_url: str) -> None:
    store = open_store(empty_url)
    upgraded = _tables(store)
    with store.begin() as connection:
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
    assert set(upgraded) == set(schema.metadata.tables)
    assert upgraded == _tables(store)
    store.close()


def test_on_sqlite_the_very_statements_are_the_same(tmp_path: Path) -> None:
    def statements(store: Store) -> dict[str, str]:
        with store.read() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')")
            made = {name: " ".join((sql or "").split()) for name, sql in rows}
            return {name: sql for name, sql in made.items() if migrations.VERSION_TABLE not in name}

    store = open_store(f"sqlite:///{tmp_path}/publisher.db")
    upgraded = statements(store)
    with store.begin() as connection:
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
    assert upgraded == statements(store)
    store.close()


def test_alembic_finds_nothing_to_add(empty_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = open_store(empty_url)
    with store.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrations.VERSION_TABLE, "include_name": _is_ours}
        )
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(ENGINE)


def test_the_last_step_is_the_one_that_the_code_names() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]
    assert migrations.HEAD in migrations.known_revisions()


def test_a_store_is_brought_up_from_every_earlier_step_with_what_is_in_it(empty_url: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    steps = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    store = open_store(empty_url)
    wanted = _tables(store)
    for step in steps:
        with store.begin() as connection:
            schema.metadata.drop_all(connection)
            connection.exec_driver_sql(f"DROP TABLE {migrations.VERSION_TABLE}")
            config = migrations._config()
            config.attributes["connection"] = connection
            command.upgrade(config, step)
            connection.execute(schema.identity.insert().values(id="kept"))
        upgraded = open_store(empty_url)
        assert upgraded.identity == "kept"
        assert _tables(upgraded) == wanted
        upgraded.close()
    store.close()


def test_messages_and_mails_of_before_are_of_the_plain_variant(empty_url: str) -> None:
    from alembic import command

    store = open_store(empty_url)
    with store.begin() as connection:
        schema.metadata.drop_all(connection)
        connection.exec_driver_sql(f"DROP TABLE {migrations.VERSION_TABLE}")
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        notice = {"id": "privacy-v2-1", "policy": "privacy", "version": "v2", "revision": 1, "kind": "revision"}
        notice |= {"channels": "email", "effective": date(2027, 1, 1), "floor": 30, "created": NOW, "deadline": NOW}
        connection.execute(schema.notice.insert().values(notice | {"audience": "", "paused": False, "total": 1}))
        for place, language in enumerate(("en", "zh-CN")):
            values = [language.encode(), json.dumps([[1, "to"]])]
            connection.execute(
                text("INSERT INTO template VALUES ('privacy-v2-1', 'revision', :l, 'everyone', :p, 'd', :b, :c)"),
                {"l": language, "p": place, "b": values[0], "c": values[1]},
            )
        outbox = {"notice": "privacy-v2-1", "recipient": "r", "channel": "email", "batch": 0, "kind": "revision"}
        connection.execute(schema.outbox.insert().values(outbox | {"state": "queued", "attempts": 0, "doubts": 0}))
    store.close()

    upgraded = open_store(empty_url)
    with upgraded.read() as connection:
        held = notices.templates(connection, NoticeId("privacy", "v2", 1))
        assert connection.execute(select(schema.outbox.c.variant)).scalars().all() == [None]
    upgraded.close()
    assert [(mail.language, mail.variant, mail.parts, mail.slots) for mail in held] == [
        ("en", "", (b"e", b"n"), ("to",)),
        ("zh-CN", "", (b"z", b"h-CN"), ("to",)),
    ]


def test_a_migration_cut_off_anywhere_leaves_nothing_and_is_finished_by_the_next_run(empty_url: str) -> None:
    """Fails the first statement, then the second, ... until a run gets through."""
    statements = 0

    class CutOffError(Exception):
        """As if the process had ended here."""

    for fatal in range(1, 200):
        seen = 0

        def cut(*_: object, fatal: int = fatal) -> None:
            nonlocal seen
            seen += 1
            if seen == fatal:
                raise CutOffError

        event.listen(Engine, "before_cursor_execute", cut)
        try:
            open_store(empty_url).close()
            statements = seen
        except CutOffError:
            pass
        finally:
            event.remove(Engine, "before_cursor_execute", cut)
        if statements:
            break
        store = open_store(empty_url)
        with store.begin() as connection:
            assert set(schema.metadata.tables) <= set(inspect(connection).get_table_names())
            schema.metadata.drop_all(connection)
            connection.exec_driver_sql(f"DROP TABLE {migrations.VERSION_TABLE}")
        store.close()
    assert statements > len(schema.metadata.tables)
