"""What a policy's feeds tell: an entry when a version is announced, one when it takes effect, moves or is withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.citation import Citation
from publisher.domain.days import local_date
from publisher.domain.ledger import EventKind
from publisher.domain.life import APPLIED
from publisher.domain.policy import version_number
from publisher.render.views import Published, Series
from publisher.render.wording import Strings, long_date


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `id` never changes: the version's own address, and what happened to it there."""

    id: str
    title: str
    at: datetime
    href: str
    summary: str


def entries(base: str, series: Series, words: Strings) -> tuple[Entry, ...]:
    """A policy's entries in its authoritative language, the newest first. `base` is the site's address, no slash."""
    found = (entry for version in series.versions for entry in _of_version(base, series, version, words))
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True))


def _of_version(base: str, series: Series, version: Published, words: Strings) -> Iterator[Entry]:
    language, standing = series.settings.language, version.standing
    address = base + Citation(series.name, version.name, version.authoritative.language).path
    policy = series.title(language)
    name = words.say("page.version_inline", number=version_number(version.name))
    own = [event for event in series.events if event.version == version.name]
    announced_for = next(event.effective for event in own if event.effective is not None)

    def entry(what: str, key: str, at: datetime, day: str, text: str) -> Entry:
        title = words.say(f"feed.{key}", policy=policy, version=name, date=day)
        return Entry(f"{address}#{what}", title, at, address, text)

    summary = version.authoritative.text.front.summary
    if standing.witnessed:
        yield entry("announced", "announced", standing.announced, long_date(announced_for, language), summary)
    if standing.state in APPLIED:
        day = long_date(local_date(standing.starts, series.settings.timezone), language)
        yield entry("in-force", "in_force", standing.starts, day, summary)
    for index, event in enumerate(own):
        if event.kind is EventKind.POSTPONE and event.effective is not None:
            day = long_date(event.effective, language)
            yield entry(f"postponed-{index}", "postponed", event.at, day, event.reason)
        elif event.kind is EventKind.WITHDRAW:
            yield entry("withdrawn", "withdrawn", event.at, "", event.reason)
