"""What a pass over the open notices did and left, the same whoever took the messages."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.notice import Outcome
from publisher.store import batches, notices, outbox
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import DeliveryReport

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.domain.notice import NoticeId


def pass_report(
    connection: "Connection",
    tally: Mapping[Outcome, int],
    *,
    now: Callable[[], datetime],
    start: CarefulStart,
    resend: bool,
) -> DeliveryReport:
    """The counts of a pass, and which notices are paused, overdue, or wait for a person.

    Args:
        connection: a view of the store after the pass.
        tally: how many messages came to which outcome.
        now: the clock.
        start: the careful start, which may hold mails back.
        resend: whether messages in doubt are sent once more.
    """

    def is_unsent(notice: "NoticeId") -> bool:
        return batches.is_unsent(connection, notice, resend=resend)

    waiting = notices.open_notices(connection)
    paused = tuple(entry.id for entry in waiting if notices.is_paused(connection, entry.id) and is_unsent(entry.id))
    waits = (start.waits(connection, entry, now()) for entry in waiting if entry.id not in paused)
    return DeliveryReport(
        accepted=tally[Outcome.ACCEPTED],
        refused=tally[Outcome.REFUSED],
        deferred=tally[Outcome.DEFERRED],
        in_doubt=tally[Outcome.IN_DOUBT],
        held=batches.held_count(connection, resend=resend),
        next_at=outbox.deferred_next(connection),
        paused=paused,
        overdue=tuple(entry.id for entry in waiting if now() >= entry.deadline and is_unsent(entry.id)),
        waits=tuple(wait for wait in waits if wait is not None),
    )
