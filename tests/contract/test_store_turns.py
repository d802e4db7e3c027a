"""A sender's commits, on both databases."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from publisher.domain.notice import Message, MessageState, Outcome, Receipt
from publisher.errors import BusyError, PublisherError
from publisher.store import batches, leases, postgresql, schema, sending, turns, users
from publisher.store.engine import Store, open_store
from tests.contract.store_values import FIRST, NOW, queue_first, states, user
from tests.postgresql import Server

AFTER = NOW + leases.LEASE + timedelta(seconds=1)
OK = Receipt(Outcome.ACCEPTED, 250, "2.0.0 Ok: <reader@example.com>\r\n queued as 4C1")


def _holder(owner: str = "one") -> leases.Holder:
    return leases.Holder(owner, lambda: NOW, lambda _: False)


def _in_hand(store: Store, number: int = 3) -> tuple[leases.Lease, tuple[Message, ...]]:
    """A batch in hand, and its messages."""
    with store.begin() as connection:
        queue_first(connection, [user(index) for index in range(number)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        lease = leases.take(connection, batch, _holder())
        assert lease is not None
        batches.take_in_hand(connection, batch)
        return lease, sending.messages(connection, batch, MessageState.QUEUED, NOW)


def _turn(
    lease: leases.Lease, answered: tuple[Message, ...] = (), following: tuple[Message, ...] = (), receipt: Receipt = OK
) -> turns.Turn:
    answers = [sending.Answer(message, receipt, NOW, MessageState.QUEUED) for message in answered]
    return turns.Turn(lease, answers, following, MessageState.QUEUED)


def _keys(messages: tuple[Message, ...]) -> frozenset[str]:
    return frozenset(message.recipient.key for message in messages)


def _rows(connection: Connection) -> list[Any]:
    return list(connection.execute(select(schema.outbox).order_by(schema.outbox.c.recipient)).all())


def test_a_turn_records_what_came_and_marks_what_goes_next(store: Store) -> None:
    lease, messages = _in_hand(store)
    assert turns.take_turn(store, _turn(lease, (), messages[:2]), _holder()) == _keys(messages[:2])
    assert turns.take_turn(store, _turn(lease, messages[:2], messages[2:]), _holder()) == _keys(messages[2:])
    with store.read() as connection:
        *accepted, last = _rows(connection)
        assert [(row.state, row.attempts, row.doubts, row.settled_at, row.code) for row in accepted] == [
            ("accepted", 1, 0, NOW, 250)
        ] * 2
        assert {row.reply for row in accepted} == {"2.0.0 Ok: <<address>> queued as 4C1"}
        assert (last.state, last.settled_at) == ("sending", None)
        assert connection.execute(select(schema.attempt)).all() == []


def test_a_turn_keeps_its_lease(store: Store) -> None:
    lease, messages = _in_hand(store)
    later = leases.Holder("one", lambda: AFTER - timedelta(seconds=2), lambda _: False)
    turns.take_turn(store, _turn(lease, (), messages[:1]), later)
    with store.read() as connection:
        assert connection.execute(select(schema.batch.c.until)).scalar_one() == later.now() + leases.LEASE


def test_whoever_has_lost_a_batch_writes_nothing_of_it(store: Store) -> None:
    lease, messages = _in_hand(store)
    turns.take_turn(store, _turn(lease, (), messages[:1]), _holder())
    with store.begin() as connection:
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        assert leases.take(connection, batch, leases.Holder("two", lambda: AFTER, lambda _: False)) is not None
    with pytest.raises(BusyError) as told:
        turns.take_turn(store, _turn(lease, messages[:1], messages[1:]), _holder())
    assert [fault.code for fault in told.value.faults] == ["batch-lost"]
    with store.read() as connection:
        assert states(connection) == {MessageState.QUEUED: 2, MessageState.SENDING: 1}


def test_only_what_may_still_go_is_marked(store: Store) -> None:
    lease, messages = _in_hand(store)
    erased, cancelled, going = messages
    with store.begin() as connection:
        name = connection.execute(select(schema.users.c.id).where(schema.users.c.recipient == erased.recipient.key))
        assert users.erase(connection, name.scalar_one())
        row = schema.outbox.c.recipient == cancelled.recipient.key
        connection.execute(schema.outbox.update().where(row).values(state=MessageState.CANCELLED))
    assert turns.take_turn(store, _turn(lease, (), messages), _holder()) == _keys((going,))


def test_an_answer_for_a_message_that_is_not_under_way_changes_nothing(store: Store) -> None:
    lease, messages = _in_hand(store)
    turns.take_turn(store, _turn(lease, messages), _holder())
    with store.read() as connection:
        assert states(connection) == {MessageState.QUEUED: 3}


@pytest.mark.parametrize(
    ("receipt", "attempts", "plain"),
    [
        (OK, 0, True),
        (OK, 1, False),
        (Receipt(Outcome.DEFERRED, 450, "later"), 0, False),
        (Receipt(Outcome.HOST_BUSY, 421, "busy"), 0, False),
        (Receipt(Outcome.IN_DOUBT, 0, ""), 0, False),
    ],
)
def test_a_turn_with_anything_but_first_acceptances_is_not_plain(receipt: Receipt, attempts: int, plain: bool) -> None:
    from publisher.domain.notice import NoticeKind, Recipient

    message = Message(FIRST, NoticeKind.REVISION, Recipient("k", "reader@example.com", "en"), attempts, 0)
    lease = leases.Lease(str(FIRST), 0, "one", 1, 0, interrupted=False)
    assert _turn(lease, (message,), receipt=receipt).is_plain is plain


def test_a_turn_waits_for_whoever_writes_alone_and_sees_what_they_wrote(store: Store) -> None:
    lease, messages = _in_hand(store)
    marked: list[frozenset[str]] = []

    def mark() -> None:
        marked.append(turns.take_turn(store, _turn(lease, (), messages), _holder()))

    with store.begin() as connection:
        row = connection.execute(select(schema.users.c.id).where(schema.users.c.recipient == messages[0].recipient.key))
        users.erase(connection, row.scalar_one())
        other = threading.Thread(target=mark)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join(30)
    assert marked == [_keys(messages[1:])]


def test_a_turn_that_is_cut_off_is_told_and_the_next_one_has_a_connection(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "UNASKED_SECONDS", 3600)
    with postgresql_server.database(migrated=True) as url:
        store = open_store(url)
        lease, messages = _in_hand(store)
        killer = open_store(url)
        with killer.read() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            assert connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {others}")).all()
        with pytest.raises(PublisherError) as told:
            turns.take_turn(store, _turn(lease, (), messages), _holder())
        assert [fault.code for fault in told.value.faults] == ["store-unusable"]
        assert turns.take_turn(store, _turn(lease, (), messages), _holder()) == _keys(messages)
        killer.close()
        store.close()
