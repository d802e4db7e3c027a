"""The main job: releases every signed version, queues its notices in one transaction, and builds the site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.ledger import EventKind, LedgerEvent, event_of
from publisher.domain.notice import Channel, NoticeContent
from publisher.errors import Fault, PublisherError, Severity
from publisher.workflow import campaigns
from publisher.workflow.announce import mail_templates, notice_contents
from publisher.workflow.build import build
from publisher.workflow.mailing import asked_of, nobody_to_tell
from publisher.workflow.planning import Plan, Skipped, plan_publish
from publisher.workflow.records import (
    append_both,
    caught_up,
    complete_file,
    ledger_file,
    refuse_if_changed,
)
from publisher.workflow.release import PUBLISHER, Release
from publisher.workflow.telling import Since
from publisher.workflow.variants import Varied, apart_of, together
from publisher.workflow.workspace import open_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


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
class PublishReport:
    """What publishing did. `skipped` names versions that wait; `files` are those to commit."""

    released: tuple[Released, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Fault, ...]
    completed: tuple[str, ...]
    files: tuple[str, ...]
    pages: int = 0


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
    from publisher.store import people

    _, completed = caught_up(open_workspace(settings), store)
    plan = plan_publish(settings, store, now=now)
    if plan.questions and not agreed(plan.questions):
        raise PublisherError(replace(entry, severity=Severity.ERROR) for entry in plan.questions)
    released: list[Released] = []
    if plan.releases:
        held: dict[str, tuple[str, ...]] = {}
        with store.begin() as connection, people.kept(connection, asked_of(plan.releases)):
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
        warnings=(*plan.warnings, *(nobody_to_tell(store, entry.policy, entry.version) for entry in unheard)),
        completed=completed,
        files=tuple(ledger_file(policy) for policy in touched),
        pages=site.pages,
    )


def _release(
    settings: Settings, store: "Store", connection: "Connection", plan: Plan, release: Release
) -> tuple[tuple[str, ...], Released]:
    """One version's rows: its ledger line, and with a notice the store's own line, the notice and its messages."""
    from publisher.store import ledger, outbox

    policy = release.policy.name
    in_file = plan.workspace.lines[policy]
    known = tuple(event_of(line) for line in ledger.lines(connection, policy) or in_file)
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
