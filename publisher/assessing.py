"""The assessment of a revision: parse, align, compare and judge, threaded: what `publisher.assess` is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.diff import align, carry_ids, compare
from publisher.domain.assessment import Assessment
from publisher.domain.change import Change, Grade, Passage, gravest
from publisher.domain.clause import ClauseTree
from publisher.domain.frontmatter import divide_any, normal_line_ends
from publisher.domain.policy import digest_of
from publisher.materiality import judge
from publisher.parse import memory, parse

if TYPE_CHECKING:
    from publisher.parse.inline import Memory


def assess(
    old: str,
    new: str,
    language: str = "en",
    regimes: Sequence[str] = ("section-8",),
    terms: Sequence[str] = (),
) -> Assessment:
    """Says what changed between two texts and what it means for users.

    Args:
        old: the text before: any Markdown, with or without front matter.
        new: the text after.
        language: the language that both are written in, as a tag: `en`, `zh-CN`.
        regimes: the presets that say what counts as material; unknown names are passed over.
        terms: the organisation's own words (products, names of data) that are material when they come.

    Returns:
        The changes and findings. It depends on the arguments alone, and never raises on any text.
    """
    before, after = _readable(old), _readable(new)
    shared = memory()
    return assess_trees(
        _tree(before, language, shared),
        _tree(after, language, shared),
        old_digest=digest_of(before),
        new_digest=digest_of(after),
        regimes=regimes,
        terms=terms,
    )


def assess_trees(
    old: ClauseTree,
    new: ClauseTree,
    *,
    old_digest: str,
    new_digest: str,
    regimes: Sequence[str] = ("section-8",),
    terms: Sequence[str] = (),
    identified: bool = False,
) -> Assessment:
    """The same from trees.

    Args:
        old: the text before, as clauses.
        new: the text after, as clauses.
        old_digest: the digest of the source that `old` was read from.
        new_digest: the digest of the source that `new` was read from.
        regimes: as for `assess`.
        terms: as for `assess`.
        identified: whether both trees carry the ledger's ids: equal ids are then the same clause.
    """
    alignment = align(old, new, identified=identified)
    changes = compare(alignment)
    if not identified:
        new = carry_ids(alignment)
    judgement = judge(changes, old, new, regimes=regimes, terms=terms)
    places = frozenset((finding.side.value, finding.clause) for finding in judgement.findings)
    graded = tuple(_graded(change, places) for change in changes.changes)
    return Assessment(
        language=new.language,
        old_digest=old_digest,
        new_digest=new_digest,
        grade=gravest(*(change.grade for change in graded), *(finding.grade for finding in judgement.findings)),
        consent_needed=judgement.consent_needed,
        changes=graded,
        findings=judgement.findings,
        rules=judgement.rules,
    )


def _readable(source: str) -> str:
    """The text with LF line ends; halves of characters, which no file can hold, become question marks."""
    return normal_line_ends(source).encode("utf-8", "replace").decode("utf-8")


def _tree(source: str, language: str, shared: "Memory") -> ClauseTree:
    divided = divide_any(source)
    return parse(divided.body, language, first_line=divided.body_line, memory=shared)


def _graded(change: Change, places: frozenset[tuple[str, str]]) -> Change:
    """The change, material when a finding stands in one of its clauses."""
    found = any(
        (side, clause) in places
        for side, passage in (("old", change.old), ("new", change.new))
        if passage is not None
        for clause in _clauses(passage)
    )
    return replace(change, grade=Grade.MATERIAL) if found else change


def _clauses(passage: Passage) -> tuple[str, ...]:
    return (passage.id, *(part.id for part in passage.parts))
