"""How far a notice has begun with its mails: for whoever lets only some of its mails go at first."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from publisher.domain.notice import Channel, MessageState, NoticeId
from publisher.store import outbox
from publisher.store.schema import batch

_NEVER_SENT = frozenset({MessageState.SKIPPED, MessageState.CANCELLED})


def begun(connection: Connection, notice_id: NoticeId) -> tuple[int, int]:
    """How many messages of a notice were begun, and how many can be sent in all."""
    found = {entry.state: entry.count for entry in outbox.counts(connection, notice_id)}
    mails = sum(number for state, number in found.items() if state not in _NEVER_SENT)
    return mails - found[MessageState.QUEUED], mails


def in_hand(connection: Connection, notice_id: NoticeId) -> int:
    """How many messages of a notice may go out of batches that somebody has in hand, at the most."""
    rows = select(func.coalesce(func.sum(batch.c.waiting), 0)).where(*_mails(notice_id), batch.c.owner.is_not(None))
    return int(connection.execute(rows).scalar_one())


def waiting(connection: Connection, notice_id: NoticeId) -> int:
    """How many messages of a notice are queued, as its batches at rest know it."""
    rows = select(func.coalesce(func.sum(batch.c.waiting), 0)).where(*_mails(notice_id))
    return int(connection.execute(rows).scalar_one())


def next_try(connection: Connection, notice_id: NoticeId) -> datetime | None:
    """When the first deferred message of a notice is due; None when none is deferred."""
    found: datetime | None = connection.execute(select(func.min(batch.c.next_at)).where(*_mails(notice_id))).scalar()
    return found


def _mails(notice_id: NoticeId) -> tuple[ColumnElement[bool], ...]:
    return batch.c.notice == str(notice_id), batch.c.channel == Channel.EMAIL.value
