"""The main job: releases every signed version, queues its notices in one transaction, and builds the site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.ledger import EventKind, LedgerEvent, event_of
from publisher.domain.notice import Channel, NoticeContent
from publisher.domain.policy import Policy, Version
from publisher.domain.review import Review, people_wanted, signatures_missing
from publisher.domain.timeline import last_released
from publisher.errors import Fault, Place, PublisherError, Severity, errors_only
from publisher.workflow import campaigns
from publisher.workflow.announce import mail_templates, notice_contents
from publisher.workflow.audience import column_faults, questions
from publisher.workflow.build import build
from publisher.workflow.careful_start import mails_begin
from publisher.workflow.check import check_workspace
from publisher.workflow.check_summaries import PASSED_OVER
from publisher.workflow.mailing import nobody_to_tell, rate_faults, tight_faults, unheard_faults
from publisher.workflow.records import (
    append_both,
    caught_up,
    complete_file,
    disagreement,
    ledger_file,
    refuse_if_changed,
)
from publisher.workflow.release import PUBLISHER, Release, plan_release, unreleased, with_telling
from publisher.workflow.telling import Since
from publisher.workflow.variants import Varied, apart_of, together
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


_OF_DATES = ("below-floor", "effective-past", "effective-decreases")


@dataclass(frozen=True, slots=True)
class Released:
    """What was released, or would be: the version, its dates and how many messages were queued."""

    policy: str
    version: str
    grade: str | None
    effective: str
    floor: int
    notice: str | None
    queued: int
    consent_needed: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A version that is not released yet, and why, in words."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What publishing did. `skipped` names versions that wait; `files` are those to commit."""

    released: tuple[Released, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Fault, ...]
    completed: tuple[str, ...]
    files: tuple[str, ...]
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run would release, worked out before anything is written."""

    workspace: Workspace
    releases: tuple[Release, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Fault, ...]
    questions: tuple[Fault, ...]


def publish(
    settings: Settings,
    store: "Store",
    *,
    now: datetime,
    agreed: Callable[[tuple[Fault, ...]], bool] = bool,
) -> PublishReport:
    """Releases every signed, unreleased version; run again, it does nothing new.

    The store is written first, in one transaction for all versions; the ledger files follow, then the site. A run that
    was cut off anywhere is finished by the next.

    Args:
        settings: the workspace's settings.
        store: its store.
        now: the clock.
        agreed: asks a person about audiences that look wrong; left out, nobody is asked.

    Raises:
        PublisherError: with every reason at once, or with what was asked and not agreed to; nothing was written for any
            version then.
    """
    _, completed = caught_up(open_workspace(settings), store)
    plan = plan_publish(settings, store, now=now)
    if plan.questions and not agreed(plan.questions):
        raise PublisherError(replace(entry, severity=Severity.ERROR) for entry in plan.questions)
    released: list[Released] = []
    if plan.releases:
        held: dict[str, tuple[str, ...]] = {}
        with store.begin() as connection:
            for name in {release.policy.name for release in plan.releases}:
                refuse_if_changed(connection, name, plan.workspace.lines[name])
            for release in plan.releases:
                held[release.policy.name], told = _release(settings, store, connection, plan, release)
                released.append(told)
        for policy, lines in held.items():
            complete_file(settings, policy, lines)
    site = build(settings, now=now)
    unheard = [
        told
        for told, release in zip(released, plan.releases, strict=True)
        if release.notice is not None
        and campaigns.leads(release)
        and Channel.EMAIL in release.notice.channels
        and not told.queued
    ]
    touched = dict.fromkeys([*completed, *(entry.policy for entry in released)])
    return PublishReport(
        released=tuple(released),
        skipped=plan.skipped,
        warnings=(*plan.warnings, *(nobody_to_tell(entry.policy, entry.version) for entry in unheard)),
        completed=completed,
        files=tuple(ledger_file(policy) for policy in touched),
        pages=site.pages,
    )


def plan_publish(settings: Settings, store: "Store | None", *, now: datetime) -> Plan:
    """Works out what a run would release, and every reason against it; without a store, from the files alone.

    Raises:
        PublisherError: with every reason at once.
    """
    workspace, faults = _as_the_store_knows(open_workspace(settings), store)
    told = check_workspace(workspace, now=now)
    sound = not faults and not _of_released(workspace, told)
    releases: list[Release] = []
    skipped: list[Skipped] = []
    drafts: list[str] = []
    for policy in workspace.policies:
        events = workspace.events(policy.name)
        before: Version | None = None
        waiting: Version | None = None
        for version in unreleased(policy, events):
            review, review_faults = library.read_review(settings.root / version.folder)
            first = last_released(events) is None
            reason = "" if first or review_faults else _waits(policy, review, before, waiting)
            if reason:
                waiting = version
                skipped.append(Skipped(f"{policy.name} {version.name}", reason))
                drafts.append(version.folder + "/")
                continue
            if version.text(policy.settings.language) is None:
                continue
            begins = mails_begin(settings, policy, now)
            release, date_faults = plan_release(policy, version, events, None if first else review, now, begins)
            if sound:
                release = with_telling(settings.root, release, events, now)
            faults.extend(date_faults)
            faults.extend(_signature_faults(policy, version, review) if review and not first else ())
            releases.append(release)
            events = (*events, release.event)
            before = version
    for name in dict.fromkeys(release.policy.name for release in releases):
        faults.extend(column_faults(workspace, workspace.policy(name), store))
    faults.extend(rate_faults(settings, store, releases))
    faults.extend(unheard_faults(store, releases))
    releases, waiting_too = _whole_campaigns(workspace, releases)
    skipped.extend(waiting_too)
    faults.extend(campaigns.date_faults(releases))
    releases = list(campaigns.joined(releases))
    blocking = [fault for fault in told if not _below(fault, drafts) and fault.code != PASSED_OVER]
    own = tuple(faults)
    faults.extend(fault for fault in errors_only(blocking) if not _same_told(fault, own))
    if errors_only(faults):
        raise PublisherError(errors_only(faults))
    folders = [release.version.folder + "/" for release in releases]
    warnings = tuple(replace(fault, severity=Severity.WARNING) for fault in told if _below(fault, folders))
    warnings += tight_faults(settings, releases)
    mailed = [
        (release.policy, release.notice, campaigns.ladders(releases, release))
        for release in releases
        if release.notice is not None and campaigns.leads(release) and Channel.EMAIL in release.notice.channels
    ]
    return Plan(workspace, tuple(releases), tuple(skipped), warnings, questions(store, mailed))


def _waits(policy: Policy, review: Review | None, before: Version | None, waiting: Version | None) -> str:
    """Why a version is not released in this run though nothing is wrong with it; empty when it is.

    Args:
        policy: its policy.
        review: its review.
        before: the version that this run releases before it, if any.
        waiting: a version before it that is not released, if any.
    """
    if review is None or not review.sign_offs:
        return "nobody has signed its review"
    if waiting is not None:
        return f"{waiting.name} before it is not released; delete that folder if it is given up"
    text = before.text(policy.settings.language) if before else None
    if before is not None and (text is None or review.old != text.digest):
        return f"its review does not know {before.name}, which is released now; review it again"
    return ""


def _as_the_store_knows(workspace: Workspace, store: "Store | None") -> tuple[Workspace, list[Fault]]:
    """The workspace with ledgers that the store is ahead of taken from there, and where the two disagree."""
    if store is None:
        return workspace, []
    with store.read() as connection:
        held = {policy.name: _held(connection, policy.name) for policy in workspace.policies}
    faults = [
        fault
        for name, lines in held.items()
        if not workspace.ledger_faults(name)
        and (fault := disagreement(store.identity, name, lines, workspace.lines[name])) is not None
    ]
    ahead = {
        name: lines
        for name, lines in held.items()
        if len(lines) > len(workspace.lines[name]) and not faults and not workspace.ledger_faults(name)
    }
    events = {name: tuple(event_of(line) for line in lines) for name, lines in ahead.items()}
    known = replace(workspace, ledgers={**workspace.ledgers, **events}, lines={**workspace.lines, **ahead})
    return known, faults


def _release(
    settings: Settings, store: "Store", connection: "Connection", plan: Plan, release: Release
) -> tuple[tuple[str, ...], Released]:
    """One version's rows: its ledger line, and with a notice the store's own line, the notice and its messages."""
    from publisher.store import outbox

    policy = release.policy.name
    in_file = plan.workspace.lines[policy]
    known = tuple(event_of(line) for line in _held(connection, policy) or in_file)
    events = [release.event]
    if release.notice is not None and not any(event.kind is EventKind.STORE for event in known):
        events.insert(0, _store_line(release.event, store.identity))
    lines = append_both(connection, store.identity, policy, in_file, events)
    queued = 0
    if release.notice is not None:
        if not campaigns.leads(release):
            return lines, _told(release, 0)
        others = campaigns.led_by(plan.releases, release)
        told = {release.policy.name: _contents(settings, release, known)}
        told.update((other.policy.name, _contents(settings, other, _events(plan, other))) for other in others)
        lead, *beside = (contents(None) for contents in told.values())
        templates = mail_templates(settings, release.policy, together(lead, beside))
        varied = [
            Varied(entry.policy, entry.telling, _only(told[entry.policy.name]))
            for entry in (release, *others)
            if entry.telling is not None
        ]
        queued = outbox.queue(connection, release.notice, templates, apart_of(settings, varied) if varied else None)
    return lines, _told(release, queued)


def _contents(
    settings: Settings, release: Release, known: Sequence[LedgerEvent]
) -> "Callable[[Since | None], tuple[NoticeContent, ...]]":
    """What a release says, for those who know one version or another."""

    def contents(since: Since | None) -> tuple[NoticeContent, ...]:
        return (
            ()
            if release.notice is None
            else notice_contents(
                settings,
                release.policy,
                (*known, release.event),
                release.notice,
                release.review,
                version=release.version.name,
                since=since,
            )
        )

    return contents


def _only(
    contents: "Callable[[Since | None], tuple[NoticeContent, ...]]",
) -> "Callable[[Since], tuple[tuple[NoticeContent, ...]]]":
    return lambda since: (contents(since),)


def _events(plan: Plan, release: Release) -> tuple[LedgerEvent, ...]:
    return tuple(plan.workspace.events(release.policy.name))


def _whole_campaigns(workspace: Workspace, releases: list[Release]) -> tuple[list[Release], list[Skipped]]:
    """The releases without those whose campaign waits for a version that this run does not release."""
    names = {(release.policy.name, release.version.name) for release in releases}
    others = [
        (policy, version)
        for policy in workspace.policies
        for version in unreleased(policy, workspace.events(policy.name))
        if (policy.name, version.name) not in names
    ]
    going: list[Release] = []
    waiting: list[Skipped] = []
    for release in releases:
        reason = campaigns.waiting_for(release.policy, release.version, others)
        if reason:
            waiting.append(Skipped(f"{release.policy.name} {release.version.name}", reason))
        else:
            going.append(release)
    return going, waiting


def _told(release: Release, queued: int) -> Released:
    event = release.event
    return Released(
        policy=release.policy.name,
        version=release.version.name,
        grade=event.grade,
        effective=event.effective.isoformat() if event.effective else "",
        floor=event.floor,
        notice=event.notice,
        queued=queued,
        consent_needed=event.consent_needed,
    )


def _store_line(event: LedgerEvent, identity: str) -> LedgerEvent:
    return LedgerEvent(
        kind=EventKind.STORE,
        policy=event.policy,
        version=None,
        at=event.at,
        by=PUBLISHER,
        reason="this store sends the notices of this policy",
        store=identity,
    )


def _held(connection: "Connection", policy: str) -> tuple[str, ...]:
    from publisher.store import ledger

    return ledger.lines(connection, policy)


def _signature_faults(policy: Policy, version: Version, review: Review) -> tuple[Fault, ...]:
    """Whether enough different people have signed."""
    missing = signatures_missing(review, policy.settings.sign_off)
    if not missing:
        return ()
    wanted = people_wanted(review.decisions, policy.settings.sign_off)
    return (
        Fault(
            "signatures-missing",
            f"{policy.name} {version.name} needs {wanted} people to sign and has {wanted - missing}.",
            f"Another person runs: publisher review {policy.name} {version.name}",
            Place(f"{version.folder}/review.toml"),
        ),
    )


def _of_released(workspace: Workspace, told: Sequence[Fault]) -> tuple[Fault, ...]:
    """The errors that are not a draft's own: they keep everything from being released; an older text may lack."""
    drafts = [
        version.folder + "/"
        for policy in workspace.policies
        for version in unreleased(policy, workspace.events(policy.name))
    ]
    return tuple(fault for fault in errors_only(told) if not _below(fault, drafts) and fault.code != PASSED_OVER)


def _below(fault: Fault, folders: Sequence[str]) -> bool:
    return (fault.place.file or "").startswith(tuple(folders))


def _same_told(fault: Fault, told: Sequence[Fault]) -> bool:
    """Whether publish itself has told this already, in its own words."""
    return any(other.code == fault.code in _OF_DATES and other.place.file == fault.place.file for other in told)
