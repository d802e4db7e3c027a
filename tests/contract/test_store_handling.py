"""The stop button's record, copies ahead of a notice, and why delivery stopped: on each database."""

from datetime import timedelta

import pytest

from publisher.domain.notice import MessageState, NoticeKind, Outcome, Receipt
from publisher.errors import Fault
from publisher.store import beginnings, halts, handling, outbox, seeds
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, PAUSED, RESUMED, SECOND, queue_first, user

COPY = seeds.SeedKey(FIRST, "a" * 64, NoticeKind.REVISION, "en")
LATER = NOW + timedelta(minutes=1)


def test_who_paused_is_told_while_it_is_paused(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        assert handling.paused_by(connection, FIRST) is None
        handling.pause(connection, FIRST, PAUSED)
        assert handling.paused_by(connection, FIRST) == PAUSED
        handling.resume(connection, FIRST, RESUMED)
        assert handling.paused_by(connection, FIRST) is None
        handling.pause_of_itself(connection, FIRST, "too many refused", LATER)
        paused = handling.paused_by(connection, FIRST)
        assert paused == handling.Handled(handling.Act.PAUSE, "publisher", "too many refused", LATER)


def test_a_notice_is_let_go_by_itself(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        assert not handling.is_let_go(connection, FIRST)
        handling.let_go(connection, FIRST, handling.Handled(handling.Act.LET_GO, "Ada", "", NOW))
        assert handling.is_let_go(connection, FIRST)
        assert not handling.is_let_go(connection, SECOND)


def test_begun_counts_whom_a_mail_can_reach(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3, email=None)])
        assert beginnings.begun(connection, FIRST) == (0, 2)
        assert beginnings.waiting(connection, FIRST) == 2
        outbox.cancel(connection, FIRST, now=NOW, reason="held")
        assert beginnings.begun(connection, FIRST) == (0, 0)


@pytest.mark.parametrize(
    ("outcome", "state", "due"),
    [
        (Outcome.ACCEPTED, MessageState.ACCEPTED, False),
        (Outcome.REFUSED, MessageState.REFUSED, False),
        (Outcome.DEFERRED, MessageState.DEFERRED, True),
        (Outcome.IN_DOUBT, MessageState.IN_DOUBT, False),
    ],
)
def test_a_copy_goes_once_but_for_a_deferred_one(
    store: Store, outcome: Outcome, state: MessageState, due: bool
) -> None:
    with store.begin() as connection:
        seeds.mark(connection, COPY, NOW)
        seeds.record(connection, COPY, Receipt(outcome, 250, "for <a@example.com>"), NOW, LATER)
        (held,) = seeds.of_notice(connection, FIRST)
    assert (held.key, held.state, held.attempts, held.reply) == (COPY, state, 1, "for <<address>>")
    assert not held.due(NOW)
    assert held.due(LATER) is due


@pytest.mark.parametrize("outcome", [Outcome.HOST_BUSY, Outcome.SENDER_FAULT])
def test_of_a_host_that_takes_nothing_no_copy_is_held(store: Store, outcome: Outcome) -> None:
    with store.begin() as connection:
        seeds.mark(connection, COPY, NOW)
        seeds.record(connection, COPY, Receipt(outcome), NOW, None)
        assert seeds.of_notice(connection, FIRST) == ()


def test_a_copy_that_a_sender_left_under_way_is_in_doubt_and_stays_so(store: Store) -> None:
    with store.begin() as connection:
        seeds.mark(connection, COPY, NOW)
    with store.begin() as connection:
        seeds.doubt_interrupted(connection, LATER)
        (held,) = seeds.of_notice(connection, FIRST)
    assert held.state is MessageState.IN_DOUBT
    assert not held.due(LATER)


def test_the_last_halt_is_told_until_the_work_has_gone_on(store: Store) -> None:
    with store.begin() as connection:
        assert halts.last(connection, "deliver") is None
        halts.remember(connection, "deliver", Fault("delivery-refused", "not you", "Correct it."), NOW)
        halts.remember(connection, "deliver", Fault("delivery-host-busy", "not now", "Wait."), LATER)
        assert halts.last(connection, "deliver") == (LATER, Fault("delivery-host-busy", "not now", "Wait."))
        halts.forget(connection, "deliver")
        assert halts.last(connection, "deliver") is None
