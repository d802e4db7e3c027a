"""Messages that a provider has: told from those whose answer may be lost, and settled by its receipts alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.domain.handoff import ProviderReceipt, ReceiptStatus
from publisher.domain.notice import Channel, Message, MessageState, NoticeId, NoticeKind, Outcome, Receipt
from publisher.store import batches, doubting, handoffs, outbox, schema, sending, users, with_provider
from publisher.store.engine import Store
from publisher.store.handoffs import Effect
from tests.contract.store_values import (
    FIRST,
    NOW,
    SECOND,
    add_users,
    both_kinds,
    notice,
    queue_first,
    states,
    template,
    user,
)

LATER = NOW + timedelta(minutes=10)
ACCEPTED, REFUSED = ReceiptStatus.ACCEPTED, ReceiptStatus.REFUSED
DEFERRED, DELAYED = ReceiptStatus.DEFERRED, ReceiptStatus.DELAYED


def due_of(
    connection: Connection, state: MessageState = MessageState.QUEUED
) -> tuple[batches.Batch, Sequence[Message]]:
    (batch,) = batches.due_batches(connection, FIRST, state, NOW)
    batches.take_in_hand(connection, batch)
    return batch, sending.messages(connection, batch, state, NOW)


def handed(connection: Connection, number: int, *, taken: bool = True, key: str = "batch_1") -> handoffs.Begun:
    queue_first(connection, [user(at) for at in range(number)])
    batch, due = due_of(connection)
    begun = handoffs.begin(connection, due, MessageState.QUEUED, lambda _: key, NOW)
    assert begun is not None
    if taken:
        handoffs.take(connection, begun, NOW, "b-1")
        batches.put_back(connection, batch)
    return begun


def told(connection: Connection, message: Message, status: ReceiptStatus, at: datetime = LATER, **more: str) -> Effect:
    key = message.recipient.key
    found = handoffs.find(connection, FIRST, key[:16], lambda recipient: recipient == key)
    assert found is not None
    given = ProviderReceipt("", status, at, 550 if status is REFUSED else 0, **more)
    return handoffs.record(connection, found, given, at, lambda attempts: at + timedelta(minutes=attempts))


def test_what_a_provider_has_is_not_in_doubt_after_a_crash_and_what_it_may_have_is(store: Store) -> None:
    with store.begin() as connection:
        handed(connection, 3)
        assert doubting.doubt_interrupted(connection, LATER) == 0
        assert states(connection) == {MessageState.SENDING: 3}
        assert not batches.is_unsent(connection, FIRST)
        assert with_provider.unanswered(connection, FIRST) == with_provider.Unanswered(3, NOW)


def test_a_batch_that_was_under_way_is_in_doubt_and_its_key_is_remembered(store: Store) -> None:
    with store.begin() as connection:
        begun = handed(connection, 3, taken=False)
        assert doubting.doubt_interrupted(connection, LATER) == 3
        _, due = due_of(connection, MessageState.IN_DOUBT)
        assert handoffs.earlier(connection, due) == {message.recipient.key: "batch_1" for message in begun.messages}
        again = handoffs.begin(connection, due, MessageState.IN_DOUBT, lambda _: "batch_1", LATER)
        assert again is not None
        assert (again.no, again.key) == (begun.no, "batch_1")
        assert with_provider.unanswered(connection, FIRST).count == 0


def test_each_receipt_settles_its_message_and_the_counts_add_up(store: Store) -> None:
    with store.begin() as connection:
        begun = handed(connection, 4)
        one, two, three, four = begun.messages
        assert told(connection, one, ACCEPTED, provider_id="p-1") is Effect.ACCEPTED
        assert told(connection, two, REFUSED, reply="5.1.1 unknown") is Effect.REFUSED
        assert told(connection, three, DEFERRED) is Effect.DEFERRED
        assert told(connection, four, DELAYED, provider_id="p-4") is Effect.DELAYED
        assert states(connection) == {
            MessageState.ACCEPTED: 1,
            MessageState.REFUSED: 1,
            MessageState.DEFERRED: 1,
            MessageState.SENDING: 1,
        }
        ids = connection.execute(select(schema.outbox.c.provider).where(schema.outbox.c.provider.is_not(None)))
        assert sorted(ids.scalars()) == ["p-1", "p-4"]
        assert outbox.deferred_next(connection) == LATER + timedelta(minutes=1)
        assert outbox.settled_share(connection, FIRST) == (2, 4)


@pytest.mark.parametrize(
    ("first", "second", "effect", "state"),
    [
        (ACCEPTED, ACCEPTED, Effect.KNOWN, MessageState.ACCEPTED),
        (ACCEPTED, REFUSED, Effect.REFUSED, MessageState.REFUSED),
        (ACCEPTED, DEFERRED, Effect.KNOWN, MessageState.ACCEPTED),
        (ACCEPTED, DELAYED, Effect.KNOWN, MessageState.ACCEPTED),
        (REFUSED, ACCEPTED, Effect.KNOWN, MessageState.REFUSED),
        (REFUSED, DEFERRED, Effect.KNOWN, MessageState.REFUSED),
        (DEFERRED, DEFERRED, Effect.KNOWN, MessageState.DEFERRED),
        (DEFERRED, ACCEPTED, Effect.ACCEPTED, MessageState.ACCEPTED),
        (DELAYED, ACCEPTED, Effect.ACCEPTED, MessageState.ACCEPTED),
        (DELAYED, DEFERRED, Effect.DEFERRED, MessageState.DEFERRED),
    ],
)
def test_of_two_receipts_the_one_counts_that_weighs_more(
    store: Store, first: ReceiptStatus, second: ReceiptStatus, effect: Effect, state: MessageState
) -> None:
    with store.begin() as connection:
        (message,) = handed(connection, 1).messages
        told(connection, message, first)
        assert told(connection, message, second) is effect
        assert states(connection) == {state: 1}


def test_an_old_word_that_a_message_came_back_does_not_count_for_its_next_attempt(store: Store) -> None:
    with store.begin() as connection:
        (message,) = handed(connection, 1).messages
        assert told(connection, message, DEFERRED) is Effect.DEFERRED
        batch = batches.due_batches(connection, FIRST, MessageState.DEFERRED, LATER + timedelta(hours=1))[0]
        due = sending.messages(connection, batch, MessageState.DEFERRED, LATER + timedelta(hours=1))
        again = handoffs.begin(connection, due, MessageState.DEFERRED, lambda _: "batch_2", LATER + timedelta(hours=1))
        assert again is not None
        handoffs.take(connection, again, LATER + timedelta(hours=1), "")
        assert told(connection, message, DEFERRED) is Effect.KNOWN
        assert states(connection) == {MessageState.SENDING: 1}


def test_a_receipt_that_is_quicker_than_the_answer_to_the_batch_counts(store: Store) -> None:
    with store.begin() as connection:
        begun = handed(connection, 2, taken=False)
        assert told(connection, begun.messages[0], ACCEPTED) is Effect.ACCEPTED
        handoffs.take(connection, begun, LATER, "")
        assert states(connection) == {MessageState.ACCEPTED: 1, MessageState.SENDING: 1}
        assert with_provider.unanswered(connection, FIRST).count == 1


@pytest.mark.parametrize("outcome", [Outcome.HOST_BUSY, Outcome.IN_DOUBT])
def test_what_went_all_the_same_is_settled_and_not_sent_again(store: Store, outcome: Outcome) -> None:
    with store.begin() as connection:
        begun = handed(connection, 2, taken=False)
        answers = [sending.Answer(message, Receipt(outcome), NOW, MessageState.QUEUED) for message in begun.messages]
        sending.record(connection, answers)
        batches.put_back(connection, batches.Batch(FIRST, 0, Channel.EMAIL, "0" * 64, "f" * 64))
        assert batches.due_count(connection, FIRST, NOW) == 2
        assert told(connection, begun.messages[0], ACCEPTED) is Effect.ACCEPTED
        assert batches.due_count(connection, FIRST, NOW) == 1


def test_a_receipt_about_a_message_that_was_never_handed_over_changes_nothing(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(0)])
        _, (message,) = due_of(connection)
        assert told(connection, message, ACCEPTED) is Effect.KNOWN
        assert states(connection) == {MessageState.QUEUED: 1}


def test_who_is_refused_after_another_notice_followed_gets_its_whole_story(store: Store) -> None:
    with store.begin() as connection:
        begun = handed(connection, 2)
        outbox.queue_after(connection, notice(SECOND, kind=NoticeKind.FOLLOW_UP), both_kinds(SECOND), now=NOW)
        assert kinds(connection, SECOND) == {NoticeKind.FOLLOW_UP: 2}
        assert told(connection, begun.messages[0], REFUSED) is Effect.REFUSED
        assert kinds(connection, SECOND) == {NoticeKind.FOLLOW_UP: 1, NoticeKind.REVISION: 1}
        assert told(connection, begun.messages[1], DEFERRED) is Effect.DEFERRED
        assert states(connection)[MessageState.CANCELLED] == 1
        assert kinds(connection, SECOND) == {NoticeKind.REVISION: 2}


def kinds(connection: Connection, notice_id: NoticeId) -> dict[NoticeKind, int]:
    rows = connection.execute(select(schema.outbox.c.kind).where(schema.outbox.c.notice == str(notice_id))).scalars()
    found = [NoticeKind(kind) for kind in rows]
    return {kind: found.count(kind) for kind in found}


def test_an_erased_users_messages_keep_no_name_of_the_providers(store: Store) -> None:
    with store.begin() as connection:
        (message,) = handed(connection, 1).messages
        told(connection, message, ACCEPTED, provider_id="p-1")
        users.erase(connection, "u0")
        assert connection.execute(select(schema.outbox.c.provider)).scalars().all() == [None]
        assert states(connection) == {MessageState.ACCEPTED: 1}


def test_users_without_an_address_are_reached_where_the_provider_knows_them_by_their_ids(store: Store) -> None:
    by_id = Store(store.engine, store.identity, by_id=True)
    with by_id.begin() as connection:
        add_users(connection, [user(0), user(1, email=None)])
        outbox.queue(connection, notice(), [template()])
        assert states(connection) == {MessageState.QUEUED: 2}
        _, due = due_of(connection)
        assert sorted(message.recipient.email for message in due) == ["", "reader0@example.com"]


def test_acceptances_at_the_first_attempt_are_recorded_in_one_go(store: Store) -> None:
    with store.begin() as connection:
        begun = handed(connection, 3)
        found = []
        for message in begun.messages:
            key = message.recipient.key
            each = handoffs.find(connection, FIRST, key[:16], key.__eq__)
            assert each is not None
            assert each.address.startswith("reader")
            given = ProviderReceipt("", ACCEPTED, LATER, 250, "2.0.0 queued for a@example.com", "p-1")
            assert handoffs.is_plain(each, given)
            assert not handoffs.is_plain(each, ProviderReceipt("", REFUSED))
            found.append((each, given))
        handoffs.record_plain(connection, found[:2], NOW)
        handoffs.record_plain(connection, [], NOW)
        assert states(connection) == {MessageState.ACCEPTED: 2, MessageState.SENDING: 1}
        of_first = schema.outbox.c.recipient == begun.messages[0].recipient.key
        row = connection.execute(select(schema.outbox).where(of_first)).one()
        assert (row.settled_at, row.attempts, row.reason, row.provider) == (LATER, 1, None, "p-1")
        assert (row.code, row.reply) == (250, "2.0.0 queued for <address>")
        again = handoffs.find(connection, FIRST, row.recipient[:16], row.recipient.__eq__)
        assert again is not None
        assert not handoffs.is_plain(again, found[0][1])
