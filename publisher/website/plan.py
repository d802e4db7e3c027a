"""Which pages exist: versions in the ledger, each language they have, neighbours compared, and what mails lead to."""

from collections.abc import Iterator, Sequence

from publisher.domain.ledger import EventKind
from publisher.domain.notice import NoticeId
from publisher.render.pages import path_of
from publisher.render.views import (
    HistoryView,
    HomeView,
    NoticeView,
    Published,
    RedlineView,
    Series,
    Site,
    StatementView,
    TextView,
    View,
)

_ANNOUNCING = frozenset({EventKind.RELEASE, EventKind.POSTPONE, EventKind.CORRECT, EventKind.WITHDRAW})
"""Events that make a notice; others only name one."""


def plan(site: Site, *, redlines: bool = True) -> tuple[View, ...]:
    """Every page of the website, each path once, in a fixed order."""
    return tuple({path_of(view): view for view in _pages(site, redlines=redlines)}.values())


def _pages(site: Site, *, redlines: bool) -> Iterator[View]:
    yield from homes(site.languages)
    for series in site.policies:
        yield from pages_of(site, series, redlines=redlines)


def homes(languages: Sequence[str]) -> Iterator[HomeView]:
    """The homepage, in each language."""
    yield HomeView(languages[0], named=False)
    for language in languages:
        yield HomeView(language, named=True)


def pages_of(site: Site, series: Series, *, redlines: bool = True) -> Iterator[View]:
    """One policy's pages: its versions in their order first, so that each text is read but once."""
    for version in series.versions:
        yield from _version(series, version, redlines=redlines)
    yield TextView(series, series.shown, series.settings.language, named=False, current=True)
    yield HistoryView(series, series.settings.language, named=False)
    for language in series.languages:
        yield TextView(series, series.shown, language, named=True, current=True)
        yield HistoryView(series, language, named=True)
    yield from _notices(site, series)
    for told in series.statements:
        yield StatementView(series, told, told.statement.languages[0], named=False)
        for language in told.statement.languages:
            yield StatementView(series, told, language, named=True)
    for version in series.compared if redlines else ():
        yield from _redlines(series, version)


def _notices(site: Site, series: Series) -> Iterator[View]:
    """Every notice that is named by a version of this policy, in each language of that version."""
    for event in series.events:
        notice = NoticeId.parse(event.notice) if event.notice and event.kind in _ANNOUNCING else None
        version = series.version(event.version)
        if notice is None or version is None or (notice.policy, notice.version) != (series.name, event.version):
            continue
        told = ((series, version), *_also_told(site, series, str(notice)))
        yield NoticeView(told, event, notice, version.authoritative.language, named=False)
        for language in version.languages:
            yield NoticeView(told, event, notice, language, named=True)


def _also_told(site: Site, series: Series, notice: str) -> Iterator[tuple[Series, Published]]:
    for other in site.policies:
        named = {event.version for event in other.events if event.notice == notice}
        yield from ((other, version) for version in other.versions if other is not series and version.name in named)


def _version(series: Series, version: Published, *, redlines: bool) -> Iterator[View]:
    yield TextView(series, version, version.authoritative.language, named=False)
    for edition in version.editions:
        yield TextView(series, version, edition.language, named=True)
        for revision in version.revisions(edition.language):
            number = revision.text.revision
            yield TextView(series, version, edition.language, named=True, revision=number)
            if edition is version.authoritative:
                yield TextView(series, version, edition.language, named=False, revision=number)
    if redlines:
        yield from _redlines(series, version)


def _redlines(series: Series, version: Published) -> Iterator[View]:
    compared = [edition for edition in version.editions if version.before and edition.comparison is not None]
    if compared:
        yield RedlineView(series, version, compared[0].language, named=False)
    for edition in compared:
        yield RedlineView(series, version, edition.language, named=True)
