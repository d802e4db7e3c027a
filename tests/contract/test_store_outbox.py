from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from publisher.domain.notice import Channel, Message, MessageState, NoticeId, NoticeKind, Outcome, Receipt, Recipient
from publisher.errors import PublisherError
from publisher.store import batches, handling, notices, outbox, readership, schema, sending
from publisher.store.engine import Store
from tests.contract.store_values import (
    FIRST,
    NOW,
    PAUSED,
    RESUMED,
    SECOND,
    add_users,
    both_kinds,
    languages,
    notice,
    queue_first,
    states,
    template,
    user,
)


def test_everybody_is_queued_once_and_those_without_an_address_are_skipped_with_the_reason(store: Store) -> None:
    odd = replace(user(3, email=None), aside="reader3 at example", email_fault="there is no @")
    with store.begin() as connection:
        assert queue_first(connection, [user(1), user(2, email=None), odd]) == 3
        assert states(connection) == {MessageState.QUEUED: 1, MessageState.SKIPPED: 2}
        reasons = connection.execute(select(schema.outbox.c.reason).where(schema.outbox.c.reason.is_not(None)))
        assert sorted(reasons.scalars()) == ["address-malformed", "no-address"]


def test_every_state_is_counted_and_the_sum_is_the_audience(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(7)])
        counted = outbox.counts(connection, FIRST)
    assert [entry.state for entry in counted] == list(MessageState)
    assert sum(entry.count for entry in counted) == 7


def test_batches_hold_a_thousand_each_in_key_order(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, (user(number) for number in range(2300)))
        rows = connection.execute(select(schema.batch).order_by(schema.batch.c.number)).all()
        assert [row._mapping["count"] for row in rows] == [1000, 1000, 300]
        assert [row.waiting for row in rows] == [1000, 1000, 300]
        bounds = [bound for row in rows for bound in (row.lo, row.hi)]
        assert bounds == sorted(bounds)
        due = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        found = [
            message.recipient.key
            for batch in due
            for message in sending.messages(connection, batch, MessageState.QUEUED, NOW)
        ]
    assert len(found) == len(set(found)) == 2300


def test_a_notice_without_mail_queues_nothing(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1)])
        assert outbox.queue(connection, replace(notice(), channels=(Channel.BANNER,)), []) == 0
        assert outbox.settled_share(connection, FIRST) == (0, 0)
        assert notices.find(connection, FIRST) == replace(notice(), channels=(Channel.BANNER,))


def test_the_same_notice_cannot_be_queued_twice(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
    with pytest.raises(PublisherError) as told, store.begin() as connection:
        outbox.queue(connection, notice(), [template()])
    assert [fault.code for fault in told.value.faults] == ["notice-exists"]
    with store.read() as connection:
        assert states(connection) == {MessageState.QUEUED: 1}


def test_templates_come_back_byte_for_byte_in_their_order(store: Store) -> None:
    given = [template(language=tag) for tag in ("zh-CN", "en", "de")]
    with store.begin() as connection:
        add_users(connection, [user(1)])
        outbox.queue(connection, notice(), given)
    with store.read() as connection:
        held = notices.templates(connection, FIRST)
    assert list(held) == given
    assert languages(held) == ["zh-CN", "en", "de"]


def test_the_outbox_holds_no_bytes_of_a_message(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(20)])
        assert connection.execute(select(func.count()).select_from(schema.template)).scalar_one() == 1


def test_audiences_are_counted_by_language_with_and_without_an_address(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1), user(2, email=None), user(3, language="zh-CN")])
        assert readership.counts(connection) == (("en", (1, 1)), ("zh-CN", (1, 0)))


def test_settled_are_those_reached_and_those_left_to_the_banner(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3), user(4, email=None)])
        _answer(connection, Outcome.ACCEPTED, 1)
        _answer(connection, Outcome.REFUSED, 1)
        assert outbox.settled_share(connection, FIRST) == (3, 4)


def test_a_paused_notice_is_open_but_may_not_be_sent(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        assert handling.pause(connection, FIRST, PAUSED)
        assert not handling.pause(connection, FIRST, PAUSED)
        assert notices.is_paused(connection, FIRST)
        assert not notices.is_open(connection, FIRST)
        assert [entry.id for entry in notices.open_notices(connection)] == [FIRST]
        assert handling.resume(connection, FIRST, RESUMED)
        assert notices.is_open(connection, FIRST)


def test_cancelling_ends_what_is_unsent_and_leaves_what_is_sent(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3)])
        _answer(connection, Outcome.ACCEPTED, 1)
        _answer(connection, Outcome.DEFERRED, 1)
        assert outbox.cancel(connection, FIRST, now=NOW, reason="held") == 2
        assert states(connection) == {MessageState.ACCEPTED: 1, MessageState.CANCELLED: 2}
        assert notices.open_notices(connection) == ()
        assert outbox.deferred_next(connection) is None
        assert not batches.is_unsent(connection, FIRST)


def test_after_a_postponement_the_told_get_the_follow_up_and_all_others_the_revision(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(6)])
        told = [
            *_answer(connection, Outcome.ACCEPTED, 1),
            *_answer(connection, Outcome.IN_DOUBT, 1),
            *_mark(connection, 1),
        ]
        others = [*_answer(connection, Outcome.REFUSED, 1), *_answer(connection, Outcome.DEFERRED, 1)]
        add_users(connection, [user(7)])
        done = outbox.queue_after(connection, notice(SECOND, kind=NoticeKind.FOLLOW_UP), both_kinds(SECOND), now=NOW)
        assert done == outbox.QueuedAfter(total=7, sequels=3, cancelled=2)
        kinds = _kinds(connection)
        assert {key for key, kind in kinds.items() if kind == NoticeKind.FOLLOW_UP} == set(told)
        assert all(kinds[key] == NoticeKind.REVISION for key in others)
        assert [entry.id for entry in notices.open_notices(connection)] == [SECOND]
        assert sum(states(connection).values()) == 6


def test_once_in_doubt_a_later_refusal_does_not_make_somebody_untold(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        _answer(connection, Outcome.IN_DOUBT, 1)
        again = sending.mark(
            connection, sending.messages(connection, batch, MessageState.IN_DOUBT, NOW), MessageState.IN_DOUBT
        )
        refused = Receipt(Outcome.REFUSED, 550, "no such user")
        sending.record(connection, [sending.Answer(again[0], refused, NOW, MessageState.IN_DOUBT)])
        assert states(connection) == {MessageState.REFUSED: 1}
        done = outbox.queue_after(connection, notice(SECOND, kind=NoticeKind.FOLLOW_UP), both_kinds(SECOND), now=NOW)
        assert (done.total, done.sequels) == (1, 1)


def test_a_third_notice_looks_at_all_the_ones_before(store: Store) -> None:
    third = replace(SECOND, revision=3)
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3)])
        told = _answer(connection, Outcome.ACCEPTED, 1)
        outbox.queue_after(connection, notice(SECOND), both_kinds(SECOND), now=NOW)
        told += _answer(connection, Outcome.ACCEPTED, 1, SECOND)
        done = outbox.queue_after(connection, notice(third), both_kinds(third), now=NOW)
        assert done.sequels == len(set(told))
        assert done.total == 3


def test_somebody_deferred_while_a_follow_up_was_queued_gets_the_whole_story_instead(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (key,) = _mark(connection, 1)
    with store.begin() as connection:
        done = outbox.queue_after(connection, notice(SECOND), both_kinds(SECOND), now=NOW)
        assert done.sequels == 1
    with store.begin() as connection:
        _record(connection, Outcome.DEFERRED, key)
        assert states(connection) == {MessageState.CANCELLED: 1}
        assert _kinds(connection) == {key: NoticeKind.REVISION}


def test_the_next_deferred_message_is_told(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2)])
        assert outbox.deferred_next(connection) is None
        _answer(connection, Outcome.DEFERRED, 1)
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        batches.put_back(connection, batch)
        assert outbox.deferred_next(connection) == NOW + timedelta(minutes=1)


def _kinds(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        select(schema.outbox.c.recipient, schema.outbox.c.kind).where(schema.outbox.c.notice == str(SECOND))
    )
    return {row.recipient: row.kind for row in rows}


def _mark(connection: Connection, number: int, notice_id: NoticeId = FIRST) -> list[str]:
    batch = batches.due_batches(connection, notice_id, MessageState.QUEUED, NOW)[0]
    batches.take_in_hand(connection, batch)
    due = sending.messages(connection, batch, MessageState.QUEUED, NOW)[:number]
    assert len(sending.mark(connection, due, MessageState.QUEUED)) == number
    return [message.recipient.key for message in due]


def _record(connection: Connection, outcome: Outcome, key: str, notice_id: NoticeId = FIRST) -> None:
    recipient = Recipient(key, "", "")
    message = Message(notice_id, NoticeKind.REVISION, recipient, 0, 0)
    answer = sending.Answer(message, Receipt(outcome, 250), NOW, MessageState.QUEUED, NOW + timedelta(minutes=1))
    sending.record(connection, [answer])


def _answer(connection: Connection, outcome: Outcome, number: int, notice_id: NoticeId = FIRST) -> list[str]:
    keys = _mark(connection, number, notice_id)
    for key in keys:
        _record(connection, outcome, key, notice_id)
    return keys


def test_users_who_come_later_are_queued_once(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(3)])
        add_users(connection, [user(number) for number in range(8)])
        assert outbox.queue_late(connection, notice()) == 5
        assert outbox.queue_late(connection, notice()) == 0
        assert outbox.settled_share(connection, FIRST) == (0, 8)
        assert batches.due_count(connection, FIRST, NOW) == 8
        first, late = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        assert len(sending.messages(connection, first, MessageState.QUEUED, NOW)) == 3
        assert len(sending.messages(connection, late, MessageState.QUEUED, NOW)) == 5
        outbox.cancel(connection, FIRST, now=NOW, reason="held")
        add_users(connection, [user(9)])
        assert outbox.queue_late(connection, notice()) == 0


def test_users_who_come_to_a_notice_that_had_nobody_are_queued(store: Store) -> None:
    with store.begin() as connection:
        assert queue_first(connection, []) == 0
        add_users(connection, [user(number) for number in range(1200)])
        assert outbox.queue_late(connection, notice()) == 1200
        assert len(batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)) == 2
