from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from publisher.domain.notice import Channel, Message, MessageState, Outcome, Receipt
from publisher.errors import BusyError
from publisher.store import batches, doubting, run_lock, schema, sending, users
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, add_users, queue_first, states, user

LATER = NOW + timedelta(hours=1)


def _take(connection: Connection, state: MessageState = MessageState.QUEUED, at: datetime = NOW) -> list[Message]:
    (batch,) = batches.due_batches(connection, FIRST, state, at)
    batches.take_in_hand(connection, batch)
    return list(sending.mark(connection, sending.messages(connection, batch, state, at), state))


def _record(
    connection: Connection,
    message: Message,
    receipt: Receipt,
    before: MessageState = MessageState.QUEUED,
    next_at: datetime | None = None,
) -> None:
    sending.record(connection, [sending.Answer(message, receipt, NOW, before, next_at)])
    rest(connection)


def rest(connection: Connection) -> None:
    for row in connection.execute(select(schema.batch)).all():
        batches.put_back(connection, batches.Batch(FIRST, row.number, Channel(row.channel), row.lo, row.hi))


def _row(connection: Connection) -> Any:
    return connection.execute(select(schema.outbox)).one()


def test_an_accepted_message_is_settled_with_its_reply_and_without_addresses(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        reply = "2.0.0 Ok:\r\nqueued \x1b[2J for <reader1@example.com> as 4C1"
        _record(connection, message, Receipt(Outcome.ACCEPTED, 250, reply))
        row = _row(connection)
        assert (row.state, row.attempts, row.doubts, row.settled_at, row.code) == ("accepted", 1, 0, NOW, 250)
        assert row.reply == "2.0.0 Ok: queued [2J for <<address>> as 4C1"
        assert connection.execute(select(schema.attempt)).all() == []


def test_a_deferred_message_waits_and_its_attempts_are_kept(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        _record(connection, message, Receipt(Outcome.DEFERRED, 450, "later"), next_at=LATER)
        assert batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW) == ()
        assert batches.due_batches(connection, FIRST, MessageState.DEFERRED, NOW) == ()
        assert batches.due_count(connection, FIRST, NOW) == 0
        assert batches.due_count(connection, FIRST, LATER) == 1
        (again,) = _take(connection, MessageState.DEFERRED, LATER)
        assert (again.attempts, again.doubts) == (1, 0)
        _record(connection, again, Receipt(Outcome.ACCEPTED, 250, "ok"), MessageState.DEFERRED)
        kept = connection.execute(select(schema.attempt).order_by(schema.attempt.c.no)).all()
        assert [(row.no, row.code, row.outcome) for row in kept] == [(1, 450, "deferred"), (2, 250, "accepted")]


@pytest.mark.parametrize("outcome", [Outcome.HOST_BUSY, Outcome.SENDER_FAULT])
def test_a_host_that_takes_nothing_costs_no_attempt(store: Store, outcome: Outcome) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        _record(connection, message, Receipt(outcome, 421, "not now"))
        assert (_row(connection).state, _row(connection).attempts) == ("queued", 0)
        assert connection.execute(select(schema.attempt)).all() == []
        assert batches.due_count(connection, FIRST, NOW) == 1


def test_a_message_in_doubt_is_due_once_more_and_then_held(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        _record(connection, message, Receipt(Outcome.IN_DOUBT, 0, "dropped after the end"))
        (again,) = _take(connection, MessageState.IN_DOUBT)
        assert (again.attempts, again.doubts) == (0, 1)
        _record(connection, again, Receipt(Outcome.IN_DOUBT, 0, "dropped"), MessageState.IN_DOUBT)
        assert batches.due_batches(connection, FIRST, MessageState.IN_DOUBT, NOW) == ()
        assert batches.held_count(connection) == 1
        assert (_row(connection).state, _row(connection).reason) == ("in-doubt", "in-doubt-twice")


def test_what_a_killed_sender_left_under_way_is_in_doubt(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(1500)])
        first, second = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        batches.take_in_hand(connection, first)
        due = sending.messages(connection, first, MessageState.QUEUED, NOW)
        sending.mark(connection, due[:3], MessageState.QUEUED)
    with store.begin() as connection:
        assert doubting.doubt_interrupted(connection, NOW) == 3
        assert doubting.doubt_interrupted(connection, NOW) == 0
        assert states(connection) == {MessageState.QUEUED: 1497, MessageState.IN_DOUBT: 3}
        assert batches.due_batches(connection, FIRST, MessageState.IN_DOUBT, NOW) == (first,)
        assert batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW) == (first, second)


def test_a_batch_with_an_answer_missing_stays_in_hand_for_the_next_run(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2)])
        _take(connection)
        rest(connection)
        assert doubting.doubt_interrupted(connection, NOW) == 2


def test_nothing_is_marked_that_was_cancelled_or_erased_meanwhile(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        due = sending.messages(connection, batch, MessageState.QUEUED, NOW)
        gone = next(name for name in ("u1", "u2", "u3") if _key(connection, name) == due[0].recipient.key)
        users.erase(connection, gone)
        assert sending.mark(connection, due, MessageState.QUEUED) == due[1:]
        assert sending.mark(connection, due[1:], MessageState.QUEUED) == due[1:]


def test_somebody_erased_or_without_an_address_since_is_skipped_with_the_reason(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3)])
        connection.execute(schema.users.delete().where(schema.users.c.id == "u1"))
        add_users(connection, [user(2, email=None)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        assert batches.take_in_hand(connection, batch) == 2
        assert states(connection) == {MessageState.QUEUED: 1, MessageState.SKIPPED: 2}
        reasons = connection.execute(select(schema.outbox.c.reason).where(schema.outbox.c.reason.is_not(None)))
        assert sorted(reasons.scalars()) == ["erased", "no-address"]


def test_somebody_in_doubt_who_was_erased_since_is_held_and_still_counted_as_in_doubt(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        _record(connection, message, Receipt(Outcome.IN_DOUBT))
        users.erase(connection, "u1")
        assert _take(connection, MessageState.IN_DOUBT) == []
        rest(connection)
        assert states(connection) == {MessageState.IN_DOUBT: 1}
        assert batches.due_batches(connection, FIRST, MessageState.IN_DOUBT, NOW) == ()


def test_an_address_that_changed_is_used_from_then_on(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        add_users(connection, [user(1, email="new@example.com", language="zh-CN")])
        (message,) = _take(connection)
        assert (message.recipient.email, message.recipient.language) == ("new@example.com", "zh-CN")


def test_an_answer_for_a_message_that_is_not_under_way_changes_nothing(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (message,) = _take(connection)
        rest(connection)
        doubting.doubt_interrupted(connection, NOW)
        connection.execute(schema.attempt.delete())
        _record(connection, message, Receipt(Outcome.ACCEPTED, 250))
        assert _row(connection).state == "in-doubt"


def test_only_one_can_hold_the_run_lock(store: Store) -> None:
    with store.begin() as connection:
        held = run_lock.take(connection, "deliver", "one", NOW)
    with store.begin() as connection, pytest.raises(BusyError) as told:
        run_lock.take(connection, "deliver", "other", NOW)
    assert [fault.code for fault in told.value.faults] == ["run-busy"]
    with store.begin() as connection:
        run_lock.release(connection, held, NOW)
        assert run_lock.take(connection, "deliver", "other", NOW).fence == held.fence + 1


def test_a_lock_whose_owner_has_ended_or_stood_still_is_taken_over_and_the_late_one_finds_out(store: Store) -> None:
    with store.begin() as connection:
        dead = run_lock.take(connection, "deliver", "dead", NOW)
        slow = run_lock.take(connection, "deliver", "slow", NOW, gone=lambda owner: owner == "dead")
        assert slow.fence > dead.fence
        run_lock.keep(connection, slow, NOW)
        after = NOW + run_lock.LEASE + timedelta(seconds=1)
        run_lock.take(connection, "deliver", "third", after)
        with pytest.raises(BusyError) as told:
            run_lock.keep(connection, slow, after)
        run_lock.release(connection, slow, after)
        assert connection.execute(select(schema.run_lock.c.owner)).scalar() == "third"
    assert [fault.code for fault in told.value.faults] == ["run-lost"]


def _key(connection: Connection, name: str) -> str:
    return str(connection.execute(select(schema.users.c.recipient).where(schema.users.c.id == name)).scalar_one())
