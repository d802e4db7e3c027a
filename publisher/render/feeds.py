"""What programs read of a policy: its Atom feed and the list of its versions."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from publisher.domain.citation import Citation, redline_path
from publisher.domain.days import local_date
from publisher.domain.ledger import EventKind
from publisher.domain.life import APPLIED, State
from publisher.domain.policy import version_number
from publisher.render.banners import instant_text
from publisher.render.views import Published, Series, Site
from publisher.render.wording import Strings, long_date

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    title: str
    at: datetime
    href: str
    summary: str


def atom(site: Site, series: Series, words: Strings) -> bytes:
    """The policy's feed in its authoritative language: an entry when a version is announced, one when it takes effect.

    Ids are the version's own address, which never changes.
    """
    base = site.base_url.rstrip("/")
    language = series.settings.language
    entries = sorted(_entries(base, series, words), key=lambda entry: (entry.at, entry.id), reverse=True)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    own = f"{base}/{series.name}/feed.atom"
    _add(root, "id", f"{base}{Citation(series.name).path}")
    _add(root, "title", words.say("feed.title", policy=series.title(language), site=site.name))
    _add(root, "updated", instant_text(entries[0].at if entries else series.events[0].at))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    page = f"{base}{Citation(series.name, language=language).path}"
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "hreflang": language, "href": page})
    _add(ET.SubElement(root, "author"), "name", site.name)
    for entry in entries:
        element = ET.SubElement(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", instant_text(entry.at))
        ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.href})
        _add(element, "summary", entry.summary)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def versions_json(site: Site, series: Series) -> str:
    """Every version with its state, dates, digests and addresses, oldest first."""
    base = site.base_url.rstrip("/")
    applying = series.applying
    plain = {
        "policy": series.name,
        "title": {language: series.title(language) for language in series.languages},
        "language": series.settings.language,
        "timezone": series.settings.timezone,
        "in_force": applying.name if applying else None,
        "in_force_until": instant_text(applying.standing.ends) if applying and applying.standing.ends else None,
        "versions": [_plain(base, series, version) for version in series.versions],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _plain(base: str, series: Series, version: Published) -> dict[str, Any]:
    standing = version.standing
    dated = standing.state not in (State.HELD, State.WITHDRAWN)
    return {
        "version": version.name,
        "state": standing.state.value,
        "announced": instant_text(standing.announced),
        "effective": standing.effective.isoformat(),
        "from": instant_text(standing.starts) if dated else None,
        "until": instant_text(standing.ends) if standing.ends else None,
        "grade": standing.grade.value if standing.grade else None,
        "consent_needed": standing.consent_needed,
        "witnessed": standing.witnessed,
        "before": version.before,
        "digest": {edition.language: edition.text.digest for edition in version.editions},
        "summary": {edition.language: edition.text.front.summary for edition in version.editions},
        "href": {
            edition.language: base + Citation(series.name, version.name, edition.language).path
            for edition in version.editions
        },
        "redline": {
            edition.language: base + redline_path(series.name, version.before, version.name, edition.language)
            for edition in version.editions
            if version.before and edition.comparison is not None
        },
    }


def _entries(base: str, series: Series, words: Strings) -> list[_Entry]:
    language = series.settings.language
    zone = series.settings.timezone
    found: list[_Entry] = []
    title = series.title(language)
    for version in series.versions:
        standing = version.standing
        edition = version.authoritative
        address = base + Citation(series.name, version.name, edition.language).path
        name = words.say("page.version_inline", number=version_number(version.name))
        first = next(e for e in series.events if e.version == version.name and e.effective is not None)

        def add(
            what: str, key: str, at: datetime, day: str, *, address: str = address, name: str = name, text: str = ""
        ) -> None:
            told = words.say(f"feed.{key}", policy=title, version=name, date=day)
            found.append(_Entry(f"{address}#{what}", told, at, address, text))

        summary = edition.text.front.summary
        if standing.witnessed:
            said = long_date(first.effective or standing.effective, language)
            add("announced", "announced", standing.announced, said, text=summary)
        if standing.state in APPLIED:
            said = long_date(local_date(standing.starts, zone), language)
            add("in-force", "in_force", standing.starts, said, text=summary)
        moved = [event for event in series.events if event.version == version.name]
        for index, event in enumerate(moved):
            if event.kind is EventKind.POSTPONE and event.effective is not None:
                add(
                    f"postponed-{index}", "postponed", event.at, long_date(event.effective, language), text=event.reason
                )
            elif event.kind is EventKind.WITHDRAW:
                add("withdrawn", "withdrawn", event.at, "", text=event.reason)
    return found


def _add(parent: ET.Element, name: str, text: str) -> None:
    # XML knows no control characters, not even escaped ones.
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    ET.SubElement(parent, name).text = kept.replace("\ufffe", "").replace("\uffff", "")
