"""Messages under way: marking them before they are sent, recording what came back; by whoever has the batch."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    SmallInteger,
    Text,
    exists,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.dml import Update
from sqlalchemy.types import TypeEngine

from publisher.domain.notice import (
    Channel,
    Message,
    MessageState,
    NoticeKind,
    Outcome,
    Receipt,
    Recipient,
)
from publisher.domain.users import User
from publisher.store import ledger, notices
from publisher.store.addressing import needs_address
from publisher.store.batches import DOUBTS_ALLOWED, Batch, rows_of
from publisher.store.outbox import REASON_CLOSED
from publisher.store.prepared import Given, Prepared
from publisher.store.schema import attempt, instant_number, outbox, person, users
from publisher.store.telling import told_condition

REASON_HELD = "in-doubt-twice"
_REPLY_LENGTH = 500
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\];,\"']+")
_MAY_TELL = (Outcome.ACCEPTED, Outcome.IN_DOUBT)

MESSAGE_VALUES: Mapping[str, TypeEngine[Any]] = {"of_notice": Text(), "of_recipient": Text(), "of_channel": Text()}
_OUTCOME: Mapping[str, TypeEngine[Any]] = {
    "state": Text(),
    "attempts": SmallInteger(),
    "doubts": SmallInteger(),
    "next_at": BigInteger(),
    "settled_at": BigInteger(),
    "code": SmallInteger(),
    "reply": Text(),
    "reason": Text(),
}


def _of_message(given: Given) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.notice == given["of_notice"],
        outbox.c.recipient == given["of_recipient"],
        outbox.c.channel == given["of_channel"],
    )


def marking(given: Given) -> Update:
    """The update that marks a message: of a notice, recipient and channel, in a state before, and of a kind."""
    known = (
        exists(select(literal(1)).where(all_of.c.recipient == given["of_recipient"])) for all_of in (users, person)
    )
    return (
        outbox.update()
        .where(
            *_of_message(given),
            outbox.c.state == given["before"],
            outbox.c.kind == given["of_kind"],
            or_(*known),
        )
        .values(state=MessageState.SENDING)
    )


def recording(given: Given) -> Update:
    """The update that records what became of a message that was marked."""
    return (
        outbox.update()
        .where(*_of_message(given), outbox.c.state == MessageState.SENDING)
        .values({name: given[f"new_{name}"] for name in _OUTCOME})
    )


_MARK = Prepared({**MESSAGE_VALUES, "before": Text(), "of_kind": Text()}, marking)
_RECORD = Prepared({**MESSAGE_VALUES, **{f"new_{name}": kind for name, kind in _OUTCOME.items()}}, recording)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one message that was marked as sending.

    `before` is the state it was taken from, and goes back to when the far side took no message at all; `next_at` is
    when a deferred one is due again.
    """

    message: Message
    receipt: Receipt
    at: datetime
    before: MessageState
    next_at: datetime | None = None


def messages(
    connection: Connection,
    given: Batch,
    state: MessageState,
    now: datetime,
    readers: Mapping[str, User] | None = None,
) -> tuple[Message, ...]:
    """A batch's messages that are due out of one state, joined with the users as they are now.

    Args:
        connection: an open transaction.
        given: the batch.
        state: the state that they are in.
        now: until when deferred ones are due.
        readers: the batch's `addressees`.
    """
    due = {
        MessageState.QUEUED: literal(1) == 1,
        MessageState.DEFERRED: outbox.c.next_at <= now,
        MessageState.IN_DOUBT: outbox.c.doubts <= DOUBTS_ALLOWED,
    }[state]
    of_message = (outbox.c.kind, outbox.c.recipient, outbox.c.attempts, outbox.c.doubts, outbox.c.variant)
    of_batch = (*rows_of(given), outbox.c.state == state, due)
    by_mail = needs_address(connection, given.channel)
    rows: Iterable[Any]
    if readers is None:
        rows = connection.execute(
            select(*of_message, users.c.email, users.c.language)
            .join_from(outbox, users, users.c.recipient == outbox.c.recipient)
            .where(*of_batch, users.c.email.is_not(None) if by_mail else literal(1) == 1)
            .order_by(outbox.c.recipient)
        )
    else:
        rows = (
            (*row, user.email, user.language)
            for row in connection.execute(select(*of_message).where(*of_batch).order_by(outbox.c.recipient))
            if (user := readers.get(row.recipient)) is not None and (user.email is not None or not by_mail)
        )
    kinds = {kind.value: kind for kind in NoticeKind}
    return tuple(
        Message(given.notice, kinds[kind], Recipient(recipient, email or "", language), attempts, doubts, variant or "")
        for kind, recipient, attempts, doubts, variant, email, language in rows
    )


def mark(
    connection: Connection, given: Iterable[Message], before: MessageState, channel: Channel = Channel.EMAIL
) -> tuple[Message, ...]:
    """Marks messages as sending, before they are sent; committed, this is the record of the attempt.

    Returns:
        Those that were marked; one that was cancelled, that is to tell something else now, or whose user was erased
        meanwhile, is not among them.
    """
    wanted = tuple(given)
    if not wanted:
        return ()
    keys = _keys(wanted, channel)
    rows_given = [(*key, before, message.kind.value) for key, message in zip(keys, wanted, strict=True)]
    if _MARK.run(connection, rows_given) == len(wanted):
        return wanted
    rows = connection.execute(
        select(outbox.c.notice, outbox.c.recipient).where(
            tuple_(outbox.c.notice, outbox.c.recipient).in_([key[:2] for key in keys]),
            outbox.c.channel == channel,
            outbox.c.state == MessageState.SENDING,
        )
    )
    marked = {(row.notice, row.recipient) for row in rows}
    return tuple(message for message in wanted if (str(message.notice), message.recipient.key) in marked)


def skip(connection: Connection, message: Message, reason: str, channel: Channel = Channel.EMAIL) -> None:
    """Leaves a message that cannot be written to its address, for a reason that names no address."""
    connection.execute(
        outbox.update().where(*_row(message, channel)).values(state=MessageState.SKIPPED, reason=reason, next_at=None)
    )


def record(
    connection: Connection, answers: Sequence[Answer], channel: Channel = Channel.EMAIL, *, again: bool = False
) -> None:
    """Records what came back for messages that were marked as sending.

    An answer that says that nobody was told, for a notice that another one has followed meanwhile, cancels the message
    and makes the later notice tell the whole story instead of its sequel.

    Args:
        connection: an open transaction.
        answers: the answers.
        channel: their channel.
        again: whether they may have been recorded before, in a commit of which nobody knows what became.
    """
    if not answers:
        return
    if again:
        answers = _unrecorded(connection, answers, channel)
    untold = {answer.message.notice for answer in answers if answer.receipt.outcome not in _MAY_TELL}
    closed = notices.closed_among(connection, untold) if untold else frozenset()
    keys = _keys([answer.message for answer in answers], channel)
    _RECORD.run(
        connection,
        [
            key + _outcome(answer, bool(closed) and answer.message.notice in closed)
            for key, answer in zip(keys, answers, strict=True)
        ],
    )
    attempts = [_attempt(answer, channel) for answer in answers if _worth_a_row(answer)]
    if attempts:
        connection.execute(attempt.insert(), attempts)
    for answer in answers if closed else ():
        if answer.message.notice in closed and not _may_be_told(answer):
            tell_whole_story(connection, answer.message, channel, answer.at)


def _unrecorded(connection: Connection, answers: Sequence[Answer], channel: Channel) -> tuple[Answer, ...]:
    under_way = {
        (row.notice, row.recipient)
        for row in connection.execute(
            select(outbox.c.notice, outbox.c.recipient).where(
                outbox.c.notice.in_({str(answer.message.notice) for answer in answers}),
                outbox.c.recipient.in_([answer.message.recipient.key for answer in answers]),
                outbox.c.channel == channel,
                outbox.c.state == MessageState.SENDING,
            )
        )
    }
    return tuple(
        answer for answer in answers if (str(answer.message.notice), answer.message.recipient.key) in under_way
    )


def _row(message: Message, channel: Channel) -> tuple[Any, ...]:
    return (
        outbox.c.notice == str(message.notice),
        outbox.c.recipient == message.recipient.key,
        outbox.c.channel == channel,
    )


def _keys(given: Iterable[Message], channel: Channel) -> list[tuple[str, str, Channel]]:
    """The messages' rows; nearly always all of one notice, whose name is made once."""
    keys: list[tuple[str, str, Channel]] = []
    last, name = None, ""
    for message in given:
        if message.notice is not last:
            last, name = message.notice, str(message.notice)
        keys.append((name, message.recipient.key, channel))
    return keys


def _may_be_told(answer: Answer) -> bool:
    return answer.message.doubts > 0 or answer.receipt.outcome in _MAY_TELL


def _worth_a_row(answer: Answer) -> bool:
    """An acceptance at the first attempt is told by its outbox row; a host that takes nothing made no attempt."""
    message, outcome = answer.message, answer.receipt.outcome
    if outcome in (Outcome.HOST_BUSY, Outcome.SENDER_FAULT):
        return False
    return outcome is not Outcome.ACCEPTED or message.attempts + message.doubts > 0


def _attempt(answer: Answer, channel: Channel) -> dict[str, Any]:
    message = answer.message
    return {
        "notice": str(message.notice),
        "recipient": message.recipient.key,
        "channel": channel,
        "no": message.attempts + message.doubts + 1,
        "at": answer.at,
        "code": answer.receipt.code,
        "reply": without_addresses(answer.receipt.reply),
        "outcome": answer.receipt.outcome,
    }


def _outcome(answer: Answer, closed: bool) -> tuple[Any, ...]:
    """The message's row after an answer, in the order of `_OUTCOME`."""
    message, receipt = answer.message, answer.receipt
    attempts, doubts = message.attempts, message.doubts
    next_at = settled_at = reason = None
    match receipt.outcome:
        case Outcome.ACCEPTED:
            state, attempts, settled_at = MessageState.ACCEPTED, attempts + 1, answer.at
        case Outcome.REFUSED:
            state, attempts, settled_at = MessageState.REFUSED, attempts + 1, answer.at
        case Outcome.DEFERRED:
            state, attempts, next_at = MessageState.DEFERRED, attempts + 1, answer.next_at
        case Outcome.IN_DOUBT:
            state, doubts = MessageState.IN_DOUBT, doubts + 1
            reason = REASON_HELD if doubts > DOUBTS_ALLOWED else None
        case Outcome.HOST_BUSY | Outcome.SENDER_FAULT:
            state = answer.before
            next_at = answer.at if state is MessageState.DEFERRED else None
    if closed and state in (MessageState.QUEUED, MessageState.DEFERRED):
        state, reason, next_at, settled_at = MessageState.CANCELLED, REASON_CLOSED, None, answer.at
    return (
        state,
        attempts,
        doubts,
        instant_number(next_at),
        instant_number(settled_at),
        receipt.code or None,
        kept_reply(receipt),
        reason,
    )


def tell_whole_story(connection: Connection, message: Message, channel: Channel, at: datetime) -> None:
    """In later notices of what a message told, somebody whom no notice told gets the revision, not its sequel.

    Where there is no revision to tell any more, they get nothing.
    """
    told = [notices.telling_of(connection, other) for other in ledger.told_with(connection, message.notice)]
    later = [(entry, all_of[:place]) for all_of in told for place, entry in enumerate(all_of)]
    for entry, before in later:
        if message.notice not in before:
            continue
        whole = any(mail.kind is NoticeKind.REVISION for mail in notices.templates(connection, entry))
        instead: dict[str, Any] = {"kind": NoticeKind.REVISION}
        if not whole:
            instead = {"state": MessageState.CANCELLED, "reason": REASON_CLOSED, "settled_at": at}
        connection.execute(
            outbox.update()
            .where(
                outbox.c.notice == str(entry),
                outbox.c.recipient == message.recipient.key,
                outbox.c.channel == channel,
                outbox.c.state == MessageState.QUEUED,
                ~told_condition(outbox.c.recipient, before, entry.policy),
            )
            .values(**instead)
        )


def kept_reply(receipt: Receipt) -> str | None:
    """What a message's row keeps of a reply."""
    return without_addresses(receipt.reply) or None


def without_addresses(reply: str) -> str:
    """A server's reply as the record keeps it: one line, no address, not endless."""
    if reply.isprintable() and "@" not in reply and "  " not in reply:
        return reply.strip()[:_REPLY_LENGTH]
    printable = "".join(character if character.isprintable() else " " for character in reply)
    return _ADDRESS.sub("<address>", " ".join(printable.split()))[:_REPLY_LENGTH]
