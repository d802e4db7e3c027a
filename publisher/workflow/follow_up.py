"""After notice: a new date for those told, one notice with it for all others, and the old mails stopped."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.notice import Channel, Notice, NoticeId, NoticeKind
from publisher.domain.policy import Policy, version_number
from publisher.domain.timeline import (
    Standing,
    State,
    announced_under,
    earliest_effective,
    local_date,
    must_hold_from,
)
from publisher.errors import Fault, Place, PublisherError, one
from publisher.workflow.announce import mail_templates, notice_contents
from publisher.workflow.build import build
from publisher.workflow.check import released_text_faults
from publisher.workflow.records import append_both, caught_up, complete_file, ledger_file, refuse_if_changed
from publisher.workflow.release import floor_of
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store

MOVABLE = (State.ANNOUNCED, State.COMPLETE, State.HELD)


@dataclass(frozen=True, slots=True)
class Postponed:
    """What a postponement did: the dates, the new notice, and how many messages of the old ones were cancelled."""

    policy: str
    version: str
    former: date
    effective: date
    notice: str | None
    queued: int
    cancelled: int
    files: tuple[str, ...]


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
    if workspace.ledger_faults(policy_name):
        raise PublisherError(workspace.ledger_faults(policy_name))
    altered = released_text_faults(policy, workspace.events(policy_name))
    if altered:
        raise PublisherError(altered)
    standing = _movable(workspace, policy, version, now)
    policy = replace(policy, settings=announced_under(workspace.events(policy_name), version, policy.settings))
    floor = max(standing.floor, floor_of(policy, standing.grade))
    faults = _date_faults(workspace, policy, standing, to, floor, now)
    if faults:
        raise PublisherError(faults)
    notice = _next_notice(policy, standing, to, floor, now)
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
    queued, cancelled = _record(settings, workspace, store, policy, standing, event, notice)
    build(open_workspace(settings), now=now)
    return Postponed(
        policy_name,
        version,
        standing.effective,
        to,
        event.notice,
        queued,
        cancelled,
        (ledger_file(policy_name),),
    )


def _record(
    settings: Settings,
    workspace: Workspace,
    store: "Store",
    policy: Policy,
    standing: Standing,
    event: LedgerEvent,
    notice: Notice | None,
) -> tuple[int, int]:
    """The ledger line, the new notice's messages and the old ones' end, in one transaction; then the file."""
    from publisher.store import outbox

    in_file = workspace.lines[policy.name]
    queued = cancelled = 0
    with store.begin() as connection:
        refuse_if_changed(connection, policy.name, in_file)
        held = append_both(connection, store.identity, policy.name, in_file, (event,))
        if notice is not None and standing.notice is not None:
            version = policy.version(standing.version)
            review, _ = library.read_review(settings.root / version.folder) if version else (None, ())
            contents = notice_contents(settings, policy, workspace.events(policy.name), notice, review)
            follow_ups = [
                replace(
                    content,
                    kind=NoticeKind.FOLLOW_UP,
                    former_effective=standing.effective,
                    reason=event.reason,
                )
                for content in contents
            ]
            templates = mail_templates(settings, policy, (*contents, *follow_ups))
            done = outbox.queue_after(connection, notice, templates, now=event.at)
            queued, cancelled = done.total, done.cancelled
    complete_file(settings, policy.name, held)
    return queued, cancelled


def _movable(workspace: Workspace, policy: Policy, version: str, now: datetime) -> Standing:
    found = {standing.version: standing for standing in workspace.standings(policy, now)}
    standing = found.get(version)
    place = Place(ledger_file(policy.name))
    if standing is None:
        known = ", ".join(found) or "none"
        raise one("version-unreleased", f"{policy.name} {version} is not announced.", f"Announced: {known}.", place)
    if standing.state not in MOVABLE:
        raise one(
            "version-settled",
            f"{policy.name} {version} is {standing.state}; its date can no longer move.",
            "Draft a new version.",
            place,
        )
    return standing


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
    earliest = earliest_effective(today, floor, policy.settings.delivery_days) if material else today
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


def _next_notice(policy: Policy, standing: Standing, to: date, floor: int, now: datetime) -> Notice | None:
    if standing.notice is None:
        return None
    earlier = NoticeId.parse(standing.notice)
    return Notice(
        id=replace(earlier, revision=earlier.revision + 1),
        kind=NoticeKind.FOLLOW_UP,
        channels=tuple(Channel(name) for name in policy.settings.channels),
        effective=to,
        floor=floor,
        created=now,
        deadline=must_hold_from(to, floor, policy.settings.timezone),
    )
