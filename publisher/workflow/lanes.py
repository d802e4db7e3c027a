"""Connections to the far side, each with one message under way and, where the far side takes it, the next envelope.

A message is begun, becomes ready, and is sent when its mark has been committed. Where the far side offers pipelining,
beginning it is handing over its envelope, and one thread looks after all connections. Elsewhere beginning is nothing,
and a connection has a thread of its own that hands over whole messages, as it also has while it connects.
"""

import os
import selectors
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from publisher.delivery import PipelinedTransport, Transport
from publisher.delivery.envelope import Letter
from publisher.delivery.pipeline import Ended, Event, Invited, Pipeline, Settled
from publisher.domain.notice import Message, Outcome, Receipt


class Parcel(NamedTuple):
    """A message with what is written to its recipient, ready to be handed over."""

    message: Message
    letter: Letter


class Back(NamedTuple):
    """What came back for a parcel from a lane; `sent` says whether its text was handed over, after its mark."""

    lane: int
    parcel: Parcel
    receipt: Receipt
    sent: bool = True

    @property
    def is_about_it(self) -> bool:
        """Whether the answer is about the message at all, and not about the host or the sender alone."""
        return self.receipt.outcome not in (Outcome.HOST_BUSY, Outcome.SENDER_FAULT)

    @property
    def is_final(self) -> bool:
        """Whether the pass is done with the message: one that is tried again before its end is not."""
        return self.is_about_it and not (self.receipt.outcome is Outcome.IN_DOUBT and not self.parcel.message.doubts)


class Ready(NamedTuple):
    """A parcel that its lane will hand over at once, when its mark is committed."""

    lane: int
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class News:
    """What the lanes have to tell: answers, parcels that are ready, and parcels given back because a host was busy."""

    backs: tuple[Back, ...] = ()
    ready: tuple[Ready, ...] = ()
    returned: tuple[Parcel, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.backs or self.ready or self.returned)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a lane's thread reports: a connection, a receipt, or what it crashed with."""

    lane: int
    what: Pipeline | Receipt | BaseException | None


_CONNECT = "connect"
_READS, _WRITES = selectors.EVENT_READ, selectors.EVENT_READ | selectors.EVENT_WRITE

_GATHER = 0.002
"""Seconds that answers which came wait for those about to come: they then share a commit, which takes longer."""

_STRAGGLERS = 4
"""Of so many lanes one is not waited for: it gives the far side something to do during the commit."""


@dataclass(slots=True)
class _Lane:
    """`text` is the parcel that was handed over whole, `envelope` the one after it."""

    number: int
    transport: Transport
    inbox: "SimpleQueue[Parcel | str | None]" = field(default_factory=SimpleQueue)
    thread: Thread | None = None
    pipeline: Pipeline | None = None
    whole: bool = False
    text: Parcel | None = None
    envelope: Parcel | None = None
    is_ready: bool = False
    watched: int = 0

    @property
    def busy(self) -> bool:
        return self.text is not None or self.envelope is not None


class Lanes:
    """As many connections as were asked for; the far side's busyness may make them fewer."""

    def __init__(self, transports: Callable[[], Transport], size: int, sender: str) -> None:
        self._sender = sender
        self._said: SimpleQueue[_Said] = SimpleQueue()
        self._lanes = {number: _Lane(number, transports()) for number in range(size)}
        for lane in self._lanes.values():
            lane.whole = not isinstance(lane.transport, PipelinedTransport)
        self._threads: list[Thread] = []
        self._backs: list[Back] = []
        self._ready: list[Ready] = []
        self._returned: list[Parcel] = []
        self._speaking: frozenset[int] | None = None
        self._selector = selectors.DefaultSelector()
        self._hear, self._call = os.pipe()
        os.set_blocking(self._hear, False)
        os.set_blocking(self._call, False)
        self._selector.register(self._hear, selectors.EVENT_READ, None)

    @property
    def size(self) -> int:
        """How many lanes are in use."""
        return len(self._lanes)

    @property
    def free(self) -> int:
        """How many lanes have nothing under way."""
        return len([True for lane in self._lanes.values() if lane.text is None and lane.envelope is None])

    @property
    def under_way(self) -> bool:
        """Whether anything was begun or sent of which the end has not been told."""
        return self._has_news or any(lane.busy for lane in self._lanes.values())

    def begin(self, parcel: Parcel) -> None:
        """Begins a parcel on a free lane; it will be ready, settled without having been sent, or returned."""
        self._begin(next(lane for lane in self._lanes.values() if not lane.busy), parcel)

    def go(self, ready: Ready, following: Parcel | None = None) -> None:
        """Hands over a parcel that is ready, its mark committed; `following` is begun behind it."""
        lane = self._lanes[ready.lane]
        lane.text, lane.envelope, lane.is_ready = ready.parcel, None, False
        if lane.pipeline is None:
            lane.envelope = following
            self._ask(lane, ready.parcel)
            return
        if following is not None and (refusal := lane.pipeline.refusal(following.message.recipient.email)) is not None:
            self._backs.append(Back(lane.number, following, refusal, sent=False))
            following = None
        lane.envelope = following
        behind = (following.message.recipient.email, following.letter) if following is not None else None
        quiet = lane.number not in self._heard()
        self._hear_events(lane, lane.pipeline.go(ready.parcel.letter, behind, quiet=quiet))

    def give_up(self, ready: Ready) -> None:
        """Leaves a ready parcel unsent; a far side that has its envelope is hung up on."""
        lane = self._lanes[ready.lane]
        lane.envelope, lane.is_ready = None, False
        self._hang_up(lane)

    def news(self, timeout: float) -> News:
        """All that has happened; waits for the first of it, but not longer than `timeout` seconds.

        What lanes that are still owed an answer say within a moment after that is told with it.

        Raises:
            BaseException: whatever a transport crashed with; what happened beside it is told by the next call.
        """
        until = time.monotonic() + timeout
        while True:
            waits = self.under_way and not self._has_news
            self._look(until - time.monotonic() if waits else 0.0)
            if self._has_news or time.monotonic() >= until or not self.under_way:
                break
        until = min(until, time.monotonic() + _GATHER)
        most = len(self._lanes) // _STRAGGLERS
        while self._has_news and self._owed > most and (left := until - time.monotonic()) > 0:
            self._look(left)
        self._speaking = None
        told = News(tuple(self._backs), tuple(self._ready), tuple(self._returned))
        self._backs, self._ready, self._returned = [], [], []
        return told

    def shrink(self, number: int) -> None:
        """Gives one lane up, after its answer."""
        self._retire(number)

    def close(self, timeout: float) -> None:
        """Ends all lanes; waits for their goodbyes, but not longer than `timeout` seconds each."""
        for number in tuple(self._lanes):
            self._retire(number)
        for thread in self._threads:
            thread.join(timeout)
        if not any(thread.is_alive() for thread in self._threads):
            self._selector.close()
            os.close(self._hear)
            os.close(self._call)

    @property
    def _has_news(self) -> bool:
        return bool(self._backs or self._ready or self._returned)

    @property
    def _owed(self) -> int:
        """How many lanes wait for the far side, rather than for a mark or for something to do."""
        return len([True for lane in self._lanes.values() if lane.busy and not lane.is_ready])

    def _heard(self) -> frozenset[int]:
        """The lanes with something to read, seen once for all parcels that are handed over between two waits."""
        if self._speaking is None:
            happened = self._selector.select(0)
            self._speaking = frozenset(key.data.number for key, _ in happened if key.data is not None)
        return self._speaking

    def _begin(self, lane: _Lane, parcel: Parcel) -> None:
        lane.envelope = parcel
        if lane.whole:
            self._is_ready(lane)
        elif lane.pipeline is None:
            self._ask(lane, _CONNECT)
        elif (refusal := lane.pipeline.refusal(parcel.message.recipient.email)) is not None:
            lane.envelope = None
            self._backs.append(Back(lane.number, parcel, refusal, sent=False))
        else:
            self._hear_events(lane, lane.pipeline.begin(parcel.message.recipient.email, parcel.letter))

    def _is_ready(self, lane: _Lane) -> None:
        if lane.envelope is not None:
            lane.is_ready = True
            self._ready.append(Ready(lane.number, lane.envelope))

    def _look(self, timeout: float) -> None:
        """Waits for sockets and threads, and takes in what they say."""
        now = time.monotonic()
        nearest = min((pipeline.expires for _, pipeline in self._piped()), default=now + timeout)
        happened = self._selector.select(max(0.0, min(timeout, nearest - now)))
        for key, _ in happened:
            lane = key.data
            if lane is None:
                with suppress(BlockingIOError):
                    os.read(self._hear, 65536)
                self._listen()
            elif lane.pipeline is not None:
                self._hear_events(lane, lane.pipeline.ready())
        now = time.monotonic()
        if nearest <= now:
            for lane, pipeline in self._piped():
                if pipeline.expires <= now:
                    self._hear_events(lane, pipeline.expire())

    def _piped(self) -> list[tuple[_Lane, Pipeline]]:
        return [(lane, lane.pipeline) for lane in self._lanes.values() if lane.pipeline is not None]

    def _listen(self) -> None:
        """Takes in all that the lanes' threads have reported; what one crashed with is raised after that."""
        crash: BaseException | None = None
        while True:
            try:
                said = self._said.get_nowait()
            except Empty:
                break
            lane = self._lanes.get(said.lane)
            if isinstance(said.what, BaseException):
                self._retire(said.lane)
                crash = crash or said.what
            elif lane is None:
                if isinstance(said.what, Pipeline):
                    said.what.close()
            elif isinstance(said.what, Receipt):
                self._hear_receipt(lane, said.what)
            else:
                lane.pipeline, lane.whole = said.what, said.what is None
                parcel, lane.envelope = lane.envelope, None
                if parcel is not None:
                    self._begin(lane, parcel)
        if crash is not None:
            raise crash

    def _hear_receipt(self, lane: _Lane, receipt: Receipt) -> None:
        if lane.text is None:
            parcel, lane.envelope = lane.envelope, None
            if parcel is not None:
                self._backs.append(Back(lane.number, parcel, receipt, sent=False))
            return
        self._backs.append(Back(lane.number, lane.text, receipt))
        lane.text = None
        if receipt.outcome in (Outcome.HOST_BUSY, Outcome.SENDER_FAULT):
            self._return(lane)
        else:
            self._is_ready(lane)

    def _hear_events(self, lane: _Lane, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Settled):
                self._hear_settled(lane, event.receipt)
            elif isinstance(event, Invited):
                self._is_ready(lane)
            else:
                self._hear_ended(lane, event)
        self._watch(lane)

    def _hear_settled(self, lane: _Lane, receipt: Receipt) -> None:
        parcel, sent = lane.text or lane.envelope, lane.text is not None
        if sent:
            lane.text = None
        else:
            lane.envelope = None
        if parcel is not None:
            self._backs.append(Back(lane.number, parcel, receipt, sent))

    def _hear_ended(self, lane: _Lane, ended: Ended) -> None:
        self._hang_up(lane)
        if lane.is_ready:
            lane.is_ready = False
            self._ready = [ready for ready in self._ready if ready.lane != lane.number]
        if ended.busy:
            self._return(lane)
        elif lane.envelope is not None:
            self._ask(lane, _CONNECT)

    def _return(self, lane: _Lane) -> None:
        parcel, lane.envelope = lane.envelope, None
        if parcel is not None:
            self._returned.append(parcel)

    def _watch(self, lane: _Lane) -> None:
        """Watches a lane's connection for what it waits for."""
        if lane.pipeline is None:
            return
        wanted = _WRITES if lane.pipeline.writes else _READS
        if wanted == lane.watched:
            return
        if not lane.watched:
            self._selector.register(lane.pipeline, wanted, lane)
        else:
            self._selector.modify(lane.pipeline, wanted, lane)
        lane.watched = wanted

    def _hang_up(self, lane: _Lane) -> None:
        if lane.pipeline is not None:
            if lane.watched:
                self._selector.unregister(lane.pipeline)
            lane.pipeline.close()
            lane.pipeline, lane.watched = None, 0

    def _retire(self, number: int) -> None:
        lane = self._lanes.pop(number, None)
        if lane is None:
            return
        self._hang_up(lane)
        if lane.thread is None:
            lane.transport.close()
        else:
            lane.inbox.put(None)

    def _ask(self, lane: _Lane, task: Parcel | str) -> None:
        """Gives a lane's thread something to do that takes time."""
        if lane.thread is None:
            lane.thread = Thread(target=self._work, args=(lane,), name=f"lane-{lane.number}", daemon=True)
            self._threads.append(lane.thread)
            lane.thread.start()
        lane.inbox.put(task)

    def _work(self, lane: _Lane) -> None:
        transport = lane.transport
        try:
            while (task := lane.inbox.get()) is not None:
                if isinstance(task, Parcel):
                    recipient = task.message.recipient.email
                    self._report(
                        lane, transport.send(task.letter.sender or self._sender, recipient, task.letter.message())
                    )
                elif isinstance(transport, PipelinedTransport):
                    self._report(lane, transport.pipeline(self._sender))
        except BaseException as fault:  # noqa: BLE001  raised again by whoever waits for the answer
            self._report(lane, fault)
        finally:
            transport.close()

    def _report(self, lane: _Lane, what: Pipeline | Receipt | BaseException | None) -> None:
        self._said.put(_Said(lane.number, what))
        with suppress(OSError):
            os.write(self._call, b".")
