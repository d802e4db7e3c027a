"""Time: when a version is announced, complete, in force, held; a pure function of ledger events and now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.policy import PolicySettings, version_number


class State(StrEnum):
    """Where a version stands; drafts and reviewed drafts are not in the ledger."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    ANNOUNCED = "announced"
    COMPLETE = "complete"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """One released version at one instant.

    Attributes:
        announced: the instant of release or adoption.
        effective: the announced effective date; `starts` is its local midnight as an instant.
        floor: days between completed notice and effect; 0 when no notice is due.
        completed: the local date on which the notice was complete, or None.
        ends: the instant at which a successor that already has its notice takes over, or None.
        notice: the id of the newest notice, or None.
        witnessed: False for a version adopted as stated.
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
    ends: datetime | None = None
    successor: str | None = None


def local_midnight(day: date, timezone: str) -> datetime:
    """The instant at which a day begins in a zone, as aware UTC; in a gap of the clock, the first instant after it."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)


def local_date(instant: datetime, timezone: str) -> date:
    """The calendar date of an aware instant in a zone."""
    return instant.astimezone(ZoneInfo(timezone)).date()


def earliest_effective(today: date, floor: int, delivery_days: int) -> date:
    """The first effective date that a material version released today may have.

    Delivery days count today; neither the day of completion nor the effective day counts towards the floor.
    """
    return today + timedelta(days=floor + delivery_days)


def must_hold_from(effective: date, floor: int, timezone: str) -> datetime:
    """The instant from which a version without complete notice is held."""
    return local_midnight(effective - timedelta(days=floor), timezone)


def standings(events: Iterable[LedgerEvent], now: datetime, timezone: str) -> tuple[Standing, ...]:
    """Every released version of one policy, in ascending order, as it stands at `now`.

    A version takes effect when its date has come, its notice was complete for longer than its floor, and every version
    before it that was not withdrawn has taken effect too. `now` is never taken to be earlier than the last event.
    """
    recorded = tuple(events)
    if recorded:
        now = max(now, *(event.at for event in recorded))
    placed: list[Standing] = []
    before: Standing | None = None
    for version in _versions(recorded):
        standing = _at_rest(tuple(event for event in recorded if event.version == version), timezone)
        if standing.state is not State.WITHDRAWN:
            if before is not None:
                standing = replace(standing, starts=max(standing.starts, before.starts))
            predecessor_applies = before is None or before.state is State.IN_FORCE
            standing = replace(standing, state=_state(standing, now, timezone, predecessor_applies=predecessor_applies))
            before = standing
        placed.append(standing)
    return _followed(placed)


def applied_on(found: Sequence[Standing], day: date) -> Standing | None:
    """The version that applies on a date in the policy's zone, as far as the ledger knows; None before the first.

    For a day to come, versions that are announced are taken to take effect as announced, each only after those before
    it: none follows a version that is held.
    """
    applied: Standing | None = None
    begins = date.min
    for standing in found:
        if standing.state is State.WITHDRAWN:
            continue
        begins = max(begins, standing.effective)
        if standing.state is State.HELD or begins > day:
            break
        applied = standing
    return applied


def in_force(found: Sequence[Standing]) -> Standing | None:
    """The one version that applies, or None before the first takes effect."""
    return next((standing for standing in reversed(found) if standing.state is State.IN_FORCE), None)


def upcoming(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """The versions that are announced and do not apply yet, held ones included, in order."""
    waiting = (State.ANNOUNCED, State.COMPLETE, State.HELD)
    return tuple(standing for standing in found if standing.state in waiting)


def last_released(events: Sequence[LedgerEvent]) -> str | None:
    """The newest version in the ledger that was not withdrawn: what the next one is compared with."""
    withdrawn = {event.version for event in events if event.kind is EventKind.WITHDRAW}
    released = [version for version in _versions(events) if version not in withdrawn]
    return released[-1] if released else None


def release_of(events: Iterable[LedgerEvent], version: str) -> LedgerEvent | None:
    """The event that put a version's text into the ledger: its release or adoption."""
    kinds = (EventKind.RELEASE, EventKind.ADOPT)
    return next((event for event in events if event.version == version and event.kind in kinds), None)


def announced_under(events: Iterable[LedgerEvent], version: str, current: PolicySettings) -> PolicySettings:
    """The settings under which a version was announced: its channels, languages and zone, its promises no smaller.

    `current` stands in for records that keep none, and may promise more than was promised then.
    """
    release = release_of(events, version)
    if release is None or release.settings is None:
        return current
    return release.settings.no_laxer_than(current)


def _versions(events: Iterable[LedgerEvent]) -> list[str]:
    kinds = (EventKind.RELEASE, EventKind.ADOPT)
    names = {event.version for event in events if event.kind in kinds and event.version is not None}
    return sorted(names, key=version_number)


def _at_rest(events: tuple[LedgerEvent, ...], timezone: str) -> Standing:
    """What the events of one version say, before any instant is looked at."""
    first = next(event for event in events if event.kind in (EventKind.RELEASE, EventKind.ADOPT))
    effective = first.effective or local_date(first.at, timezone)
    notice, floor, completed, state = first.notice, first.floor, None, State.ANNOUNCED
    texts = dict(first.texts)
    for event in events:
        if event.kind is EventKind.COMPLETE:
            completed = local_date(event.at, timezone)
        elif event.kind is EventKind.POSTPONE:
            effective = event.effective or effective
            notice, completed = event.notice or notice, None
            floor = max(floor, event.floor)
            state = State.ANNOUNCED
        elif event.kind is EventKind.CORRECT:
            notice = event.notice or notice
            texts = {**texts, **dict(event.texts)}
        elif event.kind is EventKind.HOLD:
            state = State.HELD
        elif event.kind is EventKind.WITHDRAW:
            state = State.WITHDRAWN
        elif event.kind is EventKind.IN_FORCE:
            state = State.IN_FORCE
    return Standing(
        policy=first.policy,
        version=first.version or "",
        state=state,
        announced=first.at,
        effective=effective,
        starts=local_midnight(effective, timezone),
        grade=first.grade,
        floor=floor,
        completed=completed,
        notice=notice,
        consent_needed=first.consent_needed,
        witnessed=first.kind is EventKind.RELEASE,
        texts=tuple(texts.items()),
    )


def _state(standing: Standing, now: datetime, timezone: str, *, predecessor_applies: bool) -> State:
    if standing.state in (State.IN_FORCE, State.HELD):
        return standing.state
    needs_notice = standing.witnessed and standing.grade is Grade.MATERIAL
    noticed = not needs_notice or (
        standing.completed is not None and standing.completed + timedelta(days=standing.floor) < standing.effective
    )
    if not noticed and now >= must_hold_from(standing.effective, standing.floor, timezone):
        return State.HELD
    if noticed and predecessor_applies and now >= standing.starts:
        return State.IN_FORCE
    return State.COMPLETE if needs_notice and standing.completed is not None and noticed else State.ANNOUNCED


def _followed(placed: Sequence[Standing]) -> tuple[Standing, ...]:
    """The same standings with what follows each: only the newest version in force applies."""
    followed: list[Standing] = []
    following: Standing | None = None
    for standing in reversed(placed):
        if standing.state is State.WITHDRAWN:
            followed.append(standing)
            continue
        if standing.state is State.IN_FORCE and following is not None:
            passed = following.state in (State.IN_FORCE, State.SUPERSEDED)
            sure = following.state is not State.HELD
            standing = replace(  # noqa: PLW2901  the same standing, completed
                standing,
                state=State.SUPERSEDED if passed else State.IN_FORCE,
                ends=following.starts if sure else None,
                successor=following.version,
            )
        followed.append(standing)
        following = standing
    return tuple(reversed(followed))
