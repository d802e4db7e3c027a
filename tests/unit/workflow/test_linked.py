"""Which comparisons have a page, and where notices lead."""

from datetime import UTC, date, datetime, timedelta

import pytest

from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.workflow.linked import MOST_COMPARED, changes_path, compared_with

START = datetime(2026, 1, 1, tzinfo=UTC)


def ledger(*told: tuple[EventKind, int]) -> tuple[LedgerEvent, ...]:
    return tuple(
        LedgerEvent(
            kind,
            "privacy",
            f"v{number}",
            START + timedelta(days=place),
            "Ana Roth",
            effective=date(2027, 1, 1) + timedelta(days=place) if kind is not EventKind.WITHDRAW else None,
            grade=Grade.MATERIAL if kind is EventKind.RELEASE else None,
            notice=f"privacy-v{number}-1" if kind is EventKind.RELEASE else None,
        )
        for place, (kind, number) in enumerate(told)
    )


def released(*numbers: int) -> list[tuple[EventKind, int]]:
    return [(EventKind.ADOPT, 1), *((EventKind.RELEASE, number) for number in numbers)]


def test_a_version_is_compared_with_the_one_before_and_few_older_ones() -> None:
    events = ledger(*released(*range(2, 10)))
    assert MOST_COMPARED == 3
    assert compared_with(events, "v9") == ("v8", "v7", "v6", "v5")
    assert compared_with(events, "v3") == ("v2", "v1")


def test_nobody_knows_less_than_the_newest_adopted_version() -> None:
    events = ledger((EventKind.ADOPT, 1), (EventKind.ADOPT, 2), (EventKind.RELEASE, 3))
    assert compared_with(events, "v3") == ("v2",)
    assert compared_with(events, "v2") == ("v1",)
    assert compared_with(events, "v1") == ()


def test_a_draft_is_compared_as_it_will_be() -> None:
    events = ledger(*released(2, 3, 4))
    assert compared_with(events, "v5") == compared_with((*events, *ledger((EventKind.RELEASE, 5))), "v5")


@pytest.mark.parametrize("withdrawn", [[], [6], [5], [5, 6], [2, 3, 4, 5, 6]])
def test_what_was_linked_stays_whatever_comes_later(withdrawn: list[int]) -> None:
    told = [*released(2, 3, 4, 5, 6, 7), *((EventKind.WITHDRAW, number) for number in withdrawn)]
    events = ledger(*told, (EventKind.RELEASE, 8), (EventKind.RELEASE, 9))
    for number in range(2, 10):
        version, before = f"v{number}", set[str]()
        start = next(place for place, event in enumerate(events) if event.version == version)
        for end in range(start, len(events) + 1):
            now = set(compared_with(events[:end], version))
            if end > start:
                assert before <= now, (version, end)
                before = now


def test_a_link_leads_to_the_comparison_or_to_the_history() -> None:
    events = ledger(*released(*range(2, 10)))

    def path(old: str, *, spoken: bool = True) -> str:
        return changes_path(events, "privacy", (old, "v9"), "en", spoken=spoken)

    assert path("v8") == "/privacy/v8...v9/en/"
    assert path("v5") == "/privacy/v5...v9/en/"
    assert path("v4") == "/privacy/history/en/"
    assert path("v8", spoken=False) == "/privacy/history/en/"
