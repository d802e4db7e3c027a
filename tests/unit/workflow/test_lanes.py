"""Connections with a thread each, as the far sides without pipelining have them."""

import time
from itertools import count
from threading import Event

import pytest

from publisher.delivery.envelope import letter, stencil
from publisher.domain.notice import Message, NoticeKind, Outcome, Receipt, Recipient
from publisher.workflow import lanes
from tests.contract.store_values import FIRST, template


class Slower:
    """A far side that takes everything; each one later than the one before it."""

    numbers = count()

    def __init__(self) -> None:
        self.seconds = next(self.numbers) * 0.2

    def send(self, _sender: str, _recipient: str, _message: bytes) -> Receipt:
        time.sleep(self.seconds)
        return Receipt(Outcome.ACCEPTED, 250, "2.0.0 Ok")

    def close(self) -> None:
        """Nothing is held."""


def parcel(name: str) -> lanes.Parcel:
    values = {"to": f"{name}@example.com", "message-id": f"<n.{name}@example.com>", "date": "Mon, 23 Nov 2026"}
    message = Message(FIRST, NoticeKind.REVISION, Recipient(name, values["to"], "en"), 0, 0)
    return lanes.Parcel(message, letter(stencil(template()), values))


def test_answers_that_come_shortly_after_the_first_are_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_GATHER", 30.0)
    both = lanes.Lanes(Slower, 2, "privacy@example.com")
    try:
        for name in ("first", "second"):
            both.begin(parcel(name))
        for ready in both.news(120).ready:
            both.go(ready)
        told = both.news(120)
    finally:
        both.close(120)
    assert sorted(back.parcel.message.recipient.key for back in told.backs) == ["first", "second"]


class Crashing:
    """A far side whose first connection crashes, and whose second one answers after that."""

    numbers = count()
    crashed = Event()

    def __init__(self) -> None:
        self.is_first = next(self.numbers) == 0

    def send(self, _sender: str, _recipient: str, _message: bytes) -> Receipt:
        if self.is_first:
            raise ZeroDivisionError
        self.crashed.wait(120)
        return Receipt(Outcome.ACCEPTED, 250, "2.0.0 Ok")

    def close(self) -> None:
        """A thread has reported its crash before it closes the transport."""
        if self.is_first:
            self.crashed.set()


def test_an_answer_that_came_beside_a_crash_is_told_at_once_after_it() -> None:
    both = lanes.Lanes(Crashing, 2, "privacy@example.com")
    try:
        for name in ("first", "second"):
            both.begin(parcel(name))
        for ready in both.news(120).ready:
            both.go(ready)
        while both._said.qsize() < 2:  # both have reported
            time.sleep(0.01)
        with pytest.raises(ZeroDivisionError):
            both.news(120)
        told = both.news(0)
    finally:
        both.close(120)
    assert [back.parcel.message.recipient.key for back in told.backs] == ["second"]
