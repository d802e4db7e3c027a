import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError

from publisher.errors import BusyError, PublisherError
from publisher.store import engine as engine_module
from publisher.store import schema
from publisher.store.engine import Store, open_store


def test_a_new_store_has_an_identity_that_stays(store: Store, store_url: str) -> None:
    again = open_store(store_url)
    assert again.identity == store.identity
    assert len(store.identity) == 32
    again.close()


def test_the_folder_of_a_new_file_is_made_and_others_cannot_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a%b" / "deeper" / "publisher.db"
    open_store(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_fails_inside_a_transaction_leaves_nothing_behind(store: Store) -> None:
    def fail() -> None:
        with store.begin() as connection:
            connection.execute(schema.identity.insert().values(id="other"))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail()
    with store.read() as connection:
        assert connection.execute(select(schema.identity.c.id)).scalars().all() == [store.identity]


def test_a_broken_rule_of_the_database_is_a_bug_and_passes_as_it_is(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(schema.identity.insert().values(id=store.identity))


def test_a_reader_sees_one_view_while_another_writes(store: Store) -> None:
    with store.read() as reading:
        before = reading.execute(select(schema.identity)).all()
        with store.begin() as connection:
            connection.execute(schema.identity.insert().values(id="second"))
        assert reading.execute(select(schema.identity)).all() == before
    with store.read() as reading:
        assert len(reading.execute(select(schema.identity)).all()) == 2


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    begun = threading.Event()

    def write() -> None:
        begun.set()
        with store.begin() as connection:
            connection.execute(schema.identity.insert().values(id="second"))

    with store.begin() as connection:
        other = threading.Thread(target=write)
        other.start()
        begun.wait()
        connection.execute(schema.identity.insert().values(id="first"))
    other.join()
    with store.read() as connection:
        assert {"first", "second"} <= set(connection.execute(select(schema.identity.c.id)).scalars())


def test_a_writer_that_waits_too_long_is_told_to_try_again(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_MILLISECONDS", 50)
    one, other = open_store(store_url), open_store(store_url)
    with one.begin(), pytest.raises(BusyError) as told, other.begin():
        pass
    assert [fault.code for fault in told.value.faults] == ["store-busy"]
    with other.begin() as connection:
        connection.execute(schema.identity.insert().values(id="later"))
    one.close()
    other.close()


def test_many_who_open_a_new_store_at_once_agree_on_its_identity(empty_url: str) -> None:
    def identity(_: int) -> str:
        opened = open_store(empty_url)
        opened.close()
        return opened.identity

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(identity, range(8)))) == 1


def test_a_store_of_a_newer_program_is_refused(store_url: str) -> None:
    opened = open_store(store_url)
    with opened.begin() as connection:
        connection.execute(text("UPDATE publisher_schema SET version_num = '9999'"))
    opened.close()
    with pytest.raises(PublisherError) as told:
        open_store(store_url)
    assert [fault.code for fault in told.value.faults] == ["store-newer"]


def test_somebody_elses_tables_of_the_same_names_are_left_alone(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER)"))
    engine.dispose()
    with pytest.raises(PublisherError) as told:
        open_store(empty_url)
    assert [fault.code for fault in told.value.faults] == ["store-foreign-tables"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "store-url"),
        ("nosuchdatabase://host/name", "store-url"),
        ("sqlite:////proc/version/publisher.db", "store-unwritable"),
    ],
)
def test_a_store_that_cannot_be_opened_is_told_in_words(url: str, code: str) -> None:
    with pytest.raises(PublisherError) as told:
        open_store(url)
    assert [fault.code for fault in told.value.faults] == [code]


def test_who_may_not_write_the_store_is_told_whose_it_is() -> None:
    with pytest.raises(PublisherError, match=r"/proc/version belongs to root, and this runs as \S+\."):
        open_store("sqlite:////proc/version/publisher.db")


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "publisher.db").write_bytes(b"this is not a database at all, " * 100)
    with pytest.raises(PublisherError) as told:
        open_store(f"sqlite:///{tmp_path}/publisher.db")
    assert [fault.code for fault in told.value.faults] == ["store-damaged"]


def test_a_full_disk_is_told_and_rolls_everything_back(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/publisher.db")

    def fill() -> None:
        with store.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
            connection.execute(schema.identity.insert(), [{"id": os.urandom(16).hex()} for _ in range(5000)])

    with pytest.raises(PublisherError) as told:
        fill()
    assert [fault.code for fault in told.value.faults] == ["store-full"]
    with store.read() as connection:
        assert len(connection.execute(select(schema.identity)).all()) == 1
    store.close()
