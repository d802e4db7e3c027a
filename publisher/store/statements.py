"""Statements on record: their texts, who had them sent, when their notice was complete. Rows are only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from publisher.domain.notice import STATEMENTS, Notice, NoticeId, NoticeKind
from publisher.store import notices
from publisher.store.schema import notice, outbox, statement, statement_event


class StatementAct(StrEnum):
    """What happened to a statement's notice: sent to a list, complete, or over before everybody was told."""

    SEND = "send"
    COMPLETE = "complete"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """One line of a statement's record.

    `by` are the people who signed; `listed`, `made` and `unknown` count the ids of the list, those of them who got a
    message by this, and those who are no users; `until` is when the banner goes.
    """

    act: StatementAct
    at: datetime
    by: tuple[str, ...] = ()
    listed: int = 0
    made: int = 0
    unknown: int = 0
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that tells a statement, with its record in order; `sources` are its texts by language, in order."""

    notice: Notice
    events: tuple[StatementEvent, ...]
    sources: Mapping[str, str]
    digests: Mapping[str, str]

    @property
    def last(self) -> StatementAct:
        """Where it stands: what happened to it last."""
        return self.events[-1].act


def add_texts(connection: Connection, given: NoticeId, texts: Sequence[tuple[str, str, str]]) -> None:
    """Writes the texts of a statement as language, digest and source, the authoritative one first."""
    rows = [
        {"notice": str(given), "language": language, "place": place, "digest": digest, "source": source}
        for place, (language, digest, source) in enumerate(texts)
    ]
    connection.execute(statement.insert(), rows)


def note(connection: Connection, given: NoticeId, event: StatementEvent) -> None:
    """Adds to a statement's record."""
    last = connection.execute(
        select(func.coalesce(func.max(statement_event.c.no), 0)).where(statement_event.c.notice == str(given))
    ).scalar_one()
    connection.execute(
        statement_event.insert().values(
            notice=str(given),
            no=last + 1,
            act=event.act,
            at=event.at,
            by=list(event.by),
            listed=event.listed,
            made=event.made,
            unknown=event.unknown,
            until=event.until,
            reason=event.reason,
        )
    )


def all_sent(connection: Connection) -> tuple[Sent, ...]:
    """Every statement that was sent from this store, the oldest first."""
    rows = (
        select(notice.c.policy, notice.c.version, notice.c.revision)
        .where(notice.c.kind.in_(STATEMENTS))
        .order_by(notice.c.created, notice.c.id)
    )
    names = [NoticeId(row.policy, row.version, row.revision) for row in connection.execute(rows)]
    return tuple(found for name in names if (found := find(connection, name)) is not None)


def find(connection: Connection, given: NoticeId) -> Sent | None:
    """A statement that was sent, or None."""
    found = notices.find(connection, given)
    if found is None:
        return None
    of_notice = statement_event.c.notice == str(given)
    events = connection.execute(select(statement_event).where(of_notice).order_by(statement_event.c.no))
    texts = connection.execute(
        select(statement).where(statement.c.notice == str(given)).order_by(statement.c.place)
    ).all()
    return Sent(
        found,
        tuple(_event(row) for row in events),
        {row.language: row.source for row in texts},
        {row.language: row.digest for row in texts},
    )


def next_id(connection: Connection, policy: str, kind: NoticeKind) -> NoticeId:
    """The id that the next statement of a kind gets."""
    rows = select(func.coalesce(func.max(notice.c.revision), 0)).where(
        notice.c.policy == policy, notice.c.version == kind.value
    )
    return NoticeId(policy, kind.value, connection.execute(rows).scalar_one() + 1)


def reopen(connection: Connection, given: NoticeId, deadline: datetime) -> None:
    """Lets a notice be sent again until an instant, after its time was over."""
    connection.execute(notice.update().where(notice.c.id == str(given)).values(closed=None, deadline=deadline))


def people(connection: Connection, given: NoticeId) -> int:
    """How many people a notice has messages for."""
    rows = select(func.count(func.distinct(outbox.c.recipient))).where(outbox.c.notice == str(given))
    return int(connection.execute(rows).scalar_one())


def _event(row: Any) -> StatementEvent:
    return StatementEvent(
        act=StatementAct(row.act),
        at=row.at,
        by=tuple(row.by),
        listed=row.listed,
        made=row.made,
        unknown=row.unknown,
        until=row.until,
        reason=row.reason,
    )
