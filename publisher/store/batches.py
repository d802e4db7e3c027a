"""Batches of a notice: through them due messages are found, and those that a sender left under way.

A batch that a sender has in hand is marked as such before its first message, so that after a crash only such batches
have to be looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, literal, select

from publisher.domain.notice import Channel, MessageState, NoticeId
from publisher.domain.users import User
from publisher.store import notices
from publisher.store.addressing import needs_address
from publisher.store.making import BATCH_RESTING, BATCH_WORKING, REASON_MALFORMED, REASON_NO_ADDRESS
from publisher.store.schema import batch, notice, outbox, person, users
from publisher.store.source import source_of
from publisher.store.users import REASON_ERASED

REASON_GONE = "user-gone"
"""Why a message is skipped to somebody whom the query of [users] does not give any more."""

_TO_BE_SENT = (MessageState.QUEUED, MessageState.DEFERRED, MessageState.IN_DOUBT)

REASON_HANDED = "handed-over"
"""Why a message that is being sent needs no sender: a provider has it, and its answer is waited for."""

DOUBTS_ALLOWED = 1
"""How often a message in doubt is sent again; in doubt once more, it is held for people to look at."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to a thousand recipients of a notice, in key order from `lo` to `hi`.

    Batches of those who joined late lie in the same range of keys as the others: the number tells whose a message is.
    """

    notice: NoticeId
    number: int
    channel: Channel
    lo: str
    hi: str


def due_batches(
    connection: Connection,
    notice_id: NoticeId,
    state: MessageState,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    *,
    number: int | None = None,
) -> tuple[Batch, ...]:
    """The batches of a notice and channel with something to send out of one state: queued, deferred or in doubt.

    With a number, that one alone.
    """
    due = {
        MessageState.QUEUED: batch.c.waiting > 0,
        MessageState.DEFERRED: batch.c.next_at <= now,
        MessageState.IN_DOUBT: batch.c.doubtful > 0,
    }[state]
    of_channel = [batch.c.notice == str(notice_id), batch.c.channel == channel.value]
    if number is not None:
        of_channel.append(batch.c.number == number)
    rows = select(batch).where(*of_channel, due).order_by(batch.c.number)
    return tuple(Batch(notice_id, row.number, Channel(row.channel), row.lo, row.hi) for row in connection.execute(rows))


def due_count(
    connection: Connection,
    notice_id: NoticeId,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    *,
    resend: bool = True,
) -> int:
    """How many messages of a notice and channel are due now; with `resend` those in doubt for the first time, too."""
    at_once = select(func.coalesce(func.sum(batch.c.waiting + (batch.c.doubtful if resend else 0)), 0))
    deferred = (
        select(func.count())
        .join_from(
            batch,
            outbox,
            (outbox.c.notice == batch.c.notice)
            & (outbox.c.batch == batch.c.number)
            & (outbox.c.recipient >= batch.c.lo)
            & (outbox.c.recipient <= batch.c.hi)
            & (outbox.c.channel == batch.c.channel),
        )
        .where(batch.c.next_at <= now, outbox.c.state == MessageState.DEFERRED, outbox.c.next_at <= now)
    )
    of_channel = (batch.c.notice == str(notice_id), batch.c.channel == channel.value)
    return sum(int(connection.execute(rows.where(*of_channel)).scalar_one()) for rows in (at_once, deferred))


def is_unsent(connection: Connection, notice_id: NoticeId, *, resend: bool = True) -> bool:
    """Whether a notice has messages that are still to be sent, now or later."""
    left = (batch.c.waiting > 0) | batch.c.next_at.is_not(None)
    if resend:
        left |= batch.c.doubtful > 0
    return connection.execute(select(batch.c.number).where(batch.c.notice == str(notice_id), left)).first() is not None


def held_count(connection: Connection, *, resend: bool = True) -> int:
    """How many messages of open notices wait for people to look at them: in doubt twice, without `resend` once."""
    rows = (
        select(func.coalesce(func.sum(batch.c.held + (0 if resend else batch.c.doubtful)), 0))
        .join_from(batch, notice, batch.c.notice == notice.c.id)
        .where(notice.c.closed.is_(None))
    )
    return int(connection.execute(rows).scalar_one())


def addressees(connection: Connection, given: Batch) -> Mapping[str, User] | None:
    """Who the recipients of a batch are by their keys, read in one query; None for the store's own users.

    Whom the users' database does not give any more is missing.

    Raises:
        PublisherError: the users' database cannot be read now.
    """
    source = source_of(connection)
    if source is None:
        return None
    rows = (
        select(person.c.id, person.c.recipient)
        .join_from(outbox, person, person.c.recipient == outbox.c.recipient)
        .where(*rows_of(given), outbox.c.state.in_(_TO_BE_SENT))
    )
    keys = {row.id: row.recipient for row in connection.execute(rows)}
    with source.read() as reader:
        return {keys[user_id]: user for user_id, user in reader.of_ids(tuple(keys)).items()}


def take_in_hand(connection: Connection, given: Batch, readers: Mapping[str, User] | None = None) -> int:
    """Marks a batch as being worked on; nobody in it who was erased or lost their address will be sent to.

    Args:
        connection: an open transaction.
        given: the batch.
        readers: its `addressees`.

    Returns:
        How many are skipped for that reason.
    """
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(given.notice), batch.c.number == given.number)
        .values(state=BATCH_WORKING)
    )
    if readers is not None:
        return _skip_unreachable(connection, given, readers)
    user = select(literal(1)).where(users.c.recipient == outbox.c.recipient)
    why = case(
        (~exists(user), literal(REASON_ERASED)),
        (exists(user.where(users.c.aside.is_not(None))), literal(REASON_MALFORMED)),
        else_=literal(REASON_NO_ADDRESS),
    )
    by_address = needs_address(connection, given.channel)
    unreachable = ~exists(user.where(users.c.email.is_not(None)) if by_address else user)
    of_batch = outbox.update().where(*rows_of(given), unreachable)
    skipped = connection.execute(
        of_batch.where(outbox.c.state.in_([MessageState.QUEUED, MessageState.DEFERRED])).values(
            state=MessageState.SKIPPED, reason=why, next_at=None
        )
    )
    connection.execute(
        of_batch.where(outbox.c.state == MessageState.IN_DOUBT, outbox.c.doubts <= DOUBTS_ALLOWED).values(
            doubts=DOUBTS_ALLOWED + 1, reason=why
        )
    )
    return skipped.rowcount


def _skip_unreachable(connection: Connection, given: Batch, readers: Mapping[str, User]) -> int:
    """The same for users of another database."""
    doubted_for_good = (outbox.c.state == MessageState.IN_DOUBT) & (outbox.c.doubts > DOUBTS_ALLOWED)
    of_batch = (*rows_of(given), outbox.c.state.in_(_TO_BE_SENT), ~doubted_for_good)
    skipped = 0
    by_address = needs_address(connection, given.channel)
    for row in connection.execute(select(outbox.c.recipient, outbox.c.state).where(*of_batch)).all():
        user = readers.get(row.recipient)
        if user is not None and (user.email is not None or not by_address):
            continue
        why = REASON_GONE if user is None else REASON_MALFORMED if user.aside is not None else REASON_NO_ADDRESS
        values: dict[str, Any] = {"state": MessageState.SKIPPED, "reason": why, "next_at": None}
        if row.state == MessageState.IN_DOUBT:
            values = {"doubts": DOUBTS_ALLOWED + 1, "reason": why}
        else:
            skipped += 1
        connection.execute(outbox.update().where(*of_batch, outbox.c.recipient == row.recipient).values(**values))
    return skipped


def put_back(connection: Connection, given: Batch) -> None:
    """Ends the work on a batch: what is left to do in it is counted anew.

    A batch with a message whose answer never came stays in hand, for the next run to find.
    """
    in_doubt = outbox.c.state == MessageState.IN_DOUBT
    left = connection.execute(
        select(
            func.count(case((outbox.c.state == MessageState.QUEUED, 1))).label("waiting"),
            func.count(case((in_doubt & (outbox.c.doubts <= DOUBTS_ALLOWED), 1))).label("doubtful"),
            func.count(case((in_doubt & (outbox.c.doubts > DOUBTS_ALLOWED), 1))).label("held"),
            func.min(case((outbox.c.state == MessageState.DEFERRED, outbox.c.next_at))).label("next_at"),
            func.count(case((is_under_way(), 1))).label("sending"),
        ).where(*rows_of(given))
    ).one()
    counted = left._asdict()
    under_way = counted.pop("sending")
    if notices.closed_among(connection, (given.notice,)):
        counted |= {"waiting": 0, "doubtful": 0, "next_at": None}
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(given.notice), batch.c.number == given.number)
        .values(state=BATCH_WORKING if under_way else BATCH_RESTING, **counted)
    )


def is_under_way() -> ColumnElement[bool]:
    """Whether a message is being sent: its answer can still be lost, unlike that of one that a provider has."""
    return (outbox.c.state == MessageState.SENDING) & outbox.c.reason.is_distinct_from(REASON_HANDED)


def rows_of(given: Batch) -> tuple[ColumnElement[bool], ...]:
    """The outbox rows of a batch, as conditions."""
    return (
        outbox.c.notice == str(given.notice),
        outbox.c.recipient >= given.lo,
        outbox.c.recipient <= given.hi,
        outbox.c.batch == given.number,
        outbox.c.channel == given.channel,
    )
