"""A policy's effective dates as a calendar that programs subscribe to (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from publisher.domain.citation import Citation
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import State
from publisher.domain.policy import version_number
from publisher.render.views import Published, Series, Site
from publisher.render.wording import Strings

_MOVING = frozenset({EventKind.POSTPONE, EventKind.WITHDRAW, EventKind.HOLD, EventKind.CORRECT})
_LONGEST_LINE = 75  # octets, without the line break (RFC 5545, section 3.1)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_STATUS = {State.HELD: "TENTATIVE", State.WITHDRAWN: "CANCELLED"}


def calendar(site: Site, series: Series, words: Strings) -> bytes:
    """One all-day event for each version, on its effective date, under an id that never changes.

    A version that moves, is corrected, held or withdrawn keeps its id and gets a higher sequence number, so that a
    subscriber's calendar moves the same event.
    """
    language = series.settings.language
    title = words.say("feed.title", policy=series.title(language), site=site.name)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//policy-publisher//policies//EN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for version in series.versions:
        lines.extend(_event(site, series, version, words))
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode("utf-8")


def _event(site: Site, series: Series, version: Published, words: Strings) -> Iterator[str]:
    base, standing = site.base_url.rstrip("/"), version.standing
    moves = [event for event in series.events if event.version == version.name and event.kind in _MOVING]
    changed = max([standing.announced, *(event.at for event in moves)])
    policy = series.title(series.settings.language)
    name = words.say("page.version_inline", number=version_number(version.name))
    key = "calendar.withdrawn" if standing.state is State.WITHDRAWN else "calendar.effective"
    yield "BEGIN:VEVENT"
    yield f"UID:{series.name}-{version.name}@{urlsplit(site.base_url).hostname or 'localhost'}"
    yield f"SEQUENCE:{len(moves)}"
    yield f"DTSTAMP:{_instant(changed)}"
    yield f"DTSTART;VALUE=DATE:{standing.effective:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{standing.effective + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(words.say(key, policy=policy, version=name))}"
    yield f"DESCRIPTION:{_text(_described(version, moves))}"
    yield f"URL:{base}{Citation(series.name, version.name).path}"
    yield f"STATUS:{_STATUS.get(standing.state, 'CONFIRMED')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _described(version: Published, moves: list[LedgerEvent]) -> str:
    summary = version.authoritative.text.front.summary
    if version.standing.state is State.WITHDRAWN:
        return next((event.reason for event in reversed(moves) if event.kind is EventKind.WITHDRAW), summary)
    return summary


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of the type TEXT (RFC 5545, section 3.3.11); control characters have no place in one."""
    kept = _CONTROL.sub("", value)
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, no character cut, those after the first begun with a space."""
    if line.isascii():
        yield line[:_LONGEST_LINE]
        for start in range(_LONGEST_LINE, len(line), _LONGEST_LINE - 1):
            yield f" {line[start : start + _LONGEST_LINE - 1]}"
        return
    piece, room = "", _LONGEST_LINE
    for sign in line:
        size = len(sign.encode("utf-8"))
        if size > room:
            yield piece
            piece, room = " ", _LONGEST_LINE - 1
        piece += sign
        room -= size
    yield piece
