"""Where a version stands, as one or two sentences that a reader understands at once."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from publisher.domain.citation import Citation
from publisher.domain.days import local_date
from publisher.domain.emergency import early_of
from publisher.domain.ledger import EventKind
from publisher.domain.life import APPLIED, PENDING, State
from publisher.render.banners import instant_text
from publisher.render.views import Published, Series
from publisher.render.wording import Strings, early_words, instant_parts, long_date, unbroken, version_name

if TYPE_CHECKING:
    from publisher.domain.ledger import LedgerEvent

Linked = Callable[[str], str]
"""From a path of this site to the address that a page links to."""


def status(series: Series, version: Published, words: Strings, language: str, linked: Linked) -> Markup:
    """Says what applies, since when, until when, and what follows; dates carry their machine-readable form."""
    teller = _Teller(series, version, words, language, linked)
    return Markup(words["site.space"]).join(teller.sentences())  # noqa: S704  a label of ours


@lru_cache(maxsize=1024)
def day_html(day: date, language: str) -> Markup:
    """A date in words inside `<time>`."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), long_date(day, language))


def instant_html(instant: datetime, zone: str, language: str) -> Markup:
    """A point in time in words, its day and hour inside `<time>`, which stays on one line; so does its zone's name."""
    told, where = instant_parts(instant, zone, language)
    name = where.strip().partition(",")[0]
    return Markup('<time datetime="{}">{}</time>{}').format(instant_text(instant), told, unbroken(where, name))


def announced_day(version: Published, language: str) -> Markup | None:
    """The day on which the summary of an applied version was written, when that speaks of changes then to come."""
    if version.before is None or not version.standing.witnessed or version.standing.state not in APPLIED:
        return None
    return day_html(local_date(version.standing.announced, version.standing.timezone), language)


def readable_language(version: Published, language: str) -> str:
    """The language in which a version is shown to a reader of `language`."""
    return language if version.edition(language) is not None else version.authoritative.language


def contact_link(contact: str) -> str:
    """The address behind the contact in the settings, of a mail or a page; empty for words such as a postal address."""
    if "@" in contact and not any(sign.isspace() for sign in contact) and ":" not in contact:
        return f"mailto:{contact}"
    return contact if contact.startswith("https://") else ""


class _Teller:
    def __init__(self, series: Series, version: Published, words: Strings, language: str, linked: Linked) -> None:
        self._series = series
        self._version = version
        self._words = words
        self._language = language
        self._linked = linked
        self._zone = series.settings.timezone
        self._standing = version.standing

    def sentences(self) -> Sequence[Markup]:
        """In the order in which they are read."""
        return {
            State.IN_FORCE: self._in_force,
            State.SUPERSEDED: self._superseded,
            State.HELD: self._held,
            State.WITHDRAWN: self._withdrawn,
        }.get(self._standing.state, self._upcoming)()

    def _in_force(self) -> tuple[Markup, ...]:
        standing = self._standing
        began = self._day(standing.effective)
        if standing.ends is not None and standing.successor is not None:
            following = self._name(standing.successor)
            end = self._instant(standing.ends)
            return (self._words.html("status.in_force_until", date=began, end=end, next=following),)
        since = self._words.html("status.in_force", date=began)
        return (since, self._words.html("status.successor_held")) if standing.successor else (since,)

    def _superseded(self) -> tuple[Markup, ...]:
        standing = self._standing
        current = self._current()
        if standing.ends is None:
            return (self._words.html("status.superseded_open", current=current),)
        if standing.ends == standing.starts and standing.successor is not None:
            following = self._name(standing.successor)
            date = self._day(standing.effective)
            told = self._words.html("status.superseded_together", date=date, next=following, current=current)
            return (told, *self._current_until())
        ended = self._day(local_date(standing.ends, self._zone))
        began = self._day(standing.effective)
        told = self._words.html("status.superseded", date=began, end=ended, current=current)
        return (told, *self._current_until())

    def _upcoming(self) -> tuple[Markup, ...]:
        told = [self._coming()]
        early = early_words(early_of(self._series.events, self._version.name), self._words)
        if early:
            told.append(Markup("{}").format(early))
        standing = self._standing
        if standing.ends is not None and standing.successor is not None:
            following = self._name(standing.successor)
            if standing.ends == standing.starts:
                told.append(self._words.html("status.together", next=following))
            else:
                told.append(self._words.html("status.until", end=self._instant(standing.ends), next=following))
        return tuple(told)

    def _coming(self) -> Markup:
        """When it takes effect, and after which other version that is still to come."""
        # Until then readers can act: that deadline is told to the hour.
        day = self._instant(self._standing.starts)
        before = self._series.version(self._version.before)
        if before is None or before.standing.state not in PENDING:
            return self._announced("status.upcoming", date=day)
        key = "status.upcoming_after_held" if before.standing.state is State.HELD else "status.upcoming_after"
        first = self._day(before.standing.effective)
        announced = self._day(local_date(self._standing.announced, self._zone))
        return self._words.html(key, announced=announced, date=day, before=self._name(before.name), first=first)

    def _held(self) -> tuple[Markup, ...]:
        return (self._announced("status.held", date=self._day(self._standing.effective)),)

    def _withdrawn(self) -> tuple[Markup, ...]:
        event = self._last(EventKind.WITHDRAW)
        when = self._day(local_date(event.at, self._zone)) if event else Markup("")
        return (self._announced("status.withdrawn", date=when), *self._current_until())

    def _announced(self, key: str, **places: Markup) -> Markup:
        announced = self._day(local_date(self._standing.announced, self._zone))
        applying = self._series.applying
        if applying is None:
            return self._words.html(f"{key}_first", announced=announced, **places)
        return self._words.html(key, announced=announced, current=self._name(applying.name), **places)

    def _current(self) -> Markup:
        applying = self._series.applying
        return self._name(applying.name) if applying else Markup("")

    def _current_until(self) -> tuple[Markup, ...]:
        """Until when what applies now does, so that a copy of the page that is read later says nothing false."""
        applying = self._series.applying
        if applying is None or applying.standing.ends is None or applying.standing.successor is None:
            return ()
        end, following = self._instant(applying.standing.ends), self._name(applying.standing.successor)
        return (self._words.html("status.current_until", current=self._current(), end=end, next=following),)

    def _name(self, version: str) -> Markup:
        found = self._series.version(version)
        language = readable_language(found, self._language) if found else self._language
        address = self._linked(Citation(self._series.name, version, language).path)
        return Markup('<a href="{}">{}</a>').format(address, version_name(version, self._words))

    def _day(self, day: date) -> Markup:
        return day_html(day, self._language)

    def _instant(self, instant: datetime) -> Markup:
        return instant_html(instant, self._zone, self._language)

    def _last(self, kind: EventKind) -> "LedgerEvent | None":
        events = [e for e in self._series.events if e.version == self._version.name and e.kind is kind]
        return events[-1] if events else None
