"""The stop button's record: who paused a notice, who let it go on, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from publisher.domain.notice import NoticeId
from publisher.store.schema import handling, notice

PUBLISHER = "publisher"
"""By whom a notice is paused that too many addresses refuse."""


class Act(StrEnum):
    """What was done to a notice. `LET_GO`: all may go, after the first mails that a person was to look at."""

    PAUSE = "pause"
    RESUME = "resume"
    LET_GO = "let-go"


@dataclass(frozen=True, slots=True)
class Handled:
    """One turn of the stop button; `why` may be empty."""

    act: Act
    by: str
    why: str
    at: datetime


def pause(connection: Connection, notice_id: NoticeId, handled: Handled) -> bool:
    """Stops a notice: senders finish what is under way and begin nothing new. Says whether it was running."""
    return _set_paused(connection, notice_id, handled, paused=True)


def pause_of_itself(connection: Connection, notice_id: NoticeId, why: str, at: datetime) -> bool:
    """Stops a notice that cannot go on as it is, until a person has looked. Says whether it was running."""
    return pause(connection, notice_id, Handled(Act.PAUSE, PUBLISHER, why, at))


def resume(connection: Connection, notice_id: NoticeId, handled: Handled) -> bool:
    """Lets a paused notice go on. Says whether it was paused."""
    return _set_paused(connection, notice_id, handled, paused=False)


def let_go(connection: Connection, notice_id: NoticeId, handled: Handled) -> None:
    """Lets all of a notice go, whatever the settings hold back after its first mails."""
    _note(connection, notice_id, handled)


def is_let_go(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether a person has seen the first mails of a notice and let the rest go."""
    rows = select(handling.c.no).where(handling.c.notice == str(notice_id), handling.c.act == Act.LET_GO)
    return connection.execute(rows).first() is not None


def paused_by(connection: Connection, notice_id: NoticeId) -> Handled | None:
    """Who paused a notice that is paused now; None while it is not, or was paused before anybody kept a record."""
    rows = (
        select(handling)
        .join_from(handling, notice, notice.c.id == handling.c.notice)
        .where(handling.c.notice == str(notice_id), handling.c.act == Act.PAUSE, notice.c.paused.is_(True))
        .order_by(handling.c.no.desc())
        .limit(1)
    )
    row = connection.execute(rows).first()
    return _handled(row) if row is not None else None


def _set_paused(connection: Connection, notice_id: NoticeId, handled: Handled, *, paused: bool) -> bool:
    changed = connection.execute(
        notice.update().where(notice.c.id == str(notice_id), notice.c.paused.is_(not paused)).values(paused=paused)
    )
    if changed.rowcount:
        _note(connection, notice_id, handled)
    return changed.rowcount > 0


def _note(connection: Connection, notice_id: NoticeId, handled: Handled) -> None:
    last = connection.execute(
        select(func.coalesce(func.max(handling.c.no), 0)).where(handling.c.notice == str(notice_id))
    ).scalar_one()
    values = {"notice": str(notice_id), "no": last + 1, "act": handled.act, "by": handled.by, "why": handled.why}
    connection.execute(handling.insert().values(**values, at=handled.at))


def _handled(row: Any) -> Handled:
    return Handled(Act(row.act), row.by, row.why, row.at)
