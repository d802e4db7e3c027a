"""An assessment explained for the file: each change with what was found and decided, or with why nothing was."""

from dataclasses import dataclass
from datetime import date

from publisher.domain.assessment import Finding
from publisher.domain.change import Change, ChangeKind, Grade
from publisher.domain.comparison import Comparison
from publisher.domain.regime import LeadTime
from publisher.domain.review import Decided, Review


@dataclass(frozen=True, slots=True)
class Weighed:
    """A finding, and what a person decided on it; None while nobody has."""

    finding: Finding
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One change: the findings in it, or in words why there is none."""

    change: Change
    found: tuple[Weighed, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A version's assessment for the file.

    Attributes:
        policy, version, day: what was assessed, and the date on which this was written.
        comparison: the two texts with the assessment.
        material: the changes with findings, in reading order; `others` are all the rest.
        elsewhere: findings that stand in no change, and those that people added.
        review: the signed decisions, or None.
        grade: the grade that stands after the decisions.
        lead_times: what each regime asks for between notice and effect.
    """

    policy: str
    version: str
    day: date
    comparison: Comparison
    material: tuple[Explained, ...]
    others: tuple[Explained, ...]
    elsewhere: tuple[Decided, ...]
    review: Review | None
    grade: Grade
    lead_times: tuple[LeadTime, ...] = ()


_MOVED = frozenset({ChangeKind.MOVED, ChangeKind.RENUMBERED})


def why_not(change: Change, packs: str) -> str:
    """Why a change without a finding was not judged material, in one sentence.

    Args:
        change: the change.
        packs: the rule packs that were used, in words.
    """
    kinds = frozenset(change.kinds)
    if kinds == {ChangeKind.FORMAT}:
        return "The same words: only their layout or a link differs."
    if kinds <= _MOVED:
        return "The same words, in another place or under another number."
    if kinds <= {*_MOVED, ChangeKind.SPLIT, ChangeKind.MERGED, ChangeKind.FORMAT} and not _edited(change):
        return "The same words, divided among other clauses."
    if change.grade is Grade.EDITORIAL:
        return "Only the spelling differs."
    came, went = _count(change, "insert"), _count(change, "delete")
    looked = f"No rule of {packs} found"
    if ChangeKind.ADDED in kinds:
        return f"{looked} a duty of users, a reserved power, or a kind of data, purpose, recipient or period in it."
    if ChangeKind.REMOVED in kinds:
        return f"{looked} a right, a promise or a limit that is gone with it; or the same is said elsewhere."
    return (
        f"{looked} a right reduced, a promise weakened or collection widened by the words that differ"
        f" ({came} came, {went} went)."
    )


def _edited(change: Change) -> bool:
    return any(op != "equal" and text.strip() for op, text in change.edits)


def _count(change: Change, wanted: str) -> int:
    """Words, or characters where a script has no spaces between words."""
    return sum(len(text.split()) if " " in text.strip() else 1 for op, text in change.edits if op == wanted)
