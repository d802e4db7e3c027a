"""A limit of messages a second that all senders share, wherever they run: each takes slices of the relay's time."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.workflow.pace import Pace

if TYPE_CHECKING:
    from publisher.store.engine import Store

_SLICE = 0.5
"""Seconds of the relay's time that are taken at once: so often all senders together ask the store."""


class SharedPace(Pace):
    """A pace within slices. What is left of a slice when it is over may still be used: nobody else has it."""

    def __init__(self, rate: float, clock: Callable[[], float], share: Callable[[timedelta], float]) -> None:
        """Takes nothing yet.

        Args:
            rate: messages a second, of all senders together; 0 is no limit.
            clock: seconds that only grow.
            share: takes the next slice of a length, and says in how many seconds it begins.
        """
        super().__init__(rate, clock)
        self._share = share
        self._granted = 0
        self._from = 0.0

    def allowed(self, wanted: int) -> int:
        """How many of the wanted messages may begin now; `begun` counts them."""
        if not self._rate or wanted <= 0:
            return wanted
        if not self._granted:
            number = max(1, int(self._rate * _SLICE))
            self._from = self._clock() + self._share(timedelta(seconds=number / self._rate))
            self._granted = number
        if self._clock() < self._from:
            return 0
        return min(self._granted, super().allowed(wanted))

    def begun(self, number: int) -> None:
        """Counts messages that were begun."""
        super().begun(number)
        if self._rate:
            self._granted -= number

    def wait(self) -> float:
        """Seconds until the next message may begin."""
        if not self._rate:
            return 0.0
        return max(super().wait(), self._from - self._clock() if self._granted else 0.0)


def shared_pace(store: "Store", url: str, rate: float, now: Callable[[], datetime]) -> SharedPace:
    """The pace for a relay, shared through the store.

    Args:
        store: the store of all senders.
        url: the transport.
        rate: messages a second, of all senders together.
        now: the clock, where the store has none of its own.
    """
    from publisher.store import allowance

    relay, clock = relay_of(url), store.clock(now)
    if rate:
        with store.begin() as connection:
            allowance.open_relay(connection, relay, clock())

    def share(length: timedelta) -> float:
        with store.begin(beside=True) as connection:
            at = clock()
            return (allowance.share(connection, relay, length, at) - at).total_seconds()

    return SharedPace(rate, time.monotonic, share)


def batch_pace(
    store: "Store", url: str, rate: float, now: Callable[[], datetime], *, clock: Callable[[], datetime] | None = None
) -> Callable[[int], float]:
    """What takes a provider's time for a whole batch, shared through the store, and says in how many seconds it begins.

    Args:
        store: the store of all senders.
        url: the transport.
        rate: messages a second, of all senders together; 0 is no limit.
        now: the clock, where the store has none of its own.
        clock: the clock that all senders share; left out, the store's.
    """
    from publisher.store import allowance

    relay, shared = relay_of(url), clock or store.clock(now)
    if not rate:
        return lambda _: 0.0
    with store.begin() as connection:
        allowance.open_relay(connection, relay, shared())

    def room(number: int) -> float:
        with store.begin(beside=True) as connection:
            at = shared()
            begins = allowance.share(connection, relay, timedelta(seconds=number / rate), at)
        return (begins - at).total_seconds()

    return room


def relay_of(url: str) -> str:
    """The relay that a transport leads to, without a name or password."""
    parts = urlsplit(url)
    return f"{parts.scheme}:{(parts.netloc or parts.path).rpartition('@')[2]}"
