"""One build of the website in memory: its files as they are sent, and the instants at which what they say ends."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from publisher.domain.citation import Citation, history_path
from publisher.domain.life import APPLIED, DATED, State
from publisher.render.headers import TIME_MAP
from publisher.website.redirects import RULES
from publisher.workflow.encoded import Encoded
from publisher.workflow.reading import Reading, Seen


@dataclass(frozen=True, slots=True)
class Point:
    """What is said of a text's place in time, in headers: since when it applies, and what is around it.

    Attributes:
        modified: since when the page shows this version, as Last-Modified has it; empty for one that never applied.
        memento: the same for a version's own page, as Memento-Datetime has it (RFC 7089); else empty.
        links: the relations to other versions (RFC 5829) and to the time gate and map, as a Link header has them.
    """

    modified: bytes
    memento: bytes
    links: bytes


_NOWHERE = Point(b"", b"", b"")


class Snapshot:
    """All files of one build by path. Reading it takes a while for a large site, and is done away from requests.

    Attributes:
        read: which file each page was read from.
        digest: of all paths and pages; the same for builds that say the same.
        turns: the instants at which a version takes effect that does not apply in this build.
    """

    def __init__(self, folder: Path | None, *, base_url: str = "", former: Sequence["Snapshot"] = ()) -> None:
        """Reads a folder, or None for a website with nothing in it.

        What a former one has of the same file is not read, and what it has of the same bytes is not compressed.

        Raises:
            FileNotFoundError: something went away meanwhile.
        """
        reading = Reading(base_url, [snapshot.read for snapshot in former])
        self._pages = dict(reading.files(folder)) if folder is not None else {}
        self.read: Mapping[Seen, Encoded] = reading.seen
        self.digest = _digest_of_all(self._pages)
        lists = tuple(self._lists())
        self._points = dict(_points(lists, base_url.rstrip("/")))
        self.turns = tuple(sorted({at for listed in lists for at in _turns(listed)}))
        self._languages = {
            (listed["policy"], version["version"]): frozenset(version["digest"])
            for listed in lists
            for version in listed["versions"]
        }
        self._moved = dict(_moved(folder / RULES)) if folder is not None else {}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the homepage speaks."""
        return tuple(
            path.split("/")[1] for path in self._pages if path.count("/") == 2 and path.endswith("/banner.html")
        )

    @property
    def styles(self) -> tuple[str, ...]:
        """The paths of the style sheets, the theme last."""
        found = [
            path
            for path in self._pages
            if path.startswith(("/static/site.", "/static/theme.")) and path.endswith(".css")
        ]
        return tuple(sorted(found))

    def find(self, path: str) -> Encoded | None:
        """The file at a path; `/privacy/` is its index."""
        return self._pages.get(path + "index.html" if path.endswith("/") else path)

    def point(self, path: str) -> Point:
        """What headers say of the text at a path."""
        return self._points.get(path, _NOWHERE)

    def moved(self, path: str) -> str | None:
        """Where an old path leads now; None when it was never redirected."""
        return self._moved.get(path)

    def speaks(self, policy: str, version: str, language: str | None) -> bool:
        """Whether a version is published, and in that language, so that nothing is made for names that are guessed."""
        found = self._languages.get((policy, version), frozenset())
        return bool(found) if language is None else language in found

    def text(self, path: str) -> str:
        """A file's text; empty when it is not there."""
        page = self._pages.get(path)
        return page.body("identity").decode("utf-8") if page is not None else ""

    def awaits(self, turn: datetime) -> bool:
        """Whether a version that takes effect at an instant does not apply in this build yet."""
        return turn in self.turns

    def next_turn(self, now: datetime) -> datetime | None:
        """The next instant at which a version takes effect, as far as is known."""
        return next((turn for turn in self.turns if turn > now), None)

    def freshness(self, now: datetime, longest: int) -> int:
        """For how many seconds a page may be kept: never past the next version's effect."""
        turn = self.next_turn(now)
        return longest if turn is None else max(0, min(longest, int((turn - now).total_seconds())))

    def _lists(self) -> Iterator[dict[str, Any]]:
        for path in self._pages:
            if path.endswith("/versions.json"):
                listed = json.loads(self.text(path))
                if isinstance(listed, dict) and {"policy", "versions"} <= listed.keys():
                    yield listed


def _digest_of_all(pages: Mapping[str, Encoded]) -> bytes:
    found = hashlib.sha256()
    for path in sorted(pages):
        found.update(path.encode("utf-8", "surrogateescape") + b"\0" + pages[path].digest + b"\0")
    return found.digest()


def _turns(listed: Mapping[str, Any]) -> Iterator[datetime]:
    for version in listed["versions"]:
        if version["state"] in DATED and version["from"]:
            yield _instant(version["from"])


def _points(lists: Sequence[dict[str, Any]], base: str) -> Iterator[tuple[str, Point]]:
    for listed in lists:
        policy, versions = listed["policy"], listed["versions"]
        there = f"{base}{Citation(policy).path}"
        around = (
            f'<{there}>; rel="original latest-version", <{base}/timegate/{policy}>; rel="timegate", '
            f'<{base}/timemap/{policy}>; rel="timemap"; type="{TIME_MAP}", '
            f'<{base}{history_path(policy)}>; rel="version-history"'
        )
        for index, version in enumerate(versions):
            said = around
            for rel, other in (("predecessor-version", index - 1), ("successor-version", index + 1)):
                if 0 <= other < len(versions) and versions[other]["state"] != State.WITHDRAWN:
                    said += f', <{base}{Citation(policy, versions[other]["version"]).path}>; rel="{rel}"'
            applied = version["state"] in APPLIED and version["from"]
            since = format_datetime(_instant(version["from"]), usegmt=True).encode("ascii") if applied else b""
            point = Point(since, since, said.encode("ascii"))
            yield Citation(policy, version["version"]).path, point
            for address in version["href"].values():
                yield unquote(urlsplit(address).path).removeprefix(urlsplit(base).path), point
            if version["version"] == listed["in_force"]:
                current = Point(since, b"", around.encode("ascii"))
                yield Citation(policy).path, current
                for language in version["href"]:
                    yield Citation(policy, language=language).path, current


def _instant(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _moved(rules: Path) -> Iterator[tuple[str, str]]:
    # The file may be somebody else's, who wants rules that only other servers understand.
    for line in rules.read_text("utf-8", "replace").splitlines() if rules.is_file() else ():
        match line.split():
            case [old, new, "301"] if new.startswith("/") and not new.startswith("//") and new.isascii():
                yield unquote(old), new
