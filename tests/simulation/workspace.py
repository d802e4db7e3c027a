"""A small workspace: two policies whose floors are some days long, six users, texts of three clauses."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from publisher.config import Settings, read_settings
from publisher.domain.review import Decision
from publisher.domain.users import User
from publisher.store import users
from publisher.store.engine import open_store
from publisher.workflow.adopt import adopt
from publisher.workflow.review import decided, open_sheet, sign
from publisher.workflow.workspace import open_workspace

BEGIN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
POLICIES = ("privacy", "terms")
FLOOR = 30
DELIVERY = 3

_SETTINGS = '[site]\nname = "Acme"\nbase_url = "https://acme.example"\n[email]\nfrom = "Acme <privacy@acme.example>"\n'
_POLICY = """\
title = "{title}"
language = "en"
timezone = "{zone}"
regimes = ["section-8"]
contact = "privacy@acme.example"
"""
_ZONES = {"privacy": "Asia/Shanghai", "terms": "America/New_York"}
_TEXT = """\
---
effective: {effective}
summary: We keep your data for other times (2).{campaign}
---
# {title}

1. We collect your name.

2. We keep your data for {months} months.

3. Questions are answered by our {desk}.
"""


def settings_of(folder: Path, url: str | None = None) -> Settings:
    """The workspace's settings; `url` names another database than SQLite."""
    found = read_settings(folder, {})
    return replace(found, store=replace(found.store, url=url)) if url else found


def made(folder: Path, url: str | None = None) -> None:
    """The workspace as every sequence begins: v1 of each policy applies, and six users are known."""
    folder.mkdir(parents=True)
    (folder / "publisher.toml").write_text(_SETTINGS, "utf-8")
    for name in POLICIES:
        (folder / "policies" / name).mkdir(parents=True)
        text = _POLICY.format(title=name.title(), zone=_ZONES[name])
        (folder / "policies" / name / "policy.toml").write_text(text, "utf-8")
        write_version(folder, name, "v1", "2025-01-01", months=12, desk="help desk")
    settings = settings_of(folder, url)
    store = open_store(settings.store_url)
    with store.begin() as connection:
        users.upsert(connection, [user(number) for number in range(6)])
    for name in POLICIES:
        adopt(open_workspace(settings), store, name, through="v1", by="Ada", reason="", now=BEGIN)
    store.close()


def user(number: int) -> User:
    """A user; of every five one has no address."""
    address = None if number % 5 == 4 else f"u{number}@example.com"
    return User(f"u{number}", f"User {number}", "en", date(2024, 1, 1), address)


def write_version(
    folder: Path, policy: str, version: str, effective: str, *, months: int, desk: str, campaign: str = ""
) -> None:
    """A version's text."""
    place = folder / "policies" / policy / version
    place.mkdir(exist_ok=True)
    text = _TEXT.format(
        effective=effective,
        title=policy.title(),
        months=months,
        desk=desk,
        campaign=f"\ncampaign: {campaign}" if campaign else "",
    )
    (place / "en.md").write_text(text, "utf-8")


def signed(settings: Settings, policy: str, version: str, *, now: datetime) -> None:
    """Everything found in a version confirmed, and signed."""
    workspace = open_workspace(settings)
    sheet = open_sheet(workspace, policy, version, now=now)
    decisions = [decided(finding, Decision.CONFIRMED, "Ada") for finding in sheet.undecided]
    sign(workspace, sheet, decisions, by="Ada", role="", now=now, translations=())
