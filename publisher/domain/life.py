"""The life of a version: which event may follow which, as one literal table, and what time alone brings.

Every state is a pure function of ledger events and an instant. Whoever asks where a version stands, and whoever refuses
to do something with it, asks here.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from publisher.domain.change import Grade
from publisher.domain.days import local_date, local_midnight, must_hold_from
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.policy import is_version, version_number


class State(StrEnum):
    """Where a version stands. Drafts and reviewed drafts are not in the ledger yet."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    ANNOUNCED = "announced"
    POSTPONED = "postponed"
    COMPLETE = "complete"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    HELD = "held"
    WITHDRAWN = "withdrawn"


UNRELEASED = frozenset({State.DRAFT, State.REVIEWED})
"""Not in the ledger yet."""
DATED = frozenset({State.ANNOUNCED, State.POSTPONED, State.COMPLETE})
"""Announced, with a date that stands; postponed is announced anew."""
PENDING = DATED | {State.HELD}
"""Users have been told of it, or are being told, and it does not apply yet."""
APPLIED = frozenset({State.IN_FORCE, State.SUPERSEDED})
"""Applies, or did."""
_SETTLED = frozenset({State.SUPERSEDED, State.WITHDRAWN})

_NEVER = "was never released before this"
_TWICE = "is in the ledger already; a text is released once"
_GONE = "is withdrawn, and what was withdrawn has no further history; draft a new version"

TRANSITIONS: Mapping[EventKind, Mapping[State, State | str]] = {
    EventKind.ADOPT: {
        State.DRAFT: State.ANNOUNCED,
        State.REVIEWED: State.ANNOUNCED,
        State.ANNOUNCED: _TWICE,
        State.POSTPONED: _TWICE,
        State.COMPLETE: _TWICE,
        State.HELD: _TWICE,
        State.IN_FORCE: _TWICE,
        State.SUPERSEDED: _TWICE,
        State.WITHDRAWN: _TWICE,
    },
    EventKind.RELEASE: {
        State.DRAFT: "has no review that anybody signed",
        State.REVIEWED: State.ANNOUNCED,
        State.ANNOUNCED: _TWICE,
        State.POSTPONED: _TWICE,
        State.COMPLETE: _TWICE,
        State.HELD: _TWICE,
        State.IN_FORCE: _TWICE,
        State.SUPERSEDED: _TWICE,
        State.WITHDRAWN: _TWICE,
    },
    EventKind.COMPLETE: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: State.COMPLETE,
        State.POSTPONED: State.COMPLETE,
        State.COMPLETE: "has complete notice already",
        State.HELD: "is held: its notice came too late for its date, and only a new date ends that",
        State.IN_FORCE: "applies already; notice counts only before",
        State.SUPERSEDED: "applied already; notice counts only before",
        State.WITHDRAWN: _GONE,
    },
    EventKind.HOLD: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: "is not held: there was still time for its notice, or it needs none",
        State.POSTPONED: "is not held: there was still time for its notice, or it needs none",
        State.COMPLETE: "is not held: its notice was complete in time",
        State.HELD: State.HELD,
        State.IN_FORCE: "applies already and cannot be held",
        State.SUPERSEDED: "applied already and cannot be held",
        State.WITHDRAWN: _GONE,
    },
    EventKind.IN_FORCE: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: "does not apply yet: its date, its notice or the version before it was still to come",
        State.POSTPONED: "does not apply yet: its date, its notice or the version before it was still to come",
        State.COMPLETE: "does not apply yet: its date or the version before it was still to come",
        State.HELD: "is held and cannot take effect without a new date",
        State.IN_FORCE: State.IN_FORCE,
        State.SUPERSEDED: State.SUPERSEDED,
        State.WITHDRAWN: _GONE,
    },
    EventKind.POSTPONE: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: State.POSTPONED,
        State.POSTPONED: State.POSTPONED,
        State.COMPLETE: State.POSTPONED,
        State.HELD: State.POSTPONED,
        State.IN_FORCE: "is in force; its date can no longer move",
        State.SUPERSEDED: "is superseded; its date can no longer move",
        State.WITHDRAWN: _GONE,
    },
    EventKind.WITHDRAW: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: State.WITHDRAWN,
        State.POSTPONED: State.WITHDRAWN,
        State.COMPLETE: State.WITHDRAWN,
        State.HELD: State.WITHDRAWN,
        State.IN_FORCE: "is in force; what applies cannot be withdrawn",
        State.SUPERSEDED: "is superseded; what applied cannot be withdrawn",
        State.WITHDRAWN: _GONE,
    },
    EventKind.CORRECT: {
        State.DRAFT: _NEVER,
        State.REVIEWED: _NEVER,
        State.ANNOUNCED: State.ANNOUNCED,
        State.POSTPONED: State.POSTPONED,
        State.COMPLETE: State.COMPLETE,
        State.HELD: State.HELD,
        State.IN_FORCE: State.IN_FORCE,
        State.SUPERSEDED: State.SUPERSEDED,
        State.WITHDRAWN: _GONE,
    },
}
"""Event and state give the next state, or in words why the event is impossible: "privacy v2 " + the words.

`hold` and `in-force` say what time has brought by then and bring nothing themselves. `store` lines concern no version.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One released version at one instant.

    Attributes:
        announced: the instant of release or adoption.
        effective: the announced effective date in `timezone`; `starts` is the instant from which it may apply: that
            date's local midnight, never before that of the version it follows.
        floor: days between completed notice and effect; 0 when no notice is due.
        completed: the local date on which the notice was complete, or None.
        ends: the instant at which an announced successor takes over, or None; it is `starts` where both take effect
            at once.
        notice: the id of the newest notice, or None.
        witnessed: False for a version adopted as stated.
        timezone: the zone in which the version was announced.
    """

    policy: str
    version: str
    state: State
    announced: datetime
    effective: date
    starts: datetime
    grade: Grade | None
    floor: int
    completed: date | None
    notice: str | None
    consent_needed: bool
    witnessed: bool
    texts: tuple[tuple[str, str], ...]
    timezone: str
    ends: datetime | None = None
    successor: str | None = None

    @property
    def needs_notice(self) -> bool:
        """Whether it may take effect only after complete notice and its floor."""
        return self.witnessed and self.grade is Grade.MATERIAL


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot have happened at its place: its index in the ledger, and why, in words."""

    index: int
    event: LedgerEvent
    why: str

    @property
    def sentence(self) -> str:
        """A sentence for people, such as: privacy v2 is in force; its date can no longer move."""
        return f"{self.event.policy} {self.event.version} {self.why}."


def drafted(*, signed: bool) -> State:
    """Where a version stands that is not in the ledger."""
    return State.REVIEWED if signed else State.DRAFT


def refusal(kind: EventKind, state: State) -> str | None:
    """Why an event is impossible in a state, in words that follow the version's name; None when it is possible."""
    after = TRANSITIONS[kind][state]
    return None if isinstance(after, State) else after


def standings(events: Iterable[LedgerEvent], now: datetime, timezone: str) -> tuple[Standing, ...]:
    """Every released version of one policy, in ascending order, as it stands at `now`.

    A version takes effect when its date has come, its notice was complete for longer than its floor, and every version
    before it that was not withdrawn has taken effect too. `now` is never taken to be earlier than the last event, and
    an impossible event changes nothing.

    Args:
        events: the policy's ledger, in order.
        now: an aware instant.
        timezone: the zone of versions whose own record names none.
    """
    return _lived(tuple(events), now, timezone)[0]


def impossible(events: Sequence[LedgerEvent], timezone: str) -> tuple[Refused, ...]:
    """The events that cannot have happened at their place, in order; `timezone` as for `standings`."""
    return _lived(tuple(events), events[-1].at, timezone)[1] if events else ()


def _lived(
    events: Sequence[LedgerEvent], now: datetime, timezone: str
) -> tuple[tuple[Standing, ...], tuple[Refused, ...]]:
    """Lets time pass up to each event, then takes the event; at last lets time pass up to `now`."""
    lives = _Lives()
    refused: list[Refused] = []
    clock: datetime | None = None
    for index, event in enumerate(events):
        clock = event.at if clock is None else max(clock, event.at)
        if event.kind is EventKind.STORE:
            continue
        lives.pass_time(clock)
        outcome = _after(lives.found, event, timezone)
        if not isinstance(outcome, Standing):
            refused.append(Refused(index, event, outcome))
        else:
            lives.take(outcome)
    lives.pass_time(now if clock is None else max(clock, now))
    return _followed(lives.in_order()), tuple(refused)


class _Lives:
    """Versions as they stand while a ledger is read. To the first of them no time brings anything any more."""

    def __init__(self) -> None:
        self.found: dict[str, Standing] = {}
        self._order: list[str] = []
        self._settled = 0

    def in_order(self) -> tuple[Standing, ...]:
        """In ascending order."""
        return tuple(self.found[name] for name in self._order)

    def take(self, life: Standing) -> None:
        """A version as an event leaves it."""
        if life.version not in self.found:
            place = bisect(self._order, version_number(life.version), key=version_number)
            self._order.insert(place, life.version)
            self._settled = min(self._settled, place)
        self.found[life.version] = life

    def pass_time(self, now: datetime) -> None:
        """What time alone brings by an instant: versions held, in force, superseded."""
        earlier = (self.found[self._order[index]] for index in range(self._settled - 1, -1, -1))
        before = next((life for life in earlier if life.state is not State.WITHDRAWN), None)
        for name in self._order[self._settled :]:
            life = self.found[name]
            if life.state is State.WITHDRAWN:
                continue
            starts = local_midnight(life.effective, life.timezone)
            if before is not None:
                starts = max(starts, before.starts)
            state = _turned(life, starts, before, now)
            if (starts, state) != (life.starts, life.state):
                life = self.found[name] = replace(life, starts=starts, state=state)
            if before is not None and state is State.IN_FORCE and before.state is not State.SUPERSEDED:
                self.found[before.version] = replace(before, state=State.SUPERSEDED)
            before = life
        while self._settled < len(self._order) and self.found[self._order[self._settled]].state in _SETTLED:
            self._settled += 1


def _after(lives: Mapping[str, Standing], event: LedgerEvent, timezone: str) -> Standing | str:
    """The version as an event leaves it, or why the event is impossible."""
    name = event.version
    if name is None or not is_version(name):
        return "is no version"
    life = lives.get(name)
    state = life.state if life is not None else _entering(lives, event)
    after = TRANSITIONS[event.kind][state]
    if not isinstance(after, State):
        return after
    if life is None:
        return _born(event, after, timezone)
    follower = _follower(lives, name) if event.kind is EventKind.WITHDRAW else None
    if follower is not None:
        return f"is followed by {follower}, which contains what it changes"
    return _changed(replace(life, state=after), event)


def _changed(life: Standing, event: LedgerEvent) -> Standing | str:
    """What an event says of a version beside its state."""
    if event.kind is EventKind.COMPLETE:
        return replace(life, completed=local_date(event.at, life.timezone))
    if event.kind is EventKind.CORRECT:
        texts = dict(life.texts) | dict(event.texts)
        return replace(life, texts=tuple(texts.items()), notice=event.notice or life.notice)
    if event.kind is not EventKind.POSTPONE:
        return life
    if event.effective is None or event.effective <= life.effective:
        return f"was announced for {life.effective} and can only be postponed to a later date"
    notice, floor = event.notice or life.notice, max(life.floor, event.floor)
    return replace(life, effective=event.effective, floor=floor, notice=notice, completed=None)


def _entering(lives: Mapping[str, Standing], event: LedgerEvent) -> State:
    """Where a version stood before it entered the ledger: a first version needs no review, others carry its grade."""
    first = all(life.state is State.WITHDRAWN for life in lives.values())
    return drafted(signed=first or event.grade is not None)


def _born(event: LedgerEvent, state: State, timezone: str) -> Standing | str:
    if event.effective is None:
        return "has no effective date here"
    zone = event.settings.timezone if event.settings is not None else timezone
    return Standing(
        policy=event.policy,
        version=event.version or "",
        state=state,
        announced=event.at,
        effective=event.effective,
        starts=local_midnight(event.effective, zone),
        grade=event.grade,
        floor=event.floor,
        completed=None,
        notice=event.notice,
        consent_needed=event.consent_needed,
        witnessed=event.kind is EventKind.RELEASE,
        texts=event.texts,
        timezone=zone,
    )


def _follower(lives: Mapping[str, Standing], version: str) -> str | None:
    later = (life for life in lives.values() if version_number(life.version) > version_number(version))
    standing = (life.version for life in later if life.state is not State.WITHDRAWN)
    return min(standing, key=version_number, default=None)


def _turned(life: Standing, starts: datetime, before: Standing | None, now: datetime) -> State:
    """The state of a version at an instant, as its date, its notice and the version before it let it be."""
    if life.state not in DATED:
        return life.state
    if life.needs_notice and life.state is not State.COMPLETE:
        held = now >= must_hold_from(life.effective, life.floor, life.timezone)
        return State.HELD if held else life.state
    if now >= starts and (before is None or before.state in APPLIED):
        return State.IN_FORCE
    return life.state


def _followed(lives: Sequence[Standing]) -> tuple[Standing, ...]:
    """The same versions with what follows each that applies, did, or is to apply from a date that stands."""
    followed: list[Standing] = []
    following: Standing | None = None
    for life in reversed(lives):
        told = life
        if life.state in APPLIED | DATED and following is not None:
            ends = None if following.state is State.HELD else following.starts
            told = replace(life, ends=ends, successor=following.version)
        followed.append(told)
        if life.state is not State.WITHDRAWN:
            following = life
    return tuple(reversed(followed))
