"""How fast messages leave, and how long a deferred one waits."""

from collections.abc import Callable
from datetime import timedelta

_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480))
_SPREAD = 0.2
_BURST_SECONDS = 0.05


def backoff(attempts: int, random: Callable[[], float]) -> timedelta:
    """How long to wait after the given number of attempts, spread by a fifth either way so that not all come at once.

    Source: RFC 5321, section 4.5.4.1, asks for growing pauses; a relay of one's own may be asked sooner at first.
    """
    step = _STEPS[min(attempts, len(_STEPS)) - 1]
    return step * (1 - _SPREAD + 2 * _SPREAD * random())


class Pace:
    """A limit of messages a second for the whole process; 0 is no limit. Counted when a message is begun."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._most = max(1.0, rate * _BURST_SECONDS)
        self._left = self._most
        self._at = clock()

    def allowed(self, wanted: int) -> int:
        """How many of the wanted messages may begin now; `begun` counts them."""
        if not self._rate:
            return wanted
        now = self._clock()
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        return min(wanted, int(self._left))

    def begun(self, number: int) -> None:
        """Counts messages that were begun."""
        self._left -= number

    def wait(self) -> float:
        """Seconds until the next message may begin."""
        if not self._rate:
            return 0.0
        return max(0.0, (1.0 - self._left) / self._rate)
