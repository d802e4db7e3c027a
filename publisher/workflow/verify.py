"""Whether ledger, store and texts agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.domain.ledger import EventKind
from publisher.domain.policy import Policy
from publisher.errors import Fault, Place, Severity
from publisher.workflow.check import released_text_faults
from publisher.workflow.records import disagreement, ledger_file
from publisher.workflow.verify_statements import statement_faults
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and every disagreement found."""

    policies: int
    lines: int
    texts: int
    faults: tuple[Fault, ...]


def verify(workspace: Workspace, store: "Store | None") -> Verified:
    """Compares every ledger line with the chain and the store, and every released text with its digest."""
    faults = [fault for fault in workspace.faults if fault.severity is Severity.ERROR]
    lines = texts = 0
    for policy in workspace.policies:
        events = workspace.events(policy.name)
        lines += len(events)
        texts += sum(len(event.texts) for event in events if event.kind in (EventKind.RELEASE, EventKind.ADOPT))
        faults.extend(released_text_faults(policy, events))
        if store is not None:
            faults.extend(_store_faults(workspace, store, policy))
            faults.extend(statement_faults(workspace, store, policy))
        elif any(event.kind is EventKind.STORE for event in events):
            faults.append(
                Fault(
                    "store-missing",
                    f"The ledger of {policy.name} says that a store sends its notices, and none is at [store] url.",
                    "Point [store] url to it, or restore it from a backup.",
                    Place(ledger_file(policy.name)),
                )
            )
    return Verified(len(workspace.policies), lines, texts, tuple(dict.fromkeys(faults)))


def _store_faults(workspace: Workspace, store: "Store", policy: Policy) -> tuple[Fault, ...]:
    from publisher.store import ledger

    with store.read() as connection:
        held = ledger.lines(connection, policy.name)
    in_file = workspace.lines[policy.name]
    fault = disagreement(store.identity, policy.name, held, in_file)
    if fault is not None:
        return (fault,)
    if len(held) > len(in_file):
        missing = len(held) - len(in_file)
        return (
            Fault(
                "ledger-behind",
                f"The store holds {missing} {'event' if missing == 1 else 'events'} of {policy.name}"
                " that the ledger file lacks.",
                "Run: publisher publish",
                Place(ledger_file(policy.name), len(in_file) + 1),
            ),
        )
    return ()
