"""A version that was announced and will not come: those told are told so, what was not sent is cancelled."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import Standing, State
from publisher.domain.notice import NoticeKind
from publisher.domain.policy import Policy, version_number
from publisher.domain.timeline import announced_under, in_force
from publisher.errors import Fault, Place, PublisherError
from publisher.workflow.announce import notice_contents
from publisher.workflow.build import build
from publisher.workflow.campaigns import parting
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
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal did: the notice that tells of it, to how many, and how many older messages were cancelled.

    `again` says that it had been recorded before, and that nothing was done now.
    """

    policy: str
    version: str
    notice: str | None
    queued: int
    cancelled: int
    files: tuple[str, ...]
    again: bool = False


def withdraw(
    workspace: Workspace, store: "Store", policy_name: str, version: str, *, by: str, reason: str, now: datetime
) -> Withdrawn:
    """Takes an announced version back; the one before it stays in force, and the next is compared with that.

    Raises:
        PublisherError: the version applies already or was withdrawn, or a later one is announced that contains it.
    """
    settings = workspace.settings
    workspace, _ = caught_up(workspace, store)
    policy = workspace.policy(policy_name)
    standing = standing_of(workspace, policy, version, now)
    before = recorded_already(workspace, policy, version, EventKind.WITHDRAW, by=by, reason=reason)
    if before is not None:
        build(settings, now=now)
        return Withdrawn(policy_name, version, before.notice, 0, 0, (ledger_file(policy_name),), again=True)
    refuse(EventKind.WITHDRAW, standing)
    faults = _faults(workspace, policy, standing, now)
    if faults:
        raise PublisherError(faults)
    refuse_altered(workspace, policy)
    policy = replace(policy, settings=announced_under(workspace.events(policy_name), version, policy.settings))
    sequel = _sequel(workspace, policy, standing, reason, now)
    event = LedgerEvent(
        kind=EventKind.WITHDRAW,
        policy=policy_name,
        version=version,
        at=now,
        by=by,
        reason=reason,
        notice=str(sequel.notice.id) if sequel else None,
    )
    parted = parting(workspace, standing, by=event)
    done = record_sequel(settings, workspace, store, policy, event, sequel, partners=parted)
    build(settings, now=now)
    return Withdrawn(policy_name, version, event.notice, done.total, done.cancelled, (ledger_file(policy_name),))


def _faults(workspace: Workspace, policy: Policy, standing: Standing, now: datetime) -> tuple[Fault, ...]:
    place = Place(ledger_file(policy.name))
    return tuple(
        Fault(
            "withdraw-followed",
            f"{policy.name} {later.version} is announced and contains what {standing.version} changes.",
            f"Withdraw {later.version} first.",
            place,
        )
        for later in workspace.standings(policy, now)
        if version_number(later.version) > version_number(standing.version) and later.state is not State.WITHDRAWN
    )


def _sequel(workspace: Workspace, policy: Policy, standing: Standing, reason: str, now: datetime) -> Sequel | None:
    notice = next_notice(standing, policy.settings.channels, NoticeKind.WITHDRAWAL, now=now)
    if notice is None:
        return None
    applies = in_force(workspace.standings(policy, now)) is not None
    contents = notice_contents(
        workspace.settings,
        policy,
        workspace.events(policy.name),
        notice,
        None,
        kind=NoticeKind.WITHDRAWAL,
        reason=reason,
    )
    return Sequel(notice, tuple(replace(content, changes=(), applies=applies) for content in contents))
