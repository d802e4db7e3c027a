"""Whatever the ledger holds, time keeps its promises."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import PENDING, State, standings
from publisher.domain.timeline import in_force

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def event(kind: EventKind, version: str, at: datetime, **more: object) -> LedgerEvent:
    return LedgerEvent(kind=kind, policy="privacy", version=version, at=at, by="Ada", **more)  # type: ignore[arg-type]


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerEvent]:
    """A first version, then releases, completions, postponements and withdrawals in any order that time allows."""
    at, effective = START, START.date()
    events = [event(EventKind.RELEASE, "v1", at, effective=effective)]
    for number in range(2, 2 + draw(st.integers(0, 4))):
        version = f"v{number}"
        at += timedelta(days=draw(st.integers(0, 20)), hours=draw(st.integers(0, 23)))
        effective = max(effective, at.date() + timedelta(days=draw(st.integers(0, 60))))
        grade = draw(st.sampled_from(list(Grade)))
        floor = draw(st.integers(0, 40)) if grade is Grade.MATERIAL else 0
        events.append(event(EventKind.RELEASE, version, at, effective=effective, grade=grade, floor=floor))
        for kind in draw(
            st.lists(st.sampled_from([EventKind.COMPLETE, EventKind.POSTPONE, EventKind.WITHDRAW]), max_size=3)
        ):
            at += timedelta(days=draw(st.integers(0, 10)), hours=draw(st.integers(0, 23)))
            if kind is EventKind.POSTPONE:
                effective = max(effective, at.date()) + timedelta(days=draw(st.integers(1, 40)))
                events.append(event(kind, version, at, effective=effective, floor=floor))
            else:
                events.append(event(kind, version, at))
                if kind is EventKind.WITHDRAW:
                    break
    return events


@given(ledgers(), st.sampled_from(ZONES), st.integers(0, 400))
def test_from_its_first_date_on_a_policy_has_exactly_one_version_in_force(
    events: list[LedgerEvent], zone: str, days: int
) -> None:
    found = standings(events, START + timedelta(days=days + 1), zone)
    applying = [standing for standing in found if standing.state is State.IN_FORCE]
    assert len(applying) == 1
    assert in_force(found) == applying[0]


@given(ledgers(), st.sampled_from(ZONES), st.integers(0, 400))
def test_no_material_version_applies_before_its_notice_was_complete_for_longer_than_its_floor(
    events: list[LedgerEvent], zone: str, days: int
) -> None:
    for standing in standings(events, START + timedelta(days=days), zone):
        if standing.state in (State.IN_FORCE, State.SUPERSEDED) and standing.grade is Grade.MATERIAL:
            assert standing.completed is not None
            assert standing.completed + timedelta(days=standing.floor) < standing.effective


@given(ledgers(), st.sampled_from(ZONES), st.integers(0, 400), st.integers(0, 400))
def test_what_took_effect_stays_in_effect_or_is_superseded_as_time_goes_on(
    events: list[LedgerEvent], zone: str, days: int, more: int
) -> None:
    earlier = standings(events, START + timedelta(days=days), zone)
    later = {standing.version: standing for standing in standings(events, START + timedelta(days=days + more), zone)}
    for standing in earlier:
        if standing.state in (State.IN_FORCE, State.SUPERSEDED):
            assert later[standing.version].state in (State.IN_FORCE, State.SUPERSEDED)


@given(ledgers(), st.sampled_from(ZONES), st.integers(0, 400))
def test_nothing_applies_before_the_versions_it_follows(events: list[LedgerEvent], zone: str, days: int) -> None:
    states = [standing.state for standing in standings(events, START + timedelta(days=days), zone)]
    kept = [state for state in states if state is not State.WITHDRAWN]
    first_pending = next((index for index, state in enumerate(kept) if state in PENDING), len(kept))
    assert all(state in PENDING for state in kept[first_pending:])


@given(ledgers(), st.sampled_from(ZONES))
def test_a_clock_before_the_last_event_is_taken_to_be_at_it(events: list[LedgerEvent], zone: str) -> None:
    last = max(event.at for event in events)
    assert standings(events, START - timedelta(days=900), zone) == standings(events, last, zone)
    assert all(isinstance(standing.effective, date) for standing in standings(events, last, zone))
