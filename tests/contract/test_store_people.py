"""Users of an organisation's own database, gathered for a transaction: by the database itself or row by row, alike."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url, select, text

from publisher.domain.predicate import Compared, Comparison, Member, Reach
from publisher.errors import Place, PublisherError
from publisher.store import gathering, people, schema, users
from publisher.store.engine import Store, open_store
from publisher.store.source import Source, open_source
from tests.contract.store_values import user
from tests.postgresql import Server

QUERY = "SELECT no AS id, mail AS email, name, lang AS language, since AS joined, region, paying FROM customers"
WANTED = ("email", "name", "paying", "region")
REGION = (Reach(None, (Member("some", Compared("region", Comparison.EQUAL, "CN")),)),)
ROWS = (
    ("Bärbel", "b@example.com", "Bärbel", "zh_cn", "2024-02-30", "CN", True),
    ("2", " ", " ", "EN", "2024-02-29T10:00", " DE ", False),
    ("3", None, "Cid", None, None, None, None),
    ("4", "d@example.com", "Dee", "zh-Hans-CN", "0000-01-01", "", True),
    ("5", "e@example.com", "Eve", "ee eh", "2023-13-01", "CN", True),
    ("6", "f@example.com", "Fay", " de ", "soon", "CN", None),
    ("7", "g@example.com", "Gus", "en", "2024-12-00", "CN", None),
)


def _customers(url: str, rows: tuple[tuple[Any, ...], ...] = ROWS) -> None:
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").parent.mkdir(exist_ok=True)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE customers (no TEXT, mail TEXT, name TEXT, lang TEXT, since TEXT, region TEXT,"
                " paying BOOLEAN)"
            )
        )
        connection.execute(
            text("INSERT INTO customers VALUES (:a, :b, :c, :d, :e, :f, :g)"),
            [dict(zip("abcdefg", row, strict=True)) for row in rows],
        )
    engine.dispose()


def _source(url: str, query: str = QUERY) -> Source:
    place = Place("publisher.toml")
    return open_source(url, query, url_place=place, query_place=place, address_of=lambda given: (given, None))


@pytest.fixture
def elsewhere(store_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store whose users are in a file beside it."""
    url = f"sqlite:///{tmp_path}/customers.db"
    _customers(url)
    with closing(open_store(store_url, _source(url))) as store:
        yield store


@pytest.fixture
def here(postgresql_server: Server) -> Iterator[Store]:
    """A store whose users are in its own database."""
    with postgresql_server.database(migrated=True) as url:
        _customers(url)
        with closing(open_store(url, _source(url))) as store:
            yield store


def _gathered(store: Store, wanted: tuple[str, ...] = WANTED) -> list[tuple[Any, ...]]:
    assert store.source is not None
    with store.begin() as connection:
        gathering.gather(connection, store.source, wanted)
        rows = connection.execute(select(gathering.table).order_by(gathering.table.c.id)).all()
        gathering.table.drop(connection)
    return sorted(tuple(map(str, row)) for row in rows)


def _by_itself(store: Store) -> bool:
    assert store.source is not None
    with store.begin() as connection:
        gathering.table.create(connection)
        found = gathering._filled_by_itself(connection, store.source, ())
        gathering.table.drop(connection)
    return found


def test_the_database_itself_gathers_what_reading_row_by_row_gathers(here: Store, postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        _customers(url)
        with closing(open_store(here.engine.url.render_as_string(), _source(url))) as apart:
            assert _by_itself(here)
            assert not _by_itself(apart)
            assert _gathered(here) == _gathered(apart)
            assert _gathered(here, ()) == _gathered(apart, ())


def test_of_nobody_more_is_gathered_than_is_asked(elsewhere: Store) -> None:
    found = " ".join(word for row in _gathered(elsewhere, ("region",)) for word in row)
    assert "CN" in found
    for word in ("example.com", "Cid", "True"):
        assert word not in found


def test_another_role_may_see_others_so_its_own_database_is_read(here: Store) -> None:
    with here.begin() as connection:
        connection.execute(text("CREATE ROLE other LOGIN"))
        connection.execute(text("GRANT SELECT ON customers TO other"))
        connection.execute(text("ALTER TABLE customers ENABLE ROW LEVEL SECURITY"))
        connection.execute(text("CREATE POLICY chinese ON customers TO other USING (region = 'CN')"))
    url = here.engine.url.set(username="other").render_as_string()
    try:
        with closing(open_store(here.engine.url.render_as_string(), _source(url))) as apart:
            assert not _by_itself(apart)
            assert len(_gathered(here)) == len(ROWS)
            assert len(_gathered(apart)) == 4
    finally:
        with here.begin() as connection:
            connection.execute(text("DROP OWNED BY other"))
            connection.execute(text("DROP ROLE other"))


def test_a_query_that_would_write_is_refused_where_the_store_may_write(here: Store) -> None:
    writing = "CREATE FUNCTION noted(given TEXT) RETURNS TEXT LANGUAGE sql AS 'DELETE FROM customers; SELECT given'"
    with here.begin() as connection:
        connection.execute(text(writing))
    url = here.engine.url.render_as_string()
    query = QUERY.replace("no AS id", "noted(no) AS id")
    with closing(open_store(url, _source(url, query))) as store:
        with pytest.raises(PublisherError, match="read-only"):
            _gathered(store)
        with store.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM customers")).scalar() == len(ROWS)


def test_the_store_may_be_written_again_after_the_query(here: Store) -> None:
    with here.begin() as connection:
        with people.gathered(connection, REGION) as readers:
            assert len(connection.execute(select(readers.c.recipient)).all()) == len(ROWS)
        connection.execute(text("CREATE TABLE mine (a INTEGER)"))


def test_everybody_has_a_secret_and_its_key_and_keeps_them(elsewhere: Store) -> None:
    _meet_twice(elsewhere)


def test_those_in_the_same_database_do_too(here: Store) -> None:
    _meet_twice(here)


def _meet_twice(store: Store) -> None:
    with store.begin() as connection:
        users.upsert(connection, [user(1)])
        connection.execute(schema.users.update().values(id="3"))
        before = connection.execute(select(schema.users.c.recipient)).scalar_one()
    found = []
    for _ in range(2):
        with store.begin() as connection:
            with people.gathered(connection, ()) as readers:
                met = connection.execute(select(readers.c.id, readers.c.recipient)).all()
                keys = {row.id: row.recipient for row in met}
            rows = connection.execute(select(schema.person)).all()
        assert keys == {row.id: row.recipient for row in rows}
        assert len({row.secret for row in rows}) == len(rows) == len(ROWS)
        assert all(
            row.recipient == users.recipient_key(row.secret, row.id) and len(row.secret) == users.SECRET_BYTES
            for row in rows
            if row.id != "3"
        )
        assert keys["3"] == before
        found.append(keys)
    assert found[0] == found[1]


def test_a_glimpse_knows_keys_and_makes_none(elsewhere: Store) -> None:
    with elsewhere.begin() as connection, people.glimpsed(connection) as (glimpse, readers):
        assert set(glimpse.execute(select(readers.c.recipient)).scalars()) == {None}
    with elsewhere.read() as connection, people.glimpsed(connection) as (glimpse, readers):
        assert len(glimpse.execute(select(readers.c.id)).all()) == len(ROWS)
    with elsewhere.read() as connection:
        assert connection.execute(select(schema.person)).all() == []


def test_in_a_block_they_are_read_once_by_all_who_ask(elsewhere: Store) -> None:
    assert elsewhere.source is not None
    read: list[str] = []
    event.listen(
        elsewhere.source.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: read.append(statement),
    )

    def times() -> int:
        found = sum("given.joined" in statement for statement in read)
        read.clear()
        return found

    for opened in (elsewhere.begin, elsewhere.read):
        with opened() as connection:
            with people.kept(connection, REGION):
                for reaches in ((), REGION, ()):
                    with people.glimpsed(connection, reaches) as (glimpse, readers):
                        assert len(glimpse.execute(select(readers.c.id)).all()) == len(ROWS)
            assert times() == 1
            with people.kept(connection):
                pass
            assert times() == 0
            with people.kept(connection):
                for reaches in ((), REGION, ()):
                    with people.glimpsed(connection, reaches):
                        pass
            assert times() == 2


@pytest.mark.parametrize(
    ("row", "said"), [((None, *ROWS[0][1:]), "1 rows without an id"), (ROWS[1], "more than one row for 2")]
)
def test_rows_that_are_no_users_are_refused(store_url: str, tmp_path: Path, row: tuple[Any, ...], said: str) -> None:
    url = f"sqlite:///{tmp_path}/customers.db"
    _customers(url, (*ROWS, row))
    with closing(open_store(store_url, _source(url))) as store, pytest.raises(PublisherError, match=said):
        _gathered(store)
