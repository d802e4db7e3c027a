"""Receipts of notices that are over: counts in place of a row for each person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, true

from publisher.domain.notice import TOLD, Channel, MessageState, NoticeId
from publisher.store import notices
from publisher.store.batches import REASON_HANDED
from publisher.store.schema import acknowledgement, attempt, batch, outbox, receipt
from publisher.store.telling import speaks_of, told_condition

TOGETHER = 1000
"""How many people's rows go in one transaction."""

_FINAL = (
    MessageState.ACCEPTED,
    MessageState.REFUSED,
    MessageState.IN_DOUBT,
    MessageState.SKIPPED,
    MessageState.CANCELLED,
)


def reduce_receipts(
    connection: Connection, given: NoticeId, later: Mapping[str, Sequence[NoticeId]], *, after: str, now: datetime
) -> tuple[int, str]:
    """Puts counts in the place of up to a thousand people's rows, the next ones in key order.

    A row stays that says which version its reader last knew: where no later notice has told them, of any policy. What a
    provider has and never answered for is counted as that.

    Args:
        connection: an open transaction; rows go and counts come in it together.
        given: a notice of which nothing is sent or asked any more; it is closed.
        later: for each policy that the notice told of, the notices of its later versions that apply or did; empty when
            the notice is about no version.
        after: the key from which to go on; empty at first.
        now: when it is closed, if it was not.

    Returns:
        How many messages were reduced, and the key to go on from; an empty one when there are no more.
    """
    notices.close(connection, given, now)
    of_notice = outbox.c.notice == str(given)
    untold = ~outbox.c.state.in_(sorted(TOLD)) & (outbox.c.doubts == 0)
    known_later = and_(
        true(),
        *(
            ~speaks_of(outbox.c.variant, policy) | told_condition(outbox.c.recipient, names, policy)
            for policy, names in later.items()
        ),
    )
    unanswered = (outbox.c.state == MessageState.SENDING) & (outbox.c.reason == REASON_HANDED)
    over = outbox.c.state.in_(_FINAL) | unanswered
    removable = (of_notice, over, or_(untold, known_later))
    keys = (
        connection.execute(
            select(outbox.c.recipient)
            .where(*removable, outbox.c.recipient > after)
            .distinct()
            .order_by(outbox.c.recipient)
            .limit(TOGETHER)
        )
        .scalars()
        .all()
    )
    if not keys:
        _drop_batches(connection, given)
        return 0, ""
    gone = connection.execute(
        delete(outbox)
        .where(*removable, outbox.c.recipient.in_(keys))
        .returning(outbox.c.channel, outbox.c.kind, outbox.c.state, outbox.c.reason)
    ).all()
    counted = Counter((row.channel, row.kind, row.state, row.reason or "") for row in gone)
    connection.execute(delete(attempt).where(attempt.c.notice == str(given), attempt.c.recipient.in_(keys)))
    seen = connection.execute(
        delete(acknowledgement).where(acknowledgement.c.notice == str(given), acknowledgement.c.recipient.in_(keys))
    ).rowcount
    if seen:
        counted[Channel.BANNER.value, "", "acknowledged", ""] += seen
    for key, number in sorted(counted.items()):
        _add(connection, given, key, number)
    return len(gone), keys[-1]


def is_reduced(connection: Connection, given: NoticeId) -> bool:
    """Whether messages of a notice have become counts: who got them is not known any more."""
    return connection.execute(select(receipt.c.notice).where(receipt.c.notice == str(given))).first() is not None


def counts(connection: Connection, given: NoticeId, channel: Channel) -> dict[str, int]:
    """How many reduced messages of one channel stood in each state."""
    rows = connection.execute(
        select(receipt.c.state, func.sum(receipt.c.count))
        .where(receipt.c.notice == str(given), receipt.c.channel == channel.value)
        .group_by(receipt.c.state)
    )
    return {state: int(number) for state, number in rows}


def _add(connection: Connection, given: NoticeId, key: tuple[str, str, str, str], number: int) -> None:
    columns = ("notice", "channel", "kind", "state", "reason")
    values = dict(zip(columns, (str(given), *key), strict=True))
    same = [receipt.c[name] == value for name, value in values.items()]
    changed = connection.execute(receipt.update().where(*same).values(count=receipt.c.count + number))
    if not changed.rowcount:
        connection.execute(insert(receipt).values(**values, count=number))


def _drop_batches(connection: Connection, given: NoticeId) -> None:
    if connection.execute(select(outbox.c.recipient).where(outbox.c.notice == str(given)).limit(1)).first() is None:
        connection.execute(delete(batch).where(batch.c.notice == str(given)))
