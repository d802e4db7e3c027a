"""How often one address may call the API; what is kept of it is bounded."""

from collections import OrderedDict
from collections.abc import Callable

MOST_KNOWN = 10_000
"""Addresses that are remembered; the one that was silent longest is forgotten first."""


class Limit:
    """So many calls a minute for each address, in a bucket that fills evenly (a token bucket)."""

    def __init__(self, calls: int, clock: Callable[[], float]) -> None:
        """`calls` a minute, 0 is no limit; `clock` gives seconds that only grow."""
        self._calls = calls
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until this address may call again; 0 when it may, which counts as a call."""
        if not self._calls:
            return 0
        now = self._clock()
        left, at = self._left.pop(address, (float(self._calls), now))
        left = min(float(self._calls), left + (now - at) * self._calls / 60)
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, now)
        while len(self._left) > MOST_KNOWN:
            self._left.popitem(last=False)
        return 0 if allowed else max(1, int((1 - left) * 60 / self._calls) + 1)
