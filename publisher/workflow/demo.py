"""The main job rehearsed on a scratch copy of a workspace, with invented users and a local Maildir."""

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from publisher.config import (
    FILE_NAME,
    DeliverySettings,
    EmailSettings,
    SecretSettings,
    Settings,
    SiteSettings,
    StoreSettings,
)
from publisher.errors import Place, one
from publisher.store.engine import open_store
from publisher.workflow.adopt import adopt_ledgers
from publisher.workflow.delivery_report import Bar, DeliveryReport
from publisher.workflow.dispatch import dispatch
from publisher.workflow.ingest import import_users
from publisher.workflow.publish import PublishReport, publish
from publisher.workflow.tick import TickReport, tick
from publisher.workflow.workspace import open_workspace

MARKER = ".publisher-demo"
USERS = 1000
MAILDIR = "var/mail"

_GIVEN = (
    "Ada Ben Clara David Elena Felix Grace Henry Iris Jonas Karin Leo Mona Nils Olga Paul Rosa Sven Tara Vera".split()
)
_FAMILY = "Abbot Berger Castell Dahl Evers Falk Grimm Holm Ibsen Jansen Keller Lind Moreau Novak Ortiz Petri".split()
_HAN_FAMILY = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙".split()
_HAN_GIVEN = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明".split()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the demonstration did, and what to open."""

    published: PublishReport
    delivered: DeliveryReport
    recorded: TickReport
    homepage: Path
    mail: Path
    folder: Path


def demo(settings: Settings, folder: Path, *, now: Callable[[], datetime], progress: Bar | None = None) -> Rehearsal:
    """Publishes and delivers a workspace's own policies inside a scratch folder; run again, nothing new is queued.

    Raises:
        PublisherError: the folder is somebody else's, or publishing is refused.
    """
    scratch = _scratch(settings, folder)
    store = open_store(scratch.store_url)
    try:
        users = folder / "users.csv"
        if not users.exists():
            _write_users(users, USERS)
            import_users(store, users)
        adopt_ledgers(open_workspace(scratch), store, by="publisher demo", reason="a demonstration", now=now())
        published = publish(scratch, store, now=now())
        delivered = dispatch(scratch, store, now=now, progress=progress)
        recorded = tick(scratch, store, now=now())
    finally:
        store.close()
    return Rehearsal(published, delivered, recorded, scratch.output / "index.html", scratch.path(MAILDIR), folder)


def _scratch(settings: Settings, folder: Path) -> Settings:
    """The scratch workspace: made fresh when it is not there or its texts are no longer those of the original."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise one(
            "demo-folder",
            "The folder is not empty and no demonstration made it.",
            "Name another folder, or remove it.",
            Place(str(folder)),
        )
    source = settings.path("policies")
    marked = (folder / MARKER).read_text("utf-8").strip() if (folder / MARKER).exists() else ""
    current = _fingerprint(source)
    if marked != current:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("unfinished\n", "utf-8")
        shutil.copytree(source, folder / "policies")
        if settings.path("site").is_dir():
            shutil.copytree(settings.path("site"), folder / "site", ignore=shutil.ignore_patterns("public"))
        (folder / FILE_NAME).write_text(_settings_file(settings), "utf-8")
        (folder / MARKER).write_text(current + "\n", "utf-8")
    return replace(
        settings,
        root=folder.resolve(),
        site=replace(settings.site, output=SiteSettings().output, homepage=()),
        store=StoreSettings(),
        email=replace(settings.email, transport=f"maildir:{MAILDIR}", rate=0),
        delivery=DeliverySettings(),
        secrets=SecretSettings(),
    )


def _settings_file(settings: Settings) -> str:
    """A publisher.toml of its own, so that every command works inside the scratch folder too."""
    import tomli_w

    site = {"name": settings.site.name, "base_url": settings.site.base_url}
    email = {
        "transport": f"maildir:{MAILDIR}",
        "from": settings.email.sender or EmailSettings().sender,
        "connections": settings.email.connections,
        "copy": settings.email.copy,
    }
    return tomli_w.dumps({"site": site, "email": email})


def _fingerprint(source: Path) -> str:
    """The digest of every file below a folder."""
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _write_users(path: Path, number: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "email", "name", "language", "joined"))
        rows.writerows(_users(number))


def _users(number: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Invented people, the same ones each time: three in ten read Chinese."""
    first = date(2023, 1, 1)
    for index in range(number):
        chinese = index % 10 in (2, 5, 8)
        if chinese:
            name = _HAN_FAMILY[index % len(_HAN_FAMILY)] + _HAN_GIVEN[index * 7 % len(_HAN_GIVEN)]
        else:
            name = f"{_GIVEN[index % len(_GIVEN)]} {_FAMILY[index * 3 % len(_FAMILY)]}"
        language = "zh-CN" if chinese else "en"
        joined = first + timedelta(days=index * 13 % 600)
        yield (f"user-{index:04}", f"user-{index:04}@example.com", name, language, joined.isoformat())
