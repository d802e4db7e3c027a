"""Connections to the far side, each with a thread that hands over one message at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from publisher.delivery import Transport
from publisher.domain.notice import Message, Receipt


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message with its bytes, ready to be handed over."""

    message: Message
    data: bytes


@dataclass(frozen=True, slots=True)
class Back:
    """What came back for a parcel from a lane."""

    lane: int
    parcel: Parcel
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class _Broken:
    """A transport crashed, which it must not: its parcel's fate is unknown."""

    lane: int
    fault: BaseException


class Lanes:
    """As many connections as were asked for; the far side's busyness may make them fewer."""

    def __init__(self, transports: Callable[[], Transport], size: int, sender: Callable[[Message], str]) -> None:
        self._sender = sender
        self._back: SimpleQueue[Back | _Broken] = SimpleQueue()
        self._inboxes: dict[int, SimpleQueue[Parcel | None]] = {}
        self._busy: set[int] = set()
        self._threads: list[Thread] = []
        for lane, transport in enumerate([transports() for _ in range(size)]):
            inbox: SimpleQueue[Parcel | None] = SimpleQueue()
            thread = Thread(target=self._work, args=(lane, inbox, transport), name=f"lane-{lane}", daemon=True)
            self._inboxes[lane] = inbox
            self._threads.append(thread)
            thread.start()

    @property
    def size(self) -> int:
        """How many lanes are in use."""
        return len(self._inboxes)

    @property
    def free(self) -> int:
        """How many lanes have nothing under way."""
        return sum(lane not in self._busy for lane in self._inboxes)

    @property
    def under_way(self) -> int:
        """How many messages are with the far side and not answered."""
        return len(self._busy)

    def give(self, parcel: Parcel) -> None:
        """Hands a parcel to a free lane."""
        lane = next(lane for lane in self._inboxes if lane not in self._busy)
        self._busy.add(lane)
        self._inboxes[lane].put(parcel)

    def answers(self, timeout: float) -> list[Back]:
        """All that has come back; waits for the first, but not longer than `timeout` seconds.

        Raises:
            BaseException: whatever a transport crashed with.
        """
        found = list(self._ready(timeout)) if self._busy else []
        self._busy -= {entry.lane for entry in found}
        for entry in found:
            if isinstance(entry, _Broken):
                self._retire(entry.lane)
                for other in found:  # the answers beside it must not be lost
                    if isinstance(other, Back):
                        self._busy.add(other.lane)
                        self._back.put(other)
                raise entry.fault
        return [entry for entry in found if isinstance(entry, Back)]

    def shrink(self, lane: int) -> None:
        """Gives one lane up, after its answer."""
        self._retire(lane)

    def close(self, timeout: float) -> None:
        """Ends all lanes; waits for their goodbyes, but not longer than `timeout` seconds each."""
        for lane in tuple(self._inboxes):
            self._retire(lane)
        for thread in self._threads:
            thread.join(timeout)

    def _retire(self, lane: int) -> None:
        inbox = self._inboxes.pop(lane, None)
        if inbox is not None:
            inbox.put(None)

    def _ready(self, timeout: float) -> Iterator[Back | _Broken]:
        try:
            yield self._back.get(timeout=timeout)
            while True:
                yield self._back.get_nowait()
        except Empty:
            return

    def _work(self, lane: int, inbox: "SimpleQueue[Parcel | None]", transport: Transport) -> None:
        try:
            while (parcel := inbox.get()) is not None:
                receipt = transport.send(self._sender(parcel.message), parcel.message.recipient.email, parcel.data)
                self._back.put(Back(lane, parcel, receipt))
        except BaseException as fault:  # noqa: BLE001  raised again by whoever waits for the answer
            self._back.put(_Broken(lane, fault))
        finally:
            transport.close()
