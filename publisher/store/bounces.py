"""Messages that came back after a server had accepted them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, func, select

from publisher.domain.bounce import FINAL, Fate
from publisher.domain.ledger import EventKind, event_of
from publisher.domain.notice import STATEMENTS, Channel, Message, MessageState, NoticeId, NoticeKind, Recipient
from publisher.store import forgetting, ledger, notices, statements
from publisher.store.batches import DOUBTS_ALLOWED
from publisher.store.making import BATCH_RESTING
from publisher.store.schema import RECIPIENT_LENGTH, attempt, batch, notice, outbox
from publisher.store.sending import tell_whole_story, without_addresses
from publisher.store.statements import StatementAct

_UNDER_WAY = frozenset({MessageState.QUEUED, MessageState.SENDING, MessageState.DEFERRED})


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a server told of one message; `said` begins with the status and holds no address."""

    notice: NoticeId
    recipient: str
    fate: Fate
    code: int
    said: str


class Effect(StrEnum):
    """What recording a bounce did.

    `KNOWN`: nothing, the store says so already. `EARLY`: nothing yet, the message's own answer is still to be recorded.
    """

    RECORDED = "recorded"
    KNOWN = "known"
    EARLY = "early"


def notice_ids(connection: Connection) -> tuple[NoticeId, ...]:
    """All notices that this store ever held, the newest first."""
    rows = select(notice.c.policy, notice.c.version, notice.c.revision).order_by(notice.c.created.desc(), notice.c.id)
    return tuple(NoticeId(row.policy, row.version, row.revision) for row in connection.execute(rows))


def recipients(connection: Connection, notice_id: NoticeId, prefix: str = "") -> Iterator[str]:
    """The keys of a notice's recipients that begin like this, in order; streamed."""
    rows = (
        select(outbox.c.recipient)
        .where(
            outbox.c.notice == str(notice_id),
            outbox.c.recipient >= prefix.ljust(RECIPIENT_LENGTH, "0"),
            outbox.c.recipient <= prefix.ljust(RECIPIENT_LENGTH, "f"),
            outbox.c.channel == Channel.EMAIL,
        )
        .order_by(outbox.c.recipient)
        .execution_options(yield_per=1000)
    )
    yield from connection.execute(rows).scalars()


def record(connection: Connection, bounce: Bounce, at: datetime) -> Effect:
    """Records a bounce: what will never arrive is refused.

    Whoever a closed notice turns out not to have told gets the later one's whole story instead of its sequel.
    """
    row = connection.execute(select(outbox).where(*_of(bounce))).first()
    if row is None:  # reduced to a count meanwhile
        return Effect.KNOWN
    if row.state in _UNDER_WAY:
        return Effect.EARLY
    if bounce.fate not in FINAL or row.state not in (MessageState.ACCEPTED, MessageState.IN_DOUBT):
        return Effect.KNOWN
    connection.execute(
        outbox.update()
        .where(*_of(bounce))
        .values(
            state=MessageState.REFUSED,
            settled_at=at,
            code=bounce.code or None,
            reply=without_addresses(bounce.said),
            reason=bounce.fate.value,
        )
    )
    _add_attempt(connection, bounce, row, at)
    if row.state == MessageState.IN_DOUBT:
        _count_out(connection, bounce.notice, row)
    if row.doubts == 0 and notices.closed_among(connection, (bounce.notice,)):
        told = Message(
            bounce.notice, NoticeKind(row.kind), Recipient(bounce.recipient, "", ""), row.attempts, row.doubts
        )
        tell_whole_story(connection, told, Channel.EMAIL, at)
    return Effect.RECORDED


def share(connection: Connection, notice_id: NoticeId) -> tuple[int, int]:
    """How many of a notice's messages came back for good, and how many were accepted or refused at all."""
    judged, bounced = connection.execute(
        select(func.count(), func.count(case((outbox.c.reason.in_(sorted(FINAL)), 1)))).where(
            outbox.c.notice == str(notice_id),
            outbox.c.channel == Channel.EMAIL,
            outbox.c.state.in_([MessageState.ACCEPTED, MessageState.REFUSED]),
        )
    ).one()
    reduced = forgetting.counts(connection, notice_id, Channel.EMAIL)
    judged += sum(reduced.get(state.value, 0) for state in (MessageState.ACCEPTED, MessageState.REFUSED))
    return bounced, judged


def has_counts(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether any message of a notice is no longer kept but in a count."""
    return bool(forgetting.counts(connection, notice_id, Channel.EMAIL))


def is_complete(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether the ledger, or the record of its statement, says that the notice is complete."""
    if notice_id.version in STATEMENTS:
        told = statements.find(connection, notice_id)
        return told is not None and told.last is StatementAct.COMPLETE
    named = f'"notice":"{notice_id}"'
    events = (event_of(line) for line in ledger.lines(connection, notice_id.policy) if named in line)
    return any(event.kind is EventKind.COMPLETE and event.notice == str(notice_id) for event in events)


def _add_attempt(connection: Connection, bounce: Bounce, row: Any, at: datetime) -> None:
    last = connection.execute(
        select(func.max(attempt.c.no)).where(
            attempt.c.notice == str(bounce.notice),
            attempt.c.recipient == bounce.recipient,
            attempt.c.channel == Channel.EMAIL,
        )
    ).scalar()
    connection.execute(
        attempt.insert().values(
            notice=str(bounce.notice),
            recipient=bounce.recipient,
            channel=Channel.EMAIL,
            no=max(last or 0, row.attempts + row.doubts) + 1,
            at=at,
            code=bounce.code,
            reply=without_addresses(bounce.said),
            outcome=bounce.fate.value,
        )
    )


def _count_out(connection: Connection, notice_id: NoticeId, row: Any) -> None:
    """A message in doubt no more; a batch in hand is counted anew when it is put back."""
    counted = batch.c.held if row.doubts > DOUBTS_ALLOWED else batch.c.doubtful
    connection.execute(
        batch.update()
        .where(
            batch.c.notice == str(notice_id),
            batch.c.number == row.batch,
            batch.c.state == BATCH_RESTING,
            counted > 0,
        )
        .values({counted: counted - 1})
    )


def _of(bounce: Bounce) -> tuple[Any, ...]:
    return (
        outbox.c.notice == str(bounce.notice),
        outbox.c.recipient == bounce.recipient,
        outbox.c.channel == Channel.EMAIL,
    )
