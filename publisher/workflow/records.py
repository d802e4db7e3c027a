"""The ledger's two homes: the store, written first, and the file, which follows and is committed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.ledger import EventKind, LedgerEvent, event_of
from publisher.domain.life import impossible
from publisher.errors import BusyError, Fault, Place, PublisherError
from publisher.workflow.passes import refuse_rolled_back
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


def ledger_file(policy: str) -> str:
    """A policy's ledger as staff know it."""
    return f"policies/{policy}/ledger.jsonl"


def disagreement(identity: str, policy: str, held: Sequence[str], in_file: Sequence[str]) -> Fault | None:
    """Why a store must not go on with a policy's ledger file; None when it may.

    A store ahead of the file is right: it was written first. A store that knows nothing may take over a ledger that no
    store has sent for. Anything else is a fault.

    Args:
        identity: the store's identity.
        policy: the policy's name.
        held: the ledger's lines as the store has them.
        in_file: the ledger's lines as the file has them.
    """
    ahead = bool(held) and tuple(held[: len(in_file)]) == tuple(in_file)
    named = [event.store for event in map(event_of, held if ahead else in_file) if event.kind is EventKind.STORE]
    if named and named[-1] != identity:
        return _foreign(policy)
    if ahead or not in_file or (not held and not named):
        return None
    return _diverged(policy, held, in_file)


def caught_up(workspace: Workspace, store: "Store") -> tuple[Workspace, tuple[str, ...]]:
    """Finishes what a run that was cut off between store and file left undone: the file gets the lines it lacks.

    Returns:
        The workspace as it is now, and the policies whose file was completed.

    Raises:
        PublisherError: the store was restored from an older backup.
    """
    refuse_rolled_back(workspace.settings, store)
    from publisher.store import ledger

    done: list[str] = []
    for policy in workspace.policies:
        if workspace.ledger_faults(policy.name):
            continue
        in_file = workspace.lines[policy.name]
        with store.read() as connection:
            held = ledger.lines(connection, policy.name)
        agree = disagreement(store.identity, policy.name, held, in_file) is None
        if agree and complete_file(workspace.settings, policy.name, held):
            done.append(policy.name)
    return (open_workspace(workspace.settings) if done else workspace), tuple(done)


def refuse_parted(workspace: Workspace, store: "Store") -> None:
    """Nothing is sent from a store that does not know what the ledger files say.

    Raises:
        PublisherError: with every ledger that has a fault, or that the store does not agree with.
    """
    from publisher.store import ledger

    faults = [fault for policy in workspace.policies for fault in workspace.ledger_faults(policy.name)]
    with store.read() as connection:
        for policy in workspace.policies:
            held = ledger.lines(connection, policy.name)
            found = disagreement(store.identity, policy.name, held, workspace.lines[policy.name])
            if found is not None and not workspace.ledger_faults(policy.name):
                faults.append(found)
    if faults:
        raise PublisherError(faults)


def append_both(
    connection: "Connection", identity: str, policy: str, in_file: Sequence[str], events: Sequence[LedgerEvent]
) -> tuple[str, ...]:
    """Appends events to the store's ledger inside an open transaction, taking the file's lines over when it has none.

    Returns:
        The ledger's lines, which `complete_file` brings to the file once the transaction is committed.

    Raises:
        PublisherError: store and file do not agree, or an event cannot follow those before it.
    """
    from publisher.store import ledger

    held = ledger.lines(connection, policy)
    fault = disagreement(identity, policy, held, in_file)
    if fault is not None:
        raise PublisherError((fault,))
    if not held and in_file:
        ledger.take_over(connection, policy, in_file)
    if events:
        known = ledger.lines(connection, policy)
        due = in_order(known, events)
        _refuse_impossible(known, due)
        ledger.append(connection, policy, due)
    return ledger.lines(connection, policy)


def refuse_if_changed(connection: "Connection", policy: str, known: Sequence[str]) -> None:
    """Of two processes at once, the second finds the ledger longer than it knew, and writes nothing.

    Raises:
        BusyError: the store's ledger is not the one that the decision was made on.
    """
    from publisher.store import ledger

    held = ledger.lines(connection, policy)
    if held and tuple(held) != tuple(known):
        message = f"The store knows more of the ledger of {policy} than this command did when it began."
        raise BusyError(
            (Fault("ledger-changed", message, "Run publisher publish, then this again.", Place(ledger_file(policy))),)
        )


def complete_file(settings: Settings, policy: str, held: Sequence[str]) -> bool:
    """Writes the lines that the store has and the file lacks; says whether there were any.

    Raises:
        PublisherError: the two tell different stories, or the file cannot be read.
    """
    in_file = library.ledger_lines(settings.root, policy)
    shared = min(len(held), len(in_file))
    if tuple(held[:shared]) != in_file[:shared]:
        raise PublisherError((_diverged(policy, held, in_file),))
    missing = held[len(in_file) :]
    if missing:
        library.append_lines(settings.root, policy, missing)
    return bool(missing)


def record(
    store: "Store",
    settings: Settings,
    policy: str,
    in_file: Sequence[str],
    events: Sequence[LedgerEvent],
    also: "Callable[[Connection], None]" = lambda _: None,
) -> None:
    """Records events that queue nothing, and what goes with them: in the store, then in the file.

    Raises:
        PublisherError: store and file do not agree.
    """
    with store.begin() as connection:
        refuse_if_changed(connection, policy, in_file)
        held = append_both(connection, store.identity, policy, in_file, events)
        also(connection)
    complete_file(settings, policy, held)


def in_order(held: Sequence[str], events: Sequence[LedgerEvent]) -> tuple[LedgerEvent, ...]:
    """The events, none dated before the line it follows: a clock that was set back rewrites no story."""
    last = event_of(held[-1]).at if held else None
    dated: list[LedgerEvent] = []
    for event in events:
        last = event.at if last is None else max(last, event.at)
        dated.append(replace(event, at=last))
    return tuple(dated)


def _refuse_impossible(known: Sequence[str], due: Sequence[LedgerEvent]) -> None:
    refused = impossible((*map(event_of, known), *due), "UTC")
    faults = [
        Fault("event-impossible", entry.sentence, "Run: publisher status", Place(ledger_file(entry.event.policy)))
        for entry in refused
        if entry.index >= len(known)
    ]
    if faults:
        raise PublisherError(faults)


def _foreign(policy: str) -> Fault:
    return Fault(
        "store-foreign",
        f"The ledger of {policy} says that another store sends its notices; this one does not know who was told.",
        "Point [store] url to that store. If it is lost for good: publisher adopt --by NAME --reason WHY",
        Place(ledger_file(policy)),
    )


def _diverged(policy: str, held: Sequence[str], in_file: Sequence[str]) -> Fault:
    line = next(
        (index for index, pair in enumerate(zip(held, in_file, strict=False), start=1) if pair[0] != pair[1]),
        min(len(held), len(in_file)) + 1,
    )
    return Fault(
        "ledger-diverged",
        f"The ledger of {policy} and the store tell different stories from this line on.",
        "Restore whichever was changed or rolled back. If the file is right: publisher adopt --by NAME --reason WHY",
        Place(ledger_file(policy), line),
    )
