"""The product's own workflows on a workspace of its own, led by a tape; after each step the laws are checked."""

import contextlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.domain.days import earliest_effective, local_date
from publisher.domain.life import PENDING
from publisher.errors import PublisherError
from publisher.store import users
from publisher.store.engine import Store, open_store
from publisher.workflow import alone, outgoing
from publisher.workflow import dispatch as dispatching
from publisher.workflow.adopt import adopt_ledgers
from publisher.workflow.correct import correct
from publisher.workflow.postpone import postpone
from publisher.workflow.publish import publish
from publisher.workflow.records import disagreement
from publisher.workflow.tick import complete, tick
from publisher.workflow.verify import verify
from publisher.workflow.withdraw import withdraw
from publisher.workflow.workspace import open_workspace
from tests.simulation import laws
from tests.simulation.copies import Copies
from tests.simulation.crashing import Watch
from tests.simulation.sink import Sink
from tests.simulation.tape import Step, picked
from tests.simulation.workspace import (
    BEGIN,
    DELIVERY,
    FLOOR,
    POLICIES,
    settings_of,
    signed,
    user,
    write_version,
)

if TYPE_CHECKING:
    from publisher.config import Settings
    from publisher.workflow.workspace import Workspace

WEIGHTS = {
    "draft": 14,
    "publish": 16,
    "deliver": 34,
    "tick": 22,
    "forward": 26,
    "back": 5,
    "postpone": 14,
    "withdraw": 7,
    "correct": 9,
    "join": 7,
    "erase": 3,
    "crash": 18,
    "back up": 6,
    "restore": 14,
    "between": 14,
}
COMMANDS = {"publish": 3, "deliver": 5, "tick": 4, "postpone": 3, "withdraw": 1, "correct": 1}
DESKS = ("help desk", "support desk", "contact team", "support office")


class RealWorld:
    """One sequence on one workspace; `story` tells what was done, for whoever has to read a failure."""

    def __init__(self, folder: Path, url: str | None, watch: Watch, copies: Copies, patch: pytest.MonkeyPatch) -> None:
        self.copies = copies
        self.folder = folder
        self.watch = watch
        self.settings: Settings = settings_of(folder, url)
        self.now = BEGIN
        self.story: list[str] = []
        self.lives = 0
        self.known_users = 6
        self.desk = 0
        self.saved: Path | None = None
        self.under_way: set[tuple[str, str]] = set()
        self.correction: tuple[str, str, Path] | None = None
        self.sink = Sink(watch.end)
        self.refusals: list[str] = []
        self.applied: set[tuple[str, str]] = set()
        patch.setattr(outgoing, "open_transport", lambda _url, _root: self.sink)
        patch.setattr(alone, "this_process", lambda: f"life {self.lives}")
        patch.setattr(alone, "has_ended", lambda owner: owner != f"life {self.lives}")

    def run(self, steps: Iterator[Step]) -> None:
        """Something announced to begin with; then every step, with a check after each."""
        begin = next(steps, None)
        if begin is not None:
            self.draft(begin.a, 2 * (begin.b % 3), begin.c | 1)
            self.plain("publish", begin)
        for step in steps:
            what = picked(step.what, WEIGHTS)
            if what == "crash":
                name = picked(step.a, COMMANDS)
                self.note(f"{name} ending after {step.c} steps")
                with self.watch.ends_after(step.c, str(self.folder)):
                    self.command(name, step.b, step.c)
                self.lives += 1
                if name == "correct" and self.watch.over and self.correction is not None:
                    self.note("the correction again")
                    self.command("correct again", 0, 0)
            elif what == "between":
                first, second = picked(step.a, COMMANDS), picked(step.b, COMMANDS)
                self.note(f"{first}, and {second} in the midst of it")
                with self.watch.interrupted_after(step.c % 12, lambda: self.other(second, step)):  # noqa: B023  called in this turn
                    self.command(first, step.c, step.b)
            else:
                self.plain(what, step)
            self.check()

    def backup(self) -> None:
        """A copy of store and files, as backups are: the far side and the count of passes are no part of it."""
        self.saved = self.folder.with_name(self.folder.name + "-saved")
        shutil.rmtree(self.saved, ignore_errors=True)
        self.saved.mkdir()
        shutil.copytree(self.folder / "policies", self.saved / "policies")
        with self.store() as store, store.read() as connection:
            self.under_way = laws.under_way(connection)
        self.copies.save(self.settings.store_url, self.saved)

    def restore(self, how: int, meanwhile: int, number: int) -> None:
        """The store or the ledger files as they were, or a clone without a store; nothing goes out until people decide.

        The ledger files are under version control, so that the newest ones are always to be had.
        """
        kind = ("the store", "the ledgers", "a clone", "the store")[how % 4]
        if self.saved is None and kind != "a clone":
            self.note("a backup is made")
            self.backup()
            name = "deliver" if meanwhile % 3 else picked(meanwhile, COMMANDS)
            self.note(name)
            self.command(name, number, meanwhile)
        self.note(f"restored: {kind}")
        before = len(self.sink.arrived)
        if kind == "the ledgers" and self.saved is not None:
            for policy in POLICIES:
                shutil.copy(self.saved / "policies" / policy / "ledger.jsonl", self.folder / "policies" / policy)
        elif kind == "the store" and self.saved is not None:
            self.copies.restore(self.settings.store_url, self.saved)
        else:
            self.copies.lose(self.settings.store_url)
            with self.store() as store, store.begin() as connection:
                users.upsert(connection, [user(number) for number in range(self.known_users)])
        sent = Counter((mail.notice, mail.address) for mail in self.sink.arrived)
        for name in ("publish", "deliver", "tick"):
            self.command(name, 0, 0)
        again = {(mail.notice, mail.address) for mail in self.sink.arrived[before:]} & sent.keys()
        if kind == "the store":  # whose doubts are as old as the backup, and are told and sent once more
            again -= self.under_way
        assert not again, f"mailed again after a restoration: {again}"
        with self.store() as store:
            done = adopt_ledgers(open_workspace(self.settings), store, by="Ada", reason=kind, now=self.now)
        self.note(f"    adopted: {done.files}")

    def note(self, words: str) -> None:
        self.story.append(f"{self.now:%Y-%m-%d %H:%M} {words}")

    def plain(self, what: str, step: Step) -> None:
        if what == "forward":
            self.now += timedelta(days=(0, 1, 2, 7, 15, 31, 33, 40)[step.a % 8], hours=step.b % 24)
            self.note("(the clock)")
        elif what == "back":
            self.now -= timedelta(days=step.a % 20, hours=step.b % 24)
            self.note("(the clock, set back)")
        elif what == "draft":
            self.draft(step.a, step.b, step.c)
        elif what == "back up":
            self.note("a backup is made")
            self.backup()
        elif what == "restore":
            self.restore(step.a, step.b, step.c)
        elif what == "join":
            with self.store() as store, store.begin() as connection:
                users.upsert(connection, [user(self.known_users)])
            self.known_users += 1
            self.note("somebody joins")
        elif what == "erase":
            with self.store() as store, store.begin() as connection:
                users.erase(connection, f"u{step.a % self.known_users}")
            self.note(f"u{step.a % self.known_users} is erased")
        else:
            self.note(what)
            self.command(what, step.a, step.b)

    def other(self, name: str, step: Step) -> None:
        """What another process does meanwhile."""
        here, self.lives = self.lives, self.lives
        self.command(name, step.a, step.c)
        self.lives = here

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        store = open_store(self.settings.store_url)
        try:
            yield store
        finally:
            store.close()

    def command(self, name: str, a: int, b: int) -> None:
        """One command as staff run it; what it refuses is told and changes nothing."""
        work: dict[str, Callable[[Store, int, int], object]] = {
            "publish": lambda store, _a, _b: publish(self.settings, store, now=self.now),
            "deliver": self.deliver,
            "tick": lambda store, _a, _b: tick(self.settings, store, now=self.now),
            "postpone": self.postpone,
            "withdraw": self.withdraw,
            "correct": self.correct,
            "correct again": lambda store, _a, _b: self.corrected(store),
        }
        try:
            with self.store() as store:
                work[name](store, a, b)
        except PublisherError as refused:
            codes = ", ".join(fault.code for fault in refused.faults)
            self.refusals.append(codes)
            self.note(f"    refused: {codes}")

    def deliver(self, store: Store, a: int, b: int) -> None:
        self.sink.faults = iter([(a * 7 + b * (index + 1) + index * a) % 256 for index in range(64)])
        dispatching.dispatch(self.settings, store, now=lambda: self.now)
        complete(self.settings, store, now=self.now)

    def draft(self, a: int, b: int, c: int) -> None:
        """The next version of a policy, or of both as one campaign: drafted, and signed unless it cannot be."""
        together = a % 8 == 7
        names = POLICIES if together else (POLICIES[a % 2],)
        workspace = open_workspace(self.settings)
        days = (FLOOR + DELIVERY, FLOOR + DELIVERY + 1, FLOOR + DELIVERY + 9, FLOOR + DELIVERY - 1, 50)[b % 5]
        for name in names:
            versions = workspace.policy(name).versions
            events = workspace.events(name)
            released = {event.version for event in events}
            waiting = [version.name for version in versions if version.name not in released]
            version = waiting[-1] if waiting else f"v{len(versions) + 1}"
            material = together or c % 4 != 0
            months = 12 + (len(events) * 7 + c) % 40
            self.desk += 1
            self.note(f"draft {name} {version}, {'material' if material else 'a clarification'}, +{days} days")
            write_version(
                self.folder,
                name,
                version,
                f'"+{days} days"',
                months=months if material else 12,
                desk=DESKS[self.desk % len(DESKS)],
                campaign="both" if together else "",
            )
            with contextlib.suppress(PublisherError):
                signed(self.settings, name, version, now=self.now)

    def announced(self, workspace: "Workspace", a: int) -> tuple[str, str, date] | None:
        found = [
            (policy.name, standing.version, standing.effective)
            for policy in workspace.policies
            for standing in workspace.standings(policy, self.now)
            if standing.state in PENDING
        ]
        return found[a % len(found)] if found else None

    def postpone(self, store: Store, a: int, b: int) -> None:
        workspace = open_workspace(self.settings)
        chosen = self.announced(workspace, a)
        if chosen is None:
            return
        name, version, effective = chosen
        today = local_date(self.now, workspace.policy(name).settings.timezone)
        to = max(effective, earliest_effective(today, FLOOR, DELIVERY)) + timedelta(days=(1, 0, 10, -1)[b % 4])
        self.note(f"    {name} {version} to {to}")
        postpone(workspace, store, name, version, to=to, by="Ada", reason="late", now=self.now)

    def withdraw(self, store: Store, a: int, _b: int) -> None:
        workspace = open_workspace(self.settings)
        chosen = self.announced(workspace, a)
        if chosen is None:
            return
        self.note(f"    {chosen[0]} {chosen[1]}")
        withdraw(workspace, store, chosen[0], chosen[1], by="Ada", reason="no more", now=self.now)

    def correct(self, store: Store, a: int, b: int) -> None:
        workspace = open_workspace(self.settings)
        policy = workspace.policy(POLICIES[a % 2])
        found = workspace.standings(policy, self.now)
        if not found:
            return
        standing = found[b % len(found)]
        text = policy.version(standing.version)
        english = text.text("en") if text else None
        self.correction = None
        if english is None:
            return
        self.desk += 1
        before, _, _ = english.source.partition("3. ")
        corrected = self.folder.parent / f"{self.folder.name}-corrected.md"
        corrected.write_text(f"{before}3. Questions are answered by our {DESKS[self.desk % len(DESKS)]}.\n", "utf-8")
        self.note(f"    {policy.name} {standing.version}")
        self.correction = (policy.name, standing.version, corrected)
        self.corrected(store)

    def corrected(self, store: Store) -> None:
        if self.correction is None:
            return
        name, version, source = self.correction
        workspace = open_workspace(self.settings)
        correct(workspace, store, name, version, by="Ada", reason="slip", now=self.now, language="en", source=source)

    def check(self) -> None:
        """Every law."""
        workspace = open_workspace(self.settings)
        ledgers: dict[str, list[laws.Line]] = {}
        stopped: set[tuple[str, str]] = set()
        with self.store() as store:
            for policy in workspace.policies:
                path = self.folder / "policies" / policy.name / "ledger.jsonl"
                lines = laws.read_lines(path.read_text("utf-8"))
                zone = policy.settings.timezone
                states = {found.version: str(found.state) for found in workspace.standings(policy, self.now)}
                laws.one_applies(states)
                stopped.update((policy.name, version) for version, state in states.items() if state == "held")
                laws.none_applies_early(lines, states, self.now, zone)
                self.stays(policy.name, states, lines)
                with store.read() as connection:
                    held = self.held(connection, policy.name)
                assert disagreement(store.identity, policy.name, held, workspace.lines[policy.name]) is None
                ledgers[policy.name] = laws.read_lines("\n".join(held))
            with store.read() as connection:
                laws.counts_add_up(connection)
                laws.nobody_is_told_twice(connection, self.sink.arrived, ledgers)
                laws.nobody_told_is_left_untold(connection, self.sink.arrived, ledgers, stopped)
                laws.the_ledger_explains(connection, ledgers)
            faults = [fault.code for fault in verify(workspace, store).faults]
            assert set(faults) <= {"ledger-behind", "released-altered"}, faults

    def stays(self, policy: str, states: dict[str, str], lines: list[laws.Line]) -> None:
        """What was recorded to have taken effect applies or was followed, whatever the clock says."""
        for line in lines:
            if line["kind"] == "in-force":
                assert states[line["version"]] in ("in-force", "superseded"), f"{policy} {line['version']} went back"

    @staticmethod
    def held(connection: object, policy: str) -> tuple[str, ...]:
        from sqlalchemy import Connection

        from publisher.store import ledger

        assert isinstance(connection, Connection)
        return ledger.lines(connection, policy)
