"""What a provider's refusals one by one mean for the notice."""

from dataclasses import replace

from publisher.domain.notice import NoticeKind
from publisher.workflow.handoff_refusals import Refusals
from tests.contract.store_values import FIRST, notice

NOTICE = notice(FIRST)


def test_fewer_than_a_hundred_answers_say_nothing() -> None:
    assert Refusals().hear(NOTICE, 99, 99) is None


def test_one_in_twenty_is_borne_and_one_more_is_not() -> None:
    refusals = Refusals()
    assert refusals.hear(NOTICE, 0, 950) is None
    assert refusals.hear(NOTICE, 50, 50) is None
    why = refusals.hear(NOTICE, 3, 3)
    assert why is not None
    assert refusals.take_told() == (why,)
    assert refusals.take_told() == ()


def test_what_was_long_ago_does_not_hide_a_list_that_has_become_wrong() -> None:
    refusals = Refusals()
    for _ in range(100):
        assert refusals.hear(NOTICE, 0, 1000) is None
    assert refusals.hear(NOTICE, 100, 1000) is not None


def test_after_a_pause_it_is_judged_anew() -> None:
    refusals = Refusals()
    assert refusals.hear(NOTICE, 100, 100) is not None
    assert refusals.hear(NOTICE, 10, 50) is None


def test_an_incident_goes_on_and_staff_are_told_once() -> None:
    refusals = Refusals()
    incident = replace(NOTICE, kind=NoticeKind.INCIDENT)
    assert refusals.hear(incident, 100, 100) is None
    assert refusals.hear(incident, 100, 100) is None
    assert len(refusals.take_told()) == 1
