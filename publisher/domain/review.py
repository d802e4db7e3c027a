"""The review: signed decisions on the findings of one version."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import Change, Grade, gravest
from publisher.domain.emergency import Emergency

SECOND_READER = "second-reader"
"""The rule of a finding that an external program saw."""
SETTING_LOWERED = "setting-lowered"
"""The rule of a finding on policy.toml: a promise that it made and makes smaller now."""
BESIDE_RULES = frozenset({SECOND_READER, SETTING_LOWERED})
"""Rules whose findings the texts alone do not bring back: the review keeps them whole."""
SETTINGS_CLAUSE = "policy.toml"
"""What findings on settings name in place of a clause."""


class Decision(StrEnum):
    """What a person decided on a finding."""

    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class FindingKey:
    """What makes a finding the same one when a text is assessed again."""

    clause: str
    kind: FindingKind
    side: Side
    quote: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on one finding. `quote` is the digest of the quoted words, `words` the words for people to read.

    `note` is private and never leaves the review; `public_note` may be shown to readers. `added` marks a finding that a
    person saw and no rule did. `bulk` marks a decision taken for all findings at once. `rule` and `why` are kept of
    findings that the texts alone do not bring back, which are `added` too: what a second reader saw, or settings show.
    """

    limb: Limb
    kind: FindingKind
    clause: str
    side: Side
    quote: str
    words: str
    decision: Decision
    by: tuple[str, ...]
    note: str = ""
    public_note: str = ""
    added: bool = False
    bulk: bool = False
    rule: str = ""
    why: str = ""

    @property
    def key(self) -> FindingKey:
        """Which finding this decides."""
        return FindingKey(self.clause, self.kind, self.side, self.quote)


@dataclass(frozen=True, slots=True)
class SignOff:
    """A person's signature under the review."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TranslationSigned:
    """A translation that a person found to say the same; `digest` is that of its words, front matter left out."""

    language: str
    digest: str
    by: str


@dataclass(frozen=True, slots=True)
class AudienceSigned:
    """The audience as it was shown: frozen by the sign-off, without counts or people.

    `clauses` are the materially changed ones; `where` is empty when everyone bound is told.
    """

    clauses: tuple[str, ...]
    where: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A review.toml.

    `old` and `new` are digests of the authoritative texts. `seen` holds, for each changed clause, its id and the digest
    of what was on the reviewer's screen, so that a later edit reopens only what it touches. `left_open` are findings
    that the texts alone do not bring back and that the file leaves to be decided. `emergency` may make it early.
    """

    old: str
    new: str
    grade: Grade
    rules: tuple[RulePack, ...]
    audience: AudienceSigned | None
    decisions: tuple[Decided, ...]
    seen: tuple[tuple[str, str], ...]
    sign_offs: tuple[SignOff, ...]
    translations: tuple[TranslationSigned, ...] = ()
    emergency: Emergency | None = None
    left_open: tuple[Finding, ...] = ()

    def decided(self, finding: Finding) -> Decided | None:
        """The decision on a finding, or None when it is open."""
        wanted = key_of(finding)
        return next((decided for decided in self.decisions if decided.key == wanted), None)


def quote_digest(quote: str) -> str:
    """A quote as the review keeps it."""
    return "sha256:" + hashlib.sha256(quote.encode("utf-8")).hexdigest()


def key_of(finding: Finding) -> FindingKey:
    """The identity under which a finding is decided."""
    return FindingKey(finding.clause, finding.kind, finding.side, quote_digest(finding.quote))


def seen_of(changes: Iterable[Change]) -> tuple[tuple[str, str], ...]:
    """Each changed clause's id and the digest of its change as a reviewer reads it, in order."""
    return tuple((change.id, quote_digest("\x1f".join(_shown(change)))) for change in changes)


def _shown(change: Change) -> Iterator[str]:
    """Everything of a change that is on a reviewer's screen: what it is, where it was and is, and the words."""
    yield from change.kinds
    for passage in (change.old, change.new):
        yield "/".join((*passage.path, passage.number or "")) if passage else ""
    for op, words in change.edits:
        yield f"{op}:{words}"


def open_findings(review: Review, assessment: Assessment) -> tuple[Finding, ...]:
    """The findings that nobody has decided."""
    return tuple(finding for finding in assessment.findings if review.decided(finding) is None)


def reopened_clauses(review: Review, assessment: Assessment) -> tuple[str, ...]:
    """The clauses whose change is not the one that was signed, in reading order."""
    signed = set(review.seen)
    now = seen_of(assessment.changes)
    changed = [clause for clause, digest in now if (clause, digest) not in signed]
    gone = {clause for clause, _ in review.seen} - {clause for clause, _ in now}
    return tuple(dict.fromkeys([*changed, *sorted(gone)]))


def upheld(findings: Iterable[Finding], decisions: Iterable[Decided]) -> tuple[Finding, ...]:
    """The findings that stand: all but those that people lowered."""
    lowered = {entry.key for entry in decisions if entry.decision is Decision.OVERRIDDEN}
    return tuple(finding for finding in findings if key_of(finding) not in lowered)


def added(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The findings that people added, and that stand."""
    return tuple(entry for entry in decisions if entry.added and entry.decision is Decision.CONFIRMED)


def graded(assessment: Assessment, decisions: Iterable[Decided]) -> Grade:
    """The grade that stands once people have decided: that of the words, raised by every confirmed finding."""
    decided = tuple({entry.key: entry for entry in decisions}.values())
    words = gravest(*(Grade.CLARIFICATION if c.grade is Grade.MATERIAL else c.grade for c in assessment.changes))
    standing = (finding.grade for finding in upheld(assessment.findings, decided))
    return gravest(words, *standing, *(Grade.MATERIAL for _ in added(decided)))


def signatures_missing(review: Review, sign_off: int) -> int:
    """How many more people must sign; names that differ in case alone are one person."""
    people = {person.name.casefold() for person in review.sign_offs}
    return max(0, people_wanted(review.decisions, sign_off) - len(people))


def people_wanted(decisions: Iterable[Decided], sign_off: int) -> int:
    """How many people must sign: the policy's own number, and two when a material finding is lowered."""
    lowered = any(entry.decision is Decision.OVERRIDDEN for entry in decisions)
    return max(sign_off, 2) if lowered else sign_off
