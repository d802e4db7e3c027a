"""What PostgreSQL can do and SQLite cannot: cut connections, forbid, tell from afar who is alive."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select, text

from publisher.errors import PublisherError
from publisher.store import postgresql, schema
from publisher.store.engine import Store, open_store
from tests.postgresql import Server


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    with postgresql_server.database(migrated=True) as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def _cut(store: Store, connection: Connection) -> None:
    """Ends a connection from the server's side."""
    victim = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with store.read() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": victim})


def test_an_owner_is_known_to_live_as_long_as_it_is_present(store: Store, url: str) -> None:
    elsewhere = open_store(url)
    with store.present("one"):
        assert not elsewhere.is_gone("one")
        assert elsewhere.is_gone("other")
        with elsewhere.present("one"):
            pass
        assert not elsewhere.is_gone("one")
    assert elsewhere.is_gone("one")
    elsewhere.close()


def test_an_owner_whose_connection_was_cut_is_gone_and_ends_without_a_fault(store: Store, url: str) -> None:
    elsewhere = open_store(url)
    with store.present("one"):
        with elsewhere.read() as connection:
            rows = connection.exec_driver_sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
            for pid in rows.scalars().all():
                connection.execute(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": pid})
        assert elsewhere.is_gone("one")
    elsewhere.close()


def test_a_connection_cut_inside_a_transaction_is_told_and_leaves_nothing(store: Store) -> None:
    def cut_midway() -> None:
        with store.begin() as connection:
            connection.execute(schema.identity.insert().values(id="never"))
            _cut(store, connection)
            connection.execute(schema.identity.insert().values(id="nor this"))

    with pytest.raises(PublisherError) as told:
        cut_midway()
    assert [fault.code for fault in told.value.faults] == ["store-unusable"]
    with store.read() as connection:
        assert connection.execute(select(schema.identity.c.id)).scalars().all() == [store.identity]


def test_a_connection_that_was_cut_while_idle_is_replaced_unnoticed(store: Store, url: str) -> None:
    with store.read() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    elsewhere = open_store(url)
    with elsewhere.read() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": pid}).scalar_one()
    elsewhere.close()
    time.sleep(2 * postgresql.UNASKED_SECONDS)
    with store.begin() as connection:
        connection.execute(schema.identity.insert().values(id="after"))


def test_what_the_database_forbids_is_told_with_a_remedy(store: Store) -> None:
    def forbidden() -> None:
        with store.begin() as connection:
            connection.exec_driver_sql("SET LOCAL transaction_read_only = on")
            connection.execute(schema.identity.insert().values(id="never"))

    with pytest.raises(PublisherError) as told:
        forbidden()
    assert [fault.code for fault in told.value.faults] == ["store-forbidden"]


def test_a_database_that_cannot_hold_every_language_is_refused_in_words(postgresql_server: Server) -> None:
    kind = "ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
    with postgresql_server.admin.connect() as admin:
        admin.exec_driver_sql(f"CREATE DATABASE ascii {kind}")
        try:
            with pytest.raises(PublisherError, match="keeps its text as SQL_ASCII"):
                open_store(postgresql_server.url("ascii"))
        finally:
            admin.exec_driver_sql("DROP DATABASE ascii WITH (FORCE)")


def test_a_url_that_names_no_driver_is_opened_with_the_one_that_the_extra_brings(store: Store, url: str) -> None:
    again = open_store(url.replace("postgresql+psycopg://", "postgresql://"))
    assert again.identity == store.identity
    again.close()


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(PublisherError) as told:
        open_store("postgresql+psycopg://user:secret@127.0.0.1:1/none")
    (fault,) = told.value.faults
    assert fault.code == "store-unusable"
    assert "secret" not in fault.message
