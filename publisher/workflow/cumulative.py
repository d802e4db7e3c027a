"""Any two published versions compared as one step, for a reader who last knew the older; pure, from values alone."""

from collections.abc import Sequence
from dataclasses import replace

from publisher.domain.change import Change, ChangeSet
from publisher.domain.life import State
from publisher.domain.notice import ToldChange
from publisher.domain.policy import version_number
from publisher.render.views import Comparison, Edition, Published, RedlineView, Series
from publisher.workflow.texts import compared


def redline_view(series: Series, old: str, new: str, language: str | None = None) -> RedlineView | None:
    """The page that compares two versions of a policy, neighbours or not, at `/<policy>/<old>...<new>/[<language>/]`.

    Args:
        series: the policy's published versions, under the ids of its ledger.
        old: the version that the reader knew.
        new: a later version.
        language: of the texts; None for the authoritative one, at the address that names none.

    Returns:
        The page, or None when there are no such two versions in that language.
    """
    published = since(series, series.version(old), series.version(new))
    if published is None:
        return None
    spoken = language or published.authoritative.language
    edition = published.edition(spoken)
    if edition is None or edition.comparison is None:
        return None
    return RedlineView(series, published, spoken, named=language is not None)


def since(series: Series, old: Published | None, new: Published | None) -> Published | None:
    """A version as it differs from an older one that may lie further back than the one before it.

    Clauses are the same by the ids of the ledger, so that one that moved twice has moved once, and one that came and
    went again is nothing. What readers were told of the versions between is kept where the clause still differs.
    """
    if old is None or new is None or version_number(old.name) >= version_number(new.name):
        return None
    passed = tuple(
        version
        for version in series.versions
        if version_number(old.name) < version_number(version.name) <= version_number(new.name)
        and (version is new or version.standing.state is not State.WITHDRAWN)
    )
    editions = tuple(_edition(old, edition, passed) for edition in new.editions)
    return replace(new, before=old.name, editions=editions)


def _edition(old: Published, edition: Edition, passed: Sequence[Published]) -> Edition:
    known = old.edition(edition.language)
    if known is None:
        return replace(edition, comparison=None, told=())

    told = [entry for version in passed if (found := version.edition(edition.language)) for entry in found.told]

    def changes() -> ChangeSet:
        return compared(known.tree, edition.tree)

    def key() -> str:
        return f"{known.identity()} {edition.identity()}" + (f" {told!r}" if told else "")

    def still() -> tuple[ToldChange, ...]:
        return _still_told(told, changes()) if told else ()

    comparison = Comparison(known.read, changes, key, lambda: len(changes().changes), still)
    return replace(edition, comparison=comparison, told=())


def _still_told(told: Sequence[ToldChange], changes: ChangeSet) -> tuple[ToldChange, ...]:
    """The reasons for each clause that still differs, together, with its words as they differ now."""
    by_clause: dict[str, Change] = {}
    for change in changes.changes:
        sides = [side for side in (change.new, change.old) if side is not None]
        for name in (change.id, *(part.id for side in sides for part in (side, *side.parts))):
            by_clause.setdefault(name, change)
    kept: dict[str, ToldChange] = {}
    for entry in told:
        if entry.clause not in by_clause:
            continue
        change = by_clause[entry.clause]
        before = kept.get(change.id)
        notes = dict.fromkeys(note for note in (before.public_note if before else "", entry.public_note) if note)
        kept[change.id] = replace(
            entry,
            clause=change.id,
            reasons=tuple(dict.fromkeys((*(before.reasons if before else ()), *entry.reasons))),
            edits=change.edits,
            public_note=" ".join(notes),
        )
    return tuple(kept.values())
