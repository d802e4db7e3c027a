"""What a provider was handed: of which notices, and how much of that it has not answered for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from publisher.domain.notice import Channel, MessageState, NoticeId
from publisher.store.batches import REASON_HANDED
from publisher.store.schema import handoff, notice, outbox


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How many messages of a notice a provider has and has not answered for, and since when the first of them."""

    count: int
    since: datetime | None


def unanswered(connection: Connection, notice_id: NoticeId) -> Unanswered:
    """The messages of a notice that a provider has and has not answered for."""
    any_of_it = select(handoff.c.no).where(handoff.c.notice == str(notice_id)).limit(1)
    if connection.execute(any_of_it).first() is None:
        return Unanswered(0, None)
    count, first = connection.execute(
        select(func.count(), func.min(outbox.c.handoff)).where(
            outbox.c.notice == str(notice_id),
            outbox.c.channel == Channel.EMAIL,
            outbox.c.state == MessageState.SENDING,
            outbox.c.reason == REASON_HANDED,
        )
    ).one()
    since = connection.execute(select(handoff.c.taken).where(handoff.c.no == first)).scalar()
    return Unanswered(count, since)


def notice_ids(connection: Connection) -> tuple[NoticeId, ...]:
    """The notices of which a provider was handed anything, the newest first."""
    rows = (
        select(notice.c.policy, notice.c.version, notice.c.revision)
        .where(notice.c.id.in_(select(handoff.c.notice)))
        .order_by(notice.c.created.desc(), notice.c.id)
    )
    return tuple(NoticeId(row.policy, row.version, row.revision) for row in connection.execute(rows))
