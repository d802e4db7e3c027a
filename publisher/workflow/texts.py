"""Texts with their clauses' lasting ids: of released versions from the ledger, of drafts carried on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher import diff, parse
from publisher.domain.assessment import Assessment
from publisher.domain.change import ChangeSet
from publisher.domain.clause import ClauseTree
from publisher.domain.ledger import ClauseEntry, LedgerEvent, clause_digest, recorded_clauses
from publisher.domain.policy import Manuscript, Policy, Version, version_number
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Place, one

if TYPE_CHECKING:
    from publisher.parse.inline import Memory

Trees = Mapping[str, ClauseTree]
"""A version's clause trees by language, the authoritative one first."""


def released_trees(policy: Policy, events: Sequence[LedgerEvent], version: str) -> Trees:
    """The trees of a version that is in the ledger, under the ids that the ledger keeps.

    Raises:
        LookupError: the ledger does not know the version, or its authoritative text is not there.
    """
    event = release_of(events, version)
    found = policy.version(version)
    text = found.text(policy.settings.language) if found else None
    if event is None or found is None or text is None:
        raise LookupError(f"{policy.name} {version} is not both in the ledger and in its folder")
    tree = parsed(text)
    return _translated(policy, found, parse.with_ids(tree, _ledger_ids(tree, recorded_clauses(events, version))))


def published_trees(policy: Policy, events: Sequence[LedgerEvent], version: str, memory: "Memory") -> Trees:
    """As `released_trees`, for texts that are only shown: quicker, and without what parsing noticed.

    `memory` is that of the policy's other versions.
    """
    found = policy.version(version)
    text = found.text(policy.settings.language) if found else None
    if found is None or text is None or release_of(events, version) is None:
        raise LookupError(f"{policy.name} {version} is not both in the ledger and in its folder")
    entries = recorded_clauses(events, version)
    ids = tuple(entry.id for entry in entries)
    tree = parse.parse_recorded(text.body, text.language, ids, first_line=text.body_line, memory=memory)
    if tree is None:
        tree = parsed(text, memory)
        tree = parse.with_ids(tree, _ledger_ids(tree, entries))
    return _translated(policy, found, tree, memory)


def draft_trees(policy: Policy, events: Sequence[LedgerEvent], version: str, before: str | None = None) -> Trees:
    """The trees of a version that is not in the ledger yet, with ids carried on from the version before it.

    `before` names that version; left out, it is the last released one. Without any, ids are as at first appearance.
    """
    before = before or last_released(events)
    return carried_trees(policy, events, version, trees_of(policy, events, before) if before else None)


def carried_trees(
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: str,
    before: Trees | None,
    drafted: frozenset[str] = frozenset(),
) -> Trees:
    """The trees of a version with ids carried on from those of another; without one, as at first appearance.

    No newcomer is given an id of the ledger, nor one of `drafted`.
    """
    found = policy.version(version)
    text = found.text(policy.settings.language) if found else None
    if found is None or text is None:
        raise LookupError(f"{policy.name} {version} has no text in {policy.settings.language}")
    tree = parsed(text)
    if before is not None:
        used = frozenset(entry.id for event in events for entry in event.clauses)
        tree = diff.carry_ids(diff.align(before[policy.settings.language], tree), used | drafted)
    return _translated(policy, found, tree)


def trees_of(policy: Policy, events: Sequence[LedgerEvent], version: str) -> Trees:
    """The trees of a version, released or not."""
    if release_of(events, version) is not None:
        return released_trees(policy, events, version)
    return draft_trees(policy, events, version)


def assess_version(
    policy: Policy, events: Sequence[LedgerEvent], version: str, before: str | None = None
) -> Assessment | None:
    """A version judged against the one before it, in the authoritative language; None when it is the first."""
    before = before or predecessor(events, version)
    if before is None:
        return None
    return assess_pair(
        policy, events, before, version, language=policy.settings.language, regimes=policy.settings.regimes
    )


def assess_pair(
    policy: Policy,
    events: Sequence[LedgerEvent],
    old: str,
    new: str,
    *,
    language: str,
    regimes: Sequence[str],
) -> Assessment:
    """Any two versions compared and judged in one language.

    Raises:
        PublisherError: a version has no text in the language.
    """
    from publisher.assessing import assess_trees

    return assess_trees(
        _tree(policy, events, old, language),
        _tree(policy, events, new, language),
        old_digest=_digest(policy, old, language),
        new_digest=_digest(policy, new, language),
        regimes=regimes,
        terms=policy.settings.terms,
        packs=policy.packs,
        identified=True,
    )


def predecessor(events: Sequence[LedgerEvent], version: str) -> str | None:
    """The newest version in the ledger before this one that was not withdrawn: what this one is compared with."""
    earlier = [
        event for event in events if event.version is None or version_number(event.version) < version_number(version)
    ]
    return last_released(earlier)


def changes_between(old: Trees, new: Trees, language: str) -> ChangeSet | None:
    """What changed in one language between two versions whose ids are settled; None where either lacks the language."""
    if language not in old or language not in new:
        return None
    return compared(old[language], new[language])


def compared(old: ClauseTree, new: ClauseTree) -> ChangeSet:
    """What changed between two texts whose ids are settled."""
    return diff.compare(diff.align(old, new, identified=True))


def corrected_clauses(events: Sequence[LedgerEvent], former: Manuscript, text: Manuscript) -> tuple[ClauseEntry, ...]:
    """The clauses of a corrected authoritative text, each under the id that its former wording has in the ledger."""
    tree = parsed(former)
    old = parse.with_ids(tree, _ledger_ids(tree, recorded_clauses(events, former.version)))
    return clause_entries(diff.carry_ids(diff.align(old, parsed(text))))


def between_revisions(former: Manuscript, new: ClauseTree) -> ChangeSet:
    """What a correction changed in one language: both revisions have the same clauses, `new` under lasting ids."""
    return diff.compare(diff.align(former_tree(former, new), new, identified=True))


def former_tree(former: Manuscript, new: ClauseTree) -> ClauseTree:
    """A text as it was before a correction; its clauses are those of `new`, one for one, under the same ids.

    Should a later parser cut the two otherwise, the former one's ids are those of first appearance.
    """
    tree = parsed(former)
    ids = tuple(placed.clause.id for placed in new.walk())
    return parse.with_ids(tree, ids) if len(ids) == sum(1 for _ in tree.walk()) else tree


def clause_entries(tree: ClauseTree) -> tuple[ClauseEntry, ...]:
    """A tree as the ledger keeps it."""
    return tuple(
        ClauseEntry(placed.clause.id, placed.clause.number, clause_digest(placed.clause.text)) for placed in tree.walk()
    )


def parsed(text: Manuscript, memory: "Memory | None" = None) -> ClauseTree:
    """A manuscript's clauses, its faults told of its file."""
    tree = parse.parse(text.body, text.language, first_line=text.body_line, memory=memory)
    return replace(tree, faults=tuple(fault.at(text.path) for fault in tree.faults))


def _tree(policy: Policy, events: Sequence[LedgerEvent], version: str, language: str) -> ClauseTree:
    found = policy.version(version)
    if found is None or found.text(language) is None or found.text(policy.settings.language) is None:
        raise one(
            "text-missing",
            f"{policy.name} {version} has no readable text in {language}.",
            f"Run: publisher check {policy.name}",
            Place(found.folder if found else policy.folder),
        )
    return trees_of(policy, events, version)[language]


def _digest(policy: Policy, version: str, language: str) -> str:
    found = policy.version(version)
    text = found.text(language) if found else None
    return text.digest if text else ""


def _translated(policy: Policy, version: Version, authoritative: ClauseTree, memory: "Memory | None" = None) -> Trees:
    trees = {policy.settings.language: authoritative}
    for text in version.texts:
        if text.language != policy.settings.language:
            tree = parse.inherit_ids(parsed(text, memory), authoritative)
            trees[text.language] = replace(tree, faults=tuple(fault.at(text.path) for fault in tree.faults))
    return trees


def _ledger_ids(tree: ClauseTree, entries: Sequence[ClauseEntry]) -> tuple[str, ...]:
    """The ledger's ids for a text's clauses.

    A later parser may cut a text otherwise than the one that released it: then clauses take their id by their words,
    and what the ledger does not know keeps the id it would get at first appearance.
    """
    clauses = [placed.clause for placed in tree.walk()]
    if len(clauses) == len(entries):
        return tuple(entry.id for entry in entries)
    waiting: dict[str, list[str]] = {}
    for entry in reversed(entries):
        waiting.setdefault(entry.digest, []).append(entry.id)
    kept = [waiting[digest].pop() if waiting.get(digest := clause_digest(clause.text)) else None for clause in clauses]
    taken = {name for name in kept if name is not None}
    ids: list[str] = []
    for clause, name in zip(clauses, kept, strict=True):
        fresh, count = name or clause.id, 1
        while name is None and fresh in taken:
            count += 1
            fresh = f"{clause.id}~{count}"
        taken.add(fresh)
        ids.append(fresh)
    return tuple(ids)
