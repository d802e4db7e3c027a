from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.change import Grade
from publisher.domain.days import earliest_effective, local_date, local_midnight, must_hold_from
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import State, standings
from publisher.domain.timeline import applied_on, in_force, last_released, release_of, upcoming

ZONE = "Asia/Shanghai"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def event(kind: EventKind, version: str, when: str, **more: object) -> LedgerEvent:
    return replace(LedgerEvent(kind, "privacy", version, at(when), "Ada"), **more)  # type: ignore[arg-type]


ADOPT = event(EventKind.ADOPT, "v1", "2027-01-10T12:00+08:00", effective=date(2024, 10, 1))
MATERIAL = event(
    EventKind.RELEASE,
    "v2",
    "2027-02-26T12:00+08:00",
    effective=date(2027, 4, 1),
    grade=Grade.MATERIAL,
    floor=30,
    notice="privacy-v2-1",
)
COMPLETE = event(EventKind.COMPLETE, "v2", "2027-03-01T23:59+08:00")
SMALL = event(EventKind.RELEASE, "v2", "2027-02-26T12:00+08:00", effective=date(2027, 4, 1), grade=Grade.CLARIFICATION)


def states(events: tuple[LedgerEvent, ...], now: str) -> list[str]:
    return [str(standing.state) for standing in standings(events, at(now), ZONE)]


def test_without_events_nothing_stands() -> None:
    assert standings((), at("2027-01-01T00:00+08:00"), ZONE) == ()


def test_an_adopted_version_is_in_force_from_its_date_without_notice_and_is_not_witnessed() -> None:
    (standing,) = standings((ADOPT,), at("2027-01-11T00:00+08:00"), ZONE)

    assert (standing.state, standing.witnessed, standing.ends) == (State.IN_FORCE, False, None)


def test_floor_30_completed_on_1_march_takes_effect_on_1_april() -> None:
    events = (ADOPT, MATERIAL, COMPLETE)

    assert states(events, "2027-03-31T23:59:59+08:00") == ["in-force", "complete"]
    assert states(events, "2027-04-01T00:00:00+08:00") == ["superseded", "in-force"]


def test_completed_one_day_later_it_is_held() -> None:
    late = replace(COMPLETE, at=at("2027-03-02T00:00+08:00"))

    assert states((ADOPT, MATERIAL, late), "2027-04-01T00:00+08:00") == ["in-force", "held"]


def test_without_complete_notice_it_is_held_from_local_midnight_of_the_floor() -> None:
    events = (ADOPT, MATERIAL)

    assert states(events, "2027-03-01T23:59:59+08:00") == ["in-force", "announced"]
    assert states(events, "2027-03-02T00:00:00+08:00") == ["in-force", "held"]
    assert must_hold_from(date(2027, 4, 1), 30, ZONE) == at("2027-03-02T00:00+08:00")


def test_only_a_new_date_ends_a_hold_and_the_notice_counts_anew() -> None:
    held = (ADOPT, MATERIAL, replace(COMPLETE, at=at("2027-03-05T00:00+08:00")))
    moved = event(
        EventKind.POSTPONE, "v2", "2027-03-06T00:00+08:00", effective=date(2027, 5, 1), notice="privacy-v2-2", floor=30
    )
    late = replace(COMPLETE, at=at("2027-04-01T10:00+08:00"))

    assert states(held, "2027-06-01T00:00+08:00") == ["in-force", "held"]
    assert states((*held, moved), "2027-03-31T00:00+08:00") == ["in-force", "postponed"]
    assert states((*held, moved), "2027-04-01T00:00+08:00") == ["in-force", "held"]
    assert states((*held, moved, late), "2027-05-01T00:00+08:00")[1] == "held"
    early = replace(COMPLETE, at=at("2027-03-31T23:00+08:00"))
    assert states((*held, moved, early), "2027-05-01T00:00+08:00") == ["superseded", "in-force"]
    assert standings((*held, moved), at("2027-03-31T00:00+08:00"), ZONE)[1].notice == "privacy-v2-2"


def test_what_is_not_material_needs_only_its_date() -> None:
    assert states((ADOPT, SMALL), "2027-03-31T23:59:59+08:00") == ["in-force", "announced"]
    assert states((ADOPT, SMALL), "2027-04-01T00:00+08:00") == ["superseded", "in-force"]


def test_a_withdrawn_version_never_takes_effect_and_the_next_one_follows_the_one_before() -> None:
    gone = event(EventKind.WITHDRAW, "v2", "2027-03-10T00:00+08:00")
    third = replace(SMALL, version="v3", at=at("2027-03-11T00:00+08:00"), effective=date(2027, 4, 2))

    assert states((ADOPT, MATERIAL, gone), "2027-06-01T00:00+08:00") == ["in-force", "withdrawn"]
    assert states((ADOPT, MATERIAL, gone, third), "2027-04-02T00:00+08:00") == ["superseded", "withdrawn", "in-force"]


def test_a_version_does_not_overtake_one_that_is_held() -> None:
    third = replace(SMALL, version="v3", effective=date(2027, 4, 2))

    assert states((ADOPT, MATERIAL, third), "2027-06-01T00:00+08:00") == ["in-force", "held", "announced"]


def test_versions_are_ordered_by_number_not_by_name_or_line() -> None:
    tenth = replace(ADOPT, version="v10", effective=date(2026, 1, 1))
    second = replace(ADOPT, version="v2", effective=date(2025, 1, 1))

    assert [s.version for s in standings((tenth, second, ADOPT), at("2027-02-01T00:00+08:00"), ZONE)] == [
        "v1",
        "v2",
        "v10",
    ]


def test_two_versions_of_one_day_leave_only_the_newest_in_force() -> None:
    second = replace(SMALL, effective=date(2024, 10, 1))

    assert states((ADOPT, second), "2027-03-01T00:00+08:00") == ["superseded", "in-force"]


def test_now_is_never_earlier_than_the_last_event() -> None:
    assert states((ADOPT, MATERIAL, COMPLETE), "2020-01-01T00:00+08:00") == ["in-force", "complete"]


def test_the_version_in_force_knows_when_it_ends_once_a_successor_is_announced_and_not_held() -> None:
    announced = standings((ADOPT, MATERIAL), at("2027-03-01T00:00+08:00"), ZONE)
    held = standings((ADOPT, MATERIAL), at("2027-03-10T00:00+08:00"), ZONE)

    assert (announced[0].ends, announced[0].successor) == (at("2027-04-01T00:00+08:00"), "v2")
    assert (held[0].ends, held[0].successor) == (None, "v2")
    assert in_force(held) is held[0]
    assert upcoming(held) == (held[1],)


def test_the_text_of_a_date_is_the_newest_that_had_begun() -> None:
    found = standings((ADOPT, MATERIAL, COMPLETE), at("2027-03-10T00:00+08:00"), ZONE)

    assert applied_on(found, date(2024, 9, 30)) is None
    assert applied_on(found, date(2024, 10, 1)) is found[0]
    assert applied_on(found, date(2027, 3, 31)) is found[0]
    assert applied_on(found, date(2027, 4, 1)) is found[1]


def test_no_date_is_answered_with_a_version_that_waits_for_a_held_or_later_one() -> None:
    third = replace(SMALL, version="v3", effective=date(2027, 4, 2))
    held = standings((ADOPT, MATERIAL, third), at("2027-03-10T00:00+08:00"), ZONE)
    moved = event(EventKind.POSTPONE, "v2", "2027-02-27T00:00+08:00", effective=date(2027, 5, 1))
    later = standings((ADOPT, replace(SMALL, floor=0), moved, third), at("2027-03-01T00:00+08:00"), ZONE)

    assert applied_on(held, date(2027, 6, 1)) is held[0]
    assert applied_on(later, date(2027, 4, 10)) is later[0]
    assert applied_on(later, date(2027, 5, 1)) is later[2]


def test_delivery_days_count_today_and_the_floor_counts_neither_end() -> None:
    today = date(2027, 2, 27)

    assert earliest_effective(today, 30, 3) == date(2027, 4, 1)
    finished = today + timedelta(days=3 - 1)
    assert finished + timedelta(days=30) < earliest_effective(today, 30, 3)


def test_the_last_released_version_is_the_newest_not_withdrawn() -> None:
    gone = event(EventKind.WITHDRAW, "v2", "2027-03-10T00:00+08:00")

    assert last_released(()) is None
    assert last_released((ADOPT, MATERIAL)) == "v2"
    assert last_released((ADOPT, MATERIAL, gone)) == "v1"
    assert release_of((ADOPT, MATERIAL, COMPLETE), "v2") is MATERIAL
    assert release_of((ADOPT,), "v2") is None


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2027, 4, 1), "Asia/Shanghai", "2027-03-31T16:00+00:00"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00+00:00"),  # midnight does not exist: 01:00 is first
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00+00:00"),  # the whole day does not exist
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00+00:00"),  # midnight comes twice: the first one
        (date(1970, 1, 1), "Pacific/Kiritimati", "1970-01-01T10:40+00:00"),
    ],
)
def test_a_day_begins_at_the_first_instant_of_its_date(day: date, zone: str, instant: str) -> None:
    assert local_midnight(day, zone) == at(instant)


def test_a_date_is_that_of_the_policys_zone() -> None:
    assert local_date(at("2027-03-31T16:00+00:00"), ZONE) == date(2027, 4, 1)
    assert local_date(at("2027-03-31T15:59+00:00"), ZONE) == date(2027, 3, 31)


@given(
    gaps=st.lists(st.integers(0, 90), min_size=1, max_size=5),
    completed=st.lists(st.one_of(st.none(), st.integers(0, 80)), min_size=5, max_size=5),
    day=st.integers(0, 700),
)
def test_from_the_first_effective_date_on_exactly_one_version_is_in_force(
    gaps: list[int], completed: list[int | None], day: int
) -> None:
    start = date(2027, 1, 1)
    events = [replace(ADOPT, effective=start, at=at("2027-01-01T00:00+08:00"))]
    effective = start
    for index, gap in enumerate(gaps):
        effective += timedelta(days=gap)
        version = f"v{index + 2}"
        released = replace(MATERIAL, version=version, effective=effective, at=events[0].at)
        events.append(released)
        done = completed[index]
        if done is not None:
            events.append(replace(COMPLETE, version=version, at=events[0].at + timedelta(days=done)))
    now = local_midnight(start + timedelta(days=day), ZONE)

    found = standings(events, now, ZONE)

    assert [standing.state for standing in found].count(State.IN_FORCE) == 1
    standing = in_force(found)
    assert standing is not None
    if standing.grade is Grade.MATERIAL:
        assert standing.completed is not None
        assert standing.completed + timedelta(days=standing.floor) < standing.effective
