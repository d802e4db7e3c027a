"""Which pages exist: versions in the ledger, each language they have, neighbours compared, and what mails lead to."""

from collections.abc import Iterator, Mapping, Sequence

from publisher.domain.clause import ClauseTree, Placed
from publisher.render.pages import path_of
from publisher.render.views import HistoryView, HomeView, Published, RedlineView, Series, Site, TextView, View


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
        for version in series.versions:
            yield from _version(series, version, redlines=redlines)
        for version in series.compared if redlines else ():
            yield from _redlines(series, version)


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
