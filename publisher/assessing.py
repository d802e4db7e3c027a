"""The assessment of a revision: parse, align, compare and judge, threaded: what `publisher.assess` is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.diff import Alignment, align, carry_ids, compare
from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, ChangeSet, Grade, Passage, gravest
from publisher.domain.clause import ClauseTree
from publisher.domain.comparison import ComparedText, Comparison, LooseText
from publisher.domain.digest import digest_of
from publisher.domain.frontmatter import divide_any, normal_line_ends
from publisher.domain.pack import Pack
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
    packs: Sequence[Pack] = (),
) -> Assessment:
    """Says what changed between two texts and what it means for users.

    Args:
        old: the text before: any Markdown, with or without front matter.
        new: the text after.
        language: the language that both are written in, as a tag: `en`, `zh-CN`.
        regimes: the presets that say what counts as material; unknown names are passed over. `gdpr@2026-11-25` asks for
            the rule pack of that very day.
        terms: the organisation's own words (products, names of data) that are material when they come.
        packs: the organisation's own rule packs, which `regimes` may name.

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
        packs=packs,
    )


def assess_trees(
    old: ClauseTree,
    new: ClauseTree,
    *,
    old_digest: str,
    new_digest: str,
    regimes: Sequence[str] = ("section-8",),
    terms: Sequence[str] = (),
    packs: Sequence[Pack] = (),
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
        packs: as for `assess`.
        identified: whether both trees carry the ledger's ids: equal ids are then the same clause.
    """
    alignment = align(old, new, identified=identified)
    if not identified:
        new = carry_ids(alignment)
    return _assessed(alignment, old, new, (old_digest, new_digest), regimes, terms, packs)


def _assessed(
    alignment: Alignment,
    old: ClauseTree,
    new: ClauseTree,
    digests: tuple[str, str],
    regimes: Sequence[str],
    terms: Sequence[str],
    packs: Sequence[Pack],
) -> Assessment:
    """What an alignment comes to; `new` is its newer tree under the ids carried to it."""
    changes = compare(alignment)
    judgement = judge(changes, old, new, regimes=regimes, terms=terms, packs=packs)
    places = frozenset((finding.side.value, finding.clause) for finding in judgement.findings)
    graded = tuple(_graded(change, places) for change in changes.changes)
    return Assessment(
        language=new.language,
        old_digest=digests[0],
        new_digest=digests[1],
        grade=gravest(*(change.grade for change in graded), *(finding.grade for finding in judgement.findings)),
        consent_needed=judgement.consent_needed,
        changes=graded,
        findings=judgement.findings,
        rules=judgement.rules,
    )


def differences(old: str, new: str, language: str) -> tuple[ChangeSet, ClauseTree, ClauseTree]:
    """What the judge is given of two texts: the differences, and both trees under the same ids.

    Args:
        old: the text before, as for `assess`.
        new: the text after.
        language: as for `assess`.
    """
    shared = memory()
    before, after = (_tree(_readable(text), language, shared) for text in (old, new))
    alignment = align(before, after)
    return compare(alignment), before, carry_ids(alignment)


def compare_texts(
    loose: Sequence[LooseText],
    language: str = "en",
    regimes: Sequence[str] = ("section-8",),
    terms: Sequence[str] = (),
    packs: Sequence[Pack] = (),
) -> Comparison:
    """The first of some successive texts compared with the last, as one who last knew the first would ask.

    Clauses keep their identity through the texts between: one that moved twice has moved once, and one that came and
    went again is nothing.

    Args:
        loose: the texts, oldest first; at least two.
        language: as for `assess`.
        regimes: as for `assess`.
        terms: as for `assess`.
        packs: as for `assess`.

    Raises:
        ValueError: there are fewer than two texts.
    """
    if len(loose) < 2:
        raise ValueError("a comparison needs two texts")
    texts = [_readable(text.source) for text in loose]
    shared = memory()
    trees = [_tree(text, language, shared) for text in texts]
    named = (loose[0].name, loose[-1].name)
    digests = (digest_of(texts[0]), digest_of(texts[-1]))
    if len(trees) > 2:
        trees = list(carried_through(trees))
        first, last = (ComparedText(name, name, tree) for name, tree in zip(named, (trees[0], trees[-1]), strict=True))
        return compare_trees(first, last, digests=digests, regimes=regimes, terms=terms, packs=packs)
    old, new = trees
    alignment = align(old, new)
    new = carry_ids(alignment)
    assessment = _assessed(alignment, old, new, digests, regimes, terms, packs)
    return Comparison(ComparedText(named[0], named[0], old), ComparedText(named[1], named[1], new), assessment)


def carried_through(trees: Sequence[ClauseTree]) -> tuple[ClauseTree, ...]:
    """Successive texts under the ids that clauses keep from each to the next; none is given twice."""
    carried = list(trees[:1])
    used: set[str] = set()
    for tree in trees[1:]:
        used.update(placed.clause.id for placed in carried[-1].walk())
        carried.append(carry_ids(align(carried[-1], tree), frozenset(used)))
    return tuple(carried)


def compare_trees(
    old: ComparedText,
    new: ComparedText,
    *,
    digests: tuple[str, str],
    regimes: Sequence[str] = ("section-8",),
    terms: Sequence[str] = (),
    packs: Sequence[Pack] = (),
) -> Comparison:
    """Two texts whose ids are settled, with all versions between them in mind: equal ids are the same clause.

    Args:
        old: the text before.
        new: the text after.
        digests: those of the two sources.
        regimes: as for `assess`.
        terms: as for `assess`.
        packs: as for `assess`.
    """
    assessment = assess_trees(
        old.tree,
        new.tree,
        old_digest=digests[0],
        new_digest=digests[1],
        regimes=regimes,
        terms=terms,
        packs=packs,
        identified=True,
    )
    return Comparison(old, new, assessment)


def with_findings(assessment: Assessment, found: Sequence[Finding], consent_needed: bool = False) -> Assessment:
    """The assessment with further findings, which may raise its grades and never lower them.

    Args:
        assessment: what the rules found.
        found: findings from elsewhere; those that it has already are passed over.
        consent_needed: whether the new ones call for fresh consent.
    """
    known = {(one.clause, one.kind, one.side, one.quote) for one in assessment.findings}
    further = tuple(one for one in found if (one.clause, one.kind, one.side, one.quote) not in known)
    places = frozenset((finding.side.value, finding.clause) for finding in further)
    return replace(
        assessment,
        grade=gravest(assessment.grade, *(finding.grade for finding in further)),
        consent_needed=assessment.consent_needed or (consent_needed and bool(further)),
        changes=tuple(_graded(change, places) for change in assessment.changes),
        findings=(*assessment.findings, *further),
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
