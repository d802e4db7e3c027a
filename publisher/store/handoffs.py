"""Messages that a provider was handed: in which batch, and what its receipts made of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, SmallInteger, Text, bindparam, func, null, select
from sqlalchemy.types import TypeEngine

from publisher.domain.bounce import Fate
from publisher.domain.handoff import ProviderReceipt, ReceiptStatus
from publisher.domain.notice import Channel, Message, MessageState, NoticeId, NoticeKind, Outcome, Recipient
from publisher.store import bounces, notices, sending
from publisher.store.batches import DOUBTS_ALLOWED, REASON_HANDED
from publisher.store.making import BATCH_RESTING
from publisher.store.outbox import REASON_CLOSED
from publisher.store.prepared import Given, Look, Prepared
from publisher.store.schema import (
    RECIPIENT_LENGTH,
    attempt,
    batch,
    handoff,
    instant_number,
    outbox,
    person,
    users,
)

_TOGETHER = 500
_SLACK = timedelta(seconds=30)
"""How far a provider's clock may be behind; a message that came back is not handed over again sooner."""

_MESSAGE: Mapping[str, TypeEngine[Any]] = {"of_notice": Text(), "of_recipient": Text()}
_RECEIPT: Mapping[str, TypeEngine[Any]] = {
    "state": Text(),
    "attempts": SmallInteger(),
    "settled_at": BigInteger(),
    "code": SmallInteger(),
    "reply": Text(),
    "provider": Text(),
}


def _of_message(given: Given) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.notice == given["of_notice"],
        outbox.c.recipient == given["of_recipient"],
        outbox.c.channel == Channel.EMAIL.value,
    )


_PUT_IN = Prepared(
    {**_MESSAGE, "new_handoff": BigInteger()},
    lambda given: outbox.update().where(*_of_message(given)).values(handoff=given["new_handoff"]),
)
_TAKEN = Prepared(
    {**_MESSAGE, "new_handoff": BigInteger()},
    lambda given: (
        outbox.update()
        .where(*_of_message(given), outbox.c.state == MessageState.SENDING.value)
        .values(reason=REASON_HANDED, handoff=given["new_handoff"])
    ),
)
_SETTLED = Prepared(
    {**_MESSAGE, **{f"new_{name}": kind for name, kind in _RECEIPT.items()}},
    lambda given: (
        outbox.update()
        .where(*_of_message(given))
        .values({name: given[f"new_{name}"] for name in _RECEIPT})
        .values(next_at=null(), reason=null())
    ),
)
_FIND = Look(
    select(
        outbox.c.recipient,
        outbox.c.batch,
        outbox.c.kind,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.doubts,
        outbox.c.handoff,
        outbox.c.provider,
        handoff.c.begun,
        users.c.email,
        func.coalesce(users.c.recipient, person.c.recipient).label("known"),
    )
    .select_from(
        outbox.outerjoin(handoff, handoff.c.no == outbox.c.handoff)
        .outerjoin(users, users.c.recipient == outbox.c.recipient)
        .outerjoin(person, person.c.recipient == outbox.c.recipient)
    )
    .where(
        outbox.c.notice == bindparam("of_notice"),
        outbox.c.recipient >= bindparam("lowest"),
        outbox.c.recipient <= bindparam("highest"),
        outbox.c.channel == Channel.EMAIL.value,
    )
)
_OPEN = frozenset(
    {
        MessageState.SENDING,
        MessageState.IN_DOUBT,
        MessageState.QUEUED,
        MessageState.DEFERRED,
    }
)
"""States out of which a receipt settles a message: one that was taken for busy may have gone all the same."""


class Effect(StrEnum):
    """What recording a receipt did. `KNOWN`: nothing, the store says so already, or something that weighs more."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    DELAYED = "delayed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch that is about to be handed over: its number and key, and those of its messages that were marked."""

    no: int
    key: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The message that a receipt is about, as the outbox has it now, with its user's address if there is one."""

    notice: NoticeId
    row: Any

    @property
    def key(self) -> tuple[str, str]:
        """Which message it is."""
        return str(self.notice), self.row.recipient

    @property
    def address(self) -> str:
        """The address, to be kept out of what a provider says; empty without one."""
        return self.row.email or ""

    @property
    def is_erased(self) -> bool:
        """Whether its user was erased: nothing by which a provider knows them is written any more."""
        return self.row.known is None


def earlier(connection: Connection, given: Sequence[Message]) -> Mapping[str, str]:
    """The keys under which messages were handed over before, by recipient."""
    found: dict[str, str] = {}
    for start in range(0, len(given), _TOGETHER):
        some = given[start : start + _TOGETHER]
        rows = connection.execute(
            select(outbox.c.recipient, handoff.c.key)
            .join_from(outbox, handoff, handoff.c.no == outbox.c.handoff)
            .where(
                outbox.c.notice == str(some[0].notice),
                outbox.c.recipient.in_([message.recipient.key for message in some]),
                outbox.c.channel == Channel.EMAIL,
            )
        )
        found.update((row.recipient, row.key) for row in rows)
    return found


def begin(
    connection: Connection,
    given: Sequence[Message],
    before: MessageState,
    name: Callable[[Sequence[Message]], str],
    at: datetime,
) -> Begun | None:
    """Marks messages as sending and notes their batch; committed, this is the record of the attempt.

    Args:
        connection: an open transaction.
        given: messages of one notice.
        before: the state that they are in.
        name: gives the key of the batch that those make who could be marked.
        at: the instant.

    Returns:
        None when nobody is left of them.
    """
    marked = sending.mark(connection, given, before)
    if not marked:
        return None
    key = name(marked)
    known: int | None = connection.execute(select(handoff.c.no).where(handoff.c.key == key)).scalar()
    if known is None:
        values = {"key": key, "notice": str(marked[0].notice), "messages": len(marked), "begun": at}
        known = connection.execute(handoff.insert().values(**values).returning(handoff.c.no)).scalar_one()
    else:
        connection.execute(handoff.update().where(handoff.c.no == known).values(begun=at, messages=len(marked)))
    _PUT_IN.run(connection, [(*_key(message), known) for message in marked])
    return Begun(known, key, marked)


def take(connection: Connection, begun: Begun, at: datetime, provider: str) -> None:
    """Records that the provider has a batch: its messages wait for receipts, and for nothing else."""
    connection.execute(
        handoff.update().where(handoff.c.no == begun.no).values(taken=at, provider=provider[:200] or None)
    )
    _TAKEN.run(connection, [(*_key(message), begun.no) for message in begun.messages])


def find(connection: Connection, notice_id: NoticeId, prefix: str, is_theirs: Callable[[str], bool]) -> Found | None:
    """The message of a notice to the recipient whose key begins like this and proves to be theirs."""
    asked = {
        "of_notice": str(notice_id),
        "lowest": prefix.ljust(RECIPIENT_LENGTH, "0"),
        "highest": prefix.ljust(RECIPIENT_LENGTH, "f"),
    }
    return next((Found(notice_id, row) for row in _FIND.rows(connection, asked) if is_theirs(row.recipient)), None)


def is_plain(found: Found, given: ProviderReceipt) -> bool:
    """Whether a receipt says that a message was accepted that waits for nothing else: as nearly all do."""
    row = found.row
    first = row.attempts + row.doubts == 0 and row.handoff is not None
    return first and given.status is ReceiptStatus.ACCEPTED and row.state == MessageState.SENDING


def record_plain(connection: Connection, given: Sequence[tuple[Found, ProviderReceipt]], at: datetime) -> None:
    """Records receipts that are plain, of different messages, all in one go."""
    rows = [
        (
            str(found.notice),
            found.row.recipient,
            MessageState.ACCEPTED.value,
            1,
            instant_number(receipt.at or at),
            receipt.code or None,
            sending.without_addresses(receipt.reply) or None,
            found.row.provider if found.is_erased else receipt.provider_id or found.row.provider,
        )
        for found, receipt in given
    ]
    if rows:
        _SETTLED.run(connection, rows)


def record(
    connection: Connection, found: Found, given: ProviderReceipt, at: datetime, pause: Callable[[int], datetime]
) -> Effect:
    """Records a receipt.

    A refusal that comes after an acceptance counts, an acceptance after a refusal does not: that reader is left to the
    banner, and no harm is done. Whoever a closed notice turns out not to have told gets the later one's whole story.

    Args:
        connection: an open transaction.
        found: the message.
        given: what the provider says of it.
        at: the instant, where the receipt has none.
        pause: when a message is due again that has so many attempts behind it.
    """
    row, when = found.row, given.at or at
    if given.provider_id and row.provider != given.provider_id and not found.is_erased:
        connection.execute(outbox.update().where(*_of(found)).values(provider=given.provider_id))
    state = MessageState(row.state)
    if given.status is ReceiptStatus.DELAYED:
        return Effect.DELAYED if state in _OPEN else Effect.KNOWN
    if given.status is ReceiptStatus.REFUSED and state is MessageState.ACCEPTED:
        fate = Fate.BLOCKED if given.fate is Fate.GIVEN_UP else given.fate
        bounce = bounces.Bounce(found.notice, row.recipient, fate, given.code, given.reply)
        recorded = bounces.record(connection, bounce, when)
        return Effect.REFUSED if recorded is bounces.Effect.RECORDED else Effect.KNOWN
    if state is MessageState.CANCELLED and given.status is ReceiptStatus.ACCEPTED and row.handoff is not None:
        return _settle(connection, found, given, when)
    if state not in _OPEN or row.handoff is None:
        return Effect.KNOWN
    if given.status is ReceiptStatus.DEFERRED:
        if state is not MessageState.SENDING or (row.begun or 0) > (instant_number(when + _SLACK) or 0):
            return Effect.KNOWN
        return _give_back(connection, found, given, when, pause(row.attempts + 1))
    return _settle(connection, found, given, when)


def _settle(connection: Connection, found: Found, given: ProviderReceipt, at: datetime) -> Effect:
    """The message is accepted or refused, whatever was thought of it before."""
    row, refused = found.row, given.status is ReceiptStatus.REFUSED
    connection.execute(
        outbox.update()
        .where(*_of(found))
        .values(
            state=MessageState.REFUSED if refused else MessageState.ACCEPTED,
            attempts=row.attempts + 1,
            next_at=None,
            settled_at=at,
            code=given.code or None,
            reply=sending.without_addresses(given.reply) or None,
            reason=given.fate.value if refused else None,
        )
    )
    if refused or row.attempts + row.doubts:
        _add_attempt(connection, found, given, Outcome.REFUSED if refused else Outcome.ACCEPTED, at)
    _count_out(connection, found)
    if refused:
        _tell_whole_story(connection, found, at)
    return Effect.REFUSED if refused else Effect.ACCEPTED


def _give_back(connection: Connection, found: Found, given: ProviderReceipt, at: datetime, next_at: datetime) -> Effect:
    """The message waits to be handed over again; of a notice that is over, nothing will."""
    row = found.row
    closed = bool(notices.closed_among(connection, (found.notice,)))
    changed: dict[str, Any] = {"state": MessageState.DEFERRED, "next_at": next_at, "reason": None}
    if closed:
        changed = {"state": MessageState.CANCELLED, "settled_at": at, "reason": REASON_CLOSED}
    reply = sending.without_addresses(given.reply) or None
    connection.execute(
        outbox.update()
        .where(*_of(found))
        .values(attempts=row.attempts + 1, code=given.code or None, reply=reply, **changed)
    )
    _add_attempt(connection, found, given, Outcome.DEFERRED, at)
    if closed:
        _tell_whole_story(connection, found, at)
    else:
        of_batch = (batch.c.notice == str(found.notice), batch.c.number == row.batch)
        later = batch.c.next_at.is_(None) | (batch.c.next_at > next_at)
        connection.execute(batch.update().where(*of_batch, later).values(next_at=next_at))
    return Effect.DEFERRED


def _add_attempt(connection: Connection, found: Found, given: ProviderReceipt, what: Outcome, at: datetime) -> None:
    row = found.row
    connection.execute(
        attempt.insert().values(
            notice=str(found.notice),
            recipient=row.recipient,
            channel=Channel.EMAIL,
            no=row.attempts + row.doubts + 1,
            at=at,
            code=given.code,
            reply=sending.without_addresses(given.reply),
            outcome=what,
        )
    )


def _count_out(connection: Connection, found: Found) -> None:
    """A message that need not be sent any more; a batch in hand is counted anew when it is put back."""
    row = found.row
    counted = {
        MessageState.QUEUED: batch.c.waiting,
        MessageState.IN_DOUBT: batch.c.held if row.doubts > DOUBTS_ALLOWED else batch.c.doubtful,
    }.get(MessageState(row.state))
    if counted is None:
        return
    of_batch = (batch.c.notice == str(found.notice), batch.c.number == row.batch)
    connection.execute(
        batch.update().where(*of_batch, batch.c.state == BATCH_RESTING, counted > 0).values({counted: counted - 1})
    )


def _tell_whole_story(connection: Connection, found: Found, at: datetime) -> None:
    row = found.row
    if row.doubts == 0 and notices.closed_among(connection, (found.notice,)):
        untold = Message(found.notice, NoticeKind(row.kind), Recipient(row.recipient, "", ""), row.attempts, row.doubts)
        sending.tell_whole_story(connection, untold, Channel.EMAIL, at)


def _of(found: Found) -> Iterable[Any]:
    return (
        outbox.c.notice == str(found.notice),
        outbox.c.recipient == found.row.recipient,
        outbox.c.channel == Channel.EMAIL,
    )


def _key(message: Message) -> tuple[str, str]:
    return str(message.notice), message.recipient.key
