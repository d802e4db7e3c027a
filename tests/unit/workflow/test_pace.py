from datetime import timedelta

import pytest

from publisher.workflow.pace import Pace, backoff
from publisher.workflow.process import has_ended, this_process


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 480), (7, 480), (50, 480)]
)
def test_each_attempt_waits_longer_up_to_eight_hours(attempts: int, minutes: int) -> None:
    step = timedelta(minutes=minutes)
    assert backoff(attempts, lambda: 0.5) == step
    assert backoff(attempts, lambda: 0.0) == step * 0.8
    assert backoff(attempts, lambda: 1.0) == step * 1.2


def test_without_a_rate_everything_may_begin() -> None:
    pace = Pace(0, lambda: 0.0)
    assert pace.allowed(1000) == 1000
    assert pace.wait() == 0.0


def test_a_rate_is_kept_over_any_stretch_of_time() -> None:
    seconds = 0.0
    pace = Pace(10, lambda: seconds)
    begun = 0
    for tick in range(10_000):
        seconds = tick / 1000
        now = pace.allowed(4)
        pace.begun(now)
        begun += now
    assert 99 <= begun <= 101


def test_the_wait_is_until_the_next_message() -> None:
    pace = Pace(4, lambda: 0.0)
    pace.begun(pace.allowed(1))
    assert pace.allowed(1) == 0
    assert pace.wait() == 0.25


def test_this_process_is_at_work() -> None:
    assert not has_ended(this_process())


@pytest.mark.parametrize(
    "owner",
    ["", "somebody", "host, process 1 (0000-5)", pytest.param(this_process().replace("(", "(0"), id="another start")],
)
def test_of_owners_that_cannot_be_looked_at_nothing_is_known(owner: str) -> None:
    assert not has_ended(owner)


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    named = this_process()
    assert has_ended(named.rpartition("-")[0] + "-12345)")
