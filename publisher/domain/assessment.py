"""Findings and the assessment: what a revision means for users, and why."""

from dataclasses import dataclass
from enum import StrEnum

from publisher.domain.change import Change, Grade


class Limb(StrEnum):
    """The two halves of the promise: rights substantially reduced, or collection and use expanded."""

    RIGHTS = "A"
    COLLECTION = "B"


class Side(StrEnum):
    """Which text a quote stands in: the new one, or the old one for words that disappeared."""

    OLD = "old"
    NEW = "new"


class FindingKind(StrEnum):
    """What a finding says happened to users."""

    NEW_DATA_TYPE = "new-data-type"
    NEW_PURPOSE = "new-purpose"
    NEW_RECIPIENT = "new-recipient"
    CONSENT_WEAKENED = "consent-weakened"
    RETENTION_LONGER = "retention-longer"
    TRANSFER_LOCATION = "transfer-location"
    CHILDREN_AGE = "children-age"
    RIGHT_REMOVED = "right-removed"
    RIGHT_WEAKENED = "right-weakened"
    OBLIGATION_WEAKENED = "obligation-weakened"
    LIABILITY_REDUCED = "liability-reduced"
    NOTICE_WEAKENED = "notice-weakened"
    DISPUTE_FORUM = "dispute-forum"
    USER_DUTY_ADDED = "user-duty-added"
    FEE_OR_REFUND = "fee-or-refund"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for a grade.

    Attributes:
        limb: A or B; one limb for each (clause, quote).
        kind: what happened.
        grade: the grade that this finding gives its change.
        clause: the id of the clause.
        clause_text: the text of that clause alone, on `side`.
        side: which text the quote stands in.
        quote: verbatim words from that side, at most 60 words.
        why: one sentence that a lawyer would sign.
        rule: the name of the rule that fired.
    """

    limb: Limb
    kind: FindingKind
    grade: Grade
    clause: str
    clause_text: str
    side: Side
    quote: str
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class RulePack:
    """A dated preset of what counts as material."""

    name: str
    dated: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What changed between two texts and what it means for users.

    `consent_needed` is only ever true under a regime that knows consent. `rules` records the packs used, so that an old
    assessment stays explainable.
    """

    language: str
    old_digest: str
    new_digest: str
    grade: Grade
    consent_needed: bool
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    rules: tuple[RulePack, ...]

    @property
    def material(self) -> bool:
        """Whether users must be told before it takes effect."""
        return self.grade is Grade.MATERIAL
