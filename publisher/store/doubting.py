"""What may have been sent and may not: messages in doubt, after a sender ended, or a store was rolled back."""

from datetime import datetime

from sqlalchemy import Connection, select

from publisher.domain.notice import Channel, Message, MessageState, NoticeId, NoticeKind, Outcome, Receipt, Recipient
from publisher.store import leases
from publisher.store.batches import DOUBTS_ALLOWED, Batch, is_under_way, put_back, rows_of
from publisher.store.making import BATCH_WORKING
from publisher.store.schema import batch, notice, outbox
from publisher.store.sending import Answer, record

REASON_RESTORED = "store-restored"
_INTERRUPTED = "the sender stopped before the answer was recorded"


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
    under_way = connection.execute(select(outbox).where(*rows_of(given), is_under_way())).all()
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


def _notice_id(connection: Connection, name: str) -> NoticeId:
    row = connection.execute(
        select(notice.c.policy, notice.c.version, notice.c.revision).where(notice.c.id == name)
    ).one()
    return NoticeId(row.policy, row.version, row.revision)
