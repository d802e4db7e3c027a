"""One pass of a hand-off on each database, against a real far side: its pace, its rests, and what it leaves behind."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from publisher.config import DeliverySettings
from publisher.delivery.handoff import Provider
from publisher.delivery.handoff_http import HttpProvider
from publisher.delivery.handoff_mailgun import MailgunProvider
from publisher.delivery.handoff_sendgrid import SendGridProvider
from publisher.domain.notice import MessageState
from publisher.errors import PublisherError
from publisher.store import halts, handling, leases, outbox, schema
from publisher.store.engine import Store
from publisher.store.making import BATCH_RESTING
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import DeliveryReport
from publisher.workflow.handoff import hand_over
from publisher.workflow.shared_pace import batch_pace
from tests.contract import providers_spoken
from tests.contract.called import Answers, Call, FarSide, Said, far_side
from tests.contract.store_values import FIRST, NOW, PAUSED, add_users, notice, states, template, user

KEY = b"k" * 32
HEAD = b"From: Acme Privacy <privacy@acme.example>\r\nSubject: Our policy changes\r\n"
API_KEY = providers_spoken.API_KEY


class Passes:
    """A store with people to tell, a far side, and how long the sender slept."""

    def __init__(
        self, store: Store, side: FarSide, people: int, *, odd: tuple[int, ...] = (), provider: Provider | None = None
    ) -> None:
        """`odd` are the numbers of those whose address the provider takes for malformed."""
        self.store, self.side, self.slept, self.provider = store, side, list[float](), provider
        told = [user(at) for at in range(people)]
        for at in odd:
            told[at] = replace(told[at], email=f"u..{at}@example.com")
        mail = template()
        with store.begin() as connection:
            add_users(connection, told)
            outbox.queue(connection, notice(), [replace(mail, parts=(HEAD + mail.parts[0], *mail.parts[1:]))])

    def run(
        self,
        *,
        rate: float = 0,
        resend: bool = True,
        start: DeliverySettings | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> DeliveryReport:
        provider = self.provider or HttpProvider(self.side.url, b"0123456789abcdef", seconds=5)

        def clock() -> datetime:
            return NOW + timedelta(seconds=sum(self.slept))

        return hand_over(
            self.store,
            provider,
            now=clock,
            key=KEY,
            room=batch_pace(self.store, "handoff:far", rate, clock, clock=clock),
            resend=resend,
            sleep=self.slept.append,
            start=CarefulStart(start or DeliverySettings()),
            stopping=stopping,
            send_addresses=self.provider is not None,
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
    assert sum(passes.slept) == 20
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
    assert round(sum(passes.slept), 6) == 1 + 5 + 15
    assert passes.states == {MessageState.SENDING: 1000, MessageState.QUEUED: 500}


def test_a_store_restored_while_the_provider_answers_is_found_out_and_nothing_more_is_handed_over(store: Store) -> None:
    def restored(_: Call) -> Said:
        with store.begin() as connection:
            connection.execute(schema.batch.update().values(owner=None, until=None, fence=0, state=BATCH_RESTING))
            connection.execute(schema.outbox.update().values(state=MessageState.QUEUED))
        return Said(200)

    with far_side(restored) as side:
        passes = Passes(store, side, 1500)
        with pytest.raises(PublisherError) as told:
            passes.run()
        assert [fault.code for fault in told.value.faults] == [leases.ROLLED_BACK]
        with store.read() as connection:
            assert halts.last(connection, leases.RESTORED) is not None
        with pytest.raises(PublisherError):
            passes.run()
    assert len(side.calls) == 1


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


def test_whom_sendgrid_names_as_malformed_is_refused_alone_and_all_others_go(store: Store) -> None:
    with providers_spoken.sendgrid() as spoken:
        passes = Passes(store, spoken.side, 30, odd=(7, 20), provider=SendGridProvider(spoken.side.url, API_KEY))
        report = passes.run()
    assert (report.handed, report.refused, report.stopped) == (28, 2, None)
    assert passes.states == {MessageState.SENDING: 28, MessageState.REFUSED: 2}
    assert len(spoken.taken) == len({taken.address for taken in spoken.taken}) == 28
    assert spoken.refused == []


def test_whom_mailgun_does_not_name_is_found_by_halves(store: Store) -> None:
    with providers_spoken.mailgun() as spoken:
        passes = Passes(store, spoken.side, 400, odd=(7, 333), provider=MailgunProvider(spoken.side.url, API_KEY))
        report = passes.run()
        assert (report.handed, report.refused, report.stopped) == (398, 2, None)
        assert passes.run().handed == 0
    assert passes.states == {MessageState.SENDING: 398, MessageState.REFUSED: 2}
    assert len(spoken.taken) == len({taken.address for taken in spoken.taken}) == 398
    assert len(spoken.unfit) <= 4 * 10


def test_one_who_is_alone_and_malformed_holds_nobody_up(store: Store) -> None:
    with providers_spoken.mailgun() as spoken:
        passes = Passes(store, spoken.side, 1, odd=(0,), provider=MailgunProvider(spoken.side.url, API_KEY))
        assert (passes.run().refused, passes.states) == (1, {MessageState.REFUSED: 1})


def test_messages_that_the_own_format_names_in_a_refusal_are_refused_alone(store: Store) -> None:
    def answer(call: Call) -> Said:
        odd = [message["id"] for message in call.data["messages"] if message["user"] in ("u3", "u5")]
        results = [{"id": name, "status": "refused", "reply": "no such user"} for name in odd]
        return Said(422 if odd else 200, json.dumps({"results": results}).encode())

    with far_side(answer) as side:
        passes = Passes(store, side, 10)
        report = passes.run()
    assert (report.handed, report.refused, report.stopped) == (8, 2, None)
    assert [len(call.data["messages"]) for call in side.calls] == [10, 8]


def test_when_every_part_of_a_batch_is_refused_it_is_not_the_readers_and_nobody_is_burnt(store: Store) -> None:
    with far_side(lambda _: Said(400)) as side:
        passes = Passes(store, side, 1000)
        report = passes.run()
    assert report.stopped is not None
    assert report.stopped.code == "delivery-refused"
    assert report.refused == 0
    assert len(side.calls) <= 24
    assert passes.states == {MessageState.QUEUED: 1000}


def test_a_fault_of_the_sender_is_not_looked_for_among_the_readers(store: Store) -> None:
    said = b'{"errors": [{"message": "The from email does not contain a valid address.", "field": "from.email"}]}'
    with far_side(lambda _: Said(400, said)) as side:
        passes = Passes(store, side, 10, provider=SendGridProvider(side.url, API_KEY))
        report = passes.run()
    assert (report.refused, len(side.calls)) == (0, 1)
    assert passes.states == {MessageState.QUEUED: 10}
