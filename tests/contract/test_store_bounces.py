from typing import Any

import pytest
from sqlalchemy import Connection, select

from publisher.domain.bounce import Fate
from publisher.domain.notice import Channel, MessageState, NoticeKind, Outcome, Receipt
from publisher.store import batches, bounces, notices, outbox, schema, sending
from publisher.store.bounces import Bounce, Effect
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, SECOND, both_kinds, notice, queue_first, states, user


def sent(connection: Connection, *outcomes: Outcome, rest: bool = True) -> list[str]:
    """Sends a message each, with these outcomes; their recipients in key order."""
    queue_first(connection, [user(number) for number in range(len(outcomes))])
    (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
    batches.take_in_hand(connection, batch)
    messages = sending.mark(
        connection, sending.messages(connection, batch, MessageState.QUEUED, NOW), MessageState.QUEUED
    )
    sending.record(
        connection,
        [
            sending.Answer(message, Receipt(outcome, 250, "ok"), NOW, MessageState.QUEUED)
            for message, outcome in zip(messages, outcomes, strict=True)
        ],
    )
    if rest:
        batches.put_back(connection, batch)
    return [message.recipient.key for message in messages]


def bounce(recipient: str, fate: Fate = Fate.BOUNCED) -> Bounce:
    return Bounce(FIRST, recipient, fate, 550, "5.1.1 smtp; 550 5.1.1 no <ann@example.com> here")


def row_of(connection: Connection, recipient: str) -> Any:
    return connection.execute(select(schema.outbox).where(schema.outbox.c.recipient == recipient)).first()


def attempts(connection: Connection) -> list[tuple[int, str]]:
    rows = connection.execute(select(schema.attempt).order_by(schema.attempt.c.recipient, schema.attempt.c.no))
    return [(row.no, row.outcome) for row in rows]


@pytest.mark.parametrize("fate", [Fate.BOUNCED, Fate.BLOCKED, Fate.GIVEN_UP])
def test_a_lasting_bounce_refuses_the_message_with_its_reason_once(store: Store, fate: Fate) -> None:
    with store.begin() as connection:
        first, _ = sent(connection, Outcome.ACCEPTED, Outcome.ACCEPTED)
        before = outbox.settled_share(connection, FIRST)
        assert bounces.record(connection, bounce(first, fate), NOW) is Effect.RECORDED
        row = row_of(connection, first)
        assert (row.state, row.reason, row.code) == ("refused", fate.value, 550)
        assert row.reply == "5.1.1 smtp; 550 5.1.1 no <<address>> here"
        assert attempts(connection) == [(2, fate.value)]
        assert bounces.record(connection, bounce(first, fate), NOW) is Effect.KNOWN
        assert attempts(connection) == [(2, fate.value)]
        assert states(connection) == {MessageState.ACCEPTED: 1, MessageState.REFUSED: 1}
        assert outbox.settled_share(connection, FIRST) == before == (2, 2)
        assert bounces.share(connection, FIRST) == (1, 2)


def test_a_delay_changes_nothing(store: Store) -> None:
    with store.begin() as connection:
        (first,) = sent(connection, Outcome.ACCEPTED)
        assert bounces.record(connection, bounce(first, Fate.DELAYED), NOW) is Effect.KNOWN
        assert states(connection) == {MessageState.ACCEPTED: 1}
        assert attempts(connection) == []


def test_a_message_in_doubt_that_came_back_is_not_sent_again(store: Store) -> None:
    with store.begin() as connection:
        (first,) = sent(connection, Outcome.IN_DOUBT)
        assert batches.due_count(connection, FIRST, NOW) == 1
        assert bounces.record(connection, bounce(first), NOW) is Effect.RECORDED
        assert batches.due_count(connection, FIRST, NOW) == 0
        assert not batches.is_unsent(connection, FIRST)
        assert attempts(connection) == [(1, "in-doubt"), (2, "bounced")]


def test_a_bounce_that_overtakes_its_own_answer_waits(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        batches.take_in_hand(connection, batch)
        found = sending.messages(connection, batch, MessageState.QUEUED, NOW)
        (message,) = sending.mark(connection, found, MessageState.QUEUED)
        assert bounces.record(connection, bounce(message.recipient.key), NOW) is Effect.EARLY
        receipt = Receipt(Outcome.ACCEPTED, 250, "ok")
        sending.record(connection, [sending.Answer(message, receipt, NOW, MessageState.QUEUED)])
        assert bounces.record(connection, bounce(message.recipient.key), NOW) is Effect.RECORDED


def test_a_message_that_the_far_side_refused_itself_is_known(store: Store) -> None:
    with store.begin() as connection:
        (first,) = sent(connection, Outcome.REFUSED)
        assert bounces.record(connection, bounce(first), NOW) is Effect.KNOWN
        assert row_of(connection, first).reason is None


def test_whoever_a_closed_notice_did_not_reach_gets_the_later_ones_whole_story(store: Store) -> None:
    with store.begin() as connection:
        first, other = sent(connection, Outcome.ACCEPTED, Outcome.ACCEPTED)
        outbox.queue_after(connection, notice(SECOND, kind=NoticeKind.FOLLOW_UP), both_kinds(SECOND), now=NOW)
        bounces.record(connection, bounce(first), NOW)
        kinds = connection.execute(
            select(schema.outbox.c.recipient, schema.outbox.c.kind).where(schema.outbox.c.notice == str(SECOND))
        )
        assert {recipient: kind for recipient, kind in kinds} == {first: "revision", other: "follow-up"}  # noqa: C416  rows


def test_recipients_are_found_by_the_beginning_of_their_keys(store: Store) -> None:
    with store.begin() as connection:
        keys = sent(connection, *[Outcome.ACCEPTED] * 40)
        assert list(bounces.recipients(connection, FIRST)) == keys
        assert list(bounces.recipients(connection, FIRST, keys[7][:16])) == [keys[7]]
        assert list(bounces.recipients(connection, FIRST, keys[7][:1])) == [k for k in keys if k[0] == keys[7][0]]
        assert list(bounces.recipients(connection, SECOND)) == []
        assert bounces.notice_ids(connection) == (FIRST,)
        assert not bounces.is_complete(connection, FIRST)
        assert notices.is_open(connection, FIRST)
        assert Channel.EMAIL in notice().channels
