"""The review: what is laid before a person, and what their signature writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from publisher import library
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, Side
from publisher.domain.policy import Policy, Version, digest_of
from publisher.domain.review import (
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
    people_wanted,
    quote_digest,
    reopened_clauses,
    seen_of,
)
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Fault, Place, PublisherError, errors_only, one
from publisher.workflow.check import check_workspace
from publisher.workflow.texts import assess_version
from publisher.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a reviewer has before them.

    `review` is what was signed so far, if anything; `undecided` the findings nobody has decided; `reopened` the clauses
    edited since the last signature.
    """

    policy: Policy
    version: Version
    before: str
    assessment: Assessment
    review: Review | None
    undecided: tuple[Finding, ...]
    reopened: tuple[str, ...]
    warnings: tuple[Fault, ...]

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


def open_sheet(workspace: Workspace, policy_name: str, version_name: str, *, now: datetime) -> Sheet:
    """Lays a version before a reviewer.

    Raises:
        PublisherError: the version is released already, is the first one, or its texts have errors.
    """
    policy = workspace.policy(policy_name)
    version = policy.version(version_name)
    place = Place(policy.folder)
    if version is None:
        known = ", ".join(entry.name for entry in policy.versions)
        raise one("version-unknown", f"{policy_name} has no {version_name}.", f"It has: {known}.", place)
    events = workspace.events(policy_name)
    if release_of(events, version_name) is not None:
        raise one(
            "version-released",
            f"{policy_name} {version_name} is released; its review is closed.",
            "Draft the next version.",
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
    told = check_workspace(workspace, now=now, only=policy_name)
    stopping = [
        fault
        for fault in errors_only((*review_faults, *told))
        if not fault.code.startswith("review-") and _concerns(fault, policy, version)
    ]
    if stopping:
        raise PublisherError(dict.fromkeys(stopping))
    assessment = assess_version(policy, events, version_name, before)
    if assessment is None:
        raise one(
            "version-unread", f"{version_name} cannot be compared.", "Run: publisher check", Place(version.folder)
        )
    return Sheet(
        policy=policy,
        version=version,
        before=before,
        assessment=assessment,
        review=review,
        undecided=open_findings(review, assessment) if review else assessment.findings,
        reopened=reopened_clauses(review, assessment) if review and review.sign_offs else (),
        warnings=tuple(fault for fault in told if _concerns(fault, policy, version)),
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
    )


def missed(entry: Missed, by: str) -> Decided:
    """A finding that a person adds."""
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
    role: str,
    now: datetime,
    translations: Sequence[str],
) -> Review:
    """Writes the review with a person's decisions and signature.

    Decisions of others on findings that stand unchanged are kept; signatures given before an edit are not.
    `translations` names the languages that the person found to say the same.

    Raises:
        PublisherError: a finding is left undecided.
    """
    by = " ".join(by.split())
    if not by:
        raise one("name-missing", "A signature needs a name.", "Give it with --by NAME.", Place(sheet.path))
    standing = _kept(sheet)
    for entry in decisions:
        earlier = standing.get(entry.key)
        agreed = earlier.by if earlier is not None and earlier.decision is entry.decision else ()
        standing[entry.key] = replace(entry, by=tuple(dict.fromkeys([*agreed, *entry.by])))
    _refuse_undecided(sheet, standing)
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
    )
    library.write_review(workspace.settings.root / sheet.version.folder, review)
    return review


def people_missing(sheet: Sheet, review: Review) -> int:
    """How many more people must sign."""
    people = {person.name.casefold() for person in review.sign_offs}
    return max(0, people_wanted(review.decisions, sheet.policy.settings.sign_off) - len(people))


def _kept(sheet: Sheet) -> dict[FindingKey, Decided]:
    """Earlier decisions that still decide something: on findings that stand, or added by a person."""
    if sheet.review is None:
        return {}
    present = {key_of(finding) for finding in sheet.assessment.findings}
    return {entry.key: entry for entry in sheet.review.decisions if entry.added or entry.key in present}


def _signatures_that_hold(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> tuple[SignOff, ...]:
    """A signature stands as long as what was signed does: the same changes, decided the same way."""
    if sheet.review is None or sheet.reopened:
        return ()
    signed = {entry.key: entry.decision for entry in sheet.review.decisions}
    now = {key: entry.decision for key, entry in standing.items()}
    return sheet.review.sign_offs if signed == now else ()


def _refuse_undecided(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> None:
    faults = [
        Fault(
            "review-undecided",
            f"Nobody has decided on {finding.kind} in {finding.clause}: “{finding.quote}”.",
            "Confirm or override it.",
            Place(sheet.path, clause=finding.clause),
        )
        for finding in sheet.assessment.findings
        if key_of(finding) not in standing
    ]
    if faults:
        raise PublisherError(faults)


def _audience(sheet: Sheet, standing: Mapping[FindingKey, Decided]) -> AudienceSigned:
    confirmed = [entry.clause for entry in standing.values() if entry.decision is Decision.CONFIRMED]
    return AudienceSigned(tuple(dict.fromkeys(confirmed)), "", sheet.policy.settings.channels)


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
        elif earlier is not None and earlier.digest == digest:
            signed[language] = earlier
    return tuple(signed.values())


def _concerns(fault: Fault, policy: Policy, version: Version) -> bool:
    file = fault.place.file or ""
    return file.startswith(version.folder + "/") or file == f"{policy.folder}/policy.toml"
