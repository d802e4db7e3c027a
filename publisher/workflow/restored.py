"""A store that was restored under those who send from it: whoever finds out tells all others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.errors import PublisherError
from publisher.store import halts, leases

if TYPE_CHECKING:
    from publisher.store.engine import Store


@contextmanager
def telling_all(store: "Store", holder: leases.Holder, now: Callable[[], datetime]) -> Iterator[None]:
    """When a sender finds out within this that the store was restored, nobody else sends from it either."""
    try:
        yield
    except PublisherError as found:
        if found.faults[0].code == leases.ROLLED_BACK:
            with store.begin() as connection:
                halts.remember(connection, leases.RESTORED, found.faults[0], now())
            holder.traces.forget()
        raise
