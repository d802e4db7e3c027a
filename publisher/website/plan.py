"""Which pages exist: versions in the ledger, each language they have, neighbours compared, and what mails lead to."""

from collections.abc import Iterator, Mapping, Sequence

from publisher.domain.clause import ClauseTree, Placed
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


def aliases(tree: ClauseTree, earlier: Sequence[ClauseTree]) -> tuple[tuple[str, str], ...]:
    """The ids of earlier texts that this one no longer has, each with the clause of this text that stands for it.

    That is the nearest clause above it, in the last text that had it, which is still there; empty when none is.
    `earlier` goes from the oldest to the newest.
    """
    here = frozenset(placed.clause.id for placed in tree.walk())
    found: dict[str, str] = {}
    for old in earlier:
        by_id = old.by_id()
        for name in by_id:
            if name not in here:
                found[name] = _standing_for(name, by_id, here)
    return tuple(found.items())


def _standing_for(name: str, by_id: Mapping[str, Placed], here: frozenset[str]) -> str:
    while name and name not in here:
        placed = by_id.get(name)
        name = placed.parent if placed else ""
    return name


def _pages(site: Site, *, redlines: bool) -> Iterator[View]:
    yield HomeView(site.languages[0], named=False)
    for language in site.languages:
        yield HomeView(language, named=True)
    for series in site.policies:
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
        for version in series.versions:
            yield from _version(series, version, redlines=redlines)
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
    compared = [edition for edition in version.editions if version.before and edition.changes is not None]
    if compared:
        yield RedlineView(series, version, compared[0].language, named=False)
    for edition in compared:
        yield RedlineView(series, version, edition.language, named=True)
