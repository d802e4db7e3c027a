"""The built website in memory, as it is served: read whole, and read anew when a build has put another in place."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from publisher.config import Settings
from publisher.domain.citation import redline_path
from publisher.domain.policy import is_version, version_number
from publisher.render.views import HistoryView, View
from publisher.website.build import rendered
from publisher.website.redirects import RULES
from publisher.workflow.build import site_of
from publisher.workflow.cumulative import redline_view
from publisher.workflow.workspace import open_workspace

_KINDS: Mapping[str, bytes] = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json; charset=utf-8",
    ".atom": b"application/atom+xml; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".ics": b"text/calendar; charset=utf-8",
}
_SMALLEST_ZIPPED = 512
_MOST_MADE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One file: its bytes, zipped where that is shorter, its media type, its entity tag without the closing quote."""

    body: bytes
    zipped: bytes | None
    kind: bytes
    tag: bytes
    immutable: bool


class Snapshot:
    """All files of one build, and the instants at which what they say ends."""

    def __init__(self, folder: Path) -> None:
        self._pages = dict(_read(folder))
        self._made: dict[str, Page | None] = {}
        self._turns = _turns(self.text("/banners.json"))
        self._moved = dict(_moved(self.text(f"/{RULES}")))

    def find(self, path: str) -> Page | None:
        """The page at a path; `/privacy/` is its index."""
        return self._pages.get(path + "index.html" if path.endswith("/") else path)

    def moved(self, path: str) -> str | None:
        """Where an old path leads now; None when it was never redirected."""
        return self._moved.get(path)

    def made(self, settings: Settings, path: str, *, now: datetime) -> Page | None:
        """A page that no build writes, kept while this build stands; None when there is none."""
        if path not in self._made:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[path] = made(settings, path, now=now)
        return self._made[path]

    def text(self, path: str) -> str:
        """A file's text; empty when it is not there."""
        page = self._pages.get(path)
        return page.body.decode("utf-8") if page is not None else ""

    def freshness(self, page: Page, now: datetime, longest: int) -> int:
        """For how many seconds a page may be kept: never past the next version's effect."""
        if page.immutable:
            return longest
        return max(0, min([longest, *(int((turn - now).total_seconds()) for turn in self._turns if turn > now)]))


_COMPARED = re.compile(
    r"/(?P<policy>[a-z0-9-]+)/(?P<old>v[0-9]+)\.\.\.(?P<new>v[0-9]+)/(?:(?P<language>[A-Za-z0-9-]+)/)?"
)


_HISTORY = re.compile(r"/(?P<policy>[a-z0-9-]+)/history/(?:(?P<language>[A-Za-z0-9-]+)/)?")


def made(settings: Settings, path: str, *, now: datetime) -> Page | None:
    """Two versions compared that are no neighbours, or the history with a form that asks for them; else None."""
    named = _COMPARED.fullmatch(path) or _HISTORY.fullmatch(path)
    if named is None:
        return None
    site = site_of(open_workspace(settings), now=now)
    series = next((series for series in site.policies if series.name == named["policy"]), None)
    if series is None:
        return None
    language = named["language"]
    view: View | None
    if named.re is _HISTORY:
        shown = language or series.settings.language
        view = HistoryView(series, shown, language is not None, served=True) if shown in series.languages else None
    else:
        view = redline_view(series, named["old"], named["new"], language)
    return _page(rendered(site, settings.path("site"), view), ".html", immutable=False) if view is not None else None


def asked_for(path: str, query: Mapping[str, list[str]]) -> str | None:
    """The path of the comparison that a reader asked for in the form of a history; None when nothing was asked."""
    named = _HISTORY.fullmatch(path)
    pair = [name for key in ("old", "new") for name in query.get(key, [])[:1] if is_version(name)]
    if named is None or len(set(pair)) != 2:
        return None
    old, new = sorted(pair, key=version_number)
    return redline_path(named["policy"], old, new, named["language"])


class Pages:
    """The newest snapshot of a workspace's website."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.output
        self._known: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None

    def current(self) -> Snapshot:
        """The website as the last build left it."""
        try:
            status = self._folder.stat()
            known = (status.st_ino, status.st_mtime_ns)
        except OSError:
            known = (0, 0)
        if self._snapshot is None or known != self._known:
            self._snapshot, self._known = Snapshot(self._folder), known
        return self._snapshot


def _read(folder: Path) -> Iterator[tuple[str, Page]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in relative.parts):
            continue
        immutable = relative.parts[0] == "static"
        yield "/" + relative.as_posix(), _page(path.read_bytes(), path.suffix, immutable=immutable)


def _page(body: bytes, suffix: str, *, immutable: bool) -> Page:
    zipped = gzip.compress(body, mtime=0) if len(body) >= _SMALLEST_ZIPPED else None
    return Page(
        body,
        zipped if zipped is not None and len(zipped) < len(body) else None,
        _KINDS.get(suffix, b"application/octet-stream"),
        b'"' + hashlib.sha256(body).hexdigest()[:32].encode("ascii"),
        immutable,
    )


def _moved(rules: str) -> Iterator[tuple[str, str]]:
    # The file may be somebody else's, who wants rules that only other servers understand.
    for line in rules.splitlines():
        match line.split():
            case [old, new, "301"] if new.startswith("/") and not new.startswith("//") and new.isascii():
                yield unquote(old), new


def _turns(banners: str) -> tuple[datetime, ...]:
    try:
        ends = [entry["until"] for entry in json.loads(banners or "[]")]
        return tuple(datetime.strptime(end, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) for end in ends)
    except (ValueError, KeyError, TypeError):
        return ()
