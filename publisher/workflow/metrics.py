"""What a store says of its notices for Prometheus: counts and times, never a person."""

from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.notice import PERSONAL, Notice
from publisher.workflow.passes import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric
    from sqlalchemy import Connection

    from publisher.store.engine import Store


def store_metrics(store: "Store", *, now: datetime) -> bytes:
    """Every notice that may still send something, in Prometheus' text format (version 0.0.4).

    `publisher_messages` has every state of each channel, zeros too: their sum is the audience.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(store, now))
    written: bytes = generate_latest(registry)
    return written


class _Collector:
    def __init__(self, store: "Store", now: datetime) -> None:
        self._store = store
        self._now = now

    def collect(self) -> "Iterator[Metric]":
        """The metrics, read in one view of the store."""
        from publisher.store import halts, leases, notices, run_lock

        with self._store.read() as connection:
            waiting = notices.open_notices(connection)
            yield from _of_notices(connection, waiting, self._now)
            halted = any(halts.last(connection, name) is not None for name in (LOCK, leases.RESTORED))
            passes = run_lock.last(connection, LOCK)
        yield _gauge("publisher_delivery_halted", "1 while nothing goes until a person acts.", halted)
        yield _gauge("publisher_delivery_passes", "Delivery passes begun from this store.", passes)


def _of_notices(connection: "Connection", waiting: tuple[Notice, ...], now: datetime) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    from publisher.store import notices, outbox

    messages = GaugeMetricFamily(
        "publisher_messages", "Messages of an open notice by state.", labels=("notice", "channel", "state")
    )
    left = GaugeMetricFamily(
        "publisher_notice_seconds_left", "Seconds until a notice may send no more.", labels=("notice",)
    )
    paused = GaugeMetricFamily("publisher_notice_paused", "1 while a notice is paused.", labels=("notice",))
    for notice in waiting:
        for channel in notice.channels:
            for entry in outbox.counts(connection, notice.id, channel) if channel in PERSONAL else ():
                messages.add_metric((str(notice.id), channel.value, entry.state.value), entry.count)
        left.add_metric((str(notice.id),), (notice.deadline - now).total_seconds())
        paused.add_metric((str(notice.id),), notices.is_paused(connection, notice.id))
    yield from (messages, left, paused)


def _gauge(name: str, told: str, value: float) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    found = GaugeMetricFamily(name, told)
    found.add_metric((), value)
    return found
