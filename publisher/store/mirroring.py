"""The webhook's messages beside the mails: for the very same people, with or without an address, of the same kind."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, case, exists, func, literal, null, select

from publisher.domain.notice import Channel, MessageState, Notice, NoticeId
from publisher.store.making import BATCH_RESTING
from publisher.store.schema import batch, outbox

_AFRESH: dict[str, Any] = {
    "channel": literal(Channel.WEBHOOK.value, String(16)),
    "state": literal(MessageState.QUEUED.value, String(16)),
    "attempts": literal(0),
    "doubts": literal(0),
    "next_at": null(),
    "settled_at": null(),
    "code": null(),
    "reply": null(),
    "reason": null(),
    "handoff": null(),
    "provider": null(),
}
"""What a message begins with; all else is that of the mail."""


REASON_ONCE = "told-once"
"""Why a message was not sent: the far side was told of the notice once, and nobody of it alone."""

_LEFT = (MessageState.QUEUED, MessageState.DEFERRED, MessageState.IN_DOUBT)


def skip_all(connection: Connection, notice_id: NoticeId, now: datetime) -> int:
    """Leaves everybody whom the webhook was to tell to the banner: the far side was told once. Returns how many."""
    changed = connection.execute(
        outbox.update()
        .where(*_of_webhook(notice_id), outbox.c.state.in_(_LEFT))
        .values(state=MessageState.SKIPPED, reason=REASON_ONCE, next_at=None, settled_at=now)
    )
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(notice_id), batch.c.channel == Channel.WEBHOOK.value)
        .values(waiting=0, doubtful=0, held=0, next_at=None, state=BATCH_RESTING)
    )
    return changed.rowcount


def defer_all(connection: Connection, notice_id: NoticeId, next_at: datetime) -> None:
    """Lets everybody whom the webhook was to tell wait until an instant."""
    connection.execute(
        outbox.update()
        .where(*_of_webhook(notice_id), outbox.c.state.in_(_LEFT))
        .values(state=MessageState.DEFERRED, next_at=next_at)
    )
    connection.execute(
        batch.update()
        .where(batch.c.notice == str(notice_id), batch.c.channel == Channel.WEBHOOK.value)
        .values(waiting=0, doubtful=0, next_at=next_at)
    )


def _of_webhook(notice_id: NoticeId) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.notice == str(notice_id), outbox.c.channel == Channel.WEBHOOK.value


def mirror(connection: Connection, given: Notice) -> None:
    """Gives everybody in a notice's queue of mails a message by webhook too, where the notice has both channels."""
    if not {Channel.EMAIL, Channel.WEBHOOK} <= set(given.channels):
        return
    of_notice = outbox.c.notice == str(given.id)
    there = outbox.alias("there")
    missing = ~exists(
        select(literal(1)).where(
            there.c.notice == outbox.c.notice,
            there.c.recipient == outbox.c.recipient,
            there.c.channel == Channel.WEBHOOK.value,
        )
    )
    first = connection.execute(
        select(func.max(batch.c.number) + 1).where(batch.c.notice == str(given.id))
    ).scalar_one_or_none()
    if first is None:
        return
    columns = [
        _AFRESH[column.name].label(column.name)
        if column.name in _AFRESH
        else (column + first).label("batch")
        if column.name == "batch"
        else column
        for column in outbox.c
    ]
    rows = select(*columns).where(of_notice, outbox.c.channel == Channel.EMAIL.value, missing)
    names = [column.name for column in outbox.c]
    connection.execute(outbox.insert().from_select(names, rows.order_by(outbox.c.recipient)))
    made = {
        "notice": outbox.c.notice,
        "number": outbox.c.batch,
        "channel": outbox.c.channel,
        "lo": func.min(outbox.c.recipient),
        "hi": func.max(outbox.c.recipient),
        "count": func.count(),
        "state": literal(BATCH_RESTING, String(16)),
        "waiting": func.count(case((outbox.c.state == MessageState.QUEUED, 1))),
        "doubtful": literal(0),
        "held": literal(0),
    }
    batches = (
        select(*(value.label(name) for name, value in made.items()))
        .where(of_notice, outbox.c.channel == Channel.WEBHOOK.value, outbox.c.batch >= first)
        .group_by(outbox.c.notice, outbox.c.batch, outbox.c.channel)
    )
    connection.execute(batch.insert().from_select(list(made), batches))
