"""Bytes that were asked for lately, up to a number of them."""

from collections import OrderedDict
from collections.abc import Hashable


class Recent:
    """Bytes by a key; the ones that nobody asked for longest go first."""

    def __init__(self, most: int) -> None:
        """`most` is how many bytes are kept in all; what is longer alone is not kept."""
        self._most = most
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> bytes | None:
        """What is kept under a key, which counts as asking for it; None when it is not kept."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def keep(self, key: Hashable, body: bytes) -> None:
        """Keeps bytes under a key."""
        before = self._held.pop(key, None)
        self._size -= len(before) if before is not None else 0
        if len(body) > self._most:
            return
        self._held[key] = body
        self._size += len(body)
        while self._size > self._most:
            self._size -= len(self._held.popitem(last=False)[1])
