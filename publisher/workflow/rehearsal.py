"""A dry run of the main job: what would be released and who would be told, with nothing written."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.errors import Fault
from publisher.workflow import campaigns
from publisher.workflow.audience import LanguageCount, Shown, shown
from publisher.workflow.planning import Plan, Skipped, plan_publish
from publisher.workflow.release import Release

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One version that would be released, and whom its notice tells; None when none is due."""

    policy: str
    version: str
    grade: str | None
    effective: str
    floor: int
    notice: str | None
    audience: Shown | None
    channels: tuple[tuple[str, tuple[LanguageCount, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything a run would release, what it would skip, and what it would ask a person first."""

    releases: tuple[Rehearsed, ...]
    skipped: tuple[Skipped, ...]
    questions: tuple[Fault, ...]


def rehearse(settings: Settings, store: "Store | None", *, now: datetime) -> Rehearsal:
    """Works everything out and writes nothing.

    Raises:
        PublisherError: with every reason against publishing.
    """
    plan = plan_publish(settings, store, now=now)
    return Rehearsal(tuple(_rehearsed(plan, release, store) for release in plan.releases), plan.skipped, plan.questions)


def _rehearsed(plan: Plan, release: Release, store: "Store | None") -> Rehearsed:
    event, notice = release.event, release.notice
    ladders = campaigns.ladders(plan.releases, release)
    told = shown(release.policy, release.version.name, notice.reach, store, ladders) if notice else None
    return Rehearsed(
        policy=release.policy.name,
        version=release.version.name,
        grade=event.grade,
        effective=event.effective.isoformat() if event.effective else "",
        floor=event.floor,
        notice=event.notice,
        audience=told,
        channels=tuple((channel.value, told.of_channel(channel)) for channel in notice.channels)
        if notice and told
        else (),
    )
