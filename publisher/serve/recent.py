"""What was asked for lately, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by a key; the ones that nobody asked for longest go first."""

    def __init__(self, most: int, size: Callable[[V], int]) -> None:
        """`most` is how many bytes are kept in all, `size` how many one value has; what has more alone is not kept."""
        self._most = most
        self._size_of = size
        self._held: OrderedDict[Hashable, V] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> V | None:
        """What is kept under a key, which counts as asking for it; None when it is not kept."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def keep(self, key: Hashable, value: V) -> None:
        """Keeps a value under a key."""
        before = self._held.pop(key, None)
        self._size -= self._size_of(before) if before is not None else 0
        if self._size_of(value) > self._most:
            return
        self._held[key] = value
        self._size += self._size_of(value)
        while self._size > self._most:
            self._size -= self._size_of(self._held.popitem(last=False)[1])
