"""The ledger of one policy without files, clock or database: any event at any moment, taken or refused by the domain.

What ought to be so is worked out here a second time, from dates alone and with no table of states: `expected`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent, event_of, first_break, line_digest
from publisher.domain.life import Standing, impossible, standings
from publisher.domain.timeline import applied_on, in_force
from publisher.workflow.records import disagreement
from tests.simulation.tape import Step, picked

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia")
WEIGHTS = {
    "release": 22,
    "complete": 30,
    "postpone": 16,
    "withdraw": 8,
    "correct": 5,
    "hold": 6,
    "in-force": 12,
    "tick": 20,
    "forward": 40,
    "back": 8,
    "crash": 12,
    "back up": 6,
    "restore": 10,
    "clone": 3,
}
PENDING = ("announced", "postponed", "complete", "held")
APPLIED = ("in-force", "superseded")


@dataclass
class Told:
    """What the accepted events say of one version, date by date."""

    effective: date
    floor: int
    material: bool
    completed: date | None = None
    withdrawn: bool = False
    postponed: bool = False


def expected(told: dict[str, Told], today: date) -> dict[str, str]:
    """Each version's state on a day, from dates alone. A version that took effect is never touched by later events."""
    states: dict[str, str] = {}
    begins, all_apply, last = date.min, True, None
    for version, one in told.items():
        if one.withdrawn:
            states[version] = "withdrawn"
            continue
        begins = max(begins, one.effective)
        noticed = one.completed is not None and one.completed + timedelta(days=one.floor) < one.effective
        if one.material and not noticed and today >= one.effective - timedelta(days=one.floor):
            states[version] = "held"
        elif all_apply and today >= begins and (noticed or not one.material):
            states[version] = "in-force"
            if last is not None:
                states[last] = "superseded"
            last = version
        elif one.completed is not None:
            states[version] = "complete"
        else:
            states[version] = "postponed" if one.postponed else "announced"
        all_apply = all_apply and states[version] in APPLIED
    return states


@dataclass
class PureWorld:
    """One sequence; `store` and `file` are the ledger's two homes."""

    zone: str = "UTC"
    now: datetime = BEGIN
    events: tuple[LedgerEvent, ...] = ()
    store: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    identity: int = 1
    saved: tuple[str, ...] | None = None
    told: dict[str, Told] = field(default_factory=dict)
    seen: dict[date, str] = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)
    story: list[str] = field(default_factory=list)
    cut_off: bool = False

    def run(self, steps: Iterator[Step]) -> None:
        """Does every step, and checks after each."""
        self.offer(EventKind.RELEASE, "v1", effective=self.today(), by_rule=True)
        for step in steps:
            what = picked(step.what, WEIGHTS)
            self.story.append(f"{self.now:%Y-%m-%d %H:%M} {what} {step.a} {step.b} {step.c}")
            self.step(what, step)
            self.check()
        self.explain()

    def step(self, what: str, step: Step) -> None:
        versions = list(self.told)
        version = versions[-1 - step.a % min(3, len(versions))]
        if what == "forward":
            days = (0, 1, 2, 5, 9, 10, 11, 30)[step.a % 8]
            self.now += timedelta(days=days, hours=step.b % 24, minutes=step.c % 60)
        elif what == "back":
            self.now -= timedelta(days=step.a % 40, hours=step.b % 24)
            # a clock that ran ahead saw days that had not come
            self.seen = {day: version for day, version in self.seen.items() if day < self.today()}
        elif what == "crash":
            self.cut_off = True
        elif what == "back up":
            self.saved = self.store
        elif what in ("restore", "clone"):
            self.restore(what, step)
        elif what == "release":
            material = step.b % 4 != 0
            before = max((one.effective for one in self.told.values() if not one.withdrawn), default=date.min)
            floor = step.c % 12 if material else 0
            effective = max(before, self.today() + timedelta(days=floor + 1 + step.b % 9 if material else step.b % 9))
            grade = Grade.MATERIAL if material else Grade.CLARIFICATION
            self.offer(EventKind.RELEASE, f"v{len(self.told) + 1}", effective=effective, floor=floor, grade=grade)
        elif what == "postpone":
            later = [one.effective for name, one in self.told.items() if _number(name) > _number(version)]
            to = self.told[version].effective + timedelta(days=step.b % 30 - 3)
            if all(day >= to for day in later):
                self.offer(EventKind.POSTPONE, version, effective=to, floor=step.c % 12)
        elif what == "tick":
            self.tick()
        else:
            self.offer(EventKind(what), version)

    def today(self) -> date:
        """The local date, never before that of the last event."""
        now = max([self.now, *(event.at for event in self.events[-1:])])
        return now.astimezone(ZoneInfo(self.zone)).date()

    def tick(self) -> None:
        """Records what time has brought, once."""
        for version, state in expected(self.told, self.today()).items():
            if state in APPLIED and version not in self.recorded:
                assert self.offer(EventKind.IN_FORCE, version), f"{version} applies, and that cannot be recorded"

    def offer(
        self,
        kind: EventKind,
        version: str,
        *,
        effective: date | None = None,
        floor: int = 0,
        grade: Grade | None = None,
        by_rule: bool = False,
    ) -> bool:
        """One event as a command would record it; it is taken exactly when it is possible."""
        self.catch_up()
        at = max([self.now, *(event.at for event in self.events[-1:])])
        event = LedgerEvent(kind, "privacy", version, at, "Ada", effective=effective, floor=floor, grade=grade)
        event = replace(event, previous=line_digest(self.store[-1]) if self.store else None)
        taken = not impossible((*self.events, event), self.zone)[len(impossible(self.events, self.zone)) :]
        assert taken == (by_rule or self.possible(kind, version, effective)), (
            f"{kind} of {version} was {'taken' if taken else 'refused'}"
        )
        if taken:
            self.take(event)
        return taken

    def possible(self, kind: EventKind, version: str, effective: date | None) -> bool:
        """Whether an event can happen now, in plain words."""
        if kind is EventKind.RELEASE:
            return version not in self.told
        state = expected(self.told, self.today())[version]
        later = [one for name, one in self.told.items() if _number(name) > _number(version)]
        if kind is EventKind.COMPLETE:
            return state in ("announced", "postponed")
        if kind is EventKind.POSTPONE:
            return state in PENDING and effective is not None and effective > self.told[version].effective
        if kind is EventKind.WITHDRAW:
            return state in PENDING and all(one.withdrawn for one in later)
        if kind is EventKind.CORRECT:
            return state != "withdrawn"
        return state == "held" if kind is EventKind.HOLD else state in APPLIED

    def take(self, event: LedgerEvent) -> None:
        """Into the store, and unless the process ends between the two, into the file."""
        self.events = (*self.events, event)
        self.store = (*self.store, event.line())
        if not self.cut_off:
            self.file = self.store
        self.cut_off = False
        if event.version is None:
            return
        if event.kind is EventKind.RELEASE and event.effective is not None:
            self.told[event.version] = Told(event.effective, event.floor, event.grade is Grade.MATERIAL)
            return
        one = self.told[event.version]
        if event.kind is EventKind.COMPLETE:
            one.completed = event.at.astimezone(ZoneInfo(self.zone)).date()
        elif event.kind is EventKind.POSTPONE and event.effective is not None:
            one.effective, one.floor = event.effective, max(one.floor, event.floor)
            one.completed, one.postponed = None, True
        elif event.kind is EventKind.WITHDRAW:
            one.withdrawn = True
        elif event.kind is EventKind.IN_FORCE:
            self.recorded.add(event.version)

    def catch_up(self) -> None:
        """What every command does first: the file gets what the store has and it lacks."""
        assert disagreement(self.name(), "privacy", self.store, self.file) is None
        self.file = self.store

    def name(self) -> str:
        return f"store-{self.identity}"

    def restore(self, what: str, step: Step) -> None:
        """An older store, an older file, or none of the store; what cannot be true is told, and adopted by people."""
        self.catch_up()
        named = [event.store for event in self.events if event.kind is EventKind.STORE]
        if what == "clone":
            self.identity += 1
            assert (disagreement(self.name(), "privacy", (), self.file) is not None) == bool(named)
        elif self.saved is None:
            return
        elif step.a % 2:
            older = self.store[: step.b % (len(self.store) + 1)]
            assert disagreement(self.name(), "privacy", self.store, older) is None
            return
        else:
            parted = disagreement(self.name(), "privacy", self.saved, self.file) is not None
            assert parted == (len(self.saved) < len(self.file))
            if not parted:
                return
        line = LedgerEvent(
            EventKind.STORE,
            "privacy",
            None,
            max(self.now, self.events[-1].at),
            "Ada",
            reason=what,
            store=self.name(),
            previous=line_digest(self.file[-1]),
        )
        self.store, self.cut_off = self.file, False
        self.take(line)
        self.saved = None

    def check(self) -> None:
        """Every law of time."""
        found = standings(self.events, self.now, self.zone)
        states = {standing.version: str(standing.state) for standing in found}
        today = self.today()
        wanted = expected(self.told, today)
        assert states == wanted, f"{states} instead of {wanted}"
        for standing in found:
            one = self.told[standing.version]
            assert (standing.effective, standing.completed) == (one.effective, one.completed), standing.version
        applying = [version for version, state in states.items() if state == "in-force"]
        assert len(applying) == 1, f"{applying} apply at once"
        for version in self.recorded:
            assert states[version] in APPLIED, f"{version} took effect and was taken back"
        self.witness(found, today, applying[0])

    def witness(self, found: Sequence[Standing], today: date, applying: str) -> None:
        """Which version applied on a day is told alike for ever after."""
        one = in_force(found)
        assert one is not None
        assert one.version == applying
        self.seen[today] = applying
        past = [day for day in self.seen if day < today]
        for day in past[-3:]:
            applied = applied_on(found, day)
            assert applied is not None
            assert applied.version == self.seen[day], f"on {day} {self.seen[day]} applied, not {applied.version}"

    def explain(self) -> None:
        """The ledger as text says the same: each line reads back, points to the one before, and can have happened."""
        self.catch_up()
        assert first_break(self.file) is None
        assert tuple(map(_read, self.file)) == self.events
        assert impossible(self.events, self.zone) == ()


@lru_cache(maxsize=256)
def _read(line: str) -> LedgerEvent:
    """The event of a line; most lines of a world are asked for after each of its steps."""
    return event_of(line)


def _number(version: str) -> int:
    return int(version[1:])
