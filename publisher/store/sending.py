"""Messages under way: marking them before they are sent, recording what came back; by whoever has the batch."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, literal, or_, select, tuple_

from publisher.domain.notice import (
    Channel,
    Message,
    MessageState,
    NoticeId,
    NoticeKind,
    Outcome,
    Receipt,
    Recipient,
)
from publisher.domain.users import User
from publisher.store import leases, ledger, notices
from publisher.store.batches import DOUBTS_ALLOWED, Batch, put_back, rows_of
from publisher.store.making import BATCH_WORKING
from publisher.store.outbox import REASON_CLOSED
from publisher.store.prepared import Prepared
from publisher.store.schema import attempt, batch, instant_number, notice, outbox, person, users
from publisher.store.telling import told_condition

REASON_HELD = "in-doubt-twice"
REASON_RESTORED = "store-restored"
_REPLY_LENGTH = 500
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\];,\"']+")
_MAY_TELL = (Outcome.ACCEPTED, Outcome.IN_DOUBT)
_INTERRUPTED = "the sender stopped before the answer was recorded"

_OF_MESSAGE = (
    outbox.c.notice == bindparam("of_notice"),
    outbox.c.recipient == bindparam("of_recipient"),
    outbox.c.channel == bindparam("of_channel"),
)
_MARK = Prepared(
    outbox.update()
    .where(
        *_OF_MESSAGE,
        outbox.c.state == bindparam("before"),
        outbox.c.kind == bindparam("of_kind"),
        or_(
            *(
                exists(select(literal(1)).where(known.c.recipient == bindparam("of_recipient")))
                for known in (users, person)
            )
        ),
    )
    .values(state=MessageState.SENDING)
)
_RECORD = Prepared(
    outbox.update()
    .where(*_OF_MESSAGE, outbox.c.state == MessageState.SENDING)
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "attempts", "doubts", "next_at", "settled_at", "code", "reply", "reason")
        }
    )
)


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
    by_mail = given.channel is Channel.EMAIL
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
    keys = [_key(message, channel) | {"before": before, "of_kind": message.kind} for message in wanted]
    if _MARK.run(connection, keys) == len(wanted):
        return wanted
    rows = connection.execute(
        select(outbox.c.notice, outbox.c.recipient).where(
            tuple_(outbox.c.notice, outbox.c.recipient).in_([(key["of_notice"], key["of_recipient"]) for key in keys]),
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
    _RECORD.run(
        connection,
        [_key(answer.message, channel) | _outcome(answer, answer.message.notice in closed) for answer in answers],
    )
    attempts = [_attempt(answer, channel) for answer in answers if _worth_a_row(answer)]
    if attempts:
        connection.execute(attempt.insert(), attempts)
    for answer in answers:
        if answer.message.notice in closed and not _may_be_told(answer):
            tell_whole_story(connection, answer.message, channel, answer.at)


def doubt_interrupted(
    connection: Connection, now: datetime, channel: Channel = Channel.EMAIL, holder: leases.Holder | None = None
) -> int:
    """What a sender left under way is in doubt; in no batch that somebody still has in hand, as the holder sees it.

    Returns:
        How many messages that are.
    """
    doubted = 0
    rows = select(batch).where(batch.c.state == BATCH_WORKING, batch.c.channel == channel)
    for row in connection.execute(rows).all():
        if holder is not None and not leases.is_free(row.owner, row.until, holder):
            continue
        given = Batch(_notice_id(connection, row.notice), row.number, channel, row.lo, row.hi)
        doubted += doubt_batch(connection, given, now)
        leases.revoke(connection, given)
        put_back(connection, given)
    return doubted


def doubt_batch(connection: Connection, given: Batch, now: datetime) -> int:
    """After taking a batch over: what is under way in it is in doubt. Returns how many messages that are."""
    under_way = connection.execute(select(outbox).where(*rows_of(given), outbox.c.state == MessageState.SENDING)).all()
    receipt = Receipt(Outcome.IN_DOUBT, 0, _INTERRUPTED)
    record(
        connection,
        [
            Answer(
                Message(
                    given.notice,
                    NoticeKind(entry.kind),
                    Recipient(entry.recipient, "", ""),
                    entry.attempts,
                    entry.doubts,
                ),
                receipt,
                now,
                MessageState.QUEUED,
            )
            for entry in under_way
        ],
        given.channel,
    )
    return len(under_way)


def doubt_unsent(connection: Connection, channel: Channel = Channel.EMAIL) -> int:
    """In a store that was rolled back, everything unsent may have been sent: held in doubt, and not sent again.

    Returns:
        How many messages that are.
    """
    still_open = select(notice.c.id).where(notice.c.closed.is_(None))
    of_open = (outbox.c.notice.in_(still_open), outbox.c.channel == channel)
    unsent = outbox.c.state.in_([MessageState.QUEUED, MessageState.DEFERRED, MessageState.SENDING])
    doubted = (outbox.c.state == MessageState.IN_DOUBT) & (outbox.c.doubts <= DOUBTS_ALLOWED)
    changed = connection.execute(
        outbox.update()
        .where(*of_open, unsent | doubted)
        .values(state=MessageState.IN_DOUBT, doubts=DOUBTS_ALLOWED + 1, reason=REASON_RESTORED, next_at=None)
    )
    rows = select(batch).where(batch.c.notice.in_(still_open), batch.c.channel == channel)
    for row in connection.execute(rows).all():
        put_back(connection, Batch(_notice_id(connection, row.notice), row.number, channel, row.lo, row.hi))
    return changed.rowcount


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


def _key(message: Message, channel: Channel) -> dict[str, Any]:
    return {"of_notice": str(message.notice), "of_recipient": message.recipient.key, "of_channel": channel}


def _notice_id(connection: Connection, name: str) -> NoticeId:
    row = connection.execute(
        select(notice.c.policy, notice.c.version, notice.c.revision).where(notice.c.id == name)
    ).one()
    return NoticeId(row.policy, row.version, row.revision)


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


def _outcome(answer: Answer, closed: bool) -> dict[str, Any]:
    """The message's row after an answer."""
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
    return {
        "new_state": state,
        "new_attempts": attempts,
        "new_doubts": doubts,
        "new_next_at": instant_number(next_at),
        "new_settled_at": instant_number(settled_at),
        "new_code": receipt.code or None,
        "new_reply": without_addresses(receipt.reply) or None,
        "new_reason": reason,
    }


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


def without_addresses(reply: str) -> str:
    """A server's reply as the record keeps it: one line, no address, not endless."""
    if reply.isprintable() and "@" not in reply and "  " not in reply:
        return reply.strip()[:_REPLY_LENGTH]
    printable = "".join(character if character.isprintable() else " " for character in reply)
    return _ADDRESS.sub("<address>", " ".join(printable.split()))[:_REPLY_LENGTH]
