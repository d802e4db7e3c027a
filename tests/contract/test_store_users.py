from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from publisher.domain.notice import MessageState
from publisher.domain.users import User
from publisher.store import outbox, readership, schema, users
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, notice, queue_first, states, template, user


def _keys(store: Store) -> dict[str, tuple[bytes, str]]:
    with store.read() as connection:
        rows = connection.execute(select(schema.users.c.id, schema.users.c.secret, schema.users.c.recipient))
        return {row.id: (row.secret, row.recipient) for row in rows}


def test_an_import_tells_new_changed_and_unchanged_users_apart(store: Store) -> None:
    with store.begin() as connection:
        assert users.upsert(connection, [user(1), user(2)]) == users.Imported(added=2)
        again = [user(1), replace(user(2), name="New"), user(3)]
        assert users.upsert(connection, again) == users.Imported(added=1, changed=1, same=1)
        assert users.count(connection) == 3
        assert users.find(connection, "u2") == replace(user(2), name="New")


def test_an_import_replaces_values_and_keeps_secret_and_key(store: Store) -> None:
    first = replace(user(1), attributes=(("plan", "free"), ("region", None)))
    with store.begin() as connection:
        users.upsert(connection, [first])
    before = _keys(store)
    changed = replace(first, email="new@example.com", language="zh-CN", attributes=(("region", "CN"),))
    with store.begin() as connection:
        users.upsert(connection, [changed])
        assert users.find(connection, "u1") == changed
    assert _keys(store) == before


def test_every_user_has_a_secret_and_a_key_of_their_own(store: Store) -> None:
    with store.begin() as connection:
        users.upsert(connection, [user(number) for number in range(50)])
    keys = _keys(store)
    assert len(set(keys.values())) == 50
    assert all(users.recipient_key(secret, name) == key for name, (secret, key) in keys.items())


def test_of_one_id_given_twice_the_later_stands(store: Store) -> None:
    with store.begin() as connection:
        assert users.upsert(connection, [user(1), replace(user(1), name="Later")]).total == 1
        assert users.find(connection, "u1") == replace(user(1), name="Later")


def test_an_import_of_many_chunks_is_streamed_whole(store: Store) -> None:
    with store.begin() as connection:
        assert users.upsert(connection, (user(number) for number in range(2501))).added == 2501
        assert users.upsert(connection, (user(number) for number in range(2502))) == users.Imported(1, 0, 2501)


def test_a_malformed_address_is_kept_aside_with_its_fault(store: Store) -> None:
    odd = User("u1", "Ann", "en", user(1).joined, None, "there is no @ in it", "ann.example.com")
    with store.begin() as connection:
        users.upsert(connection, [odd])
        assert users.find(connection, "u1") == odd
        assert readership.counts(connection) == (("en", (0, 1)),)


def test_a_sample_is_the_same_each_time(store: Store) -> None:
    with store.begin() as connection:
        users.upsert(connection, [user(number) for number in range(20)])
        sample = readership.sample(connection, 5)
        assert len(sample) == 5
        assert readership.sample(connection, 5) == sample


def test_erasing_leaves_counts_whole_and_nobody_to_match_the_record_to(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2)])
    with store.begin() as connection:
        assert users.erase(connection, "u1")
        assert not users.erase(connection, "u1")
        assert users.find(connection, "u1") is None
        assert states(connection) == {MessageState.QUEUED: 1, MessageState.SKIPPED: 1}
        keys = set(connection.execute(select(schema.outbox.c.recipient)).scalars())
        left = set(connection.execute(select(schema.users.c.recipient)).scalars())
    assert len(keys) == 2
    assert len(keys - left) == 1


def test_somebody_who_comes_back_after_erasure_is_a_stranger_to_the_record(store: Store) -> None:
    with store.begin() as connection:
        users.upsert(connection, [user(1)])
    before = _keys(store)
    with store.begin() as connection:
        users.erase(connection, "u1")
        users.upsert(connection, [user(1)])
    assert _keys(store)["u1"][1] != before["u1"][1]


def test_an_erased_address_is_in_no_file_of_the_store(tmp_path: Path, store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        return
    with store.begin() as connection:
        queue_first(connection, [user(1, email="canary.7f3a@example.com"), user(2)])
    with store.begin() as connection:
        users.erase(connection, "u1")
    store.tidy()
    held = b"".join(path.read_bytes() for path in (tmp_path / "var").iterdir())
    assert b"canary.7f3a" not in held
    assert b"reader2@example.com" in held


def test_addresses_stand_in_one_table_only(store: Store) -> None:
    with store.begin() as connection:
        users.upsert(connection, [user(1)])
        outbox.queue(connection, notice(FIRST), [template()])
        for table in schema.metadata.sorted_tables:
            shown = repr(connection.execute(select(table)).all())
            assert ("reader1@" in shown) == (table.name == "users")
            assert ("u1'" in shown) == (table.name == "users")
