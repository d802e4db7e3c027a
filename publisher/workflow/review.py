"""The review: what is laid before a person, and what their signature writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from publisher import library
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, Side
from publisher.domain.digest import digest_of
from publisher.domain.ledger import LedgerEvent
from publisher.domain.policy import Policy, Version
from publisher.domain.predicate import Reach
from publisher.domain.review import (
    BESIDE_RULES,
    SETTINGS_CLAUSE,
    AudienceSigned,
    Decided,
    Decision,
    FindingKey,
    Review,
    SignOff,
    TranslationSigned,
    graded,
    key_of,
    open_findings,
    quote_digest,
    reopened_clauses,
    seen_of,
    signatures_missing,
)
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Fault, Place, PublisherError, errors_only, one
from publisher.workflow.audience import reach_of
from publisher.workflow.check import check_workspace
from publisher.workflow.check_summaries import OF_SUMMARIES
from publisher.workflow.one_language import OneSided, one_sided
from publisher.workflow.second_reader import Asked, Reading, second_reading
from publisher.workflow.settings_findings import with_settings
from publisher.workflow.texts import assess_pair, assess_version, trees_of
from publisher.workflow.workspace import Workspace

_DECIDED_HERE = (
    "review-",
    "signatures-",
    "translation-stale",
    "translation-behind",
    "translation-alone",
    *OF_SUMMARIES,
)
"""Faults that a review is there to settle, or that are mended after it: they do not keep it from being opened."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a reviewer has before them.

    `review` is what was signed so far, if anything; `undecided` the findings nobody has decided; `reopened` the clauses
    edited since the last signature; `one_sided` the clauses that changed in one language alone.
    """

    policy: Policy
    version: Version
    before: str
    assessment: Assessment
    review: Review | None
    undecided: tuple[Finding, ...]
    reopened: tuple[str, ...]
    one_sided: tuple[OneSided, ...]
    warnings: tuple[Fault, ...]
    events: tuple[LedgerEvent, ...] = field(repr=False)

    def reach(self, decisions: Iterable[Decided]) -> Reach:
        """Whom the notice would tell under these decisions."""
        return reach_of(self.policy, self.events, self.version.name, self.before, self.assessment, decisions)

    @property
    def path(self) -> str:
        """The review's file as staff know it."""
        return f"{self.version.folder}/review.toml"


@dataclass(frozen=True, slots=True)
class Missed:
    """A finding that a person saw and no rule did."""

    limb: Limb
    kind: FindingKind
    clause: str
    side: Side
    words: str
    note: str


def open_sheet(
    workspace: Workspace,
    policy_name: str,
    version_name: str,
    *,
    now: datetime,
    told: Sequence[Fault] | None = None,
    reading: Reading = second_reading,
) -> Sheet:
    """Lays a version before a reviewer.

    Args:
        workspace: what the files say.
        policy_name: the policy.
        version_name: the version.
        now: the clock.
        told: what `check_workspace` says of the policy, where that is known; left out, it is asked.
        reading: how the second reader is heard.

    Raises:
        PublisherError: the version is released already, is the first one, or its texts have errors.
    """
    policy, version = workspace.policy(policy_name), workspace.version(policy_name, version_name)
    events = workspace.events(policy_name)
    if release_of(events, version_name) is not None:
        raise one(
            "version-released",
            f"{policy_name} {version_name} is released; its review is closed.",
            f"Begin the next version: publisher draft {policy_name}",
            Place(version.folder),
        )
    before = last_released(events)
    if before is None:
        raise one(
            "review-needless",
            f"{policy_name} {version_name} is the first version: there is nothing to compare it with.",
            "Run publish; a first version needs no review and no notice. Versions that were in force before: adopt.",
            Place(version.folder),
        )
    review, review_faults = library.read_review(workspace.settings.root / version.folder)
    if told is None:
        told = check_workspace(workspace, now=now, only=policy_name)
    stopping = [
        fault
        for fault in errors_only((*review_faults, *told))
        if not fault.code.startswith(_DECIDED_HERE) and _concerns(fault, policy, version)
    ]
    if stopping:
        raise PublisherError(dict.fromkeys(stopping))
    assessment = assess_version(policy, events, version_name, before)
    if assessment is None:
        raise one(
            "version-unread", f"{version_name} cannot be compared.", "Run: publisher check", Place(version.folder)
        )
    assessment = with_settings(assessment, policy, events)
    asked = Asked(policy.settings.regimes, policy.packs, policy_name, version_name)
    assessment, reader_faults = reading(workspace.settings, assessment, asked, review, now=now)
    return Sheet(
        policy=policy,
        version=version,
        before=before,
        assessment=assessment,
        review=review,
        undecided=open_findings(review, assessment) if review else assessment.findings,
        reopened=reopened_clauses(review, assessment) if review and review.sign_offs else (),
        one_sided=tuple(
            entry
            for language in policy.settings.languages
            for entry in one_sided(policy, events, version, before, language)
        ),
        warnings=(*(fault for fault in told if _concerns(fault, policy, version)), *reader_faults),
        events=tuple(events),
    )


def decided(
    finding: Finding, decision: Decision, by: str, *, note: str = "", public_note: str = "", bulk: bool = False
) -> Decided:
    """A person's decision on a finding."""
    return Decided(
        limb=finding.limb,
        kind=finding.kind,
        clause=finding.clause,
        side=finding.side,
        quote=quote_digest(finding.quote),
        words=finding.quote,
        decision=decision,
        by=(by,),
        note=note,
        public_note=public_note,
        bulk=bulk,
        added=finding.rule in BESIDE_RULES,
        rule=finding.rule if finding.rule in BESIDE_RULES else "",
        why=finding.why if finding.rule in BESIDE_RULES else "",
    )


def translated(workspace: Workspace, sheet: Sheet, language: str) -> Assessment | None:
    """The same changes as a reader of a translation gets them; None where either version lacks it."""
    old = sheet.policy.version(sheet.before)
    if old is None or old.text(language) is None or sheet.version.text(language) is None:
        return None
    settings = sheet.policy.settings
    events = workspace.events(sheet.policy.name)
    return assess_pair(
        sheet.policy, events, sheet.before, sheet.version.name, language=language, regimes=settings.regimes
    )


def missed(workspace: Workspace, sheet: Sheet, entry: Missed, by: str) -> Decided:
    """A finding that a person adds.

    Raises:
        PublisherError: that side has no such clause, or the clause does not hold the words.
    """
    policy, events = sheet.policy, workspace.events(sheet.policy.name)
    name = sheet.version.name if entry.side is Side.NEW else sheet.before
    tree = trees_of(policy, events, name)[policy.settings.language]
    placed = tree.by_id().get(entry.clause)
    if placed is None:
        raise one(
            "finding-clause",
            f"{policy.name} {name} has no clause {entry.clause}.",
            "Name it by the id that the redline shows.",
            Place(sheet.path, clause=entry.clause),
        )
    words = " ".join(entry.words.split())
    if not words or words not in " ".join(placed.clause.text.split()):
        raise one(
            "finding-words",
            f"Clause {entry.clause} of {name} does not hold the words “{words}”.",
            "Copy them from the text as they stand.",
            Place(sheet.path, clause=entry.clause),
        )
    entry = replace(entry, words=words)
    return Decided(
        limb=entry.limb,
        kind=entry.kind,
        clause=entry.clause,
        side=entry.side,
        quote=quote_digest(entry.words),
        words=entry.words,
        decision=Decision.CONFIRMED,
        by=(by,),
        note=entry.note,
        added=True,
    )


def sign(
    workspace: Workspace,
    sheet: Sheet,
    decisions: Sequence[Decided],
    *,
    by: str,
    role: str | None,
    now: datetime,
    translations: Sequence[str],
) -> Review:
    """Writes the review with a person's decisions and signature.

    Decisions of others on findings that stand unchanged are kept; signatures given before an edit are not.
    `translations` names the languages that the person found to say the same; without a `role`, the one
    signed with before is kept.

    Raises:
        PublisherError: a finding is left undecided.
    """
    by = " ".join(by.split())
    if not by:
        raise one("name-missing", "A signature needs a name.", "Give it with --by NAME.", Place(sheet.path))
    standing = kept(sheet)
    for entry in decisions:
        earlier = standing.get(entry.key)
        agreed = earlier.by if earlier is not None and earlier.decision is entry.decision else ()
        standing[entry.key] = replace(entry, by=tuple(dict.fromkeys([*agreed, *entry.by])))
    if faults := undecided_faults(sheet, standing):
        raise PublisherError(faults)
    if role is None:
        signed = sheet.review.sign_offs if sheet.review else ()
        role = next((entry.role for entry in signed if entry.name == by), "")
    earlier_signatures = _signatures_that_hold(sheet, standing)
    signatures = (*(entry for entry in earlier_signatures if entry.name != by), SignOff(by, role, now))
    language = sheet.policy.settings.language
    text = sheet.version.text(language)
    review = Review(
        old=sheet.assessment.old_digest,
        new=text.digest if text else sheet.assessment.new_digest,
        grade=graded(sheet.assessment, standing.values()),
        rules=sheet.assessment.rules,
        audience=_audience(sheet, standing),
        decisions=tuple(standing.values()),
        seen=seen_of(sheet.assessment.changes),
        sign_offs=signatures,
        translations=_translations(sheet, translations, by),
        emergency=sheet.review.emergency if sheet.review else None,
    )
    library.write_review(workspace.settings.root / sheet.version.folder, review)
    return review


def prefill(workspace: Workspace, sheet: Sheet) -> Review:
    """Writes the review with every open finding left to be decided in an editor, and nobody's signature."""
    standing = kept(sheet)
    review = Review(
        old=sheet.assessment.old_digest,
        new=sheet.assessment.new_digest,
        grade=graded(sheet.assessment, standing.values()),
        rules=sheet.assessment.rules,
        audience=_audience(sheet, standing),
        decisions=tuple(standing.values()),
        seen=seen_of(sheet.assessment.changes),
        sign_offs=(),
        emergency=sheet.review.emergency if sheet.review else None,
    )
    open_ones = tuple(finding for finding in sheet.assessment.findings if key_of(finding) not in standing)
    library.write_review(workspace.settings.root / sheet.version.folder, review, undecided=open_ones)
    return review


def people_missing(sheet: Sheet, review: Review) -> int:
    """How many more people must sign."""
    return signatures_missing(review, sheet.policy.settings.sign_off)


def undecided_faults(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> tuple[Fault, ...]:
    """Every finding that these decisions leave open."""
    return tuple(
        Fault(
            "review-undecided",
            f"Nobody has decided on {finding.kind} in {finding.clause}: “{finding.quote}”.",
            "Confirm or override it.",
            Place(sheet.path, clause=finding.clause),
        )
        for finding in sheet.assessment.findings
        if key_of(finding) not in standing
    )


def outcome(sheet: Sheet, review: Review) -> tuple[str, ...]:
    """What a signature led to, in words: the grade that stands, and who or what comes next."""
    lowered = sum(entry.decision is Decision.OVERRIDDEN for entry in review.decisions)
    number = len(review.decisions)
    told = (
        f"{sheet.path}: {review.grade}, {number:,} finding{'' if number == 1 else 's'} decided,"
        f" {lowered} of them overridden."
    )
    missing = people_missing(sheet, review)
    if missing:
        people = "1 more person" if missing == 1 else f"{missing:,} more people"
        return told, f"{people} must sign before it can be published."
    return told, f"Signed. Commit {sheet.path}, then: publisher publish"


def kept(sheet: Sheet) -> dict[FindingKey, Decided]:
    """Earlier decisions that still decide something: on findings that stand, or added by a person."""
    if sheet.review is None:
        return {}
    present = {key_of(finding) for finding in sheet.assessment.findings}
    return {
        entry.key: entry
        for entry in sheet.review.decisions
        if entry.key in present or (entry.added and entry.rule not in BESIDE_RULES)
    }


def _signatures_that_hold(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> tuple[SignOff, ...]:
    """A signature stands as long as what was signed does: the same changes, decided alike, for the same audience."""
    if sheet.review is None or sheet.reopened:
        return ()
    if sheet.review.audience is not None and sheet.review.audience != _audience(sheet, standing):
        return ()
    signed = {entry.key: entry.decision for entry in sheet.review.decisions}
    now = {key: entry.decision for key, entry in standing.items()}
    return sheet.review.sign_offs if signed == now else ()


def _audience(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> AudienceSigned:
    confirmed = [
        entry.clause
        for entry in standing.values()
        if entry.decision is Decision.CONFIRMED and entry.clause != SETTINGS_CLAUSE
    ]
    where = sheet.reach(standing.values()).where
    return AudienceSigned(tuple(dict.fromkeys(confirmed)), where, sheet.policy.settings.channels)


def _translations(sheet: Sheet, languages: Sequence[str], by: str) -> tuple[TranslationSigned, ...]:
    """The translations now signed, with those of others that nobody has edited since."""
    signed: dict[str, TranslationSigned] = {}
    for language in sheet.policy.settings.languages:
        text = sheet.version.text(language)
        if text is None:
            continue
        digest = digest_of(text.body)
        earlier = next((e for e in (sheet.review.translations if sheet.review else ()) if e.language == language), None)
        if language in languages:
            signed[language] = TranslationSigned(language, digest, by)
        elif earlier is not None and earlier.digest == digest and not sheet.reopened:
            signed[language] = earlier
    return tuple(signed.values())


def _concerns(fault: Fault, policy: Policy, version: Version) -> bool:
    file = fault.place.file or ""
    return file.startswith((version.folder + "/", "packs/")) or file == f"{policy.folder}/policy.toml"
