"""Adoption: versions that were in force before this tool came enter the ledger as stated, not witnessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from publisher.domain.days import local_date
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import PENDING, Standing, State
from publisher.domain.notice import PERSONAL, NoticeId
from publisher.domain.policy import Policy, Version, version_number
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, PublisherError, Severity, errors_only, one
from publisher.workflow.passes import LOCK, known_passes
from publisher.workflow.records import (
    append_both,
    caught_up,
    complete_file,
    disagreement,
    in_order,
    ledger_file,
    refuse_if_changed,
)
from publisher.workflow.texts import clause_entries, draft_trees
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Adopted:
    """What entered the ledger, the files to commit, and what a person should see to."""

    versions: tuple[str, ...]
    files: tuple[str, ...]
    troubles: tuple[Fault, ...] = ()


def adopt(
    workspace: Workspace, store: "Store", policy_name: str, *, through: str, by: str, reason: str, now: datetime
) -> Adopted:
    """Enters every version up to `through` that the ledger lacks: no review, no notice, no floor.

    Raises:
        PublisherError: a version is missing, has errors, or has no past date.
    """
    workspace, _ = caught_up(workspace, store)
    policy = workspace.policy(policy_name)
    if workspace.ledger_faults(policy_name):
        raise PublisherError(workspace.ledger_faults(policy_name))
    if policy.version(through) is None:
        raise one(
            "version-unknown", f"{policy_name} has no {through}.", "Name a version that exists.", Place(policy.folder)
        )
    events = list(workspace.events(policy_name))
    if any(event.kind in (EventKind.RELEASE, EventKind.STORE) for event in events):
        raise one(
            "adopt-late",
            f"{policy_name} is published by this tool already; later versions need their review and their notice.",
            f"Run: publisher review {policy_name} {through}, then publish.",
            Place(ledger_file(policy_name)),
        )
    wanted = [
        version
        for version in policy.versions
        if version_number(version.name) <= version_number(through) and release_of(events, version.name) is None
    ]
    folders = tuple(f"{version.folder}/" for version in wanted)
    faults = [fault for fault in errors_only(workspace.faults) if (fault.place.file or "").startswith(folders)]
    faults.extend(fault for version in wanted if (fault := _date_fault(policy, version, now)))
    if faults:
        raise PublisherError(faults)
    known = len(events)
    for version in wanted:
        events.append(_event(policy, version, events, by, reason, now))
    with store.begin() as connection:
        in_file = workspace.lines[policy_name]
        refuse_if_changed(connection, policy_name, in_file)
        held = append_both(connection, store.identity, policy_name, in_file, events[known:])
    complete_file(workspace.settings, policy_name, held)
    names = tuple(version.name for version in wanted)
    return Adopted(names, (ledger_file(policy_name),) if names else ())


def adopt_ledgers(workspace: Workspace, store: "Store", *, by: str, reason: str, now: datetime) -> Adopted:
    """Binds the ledgers in the files to this store, where store and file had parted: the files are taken as the truth.

    Nothing is queued, and nothing that was queued is sent: what the lost store, or this one since the backup it was
    restored from, has sent is unknown here, so that all of it is in doubt. A new `store` line tells who decided this
    and why.
    """
    from publisher.store import doubting, halts, leases, ledger, run_lock

    for policy in workspace.policies:
        if workspace.ledger_faults(policy.name):
            raise PublisherError(workspace.ledger_faults(policy.name))
    bound: dict[str, tuple[str, ...]] = {}
    with store.begin() as connection:
        known = known_passes(workspace.settings, store.identity)
        found_out = halts.last(connection, leases.RESTORED) is not None
        restored = (known > 0 and run_lock.advance(connection, LOCK, known)) or found_out
        halts.forget(connection, leases.RESTORED)
        for policy in workspace.policies:
            in_file = workspace.lines[policy.name]
            held = ledger.lines(connection, policy.name)
            sends = any(event.kind is EventKind.STORE for event in workspace.events(policy.name))
            agree = disagreement(store.identity, policy.name, held, in_file) is None
            if agree and not (restored and sends):
                continue
            if not agree and tuple(held) != tuple(in_file):
                ledger.take_over(connection, policy.name, in_file)
            event = _store_event(policy.name, store.identity, by, reason, now)
            ledger.append(connection, policy.name, in_order(ledger.lines(connection, policy.name), (event,)))
            bound[policy.name] = ledger.lines(connection, policy.name)
        if bound or restored:
            for channel in PERSONAL:
                doubting.doubt_unsent(connection, channel)
        troubles = tuple(
            fault
            for policy in workspace.policies
            if policy.name in bound
            for fault in _lost(connection, policy, workspace.standings(policy, now))
        )
    for name, lines in bound.items():
        complete_file(workspace.settings, name, lines)
    return Adopted(tuple(bound), tuple(ledger_file(name) for name in bound), troubles)


def _lost(connection: "Connection", policy: Policy, found: Sequence[Standing]) -> Iterator[Fault]:
    """Notices that still matter, of which this store does not know whom they told."""
    from publisher.store import notices

    for standing in found:
        if standing.notice is None or standing.state not in PENDING | {State.WITHDRAWN}:
            continue
        if not notices.unknown_among(connection, (NoticeId.parse(standing.notice),)):
            continue
        name = f"{policy.name} {standing.version}"
        if standing.state is State.WITHDRAWN:
            remedy = "If it had not gone out to everybody, tell your users in another way."
        else:
            remedy = (
                f"Run: publisher postpone {name} --to DATE --by NAME --reason WHY; everybody is told of the new date."
            )
        yield Fault(
            "notice-lost",
            f"This store does not hold the notice {standing.notice} of {name}: whom it told is unknown.",
            remedy,
            Place(ledger_file(policy.name)),
            Severity.WARNING,
        )


def _event(
    policy: Policy, version: Version, events: Sequence[LedgerEvent], by: str, reason: str, now: datetime
) -> LedgerEvent:
    text = version.text(policy.settings.language)
    effective = text.front.effective if text else None
    trees = draft_trees(policy, events, version.name)
    return LedgerEvent(
        kind=EventKind.ADOPT,
        policy=policy.name,
        version=version.name,
        at=now,
        by=by,
        reason=reason,
        effective=effective if isinstance(effective, date) else None,
        texts=tuple(
            (language, found.digest)
            for language in policy.settings.all_languages
            if (found := version.text(language)) is not None
        ),
        clauses=clause_entries(trees[policy.settings.language]),
        settings=policy.settings,
    )


def _store_event(policy: str, identity: str, by: str, reason: str, now: datetime) -> LedgerEvent:
    return LedgerEvent(kind=EventKind.STORE, policy=policy, version=None, at=now, by=by, reason=reason, store=identity)


def _date_fault(policy: Policy, version: Version, now: datetime) -> Fault | None:
    text = version.text(policy.settings.language)
    if text is None:
        return Fault(
            "text-missing",
            f"{policy.name} {version.name} has no text in {policy.settings.language}.",
            "Add the file, or name an earlier version.",
            Place(version.folder),
        )
    effective = text.front.effective
    if isinstance(effective, date) and effective <= local_date(now, policy.settings.timezone):
        return None
    return Fault(
        "adopt-future",
        f"{policy.name} {version.name} is not in force yet, so it cannot be adopted.",
        "Review and publish it; only versions that already apply are adopted.",
        Place(text.path, text.front.line_of("effective")),
    )
