"""Campaigns: versions of several policies that are announced together, by one banner and one mail."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from publisher import library
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import PENDING, Standing
from publisher.domain.notice import NoticeContent, NoticeKind
from publisher.domain.policy import Policy, Version
from publisher.domain.predicate import any_of
from publisher.domain.telling import Ladder
from publisher.domain.timeline import announced_under
from publisher.errors import Fault, Place
from publisher.workflow.announce import notice_contents
from publisher.workflow.follow_up import Partner, Sequel, mailing_ends, next_notice
from publisher.workflow.release import PUBLISHER, Release
from publisher.workflow.telling import Since, telling_of
from publisher.workflow.variants import Varied
from publisher.workflow.workspace import Workspace


def campaign_of(policy: Policy, version: Version) -> str | None:
    """The campaign that a version's authoritative text names, if any."""
    text = version.text(policy.settings.language)
    return text.front.campaign if text is not None else None


def joined(releases: Sequence[Release]) -> tuple[Release, ...]:
    """The same releases; those of one campaign share the notice of the first, which keeps the strictest of all."""
    shared: dict[str, Release] = {}
    for release in releases:
        name = campaign_of(release.policy, release.version)
        if name is None or release.notice is None:
            continue
        lead = shared.get(name)
        if lead is None or lead.notice is None:
            shared[name] = release
            continue
        notice = replace(
            lead.notice,
            channels=tuple(dict.fromkeys((*lead.notice.channels, *release.notice.channels))),
            floor=max(lead.notice.floor, release.notice.floor),
            deadline=min(lead.notice.deadline, release.notice.deadline),
            reach=any_of((lead.notice.reach, release.notice.reach)),
        )
        shared[name] = replace(lead, notice=notice)
    found: list[Release] = []
    for release in releases:
        name = campaign_of(release.policy, release.version)
        lead = shared.get(name) if name is not None and release.notice is not None else None
        if lead is None or lead.notice is None:
            found.append(release)
            continue
        event = replace(release.event, notice=str(lead.notice.id))
        found.append(replace(release, notice=lead.notice, event=event))
    return tuple(found)


def led_by(releases: Sequence[Release], lead: Release) -> tuple[Release, ...]:
    """The releases that the notice of `lead` tells of beside it."""
    return tuple(
        other
        for other in releases
        if other is not lead and lead.notice is not None and other.notice is not None and other.notice is lead.notice
    )


def leads(release: Release) -> bool:
    """Whether a release's notice is its own, and not that of another policy's version."""
    return release.notice is not None and release.notice.id.policy == release.policy.name


def ladders(releases: Sequence[Release], lead: Release) -> tuple[Ladder, ...]:
    """How those are told apart whom the notice of `lead` tells, policy by policy, its own first."""
    tellings = (release.telling for release in (lead, *led_by(releases, lead)))
    return tuple(telling.ladder for telling in tellings if telling is not None)


def date_faults(releases: Sequence[Release]) -> Iterator[Fault]:
    """Versions of one campaign that take effect on different days: one mail cannot announce both."""
    first: dict[str, Release] = {}
    for release in releases:
        name = campaign_of(release.policy, release.version)
        text = release.version.text(release.policy.settings.language)
        if name is None or release.notice is None or text is None:
            continue
        lead = first.setdefault(name, release)
        if lead.event.effective != release.event.effective:
            yield Fault(
                "campaign-dates",
                f"{release.policy.name} {release.version.name} takes effect on {release.event.effective}, and"
                f" {lead.policy.name} {lead.version.name} of the same campaign on {lead.event.effective}.",
                "Write the same date, or take one of them out of the campaign.",
                Place(text.path, text.front.line_of("effective")),
            )


def waiting_for(policy: Policy, version: Version, others: Sequence[tuple[Policy, Version]]) -> str:
    """Which unreleased version of the same campaign holds this one back, in words; empty when none does.

    `others` are the unreleased versions that this run does not release.
    """
    name = campaign_of(policy, version)
    if name is None:
        return ""
    return next(
        (
            f"its campaign '{name}' waits for {other.name} {draft.name}"
            for other, draft in others
            if other.name != policy.name and campaign_of(other, draft) == name
        ),
        "",
    )


def partners(workspace: Workspace, standing: Standing, *, now: datetime) -> tuple[tuple[Policy, Standing], ...]:
    """The versions of other policies that the newest notice of this one tells of too."""
    return tuple(
        (policy, other)
        for policy in workspace.policies
        for other in workspace.standings(policy, now)
        if policy.name != standing.policy
        and standing.notice is not None
        and other.notice == standing.notice
        and other.state in PENDING
    )


def parting(workspace: Workspace, standing: Standing, *, by: LedgerEvent) -> tuple[Partner, ...]:
    """A campaign's other versions on their own: those not told yet get their notice alone, the others nothing again.

    Args:
        workspace: what the files say.
        standing: the version that leaves the campaign.
        by: the event by which it does.
    """
    found = (_parted(workspace, policy, other, by) for policy, other in partners(workspace, standing, now=by.at))
    return tuple(partner for partner in found if partner is not None)


def _parted(workspace: Workspace, policy: Policy, standing: Standing, by: LedgerEvent) -> Partner | None:
    events = workspace.events(policy.name)
    policy = replace(policy, settings=announced_under(events, standing.version, policy.settings))
    notice = next_notice(standing, policy.settings.channels, NoticeKind.REVISION, now=by.at)
    version = policy.version(standing.version)
    if notice is None or version is None:
        return None
    notice = replace(notice, deadline=mailing_ends(standing))
    review, _ = library.read_review(workspace.settings.root / version.folder)

    def told(since: Since | None = None) -> tuple[NoticeContent, ...]:
        return notice_contents(workspace.settings, policy, events, notice, review, since=since)

    telling = telling_of(workspace.settings.root, policy, events, standing.version, now=by.at, review=review)
    event = LedgerEvent(
        kind=EventKind.CORRECT,
        policy=policy.name,
        version=standing.version,
        at=by.at,
        by=PUBLISHER,
        reason=f"told apart from {by.policy} {by.version}: {by.kind}",
        notice=str(notice.id),
    )
    varied = Varied(policy, telling, lambda since: (told(since),))
    return Partner(policy, event, Sequel(notice, (), told(), varied=varied))
