"""Batches as jobs of the engine, for workers on many machines; made where the batches are, in the same transaction.

A job says nothing but which batch. What of it is due is read from the batch when the job runs, so that a job too many
does no harm, and one that was lost is made again. In a database without the engine nothing here does anything.
"""

import json
from datetime import datetime

from sqlalchemy import Connection, text

from publisher.domain.notice import URGENCY, NoticeId
from publisher.store.job_engine import has_engine
from publisher.store.schema import instant_number

MAILS = "publisher-mails"
"""The queue of batches."""

BATCH_TASK = "publisher.batch"

AHEAD = 10
"""How much a notice's urgency counts: more than the phases of a batch, so that an urgent one is done first."""

_URGENCY = json.dumps({kind.value: urgency for kind, urgency in URGENCY.items()})

_DEFER = """
SELECT count(*) FROM unnest(procrastinate_defer_jobs_v1(array(
  SELECT row(
      cast(:queue AS varchar), cast(:task AS varchar),
      coalesce((cast(:urgency AS json) ->> n.kind)::int, 0) * :ahead
        + CASE WHEN :fresh AND b.waiting > 0 THEN 30 WHEN b.next_at <= :now THEN 20
          WHEN :resend AND b.doubtful > 0 THEN 10 ELSE 20 END,
      b.notice || '/' || b.number, b.notice || '/' || b.number,
      jsonb_build_object('notice', b.notice, 'number', b.number),
      greatest(
        CASE WHEN :after > 0 THEN clock_timestamp() + make_interval(secs => :after) END,
        CASE WHEN :fresh AND b.waiting > 0 OR b.next_at <= :now OR :resend AND b.doubtful > 0 THEN NULL
          ELSE clock_timestamp() + make_interval(secs => (b.next_at - :now) / 1e6) END
      )
    )::procrastinate_job_to_defer_v1
  FROM batch b JOIN notice n ON n.id = b.notice
  WHERE b.notice = :notice AND b.channel = 'email' AND n.closed IS NULL AND NOT n.paused
    AND (:fresh AND b.waiting > 0 OR b.next_at IS NOT NULL OR :resend AND b.doubtful > 0)
    AND NOT EXISTS (
      SELECT FROM procrastinate_jobs j WHERE j.status = 'todo' AND j.queueing_lock = b.notice || '/' || b.number)
    AND {which}
  ORDER BY b.number
)))
"""
_NEW = text(_DEFER.format(which="b.number >= :first"))
_LEFT = text(_DEFER.format(which="b.number = :number"))
_LOST = text(
    _DEFER.format(
        which="""b.owner IS NULL AND NOT EXISTS (
      SELECT FROM procrastinate_jobs j WHERE j.status = 'doing' AND j.lock = b.notice || '/' || b.number)"""
    )
)
_HURRY = text("""
UPDATE procrastinate_jobs j SET scheduled_at = NULL
FROM batch b
WHERE j.status = 'todo' AND j.scheduled_at > clock_timestamp() + make_interval(secs => :after)
  AND b.notice = :notice AND j.queueing_lock = b.notice || '/' || b.number
  AND (:fresh AND b.waiting > 0 OR b.next_at <= :now OR :resend AND b.doubtful > 0)
""")
_NEEDLESS = text("""
DELETE FROM procrastinate_jobs j
WHERE j.status = 'todo' AND j.queue_name = :queue AND NOT EXISTS (
  SELECT FROM batch b JOIN notice n ON n.id = b.notice
  WHERE j.queueing_lock = b.notice || '/' || b.number AND n.closed IS NULL
    AND (b.owner IS NOT NULL OR b.waiting > 0 OR b.next_at IS NOT NULL OR b.doubtful > 0))
""")


def defer_new(connection: Connection, notice: NoticeId, first: int) -> int:
    """Makes a job for each batch of a notice from a number on that has something to send; says how many."""
    if not has_engine(connection):
        return 0
    given = _given(notice, None, resend=True) | {"first": first}
    return int(connection.execute(_NEW, given).scalar_one())


def defer_left(connection: Connection, notice: NoticeId, number: int, now: datetime, *, resend: bool) -> None:
    """After a batch was put back: a job for what is left of it, when that is due; of a paused notice none.

    Args:
        connection: the transaction that puts it back.
        notice: the batch's notice.
        number: its number.
        now: the instant.
        resend: whether messages in doubt are sent once more.
    """
    if has_engine(connection):
        connection.execute(_LEFT, _given(notice, now, resend=resend) | {"number": number})


def defer_lost(
    connection: Connection, notice: NoticeId, now: datetime, *, resend: bool, fresh: bool = True, after: float = 0
) -> int:
    """A job for each batch of a notice that has something to send and no job: after a pause, a crash, an upgrade.

    Args:
        connection: a transaction that is the only one that writes.
        notice: one that may go on.
        now: the instant.
        resend: whether messages in doubt are sent once more.
        fresh: whether messages that are queued may go, and not only those that were tried before.
        after: seconds before which none of them is due.
    """
    if not has_engine(connection):
        return 0
    given = _given(notice, now, resend=resend, after=after) | {"fresh": fresh}
    connection.execute(_HURRY, {name: given[name] for name in ("notice", "now", "resend", "fresh", "after")})
    return int(connection.execute(_LOST, given).scalar_one())


def forget_needless(connection: Connection) -> None:
    """Jobs of batches with nothing left to send go; a pass of `deliver` has done their work."""
    if has_engine(connection):
        connection.execute(_NEEDLESS, {"queue": MAILS})


def _given(notice: NoticeId, now: datetime | None, *, resend: bool, after: float = 0) -> dict[str, object]:
    return {
        "queue": MAILS,
        "task": BATCH_TASK,
        "urgency": _URGENCY,
        "ahead": AHEAD,
        "now": instant_number(now) or 0,
        "resend": resend,
        "fresh": True,
        "after": after,
        "notice": str(notice),
    }
