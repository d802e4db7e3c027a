"""Reviews of unreleased versions: missing, unfinished, or overtaken by edits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from publisher import library
from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Grade
from publisher.domain.days import earliest_effective, local_date
from publisher.domain.digest import digest_of
from publisher.domain.ledger import LedgerEvent
from publisher.domain.policy import Policy, Version
from publisher.domain.predicate import Reach
from publisher.domain.review import SETTINGS_CLAUSE, Review, graded, open_findings, reopened_clauses
from publisher.domain.timeline import last_released
from publisher.errors import Fault, Place, Severity
from publisher.workflow.audience import reach_of
from publisher.workflow.careful_start import mails_begin
from publisher.workflow.check_summaries import summary_faults
from publisher.workflow.emergency import emergency_faults, emergency_floor
from publisher.workflow.one_language import one_sided_faults
from publisher.workflow.release import effective_date, governed, unreleased
from publisher.workflow.second_reader import with_frozen
from publisher.workflow.settings_changes import setting_place
from publisher.workflow.settings_findings import with_settings
from publisher.workflow.texts import assess_version, draft_trees, trees_of
from publisher.workflow.workspace import Workspace


def review_faults(workspace: Workspace, policy: Policy, now: datetime) -> Iterator[Fault]:
    """What keeps unreleased versions from being published, as far as people's decisions go."""
    events = workspace.events(policy.name)
    before = last_released(events)
    for version in unreleased(policy, events):
        review, faults = library.read_review(workspace.settings.root / version.folder, name=version.folder)
        yield from faults
        if review is not None:
            yield from emergency_faults(workspace, version, review)
        if before is None:
            if review is not None:
                yield _groundless(policy, version)
            continue
        assessment = _assessed(policy, events, version, before)
        if assessment is None:
            continue
        assessment = with_frozen(assessment, review)
        begins = mails_begin(workspace.settings, policy, now)
        yield from _floor(policy, events, version, assessment, review, (now, begins))
        yield from one_sided_faults(policy, events, version, before, review)
        old, new = trees_of(policy, events, before), draft_trees(policy, events, version.name, before)
        yield from summary_faults(policy, version, assessment, review, old, new)
        if review is None and not faults:
            yield _unsigned(policy, version, "nobody has reviewed it", None)
        elif review is not None and not review.sign_offs:
            yield _unsigned(policy, version, "its review is not signed", f"{version.folder}/review.toml")
        elif review is not None:
            told = reach_of(policy, events, version.name, before, assessment, review.decisions)
            yield from _stale(workspace, policy, version, review, assessment, told)
            yield from _translations(policy, version, review)


def _groundless(policy: Policy, version: Version) -> Fault:
    """A review is always of changes to a released text; published as a first version it would tell nobody."""
    return Fault(
        "review-groundless",
        f"{policy.name} {version.name} was reviewed against a released version, and the ledger holds none.",
        f"Restore {policy.folder}/ledger.jsonl (git); if {version.name} is the first, delete its review.",
        Place(f"{version.folder}/review.toml"),
    )


def _assessed(policy: Policy, events: Sequence[LedgerEvent], version: Version, before: str) -> Assessment | None:
    old = policy.version(before)
    language = policy.settings.language
    if old is None or old.text(language) is None or version.text(language) is None:
        return None
    assessment = assess_version(policy, events, version.name, before)
    return with_settings(assessment, policy, events) if assessment is not None else None


def _unsigned(policy: Policy, version: Version, why: str, file: str | None) -> Fault:
    return Fault(
        "review-missing",
        f"{policy.name} {version.name} will not be published: {why}.",
        f"Run: publisher review {policy.name} {version.name}",
        Place(file or version.folder),
        Severity.WARNING,
    )


def _stale(
    workspace: Workspace, policy: Policy, version: Version, review: Review, assessment: Assessment, told: Reach
) -> Iterator[Fault]:
    """Signed, and no longer true: each reason names the clauses that are open again."""
    again = f"Run: publisher review {policy.name} {version.name}"
    place = Place(f"{version.folder}/review.toml")
    lines = {}
    for change in assessment.changes:
        if change.new is not None:
            lines[change.id] = change.new.line
    text = version.text(policy.settings.language)
    if review.old != assessment.old_digest:
        yield Fault(
            "review-stale",
            f"{policy.name} {version.name} was reviewed against another text than the last released one.",
            f"{again} (if the file was copied from another version, delete it first).",
            place,
        )
        return
    reopened = reopened_clauses(review, assessment)
    undecided = open_findings(review, assessment)
    for clause in reopened:
        here = Place(text.path if text else None, lines.get(clause), None, clause)
        yield Fault(
            "review-stale",
            f"Clause {clause} was changed after {policy.name} {version.name} was signed.",
            again,
            here if lines.get(clause) else Place(place.file, clause=clause),
        )
    for finding in undecided:
        if finding.clause == SETTINGS_CLAUSE:
            yield _unsigned_setting(workspace, policy, finding, again)
            continue
        yield Fault(
            "review-stale",
            f"Nobody has decided whether clause {finding.clause} is {finding.grade}: “{finding.quote}”"
            f" ({finding.kind}: {finding.why}).",
            again,
            Place(place.file, clause=finding.clause),
        )
    if not reopened and not undecided and review.grade is not graded(assessment, review.decisions):
        yield Fault(
            "review-stale",
            f"The review says {review.grade}, its decisions make the version {graded(assessment, review.decisions)}.",
            again,
            place,
        )
    audience = review.audience
    if audience is not None and not reopened and not undecided and audience.where != told.where:
        yield Fault(
            "review-stale",
            f"The review was signed for {audience.where or 'everyone'}; by policy.toml it is now"
            f" {told.where or 'everyone'}.",
            again,
            place,
        )
    if audience is not None and set(audience.channels) != set(policy.settings.channels):
        yield Fault(
            "review-stale",
            f"The review was signed for {', '.join(audience.channels) or 'no channel'}; policy.toml now says"
            f" {', '.join(policy.settings.channels)}.",
            again,
            place,
        )


def _unsigned_setting(workspace: Workspace, policy: Policy, finding: Finding, again: str) -> Fault:
    key = finding.quote.partition(" = ")[0]
    return Fault(
        "review-stale",
        f"Nobody has signed that {key} promises less than before: {finding.why}",
        f"Put it back, or decide on it. {again}",
        replace(setting_place(workspace, policy, key), clause=SETTINGS_CLAUSE),
    )


def _translations(policy: Policy, version: Version, review: Review) -> Iterator[Fault]:
    signed = {entry.language: entry for entry in review.translations}
    for language in policy.settings.languages:
        text = version.text(language)
        if text is None:
            continue
        entry = signed.get(language)
        if entry is not None and entry.digest == digest_of(text.body):
            continue
        yield Fault(
            "translation-unsigned" if entry is None else "translation-stale",
            f"Nobody has confirmed that {language} says the same."
            if entry is None
            else f"The {language} text was changed after {entry.by} confirmed that it says the same.",
            f"Run: publisher review {policy.name} {version.name}",
            Place(text.path),
            Severity.WARNING if entry is None else Severity.ERROR,
        )


def _floor(
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: Version,
    assessment: Assessment,
    review: Review | None,
    times: tuple[datetime, datetime],
) -> Iterator[Fault]:
    """A material version that would be refused today; only a warning here, since the day of release is not known.

    `times` are now, and when the first mail could go.
    """
    now, begins = times
    text = version.text(policy.settings.language)
    grade = graded(assessment, review.decisions if review else ())
    if text is None or grade is not Grade.MATERIAL:
        return
    promised = governed(policy, events)
    effective = effective_date(policy, version, now)
    floor, days = emergency_floor(promised, review, grade, effective, begins), promised.settings.delivery_days
    earliest = earliest_effective(local_date(begins, policy.settings.timezone), floor, days)
    if effective < earliest:
        yield Fault(
            "below-floor",
            f"{policy.name} {version.name} is material: published today it could not take effect on {effective},"
            f" only {floor} days after complete notice.",
            f'Write {earliest} or later, or "+{(earliest - local_date(now, policy.settings.timezone)).days} days".',
            Place(text.path, text.front.line_of("effective")),
            Severity.WARNING,
        )
