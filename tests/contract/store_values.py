"""Values that the store's tests share."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from publisher.domain.notice import (
    Channel,
    MailTemplate,
    MessageState,
    Notice,
    NoticeId,
    NoticeKind,
)
from publisher.domain.users import User
from publisher.store import outbox, users
from publisher.store.handling import Act, Handled

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FIRST = NoticeId("privacy", "v2", 1)
SECOND = NoticeId("privacy", "v2", 2)
PAUSED = Handled(Act.PAUSE, "Ada", "the date is wrong", NOW)
RESUMED = Handled(Act.RESUME, "Grace", "", NOW)


def user(number: int, *, email: str | None = "", language: str = "en") -> User:
    address = f"reader{number}@example.com" if email == "" else email
    return User(f"u{number}", f"Reader {number}", language, date(2024, 1, 1), address)


def notice(notice_id: NoticeId = FIRST, *, kind: NoticeKind = NoticeKind.REVISION) -> Notice:
    return Notice(
        id=notice_id,
        kind=kind,
        channels=(Channel.BANNER, Channel.EMAIL),
        effective=date(2027, 1, 1),
        floor=30,
        created=NOW,
        deadline=NOW + timedelta(days=40),
    )


def template(notice_id: NoticeId = FIRST, kind: NoticeKind = NoticeKind.REVISION, language: str = "en") -> MailTemplate:
    body = f"\r\n\r\n{kind} in {language}\r\n".encode()
    return MailTemplate(
        notice=notice_id,
        kind=kind,
        language=language,
        audience="everyone",
        parts=(b"To: ", b"\r\nMessage-ID: ", b"\r\nDate: ", body),
        slots=("to", "message-id", "date"),
        digest=f"sha256:{kind}-{language}",
    )


def both_kinds(notice_id: NoticeId) -> tuple[MailTemplate, ...]:
    return tuple(template(notice_id, kind) for kind in NoticeKind)


def add_users(connection: Connection, given: Iterable[User]) -> None:
    users.upsert(connection, given)


def queue_first(connection: Connection, given: Iterable[User]) -> int:
    add_users(connection, given)
    return outbox.queue(connection, notice(), [template()])


def states(connection: Connection, notice_id: NoticeId = FIRST) -> dict[MessageState, int]:
    return {entry.state: entry.count for entry in outbox.counts(connection, notice_id) if entry.count}


def languages(templates: Sequence[MailTemplate]) -> list[str]:
    return [entry.language for entry in templates]
