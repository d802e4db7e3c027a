"""A new effective date after notice: for those told a follow-up, for all others one notice with the new date."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.change import Grade
from publisher.domain.days import earliest_effective, local_date, must_hold_from
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import Standing, State
from publisher.domain.notice import Notice, NoticeContent, NoticeKind
from publisher.domain.policy import Policy, version_number
from publisher.domain.timeline import announced_under
from publisher.errors import Fault, Place, PublisherError
from publisher.workflow.announce import notice_contents
from publisher.workflow.build import build
from publisher.workflow.campaigns import parting
from publisher.workflow.careful_start import mails_begin
from publisher.workflow.follow_up import (
    Sequel,
    next_notice,
    record_sequel,
    recorded_already,
    refuse,
    refuse_altered,
    standing_of,
)
from publisher.workflow.records import caught_up, ledger_file
from publisher.workflow.release import floor_of
from publisher.workflow.telling import Since, telling_of
from publisher.workflow.variants import Varied
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Postponed:
    """What a postponement did: the dates, the new notice, and how many messages of the old ones were cancelled.

    `again` says that it had been recorded before, and that nothing was done now.
    """

    policy: str
    version: str
    former: date
    effective: date
    notice: str | None
    queued: int
    cancelled: int
    files: tuple[str, ...]
    again: bool = False


def postpone(
    workspace: Workspace,
    store: "Store",
    policy_name: str,
    version: str,
    *,
    to: date,
    by: str,
    reason: str,
    now: datetime,
) -> Postponed:
    """Sets a new effective date for an announced version; the only way out of a hold.

    Those told of the old date get one follow-up, all others one notice with the new date, in one transaction with the
    ledger line; the floor starts again.

    Raises:
        PublisherError: with every reason against it.
    """
    settings = workspace.settings
    workspace, _ = caught_up(workspace, store)
    policy = workspace.policy(policy_name)
    standing = standing_of(workspace, policy, version, now)
    before = recorded_already(workspace, policy, version, EventKind.POSTPONE, by=by, reason=reason)
    if before is not None and before.effective == to:
        build(settings, now=now)
        return Postponed(policy_name, version, to, to, before.notice, 0, 0, (ledger_file(policy_name),), again=True)
    refuse(EventKind.POSTPONE, standing)
    refuse_altered(workspace, policy)
    policy = replace(policy, settings=announced_under(workspace.events(policy_name), version, policy.settings))
    floor = max(standing.floor, floor_of(policy, standing.grade))
    faults = _date_faults(workspace, policy, standing, to, floor, now)
    if faults:
        raise PublisherError(faults)
    notice = _notice(policy, standing, to, floor, now)
    event = LedgerEvent(
        kind=EventKind.POSTPONE,
        policy=policy_name,
        version=version,
        at=now,
        by=by,
        reason=reason,
        effective=to,
        floor=floor,
        notice=str(notice.id) if notice else None,
    )
    sequel = _sequel(workspace, policy, standing, event, notice) if notice else None
    parted = parting(workspace, standing, by=event)
    done = record_sequel(settings, workspace, store, policy, event, sequel, partners=parted)
    build(settings, now=now)
    return Postponed(
        policy_name,
        version,
        standing.effective,
        to,
        event.notice,
        done.total,
        done.cancelled,
        (ledger_file(policy_name),),
    )


def _sequel(workspace: Workspace, policy: Policy, standing: Standing, event: LedgerEvent, notice: Notice) -> Sequel:
    version = policy.version(standing.version)
    review, _ = library.read_review(workspace.settings.root / version.folder) if version else (None, ())
    events = (*workspace.events(policy.name), event)

    def both(since: Since | None = None) -> tuple[tuple[NoticeContent, ...], tuple[NoticeContent, ...]]:
        contents = notice_contents(workspace.settings, policy, events, notice, review, since=since)
        told = tuple(
            replace(content, kind=NoticeKind.FOLLOW_UP, former_effective=standing.effective, reason=event.reason)
            for content in contents
        )
        return contents, told

    telling = telling_of(workspace.settings.root, policy, events, standing.version, now=event.at, review=review)
    contents, told = both()
    return Sequel(notice, told, contents, varied=Varied(policy, telling, both))


def _notice(policy: Policy, standing: Standing, to: date, floor: int, now: datetime) -> Notice | None:
    notice = next_notice(standing, policy.settings.channels, NoticeKind.FOLLOW_UP, now=now)
    if notice is None:
        return None
    return replace(notice, effective=to, floor=floor, deadline=must_hold_from(to, floor, policy.settings.timezone))


def _date_faults(
    workspace: Workspace, policy: Policy, standing: Standing, to: date, floor: int, now: datetime
) -> tuple[Fault, ...]:
    today = local_date(now, policy.settings.timezone)
    place = Place(ledger_file(policy.name))
    name = f"{policy.name} {standing.version}"
    faults: list[Fault] = []
    if to <= standing.effective:
        faults.append(
            Fault("postpone-earlier", f"{name} was announced for {standing.effective}.", "Name a later date.", place)
        )
    material = standing.grade is Grade.MATERIAL
    begins = local_date(mails_begin(workspace.settings, policy, now), policy.settings.timezone)
    earliest = earliest_effective(begins, floor, policy.settings.delivery_days) if material else today
    if to < earliest:
        message = f"{name} cannot take effect on {to}: its users must have had the new notice for {floor} days."
        faults.append(Fault("below-floor", message, f"Name {earliest} or a later date.", place))
    later = [
        other
        for other in workspace.standings(policy, now)
        if version_number(other.version) > version_number(standing.version)
        and other.state is not State.WITHDRAWN
        and other.effective < to
    ]
    faults.extend(
        Fault(
            "effective-decreases",
            f"{policy.name} {other.version} follows it and is announced for {other.effective}, before {to}.",
            f"Postpone {other.version} first.",
            place,
        )
        for other in later
    )
    return tuple(faults)
