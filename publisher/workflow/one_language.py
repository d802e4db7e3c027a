"""Clauses that changed in one language alone: a translation that lags, or one that says something new by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, ChangeKind, Grade, Passage
from publisher.domain.clause import ClauseTree
from publisher.domain.digest import digest_of
from publisher.domain.ledger import LedgerEvent
from publisher.domain.policy import Manuscript, Policy, Version
from publisher.domain.review import Review, reopened_clauses
from publisher.errors import Fault, Place, Severity
from publisher.workflow.texts import assess_pair, assess_version, trees_of

_WORDS = frozenset({ChangeKind.REWORDED, ChangeKind.RETITLED, ChangeKind.SPLIT, ChangeKind.MERGED})
"""Kinds that other words make; the rest is the same in every language or told as a difference of structure."""


@dataclass(frozen=True, slots=True)
class OneSided:
    """A clause whose words changed in `changed_in` and stand as they were in `same_in`.

    `line` is where it stands in the translation's file, whichever of the two that is. `finding` is what makes the
    change material, read in the language that changed; None when nothing does.
    """

    clause: str
    changed_in: str
    same_in: str
    line: int
    change: Change
    finding: Finding | None


def one_sided(
    policy: Policy, events: Sequence[LedgerEvent], version: Version, before: str, language: str
) -> tuple[OneSided, ...]:
    """The clauses that changed in the authoritative language or in a translation, and not in the other.

    Args:
        policy: its policy.
        events: the policy's ledger.
        version: an unreleased version.
        before: the version that it follows.
        language: the translation; empty when either version lacks it.
    """
    own = policy.settings.language
    old = policy.version(before)
    if old is None or any(v.text(tag) is None for v in (old, version) for tag in (own, language)):
        return ()
    there = assess_version(policy, events, version.name, before)
    here = assess_pair(policy, events, before, version.name, language=language, regimes=policy.settings.regimes)
    if there is None:
        return ()
    lines = _lines(trees_of(policy, events, before), trees_of(policy, events, version.name), own, language)
    return (*_alone(there, here, own, language, lines), *_alone(here, there, language, own, lines))


def one_sided_faults(
    policy: Policy, events: Sequence[LedgerEvent], version: Version, before: str, review: Review | None
) -> Iterator[Fault]:
    """The same as faults, until a person has said that the translation, as it is, says the same.

    A change that is material in the language that has it is an error, any other a warning.
    """
    for language in policy.settings.languages:
        text = version.text(language)
        if text is None:
            continue
        found = one_sided(policy, events, version, before, language)
        if not found or _affirmed(policy, events, version, before, review, text):
            continue
        for entry in found:
            yield _told(policy, version, text, entry)


def _lines(old: Mapping[str, ClauseTree], new: Mapping[str, ClauseTree], own: str, language: str) -> Mapping[str, int]:
    """The translation's line of each clause that both versions have in both languages."""
    known = old[own].by_id().keys() & old[language].by_id().keys() & new[own].by_id().keys()
    return {name: placed.clause.line for name, placed in new[language].by_id().items() if name in known}


def _alone(
    changed: Assessment, other: Assessment, changed_in: str, same_in: str, lines: Mapping[str, int]
) -> Iterator[OneSided]:
    touched = {clause for change in other.changes for clause in _clauses(change)}
    for change in changed.changes:
        if _WORDS.isdisjoint(change.kinds) or change.grade is Grade.EDITORIAL:
            continue
        if change.id not in lines or touched.intersection(_clauses(change)):
            continue
        clauses = _clauses(change)
        finding = next((found for found in changed.findings if found.clause in clauses), None)
        yield OneSided(change.id, changed_in, same_in, lines[change.id], change, finding)


def _clauses(change: Change) -> frozenset[str]:
    sides: tuple[Passage, ...] = tuple(side for side in (change.old, change.new) if side is not None)
    return frozenset({change.id, *(part.id for side in sides for part in (side, *side.parts))})


def _affirmed(
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: Version,
    before: str,
    review: Review | None,
    text: Manuscript,
) -> bool:
    """Whether the translation was confirmed as it is now, and beside the authoritative words as they are now."""
    signed = next((entry for entry in review.translations if entry.language == text.language), None) if review else None
    if review is None or signed is None or signed.digest != digest_of(text.body):
        return False
    assessment = assess_version(policy, events, version.name, before)
    return assessment is not None and not reopened_clauses(review, assessment)


def _told(policy: Policy, version: Version, text: Manuscript, entry: OneSided) -> Fault:
    side = entry.change.new or entry.change.old
    name = (side.number if side else None) or entry.clause
    what = f" ({entry.finding.kind}: “{entry.finding.quote}”)" if entry.finding else ""
    return Fault(
        "translation-behind" if entry.same_in == text.language else "translation-alone",
        f"Clause {name} changed in {entry.changed_in} and says in {entry.same_in} what it said before{what}.",
        f"Write the change into the {entry.same_in} text too; if both say the same already, confirm it with:"
        f" publisher review {policy.name} {version.name}",
        Place(text.path, entry.line, None, entry.clause),
        Severity.ERROR if entry.finding else Severity.WARNING,
    )
