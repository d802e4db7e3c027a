"""The webhook's messages: the same people as the mails, counted on their own, and settled together with them."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, func, select

from publisher.domain.notice import Channel, MessageState, Notice, NoticeKind, Outcome, Receipt
from publisher.store import batches, concern, doubting, mirroring, outbox, schema, sending, users
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, SECOND, add_users, both_kinds, notice, states, template, user

BOTH = (Channel.BANNER, Channel.EMAIL, Channel.WEBHOOK)
ALONE = (Channel.BANNER, Channel.WEBHOOK)


def _queued(connection: Connection, number: int, channels: tuple[Channel, ...] = BOTH) -> Notice:
    given = replace(notice(), channels=channels)
    add_users(connection, [user(index, email=None if index == 0 else "") for index in range(number)])
    assert outbox.queue(connection, given, [template()]) == number
    return given


def _counts(connection: Connection) -> dict[MessageState, int]:
    return {entry.state: entry.count for entry in outbox.counts(connection, FIRST, Channel.WEBHOOK) if entry.count}


def _answered(connection: Connection, channel: Channel, outcome: Outcome, most: int = 10_000) -> None:
    for batch in batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW, channel):
        batches.take_in_hand(connection, batch)
        due = sending.messages(connection, batch, MessageState.QUEUED, NOW)[:most]
        sending.mark(connection, due, MessageState.QUEUED, channel)
        receipt = Receipt(outcome, 200)
        later = NOW + timedelta(hours=1) if outcome is Outcome.DEFERRED else None
        answers = [sending.Answer(message, receipt, NOW, MessageState.QUEUED, later) for message in due]
        sending.record(connection, answers, channel)
        batches.put_back(connection, batch)


def test_everybody_in_the_queue_of_mails_has_a_message_by_webhook_with_or_without_an_address(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 2300)
        assert states(connection) == {MessageState.QUEUED: 2299, MessageState.SKIPPED: 1}
        assert _counts(connection) == {MessageState.QUEUED: 2300}
        rows = connection.execute(select(schema.batch).order_by(schema.batch.c.number)).all()
        assert [(row.channel, row._mapping["count"]) for row in rows] == [
            (channel, size) for channel in ("email", "webhook") for size in (1000, 1000, 300)
        ]
        assert connection.execute(select(schema.notice.c.total)).scalar_one() == 2300
        assert batches.due_count(connection, FIRST, NOW) == 2299
        assert batches.due_count(connection, FIRST, NOW, Channel.WEBHOOK) == 2300


def test_without_mails_the_webhook_alone_counts_the_audience(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 3, ALONE)
        assert states(connection) == {}
        assert _counts(connection) == {MessageState.QUEUED: 3}


def test_who_joins_late_is_told_on_both_channels_once(store: Store) -> None:
    with store.begin() as connection:
        given = _queued(connection, 3)
        add_users(connection, [user(10)])
        assert outbox.queue_late(connection, given) == 1
        assert outbox.queue_late(connection, given) == 0
        assert _counts(connection) == {MessageState.QUEUED: 4}
        assert states(connection) == {MessageState.QUEUED: 3, MessageState.SKIPPED: 1}
        _answered(connection, Channel.WEBHOOK, Outcome.ACCEPTED)
        assert _counts(connection) == {MessageState.ACCEPTED: 4}


def test_somebody_is_settled_whom_one_channel_reached_or_all_have_left(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 4)
        assert outbox.settled_share(connection, FIRST) == (0, 4)
        _answered(connection, Channel.EMAIL, Outcome.REFUSED)
        assert outbox.settled_share(connection, FIRST) == (0, 4)
        _answered(connection, Channel.WEBHOOK, Outcome.ACCEPTED, most=1)
        assert outbox.settled_share(connection, FIRST) == (1, 4)
        _answered(connection, Channel.WEBHOOK, Outcome.REFUSED)
        assert outbox.settled_share(connection, FIRST) == (4, 4)


def test_a_later_notice_cancels_both_and_tells_whom_either_has_told_the_sequel(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 4)
        _answered(connection, Channel.WEBHOOK, Outcome.ACCEPTED, most=2)
        later = replace(notice(SECOND, kind=NoticeKind.FOLLOW_UP), channels=BOTH)
        done = outbox.queue_after(connection, later, both_kinds(SECOND), now=NOW)
        assert (done.total, done.sequels, done.cancelled) == (4, 2, 3 + 2)
        kinds = select(schema.outbox.c.channel, schema.outbox.c.kind, func.count()).where(
            schema.outbox.c.notice == str(SECOND)
        )
        found = connection.execute(kinds.group_by(schema.outbox.c.channel, schema.outbox.c.kind)).all()
        assert sorted(map(tuple, found)) == [
            ("email", "follow-up", 2),
            ("email", "revision", 2),
            ("webhook", "follow-up", 2),
            ("webhook", "revision", 2),
        ]


def test_what_a_sender_left_under_way_is_in_doubt_on_its_own_channel_alone(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 3)
        for channel in (Channel.EMAIL, Channel.WEBHOOK):
            (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW, channel)
            batches.take_in_hand(connection, batch)
            due = sending.messages(connection, batch, MessageState.QUEUED, NOW)
            sending.mark(connection, due, MessageState.QUEUED, channel)
        assert doubting.doubt_interrupted(connection, NOW, Channel.WEBHOOK) == 3
        assert _counts(connection) == {MessageState.IN_DOUBT: 3}
        assert states(connection)[MessageState.SENDING] == 2


def test_an_erased_user_is_told_on_no_channel(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 3)
        users.erase(connection, "u1")
        assert _counts(connection) == {MessageState.QUEUED: 2, MessageState.SKIPPED: 1}


def test_told_once_all_are_put_off_together_and_left_to_the_banner_together(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 3)
        mirroring.defer_all(connection, FIRST, NOW + timedelta(minutes=5))
        assert _counts(connection) == {MessageState.DEFERRED: 3}
        assert batches.due_batches(connection, FIRST, MessageState.DEFERRED, NOW, Channel.WEBHOOK) == ()
        later = NOW + timedelta(minutes=5)
        assert len(batches.due_batches(connection, FIRST, MessageState.DEFERRED, later, Channel.WEBHOOK)) == 1
        assert mirroring.skip_all(connection, FIRST, later) == 3
        assert _counts(connection) == {MessageState.SKIPPED: 3}
        assert not batches.due_count(connection, FIRST, later, Channel.WEBHOOK)
        assert states(connection) == {MessageState.QUEUED: 2, MessageState.SKIPPED: 1}


def test_a_banner_is_mandatory_for_whom_no_channel_tells(store: Store) -> None:
    with store.begin() as connection:
        _queued(connection, 2)

        def mandatory(name: str) -> list[bool]:
            key = users.key_of(connection, name)
            assert key is not None
            return [found.mandatory for found in concern.concerns(connection, key, (FIRST,))]

        assert (mandatory("u0"), mandatory("u1")) == ([False], [False])
        _answered(connection, Channel.WEBHOOK, Outcome.REFUSED)
        assert (mandatory("u0"), mandatory("u1")) == ([True], [False])
        _answered(connection, Channel.EMAIL, Outcome.REFUSED)
        assert mandatory("u1") == [True]
