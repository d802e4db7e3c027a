"""One pass of a hand-off on each database, against a real far side: its pace, its rests, and what it leaves behind."""

from collections.abc import Callable
from datetime import timedelta

from publisher.config import DeliverySettings
from publisher.delivery.handoff_http import HttpProvider
from publisher.domain.notice import MessageState
from publisher.store import handling
from publisher.store.engine import Store
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import DeliveryReport
from publisher.workflow.handoff import hand_over
from tests.contract.called import Answers, Call, FarSide, Said, far_side
from tests.contract.store_values import FIRST, NOW, PAUSED, queue_first, states, user

KEY = b"k" * 32


class Passes:
    """A store with people to tell, a far side, and how long the sender slept."""

    def __init__(self, store: Store, side: FarSide, people: int) -> None:
        self.store, self.side, self.slept = store, side, list[float]()
        with store.begin() as connection:
            queue_first(connection, [user(at) for at in range(people)])

    def run(
        self,
        *,
        rate: float = 0,
        resend: bool = True,
        start: DeliverySettings | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> DeliveryReport:
        provider = HttpProvider(self.side.url, b"0123456789abcdef", seconds=5)
        return hand_over(
            self.store,
            provider,
            now=lambda: NOW + timedelta(seconds=sum(self.slept)),
            key=KEY,
            rate=rate,
            resend=resend,
            sleep=self.slept.append,
            start=CarefulStart(start or DeliverySettings()),
            stopping=stopping,
        )

    @property
    def states(self) -> dict[MessageState, int]:
        with self.store.read() as connection:
            return states(connection)


def one_after_another(*answers: Said) -> Answers:
    left = iter(answers)
    return lambda _: next(left, Said(200))


def hang_up(_: object) -> None:
    """Says nothing and closes the connection."""


def test_batches_leave_at_the_rate_of_the_settings(store: Store) -> None:
    with far_side(lambda _: Said(200)) as side:
        passes = Passes(store, side, 2500)
        assert passes.run(rate=100).handed == 2500
    assert [len(call.data["messages"]) for call in side.calls] == [1000, 1000, 500]
    assert sum(passes.slept) == 25
    assert max(passes.slept) <= 15


def test_a_provider_that_is_busy_in_between_is_left_alone_and_asked_again_under_the_same_key(store: Store) -> None:
    busy = Said(429, headers={"Retry-After": "3"})
    with far_side(one_after_another(Said(200), busy, Said(503), Said(200))) as side:
        passes = Passes(store, side, 2000)
        report = passes.run()
    assert (report.handed, report.stopped) == (2000, None)
    assert passes.slept == [3, 5]
    assert len({call.headers["webhook-id"] for call in side.calls}) == 2
    assert passes.states == {MessageState.SENDING: 2000}


def test_a_provider_that_stays_busy_ends_the_pass_and_nobody_lost_an_attempt(store: Store) -> None:
    with far_side(one_after_another(Said(200), *[Said(503)] * 9)) as side:
        passes = Passes(store, side, 1500)
        report = passes.run()
    assert report.stopped is not None
    assert report.stopped.code == "delivery-host-busy"
    assert passes.slept == [1, 5, 15]
    assert passes.states == {MessageState.SENDING: 1000, MessageState.QUEUED: 500}


def test_what_is_in_doubt_goes_once_more_and_is_then_held(store: Store) -> None:
    with far_side(lambda _: hang_up) as side:
        passes = Passes(store, side, 3)
        assert passes.run().in_doubt == 6
        assert passes.run().held == 3
    assert len(side.calls) == 2
    assert side.calls[0].headers["webhook-id"] == side.calls[1].headers["webhook-id"]
    assert passes.states == {MessageState.IN_DOUBT: 3}


def test_what_is_in_doubt_may_be_left_for_people(store: Store) -> None:
    with far_side(lambda _: hang_up) as side:
        passes = Passes(store, side, 3)
        passes.run(resend=False)
        assert passes.run(resend=False).held == 3
    assert len(side.calls) == 1


def test_only_the_first_go_before_a_person_lets_the_others_follow(store: Store) -> None:
    with far_side(lambda _: Said(200)) as side:
        passes = Passes(store, side, 10)
        report = passes.run(start=DeliverySettings(first="4"))
        assert (report.handed, [wait.left for wait in report.waits]) == (4, [6])
        assert passes.run(start=DeliverySettings(first="4")).handed == 0
    assert passes.states == {MessageState.SENDING: 4, MessageState.QUEUED: 6}


def test_a_pause_or_an_end_comes_between_two_batches(store: Store) -> None:
    def pause(_: Call) -> Said:
        with store.begin() as connection:
            handling.pause(connection, FIRST, PAUSED)
        return Said(200)

    with far_side(pause) as side:
        passes = Passes(store, side, 2500)
        report = passes.run()
        assert (report.handed, report.paused) == (1000, (FIRST,))
    assert passes.states == {MessageState.SENDING: 1000, MessageState.QUEUED: 1500}


def test_asked_to_end_it_ends_after_the_batch_in_hand(store: Store) -> None:
    with far_side(lambda _: Said(200)) as side:
        passes = Passes(store, side, 2500)
        report = passes.run(stopping=lambda: bool(side.calls))
    assert report.handed == 1000
    assert report.stopped is not None
    assert report.stopped.code == "delivery-interrupted"
