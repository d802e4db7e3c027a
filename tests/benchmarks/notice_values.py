"""What the benchmark of notices works on: users, a notice for them, its mail of about 13 KB, and rows in a store."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import make_url

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Op
from publisher.domain.notice import Channel, MailTemplate, Notice, NoticeContent, NoticeId, NoticeKind, ToldChange
from publisher.domain.predicate import EVERYONE, Compared, Comparison, Member, Reach
from publisher.render.mail import mail
from publisher.render.templates import environment, strings
from publisher.store.engine import open_store

MAIL_BYTES = 13_000
SENDER = "Example Privacy <privacy@example.com>"
SENDER_ADDRESS = "privacy@example.com"
DOMAIN = "example.com"
KEY = b"a key of the benchmark's own"
NOTICE = NoticeId("privacy", "v2", 1)
SOME = Reach(None, (Member("some", Compared("region", Comparison.EQUAL, "CN")),), "region = 'CN'")
"""An audience of a third of the users."""

_COLUMNS = ("id", "name", "language", "joined", "email", "email_fault", "aside", "attributes", "secret", "recipient")
_LANGUAGES = ("en", "en", "zh-CN", "de")
_REGIONS = ("CN", "DE", "US")
_WITHOUT_ADDRESS = 20
_BASE = "https://example.com/privacy"
_SENTENCE = "We may keep the figures of your use for as long as our partners ask for them, and share them onwards. "


def notice(reach: Reach = EVERYONE) -> Notice:
    """The notice, made now, with time enough to be sent."""
    now = datetime.now(UTC)
    return Notice(
        id=NOTICE,
        kind=NoticeKind.REVISION,
        channels=(Channel.BANNER, Channel.EMAIL),
        effective=now.date() + timedelta(days=60),
        floor=30,
        created=now,
        deadline=now + timedelta(days=20),
        reach=reach,
    )


def content(changes: int) -> NoticeContent:
    """What the notice says, of so many changes."""
    return NoticeContent(
        notice=NOTICE,
        kind=NoticeKind.REVISION,
        language="en",
        organisation="Example",
        policy_title="Privacy Policy",
        version="v2",
        summary="We will share usage figures with partners.",
        effective=date(2027, 3, 1),
        timezone="Asia/Shanghai",
        changes=tuple(
            ToldChange(
                clause=f"4.{number}",
                where=f"4. Sharing › 4.{number}",
                reasons=(FindingKind.OBLIGATION_WEAKENED, FindingKind.NEW_RECIPIENT),
                edits=(
                    (Op.EQUAL, "We "),
                    (Op.DELETE, "will"),
                    (Op.INSERT, "may"),
                    (Op.EQUAL, f" ask. {_SENTENCE * 2}"),
                ),
                link=f"{_BASE}/v2/en/#4.{number}",
            )
            for number in range(1, changes + 1)
        ),
        contact="privacy@example.com",
        link=f"{_BASE}/v2/en/",
        redline_link=f"{_BASE}/v1...v2/en/",
        notice_link=f"{_BASE}/notices/{NOTICE}/en/",
        digest="sha256:" + "9f" * 32,
    )


def told() -> NoticeContent:
    """What the notice says, with as many changes as make a mail of 13 KB."""
    return next(given for given in map(content, range(1, 1000)) if _size(rendered(given)) >= MAIL_BYTES)


def rendered(given: NoticeContent) -> MailTemplate:
    """The notice's mail as the product makes it, once for all readers of a language."""
    return mail(given, strings("en"), environment(None), sender=SENDER)


def _size(template: MailTemplate) -> int:
    return sum(map(len, template.parts))


def mails() -> tuple[MailTemplate, ...]:
    """The notice's mails: an English one, and the same bytes for readers of Chinese."""
    english = rendered(told())
    return english, replace(english, language="zh-CN")


def fill(url: str, users: int, *, everybody_reachable: bool) -> None:
    """Makes a store with so many users: several languages and regions, and some without an address unless told so."""
    open_store(url).close()
    rows = _rows(users, everybody_reachable=everybody_reachable)
    names = ", ".join(_COLUMNS)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_name(url))) as connection:
            places = ", ".join("?" * len(_COLUMNS))
            connection.executemany(f"INSERT INTO users ({names}) VALUES ({places})", rows)  # noqa: S608  values of ours
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return
    import psycopg

    with psycopg.connect(libpq(url)) as server:
        with server.cursor().copy(f"COPY users ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE users")


def sqlite_name(url: str) -> str:
    """The file of a SQLite URL."""
    return make_url(url).database or ""


def libpq(url: str) -> str:
    """A PostgreSQL URL as its own programs write it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _rows(users: int, *, everybody_reachable: bool) -> Iterator[tuple[Any, ...]]:
    for number in range(users):
        reachable = everybody_reachable or number % _WITHOUT_ADDRESS
        yield (
            f"u{number}",
            f"Reader {number}",
            _LANGUAGES[number % len(_LANGUAGES)],
            "2024-01-01",
            f"reader{number}@example.com" if reachable else None,
            None,
            None,
            json.dumps({"region": _REGIONS[number % len(_REGIONS)], "plan": "basic"}),
            b"0123456789abcdef",
            hashlib.sha256(f"u{number}".encode()).hexdigest(),
        )
