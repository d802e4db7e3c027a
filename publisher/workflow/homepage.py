"""Whether a banner can be seen, with its own words, on every homepage that is to show it.

It stands in the page itself, or the page names the site's `banner.js`: then what that script would show is looked at.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from publisher.config import Settings
from publisher.render.banners import words_digest
from publisher.render.views import Banner

TIMEOUT_SECONDS = 10
MOST_BYTES = 4_000_000
NOT_THERE = "is not on"

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass(frozen=True, slots=True)
class Sighting:
    """A page on which the banner was seen, in which language, and the digest of its words there."""

    page: str
    language: str
    digest: str


@dataclass(frozen=True, slots=True)
class Look:
    """Where a banner was seen, and in words where it was not, or not as it is."""

    seen: tuple[Sighting, ...]
    missing: tuple[str, ...]


def look_for(settings: Settings, banner: Banner) -> Look:
    """Looks at every homepage of the settings; without any, at the homepage in the built site."""
    if not settings.site.homepage:
        page = settings.output / "index.html"
        held = page.read_bytes() if page.is_file() else b""
        pages = [("the built homepage", held)]
    else:
        pages = [(url, _fetched(url)) for url in settings.site.homepage]
    seen: list[Sighting] = []
    missing: list[str] = []
    for name, content in pages:
        text = content.decode("utf-8", "replace")
        found = seen_in(text, banner)
        if found == NOT_THERE and (script := script_of(text, name)):
            found = listed_in(_fetched(urljoin(script, "banners.json")), banner, _Page.of(text).language)
        if isinstance(found, str):
            missing.append(f"the banner {banner.id} {found} {name}")
        else:
            seen.append(Sighting(name, *found))
    return Look(tuple(seen), tuple(missing))


def seen_in(page: str, banner: Banner) -> tuple[str, str] | str:
    """The language and digest of a banner in a page; or in words what is wrong: `is not on`, `has other words on`."""
    digests = {digest: language for language, digest in banner.digest.items()}
    shown = list(_Sections.of(page, banner.id))
    for claimed, title, text in shown:
        if claimed in digests and words_digest(title, text) == claimed:
            return digests[claimed], claimed
    return "has other words on" if shown else NOT_THERE


def script_of(page: str, address: str) -> str:
    """The address of the `banner.js` that a page loads; empty when it loads none."""
    for source in _Page.of(page).scripts:
        whole = urljoin(address, source)
        if urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).path.endswith("/banner.js"):
            return whole
    return ""


def listed_in(answer: bytes, banner: Banner, language: str) -> tuple[str, str] | str:
    """The language and digest of a banner as `banners.json` has it for a page; or in words what is wrong, as above."""
    try:
        entry = next(each for each in json.loads(answer) if each["id"] == banner.id)
        digests = {tag: words_digest(title, entry["text"][tag]) for tag, title in entry["title"].items()}
    except StopIteration:
        return NOT_THERE
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "cannot be had from the list that the script reads on"
    if digests != dict(banner.digest):
        return "has other words on"
    spoken = next(
        (tag for tag in digests if language and tag.lower().startswith(language.lower()[:2])), next(iter(digests))
    )
    return spoken, digests[spoken]


class _Page(HTMLParser):
    """The language of a page, and the scripts that it loads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.scripts: list[str] = []

    @classmethod
    def of(cls, page: str) -> "_Page":
        """What was found."""
        parser = cls()
        parser.feed(page)
        parser.close()
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps what is looked for."""
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag == "script":
            self.scripts.append(given.get("src") or "")


class _Sections(HTMLParser):
    """Collects the sections of one banner: the digest they claim, and their title and text as a reader gets them."""

    def __init__(self, wanted: str) -> None:
        super().__init__(convert_charrefs=True)
        self._wanted = wanted
        self._depth = 0
        self._part = ""
        self._part_depth = 0
        self._claimed = ""
        self._words: dict[str, list[str]] = {}
        self.found: list[tuple[str, str, str]] = []

    @classmethod
    def of(cls, page: str, wanted: str) -> Iterator[tuple[str, str, str]]:
        """Each section as digest, title and text."""
        parser = cls(wanted)
        parser.feed(page)
        parser.close()
        yield from parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enters a banner, or a part of it."""
        if tag in _VOID:
            return
        given = dict(attrs)
        if not self._depth:
            if given.get("data-banner") == self._wanted and "hidden" not in given:
                self._depth, self._claimed, self._words = 1, given.get("data-digest") or "", {}
            return
        self._depth += 1
        names = (given.get("class") or "").split()
        part = next((name for name in ("policy-banner-title", "policy-banner-text") if name in names), "")
        if part and not self._part:
            self._part, self._part_depth = part, self._depth

    def handle_endtag(self, tag: str) -> None:
        """Leaves a part, or the banner."""
        if not self._depth or tag in _VOID:
            return
        if self._part and self._depth == self._part_depth:
            self._part = ""
        self._depth -= 1
        if not self._depth:
            title, text = (
                " ".join("".join(self._words.get(name, [])).split())
                for name in ("policy-banner-title", "policy-banner-text")
            )
            self.found.append((self._claimed, title, text))

    def handle_data(self, data: str) -> None:
        """Keeps the words of a part."""
        if self._part:
            self._words.setdefault(self._part, []).append(data)


def _fetched(url: str) -> bytes:
    """A page's bytes; empty when it cannot be had."""
    request = Request(url, headers={"User-Agent": "policy-publisher"})  # noqa: S310  settings allow http and https alone
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  as above
            return bytes(answer.read(MOST_BYTES))
    except (URLError, HTTPException, OSError, ValueError):
        return b""
