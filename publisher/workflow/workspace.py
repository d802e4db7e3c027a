"""A workspace read whole: settings, policies, ledgers, and what is wrong with any of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher import library
from publisher.config import Settings
from publisher.domain.ledger import LedgerEvent
from publisher.domain.life import Standing, impossible, standings
from publisher.domain.policy import Policy, Version
from publisher.domain.statement import Statement
from publisher.errors import Fault, Place, PublisherError, errors_only, one


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the files say at one moment; nothing here comes from the store. `statements` are those that were sent."""

    settings: Settings
    policies: tuple[Policy, ...]
    ledgers: Mapping[str, tuple[LedgerEvent, ...]]
    lines: Mapping[str, tuple[str, ...]]
    faults: tuple[Fault, ...]
    statements: Mapping[str, tuple[Statement, ...]]

    def policy(self, name: str) -> Policy:
        """The policy of that name.

        Raises:
            PublisherError: there is none, or its settings cannot be read.
        """
        found = next((policy for policy in self.policies if policy.name == name), None)
        if found is None:
            broken = self.errors_below(f"policies/{name}")
            if broken:
                raise PublisherError(broken)
            known = ", ".join(policy.name for policy in self.policies) or "none"
            raise one("policy-unknown", f"There is no policy '{name}'.", f"Known are: {known}.", Place("policies"))
        return found

    def version(self, policy: str, name: str) -> Version:
        """A version of that policy.

        Raises:
            PublisherError: there is no such policy, or it has no such version.
        """
        owner = self.policy(policy)
        found = owner.version(name)
        if found is None:
            known = ", ".join(entry.name for entry in owner.versions) or "none"
            raise one("version-unknown", f"{policy} has no {name}.", f"It has: {known}.", Place(owner.folder))
        return found

    def events(self, policy: str) -> tuple[LedgerEvent, ...]:
        """The ledger of a policy; empty before its first release or adoption."""
        return self.ledgers.get(policy, ())

    def errors_below(self, folder: str) -> tuple[Fault, ...]:
        """What keeps a folder's files from being read."""
        return tuple(fault for fault in errors_only(self.faults) if f"{fault.place.file}/".startswith(f"{folder}/"))

    def ledger_faults(self, policy: str) -> tuple[Fault, ...]:
        """What keeps a policy's ledger file from being read; its lines are not known then."""
        file = library.ledger_name(policy)
        return tuple(fault for fault in errors_only(self.faults) if fault.place.file == file)

    def standings(self, policy: Policy, now: datetime) -> tuple[Standing, ...]:
        """Where the policy's released versions stand, each by the time zone in which it was announced."""
        events = self.events(policy.name)
        return standings(events, now, policy.settings.timezone)


def open_workspace(settings: Settings, only: Collection[str] | None = None) -> Workspace:
    """Reads everything, or `only` some policies; faults are collected, not raised."""
    reading = library.read_policies(settings.root, only)
    ledgers: dict[str, tuple[LedgerEvent, ...]] = {}
    lines: dict[str, tuple[str, ...]] = {}
    statements: dict[str, tuple[Statement, ...]] = {}
    faults = list(reading.faults)
    for policy in reading.policies:
        ledger = reading.ledgers[policy.name]
        ledgers[policy.name] = ledger.events
        lines[policy.name] = () if errors_only(ledger.faults) else ledger.lines
        faults.extend(ledger.faults)
        statements[policy.name], statement_faults = library.read_statements(settings.root, policy.settings)
        faults.extend(statement_faults)
        if not errors_only(ledger.faults):
            faults.extend(_order_faults(policy, ledger.events))
    return Workspace(settings, reading.policies, ledgers, lines, tuple(faults), statements)


def _order_faults(policy: Policy, events: Sequence[LedgerEvent]) -> Iterator[Fault]:
    """Events of a ledger, every line of which can be read, that cannot have happened where they stand."""
    for refused in impossible(events, policy.settings.timezone):
        yield Fault(
            "ledger-order",
            f"This line cannot follow those before it: {refused.sentence}",
            "Restore the file from version control; the ledger is only ever appended to.",
            Place(library.ledger_name(policy.name), refused.index + 1),
        )
