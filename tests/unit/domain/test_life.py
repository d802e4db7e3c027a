"""What may follow what in the life of a version, and what time alone brings."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import (
    APPLIED,
    DATED,
    PENDING,
    TRANSITIONS,
    UNRELEASED,
    State,
    impossible,
    refusal,
    standings,
)
from publisher.domain.policy import PolicySettings

ZONE = "Asia/Shanghai"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "T09:00+08:00").astimezone(UTC)


def event(kind: EventKind, version: str, when: str, **more: object) -> LedgerEvent:
    return replace(LedgerEvent(kind, "privacy", version, at(when), "Ada"), **more)  # type: ignore[arg-type]


FIRST = event(EventKind.ADOPT, "v1", "2027-01-10", effective=date(2024, 10, 1))
MATERIAL = event(
    EventKind.RELEASE,
    "v2",
    "2027-02-26",
    effective=date(2027, 4, 1),
    grade=Grade.MATERIAL,
    floor=30,
    notice="privacy-v2-1",
)
COMPLETE = event(EventKind.COMPLETE, "v2", "2027-03-01")
MOVED = event(EventKind.POSTPONE, "v2", "2027-03-10", effective=date(2027, 6, 1), floor=30, notice="privacy-v2-2")


def states(events: tuple[LedgerEvent, ...], now: str) -> list[str]:
    return [str(life.state) for life in standings(events, at(now), ZONE)]


def told(*events: LedgerEvent) -> list[tuple[int, str]]:
    return [(refused.index, refused.sentence) for refused in impossible(events, ZONE)]


def test_every_event_has_an_answer_in_every_state() -> None:
    assert set(TRANSITIONS) == set(EventKind) - {EventKind.STORE}
    for kind, row in TRANSITIONS.items():
        assert set(row) == set(State), kind


def test_every_state_is_of_one_sort() -> None:
    sorts = (UNRELEASED, PENDING, APPLIED, {State.WITHDRAWN})
    assert sorted(state for sort in sorts for state in sort) == sorted(State)
    assert DATED < PENDING


def test_what_applies_never_stops_applying_by_an_event() -> None:
    for kind, row in TRANSITIONS.items():
        for state in APPLIED:
            assert row[state] == state or not isinstance(row[state], State), (kind, state)


def test_only_a_new_date_or_a_withdrawal_leaves_a_hold() -> None:
    leaving = {kind for kind, row in TRANSITIONS.items() if row[State.HELD] != State.HELD}
    possible = {kind for kind in leaving if refusal(kind, State.HELD) is None}
    assert possible == {EventKind.POSTPONE, EventKind.WITHDRAW}


def test_no_event_brings_into_force_or_supersedes_what_time_has_not() -> None:
    for row in TRANSITIONS.values():
        for state, after in row.items():
            if isinstance(after, State) and after in APPLIED:
                assert state == after


def test_a_whole_life_has_nothing_impossible() -> None:
    held = event(EventKind.HOLD, "v2", "2027-03-02")
    again = event(EventKind.COMPLETE, "v2", "2027-03-20")
    begun = event(EventKind.IN_FORCE, "v2", "2027-06-01")
    fixed = event(EventKind.CORRECT, "v2", "2027-06-05", texts=(("en", "sha256:1"),))
    life = (FIRST, MATERIAL, held, MOVED, again, begun, fixed)

    assert told(*life) == []
    assert [states(life[:size], str(life[size - 1].at.date()))[-1] for size in range(1, len(life) + 1)] == [
        "in-force",
        "announced",
        "held",
        "postponed",
        "complete",
        "in-force",
        "in-force",
    ]


@pytest.mark.parametrize(
    ("events", "index", "why"),
    [
        ((COMPLETE,), 0, "was never released before this"),
        ((FIRST, replace(FIRST, at=at("2027-02-01"))), 1, "a text is released once"),
        ((FIRST, replace(MATERIAL, grade=None)), 1, "no review that anybody signed"),
        ((replace(FIRST, effective=None),), 0, "no effective date"),
        ((FIRST, MATERIAL, event(EventKind.HOLD, "v2", "2027-03-01")), 2, "still time for its notice"),
        ((FIRST, MATERIAL, event(EventKind.COMPLETE, "v2", "2027-03-02")), 2, "only a new date ends that"),
        ((FIRST, MATERIAL, COMPLETE, replace(COMPLETE, at=at("2027-03-02"))), 3, "complete notice already"),
        ((FIRST, MATERIAL, event(EventKind.IN_FORCE, "v2", "2027-03-01")), 2, "does not apply yet"),
        ((FIRST, MATERIAL, COMPLETE, event(EventKind.IN_FORCE, "v2", "2027-03-31")), 3, "does not apply yet"),
        ((FIRST, MATERIAL, event(EventKind.IN_FORCE, "v2", "2027-04-01")), 2, "is held"),
        ((FIRST, MATERIAL, COMPLETE, replace(MOVED, at=at("2027-04-01"))), 3, "can no longer move"),
        ((FIRST, MATERIAL, COMPLETE, event(EventKind.WITHDRAW, "v2", "2027-04-01")), 3, "cannot be withdrawn"),
        ((FIRST, MATERIAL, replace(MOVED, effective=date(2027, 3, 20))), 2, "only be postponed to a later date"),
        ((FIRST, MATERIAL, replace(MOVED, effective=None)), 2, "only be postponed to a later date"),
        ((FIRST, MATERIAL, event(EventKind.WITHDRAW, "v2", "2027-03-01"), MOVED), 3, "is withdrawn"),
    ],
)
def test_what_cannot_follow_is_told_with_its_place_and_changes_nothing(
    events: tuple[LedgerEvent, ...], index: int, why: str
) -> None:
    ((where, sentence),) = told(*events)

    assert where == index
    assert why in sentence
    assert sentence.startswith("privacy v")
    now = "2028-01-01"
    assert states(events, now) == states(events[:index] + events[index + 1 :], now)


def test_what_a_later_version_contains_cannot_be_withdrawn() -> None:
    third = replace(MATERIAL, version="v3", at=at("2027-02-27"), effective=date(2027, 5, 1), notice="privacy-v3-1")
    gone = event(EventKind.WITHDRAW, "v2", "2027-02-28")

    assert told(FIRST, MATERIAL, third, gone) == [(3, "privacy v2 is followed by v3, which contains what it changes.")]
    both = (FIRST, MATERIAL, third, replace(gone, version="v3"), gone)
    assert told(*both) == []
    assert states(both, "2027-06-01") == ["in-force", "withdrawn", "withdrawn"]


def test_a_record_that_says_in_force_too_early_brings_nothing_into_force() -> None:
    forged = event(EventKind.IN_FORCE, "v2", "2027-03-01")

    assert states((FIRST, MATERIAL, forged), "2027-03-01") == ["in-force", "announced"]
    assert states((FIRST, MATERIAL, forged), "2027-12-01") == ["in-force", "held"]


def test_a_campaigns_parting_gives_a_new_notice_and_leaves_date_and_texts() -> None:
    parted = event(EventKind.CORRECT, "v2", "2027-02-28", notice="privacy-v2-2")
    (_, life) = standings((FIRST, replace(MATERIAL, texts=(("en", "sha256:1"),)), parted), at("2027-02-28"), ZONE)

    assert (life.state, life.notice, life.effective) == (State.ANNOUNCED, "privacy-v2-2", date(2027, 4, 1))
    assert life.texts == (("en", "sha256:1"),)


def test_a_version_keeps_the_zone_in_which_it_was_announced() -> None:
    def under(zone: str) -> PolicySettings:
        return PolicySettings("privacy", "Privacy Policy", "en", timezone=zone)

    second = replace(MATERIAL, settings=under("Asia/Shanghai"))
    third = replace(
        MATERIAL, version="v3", at=at("2027-03-02"), effective=date(2027, 5, 1), settings=under("America/New_York")
    )
    found = standings((FIRST, second, COMPLETE, third), at("2027-03-02"), "UTC")

    assert [life.timezone for life in found] == ["UTC", "Asia/Shanghai", "America/New_York"]
    assert [life.starts for life in found[1:]] == [
        datetime(2027, 3, 31, 16, tzinfo=UTC),
        datetime(2027, 5, 1, 4, tzinfo=UTC),
    ]


def test_looking_often_and_looking_once_find_the_same() -> None:
    third = replace(MATERIAL, version="v3", at=at("2027-03-05"), effective=date(2027, 5, 1), floor=20)
    events = (FIRST, MATERIAL, COMPLETE, third, event(EventKind.COMPLETE, "v3", "2027-04-05"))
    for day in range(120):
        now = at("2027-04-05") + timedelta(days=day)
        seen = standings(events, now, ZONE)
        evidence = tuple(
            event(EventKind.IN_FORCE, life.version, "2027-04-05", at=now)
            for life in seen
            if life.state in APPLIED and life.witnessed
        )
        later = now + timedelta(days=200)
        assert impossible((*events, *evidence), ZONE) == ()
        assert standings((*events, *evidence), later, ZONE) == standings(events, later, ZONE)
