"""What time and completion bring: notice complete, version in force, version held; each recorded once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.days import earliest_effective, local_date
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import APPLIED, Standing, State
from publisher.domain.notice import NoticeId
from publisher.domain.policy import Policy
from publisher.errors import BusyError, Fault, Place, PublisherError, Severity
from publisher.workflow import hooks
from publisher.workflow.build import build
from publisher.workflow.careful_start import mails_begin
from publisher.workflow.completion import Completing
from publisher.workflow.forgetting import forget_receipts
from publisher.workflow.journal import note, note_fault
from publisher.workflow.late import late_joiners
from publisher.workflow.records import caught_up, ledger_file, record
from publisher.workflow.release import PUBLISHER
from publisher.workflow.statement_files import completed_files
from publisher.workflow.statement_life import Turn, turn_statements
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


_TRIES = 5
"""How often a tick looks again when others were quicker."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that was recorded, in words for staff."""

    policy: str
    version: str
    kind: EventKind
    reason: str


@dataclass(frozen=True, slots=True)
class TickReport:
    """What a tick recorded, what it waits for, and the files to commit.

    `joined` late readers were queued, `reduced` receipts became counts; `troubles` are for a person to see to;
    `statements` are notices of incidents and transfers that are complete now.
    """

    happened: tuple[Happened, ...]
    waiting: tuple[str, ...]
    files: tuple[str, ...]
    pages: int = 0
    joined: int = 0
    troubles: tuple[Fault, ...] = ()
    reduced: int = 0
    statements: tuple[Turn, ...] = ()

    @property
    def said(self) -> tuple[object, ...]:
        """What a delivery pass tells of it; one that has nothing new to say is silent."""
        return self.happened, self.files, self.statements, self.troubles


def tick(settings: Settings, store: "Store", *, now: datetime) -> TickReport:
    """Records what is due and rebuilds the site; safe late, twice, or by two at once.

    Of two at once, whoever comes second looks again at what the first has recorded.

    Raises:
        PublisherError: a ledger has a fault; nothing was recorded.
    """
    return _again_if_changed(lambda: _tick(settings, store, now))


def _again_if_changed(work: "Callable[[], TickReport]") -> TickReport:
    for _ in range(_TRIES - 1):
        try:
            return work()
        except BusyError as busy:
            if busy.faults[0].code != "ledger-changed":
                raise
    return work()


def _tick(settings: Settings, store: "Store", now: datetime) -> TickReport:
    workspace, completed = caught_up(open_workspace(settings), store)
    _refuse_broken(workspace)
    written = completed_files(settings, store)
    workspace = open_workspace(settings) if written else workspace
    build(settings, now=now)
    completing = Completing(workspace, store, now=now)
    happened: list[Happened] = []
    waiting: list[str] = []
    troubles: list[Fault] = []
    stood: list[Standing] = []
    for policy in workspace.policies:
        standings = workspace.standings(policy, now)
        found = completing.of(policy, standings)
        waiting.extend(found.waiting)
        troubles.extend(found.troubles)
        begins = mails_begin(settings, policy, now)
        turns = _turns(policy, standings, workspace.events(policy.name), now, begins)
        troubles.extend(_held(policy, event) for event in turns if event.kind is EventKind.HOLD)
        happened.extend(_recorded_now(workspace, store, policy, (*found.due, *turns), standings))
        stood.extend(standings)
    joined = late_joiners(workspace, store, stood, now=now)
    statements = turn_statements(workspace, store, now=now)
    waiting.extend(statements.waiting)
    troubles.extend(statements.troubles)
    reduced = forget_receipts(open_workspace(settings), store, now=now)
    site = build(settings, now=now)
    troubles.extend(hooks.after_switch(settings, _switched(happened)))
    troubles.extend(hooks.alert(settings, troubles, now=now))
    files = tuple(ledger_file(name) for name in dict.fromkeys([*completed, *(entry.policy for entry in happened)]))
    files += written
    for fault in troubles:
        note_fault("tick.trouble", fault)
    note("tick.ended", recorded=len(happened), waiting=len(waiting), joined=joined, pages=site.pages)
    return TickReport(
        tuple(happened), tuple(waiting), files, site.pages, joined, tuple(troubles), reduced, statements.complete
    )


def complete(settings: Settings, store: "Store", *, now: datetime) -> TickReport:
    """Records each notice that is complete by now, and nothing else: what a delivery pass has brought about."""
    return _again_if_changed(lambda: _complete(settings, store, now))


def _complete(settings: Settings, store: "Store", now: datetime) -> TickReport:
    workspace, completed = caught_up(open_workspace(settings), store)
    _refuse_broken(workspace)
    completing = Completing(workspace, store, now=now)
    happened: list[Happened] = []
    waiting: list[str] = []
    for policy in workspace.policies:
        standings = workspace.standings(policy, now)
        found = completing.of(policy, standings)
        waiting.extend(found.waiting)
        happened.extend(_recorded_now(workspace, store, policy, found.due, standings))
    statements = turn_statements(workspace, store, now=now)
    waiting.extend(statements.waiting)
    files = tuple(ledger_file(name) for name in dict.fromkeys([*completed, *(entry.policy for entry in happened)]))
    return TickReport(
        tuple(happened), tuple(waiting), files, troubles=statements.troubles, statements=statements.complete
    )


def _refuse_broken(workspace: Workspace) -> None:
    faults = [fault for policy in workspace.policies for fault in workspace.ledger_faults(policy.name)]
    if faults:
        raise PublisherError(faults)


def _recorded_now(
    workspace: Workspace, store: "Store", policy: Policy, due: Sequence[LedgerEvent], standings: Sequence[Standing]
) -> tuple[Happened, ...]:
    """Records events with what they mean for messages still waiting, in one transaction."""
    if not due:
        return ()
    starts = {standing.notice: standing.starts for standing in standings if standing.notice is not None}

    def also(connection: "Connection") -> None:
        from publisher.store import notices, outbox

        for event in due:
            if event.notice is None:
                continue
            if event.kind is EventKind.COMPLETE:
                notices.extend(connection, NoticeId.parse(event.notice), starts[event.notice])
            elif event.kind is EventKind.HOLD:
                outbox.cancel(connection, NoticeId.parse(event.notice), now=event.at, reason="held")

    record(store, workspace.settings, policy.name, workspace.lines[policy.name], due, also)
    for event in due:
        note("tick.recorded", policy=policy.name, version=event.version, kind=event.kind.value, notice=event.notice)
    return tuple(Happened(policy.name, event.version or "", event.kind, event.reason) for event in due)


def _switched(happened: Sequence[Happened]) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {"policy": entry.policy, "version": entry.version} for entry in happened if entry.kind is EventKind.IN_FORCE
    )


def _held(policy: Policy, event: LedgerEvent) -> Fault:
    return Fault(
        "version-held",
        f"{policy.name} {event.version} is held: {event.reason}.",
        f"Run: publisher postpone {policy.name} {event.version} --to DATE --by NAME --reason WHY",
        Place(ledger_file(policy.name)),
        Severity.WARNING,
    )


def _turns(
    policy: Policy, found: Sequence[Standing], events: Sequence[LedgerEvent], now: datetime, begins: datetime
) -> tuple[LedgerEvent, ...]:
    """What time alone brings: versions held, versions in force."""
    due: list[LedgerEvent] = []
    for standing in found:
        if standing.state is State.HELD and not _recorded(events, standing.version, EventKind.HOLD):
            day = local_date(begins, standing.timezone)
            proposed = earliest_effective(day, standing.floor, policy.settings.delivery_days)
            due.append(_event(EventKind.HOLD, standing, now, _hold_reason(standing, proposed)))
        elif (
            standing.witnessed
            and standing.state in APPLIED
            and not _recorded(events, standing.version, EventKind.IN_FORCE)
        ):
            due.append(_event(EventKind.IN_FORCE, standing, now, f"its effective date, {standing.effective}, has come"))
    return tuple(due)


def _event(kind: EventKind, standing: Standing, now: datetime, reason: str) -> LedgerEvent:
    return LedgerEvent(
        kind=kind,
        policy=standing.policy,
        version=standing.version,
        at=now,
        by=PUBLISHER,
        reason=reason,
        notice=standing.notice,
    )


def _hold_reason(standing: Standing, proposed: date) -> str:
    last = standing.effective - timedelta(days=standing.floor + 1)
    return (
        f"no complete notice was recorded by {last}, {standing.floor} days before {standing.effective};"
        f" proposed date: {proposed}"
    )


def _recorded(events: Sequence[LedgerEvent], version: str, kind: EventKind) -> bool:
    """Whether such an event stands since the version's date was last set."""
    own = [event.kind for event in events if event.version == version]
    since = max((index for index, entry in enumerate(own) if entry is EventKind.POSTPONE), default=-1)
    return kind in own[since + 1 :]
