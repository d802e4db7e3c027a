"""Delivery: one pass over what is due, resuming where the last one stopped.

Only this thread writes to the store. A message is begun on a lane; when the far side is ready for its text it is
marked, that is committed, and only then is the text handed over. The answers that came and the marks of the messages
that go next, of all lanes, share one commit. Whatever happens, at most one message a connection is in doubt.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery import Transport
from publisher.delivery.envelope import message_id
from publisher.delivery.verp import senders
from publisher.domain.notice import Message, MessageState, Notice, NoticeId, Outcome
from publisher.errors import Fault, PublisherError, one
from publisher.store import batches, handling, notices, outbox, run_lock, sending
from publisher.workflow.careful_start import AT_ONCE, CarefulStart
from publisher.workflow.delivery_report import (
    DeliveryReport,
    Progress,
    Unseen,
    interrupted_by_hand,
)
from publisher.workflow.judgement import Judgement
from publisher.workflow.lanes import Back, Lanes, News, Parcel
from publisher.workflow.letters import Letters
from publisher.workflow.pace import Pace, backoff
from publisher.workflow.passes import LOCK
from publisher.workflow.process import has_ended, this_process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

__all__ = ["DeliveryReport", "Progress", "deliver"]

PHASES = (MessageState.QUEUED, MessageState.DEFERRED, MessageState.IN_DOUBT)
"""Nobody waits for another's second attempt: everything queued comes first, what is in doubt last."""

REASON_UNFIT = "address-unfit"
_LOOK = 2.0
"""Seconds between two looks at whether a person has paused the notice."""

_LONGEST_WAIT = 15.0
"""Seconds without a commit; the run lock's lease is longer."""

_GOODBYE = 30.0


def deliver(
    store: "Store",
    transports: Callable[[], Transport],
    *,
    now: Callable[[], datetime],
    sender: str,
    domain: str,
    key: bytes,
    bounces: str = "",
    rate: float = 0,
    connections: int = 4,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
    start: CarefulStart = AT_ONCE,
    first: Callable[[run_lock.RunLock], Fault | None] = lambda _: None,
) -> DeliveryReport:
    """Sends what is due, once.

    Args:
        store: the store; nobody else delivers from it meanwhile.
        transports: opens a connection, lazily; called once for each.
        now: the clock of instants.
        sender: the envelope sender's address, where bounces have none of their own.
        domain: the domain of Message-IDs.
        key: the installation's key, from which Message-IDs derive.
        bounces: the address at which bounces arrive, or nothing.
        rate: messages a second over all connections; 0 is no limit.
        connections: how many messages may be under way at once.
        resend: whether a message in doubt is sent once more, after everything else; otherwise it is held at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        clock: seconds that only grow.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether a person or the system wants the pass to end; what is under way is answered first.
        begun: is given the number of the pass before anything is sent.
        start: says how many messages of a notice may go now.
        first: sends under the lock what goes before anything else, and says why nothing may follow it, if so.

    Raises:
        BusyError: another process delivers from this store.
        PublisherError: the store cannot be used, or `domain` is none.
    """
    try:
        message_id(key, NoticeId("probe", "v1", 1), "", domain)
    except ValueError:
        raise one(
            "sender-domain", f"'{domain}' is no domain.", "Correct the sender's address in [email] from."
        ) from None
    owner = this_process()
    with store.present(owner):
        with store.begin() as connection:
            lock = run_lock.take(
                connection, LOCK, owner, now(), gone=lambda other: has_ended(other) or store.is_gone(other)
            )
            interrupted = sending.doubt_interrupted(connection, now())
        run = _Run(
            store,
            lock,
            now,
            key,
            domain,
            senders(key, bounces, sender),
            progress or Unseen(),
            sleep,
            clock,
            chance,
            Pace(rate, clock),
            stopping,
            Judgement(clock),
            resend,
            start,
        )
        try:
            begun(lock.fence)
            run.judgement.stopped = first(lock)
            due = run.due() if run.judgement.stopped is None else 0
            run.progress.begin(due)
            if due:
                run.lanes = Lanes(transports, max(1, min(connections, due)), sender)
                run.phases()
        finally:
            run.wind_up()
        return run.report(interrupted)


@dataclass(slots=True)
class _Batch:
    """A batch in hand, and what of it still has to be handed over."""

    notice: Notice
    batch: batches.Batch
    state: MessageState
    letters: Letters
    pending: deque[Message]


@dataclass(slots=True)
class _Run:
    """One pass. It goes on until everything due was tried, or the judgement on its answers says why not."""

    store: "Store"
    lock: run_lock.RunLock
    now: Callable[[], datetime]
    key: bytes
    domain: str
    sender_of: Callable[[Message], str]
    progress: Progress
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    chance: Callable[[], float]
    pace: Pace
    stopping: Callable[[], bool]
    judgement: Judgement
    resend: bool
    start: CarefulStart
    lanes: Lanes | None = None
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    skipped: int = 0
    looked_at: float = 0.0
    news: News = field(default_factory=News)
    ending: bool = False
    in_hand: _Batch | None = None

    def due(self) -> int:
        """How many messages this pass will try."""
        with self.store.read() as connection:
            return sum(
                self.start.due(connection, notice, self.now(), resend=self.resend)
                for notice in notices.open_notices(connection)
                if self._may_go(connection, notice)
            )

    def phases(self) -> None:
        """Everything that is due: by phase, then by notice, then by batch."""
        for state in PHASES if self.resend else PHASES[:-1]:
            with self.store.read() as connection:
                waiting = notices.open_notices(connection)
            for notice in waiting:
                self._notice(notice, state)

    def _notice(self, notice: Notice, state: MessageState) -> None:
        with self.store.read() as connection:
            if not self._may_go(connection, notice):
                return
            due_batches = batches.due_batches(connection, notice.id, state, self.now())
            mails = notices.templates(connection, notice.id) if due_batches else ()
        letters = Letters(mails, key=self.key, domain=self.domain, sender=self.sender_of)
        for batch in due_batches:
            self._urgent_first(notice)
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                allowed = self.start.allowed(connection, notice, state, self.now())
                if allowed == 0 or not self._may_go(connection, notice):
                    return
                try:
                    readers = batches.addressees(connection, batch)
                except PublisherError as down:
                    self.judgement.stopped = down.faults[0]
                    return
                self.skipped += batches.take_in_hand(connection, batch, readers)
                due = deque(sending.messages(connection, batch, state, self.now(), readers)[:allowed])
            self.in_hand = _Batch(notice, batch, state, letters, due)
            self._work(self.in_hand)
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                batches.put_back(connection, batch)
            self.in_hand = None

    def _urgent_first(self, notice: Notice) -> None:
        """What was queued meanwhile and is more urgent goes between two batches."""
        with self.store.read() as connection:
            ahead = notices.urgent_ahead(connection, notice)
        for urgent in ahead:
            for state in PHASES[:2]:
                self._notice(urgent, state)

    def _work(self, batch: _Batch) -> None:
        """Hands a batch over, message by message, until nothing of it is pending or under way."""
        lanes = self._lanes()
        while batch.pending or lanes.under_way or self.news:
            if self.stopping():
                self.judgement.stopped = self.judgement.stopped or interrupted_by_hand()
            if self.judgement.over(batch.notice.id):
                batch.pending.clear()
            self._turn(batch, lanes)
            self.news = self._wait(lanes, pending=bool(batch.pending))
            batch.pending.extendleft(parcel.message for parcel in self.news.returned)
            for back in self.news.backs:
                if back.receipt.outcome is Outcome.HOST_BUSY:
                    batch.pending.append(back.parcel.message)
                self.judgement.hear(batch.notice, back.lane, back.receipt, lanes)

    def _turn(self, batch: _Batch, lanes: Lanes) -> None:
        """One commit: the answers that came, and the marks of the messages whose text goes next."""
        parcels, unfit = self._next_parcels(batch, len(self.news.ready) + lanes.free)
        look = self.clock() - self.looked_at > _LOOK
        over = self.ending or self.judgement.over(batch.notice.id)
        ready, marked = () if over else self.news.ready, frozenset[str]()
        if self.news.backs or ready or unfit or look:
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                self._record(connection, batch)
                for message in unfit:
                    sending.skip(connection, message, REASON_UNFIT)
                if look and not self._may_go(connection, batch.notice):
                    self.judgement.halted.setdefault(batch.notice.id, None)
                    ready, parcels = (), deque()
                marked = _keys(sending.mark(connection, [entry.parcel.message for entry in ready], batch.state))
        news, self.news = self.news, News()
        for entry in news.ready:
            if entry.parcel.message.recipient.key in marked:
                lanes.go(entry, parcels.popleft() if parcels else None)
            else:
                lanes.give_up(entry)
        while parcels and lanes.free:
            lanes.begin(parcels.popleft())
        batch.pending.extendleft(parcel.message for parcel in parcels)
        self.looked_at = self.clock() if look else self.looked_at
        self.skipped += len(unfit)
        self.progress.advance(sum(back.is_final for back in news.backs) + len(unfit) + len(ready) - len(marked))

    def _next_parcels(self, batch: _Batch, room: int) -> tuple[deque[Parcel], list[Message]]:
        """The messages that may begin now, written out; and those whose address cannot be written."""
        parcels: deque[Parcel] = deque()
        unfit: list[Message] = []
        if not batch.pending or self.clock() < self.judgement.rest_until:
            return parcels, unfit
        now = self.now()
        if now >= batch.notice.deadline:
            self.judgement.halted.setdefault(batch.notice.id, None)
            return parcels, unfit
        for _ in range(self.pace.allowed(min(room, len(batch.pending)))):
            message = batch.pending.popleft()
            try:
                parcels.append(Parcel(message, batch.letters.write(message, now)))
            except ValueError:
                unfit.append(message)
        self.pace.begun(len(parcels))
        return parcels, unfit

    def _wait(self, lanes: Lanes, *, pending: bool) -> News:
        """Waits for answers, or until the next message may begin."""
        resting = max(0.0, self.judgement.rest_until - self.clock())
        pause = max(resting, self.pace.wait() if not resting else 0.0)
        if lanes.under_way:
            may_begin = pending and lanes.free
            return lanes.news(min(max(pause, 0.001), _LONGEST_WAIT) if may_begin else _LONGEST_WAIT)
        if pending and pause:
            self.sleep(min(pause, _LONGEST_WAIT))
        return News()

    def _record(self, connection: "Connection", batch: _Batch) -> None:
        """Records the answers; of a message whose text was never handed over only one that is about it alone."""
        at, backs = self.now(), self.news.backs
        unsent = [back.parcel.message for back in backs if not back.sent and back.is_about_it]
        marked = _keys(sending.mark(connection, unsent, batch.state))
        worth = [back for back in backs if back.sent or back.parcel.message.recipient.key in marked]
        sending.record(connection, [self._answer(batch, back, at) for back in worth])
        self.progress.answered(batch.notice.id, [back.receipt for back in backs])
        for back in backs:
            self.tally[back.receipt.outcome] += 1
        why = self.judgement.halted.get(batch.notice.id)
        if why is not None:
            handling.pause_of_itself(connection, batch.notice.id, why.message, at)

    def _answer(self, batch: _Batch, answer: Back, at: datetime) -> sending.Answer:
        message, receipt = answer.parcel.message, answer.receipt
        deferred = receipt.outcome is Outcome.DEFERRED
        next_at = at + backoff(message.attempts + 1, self.chance) if deferred else None
        return sending.Answer(message, receipt, at, batch.state, next_at)

    def wind_up(self) -> None:
        """However the pass ended: answers that still come are recorded, the batch and the lock are given back."""
        try:
            self._drain()
        finally:
            if self.lanes is not None:
                self.lanes.close(_GOODBYE)
            with self.store.begin() as connection:
                run_lock.release(connection, self.lock, self.now())

    def _drain(self) -> None:
        batch, lanes = self.in_hand, self.lanes
        if batch is None or lanes is None:
            return
        batch.pending.clear()
        self.ending = True
        until = self.clock() + _GOODBYE
        while self.news or (lanes.under_way and self.clock() < until):
            self._turn(batch, lanes)
            self.news = lanes.news(max(0.1, until - self.clock()))
        with self.store.begin() as connection:
            run_lock.keep(connection, self.lock, self.now())
            batches.put_back(connection, batch.batch)

    def report(self, interrupted: int) -> DeliveryReport:
        """What the pass did, and what is left."""
        with self.store.read() as connection:
            waiting = notices.open_notices(connection)
            paused = tuple(
                entry.id
                for entry in waiting
                if notices.is_paused(connection, entry.id) and self._is_unsent(connection, entry)
            )
            overdue = tuple(
                entry.id for entry in waiting if self.now() >= entry.deadline and self._is_unsent(connection, entry)
            )
            waits = (self.start.waits(connection, entry, self.now()) for entry in waiting if entry.id not in paused)
            return DeliveryReport(
                accepted=self.tally[Outcome.ACCEPTED],
                refused=self.tally[Outcome.REFUSED],
                deferred=self.tally[Outcome.DEFERRED],
                in_doubt=self.tally[Outcome.IN_DOUBT],
                skipped=self.skipped,
                interrupted=interrupted,
                held=batches.held_count(connection, resend=self.resend),
                next_at=outbox.deferred_next(connection),
                paused=paused,
                overdue=overdue,
                waits=tuple(wait for wait in waits if wait is not None),
                stopped=self.judgement.stopped,
                reasons=tuple(fault for fault in self.judgement.halted.values() if fault is not None),
            )

    def _is_unsent(self, connection: "Connection", notice: Notice) -> bool:
        return batches.is_unsent(connection, notice.id, resend=self.resend)

    def _may_go(self, connection: "Connection", notice: Notice) -> bool:
        if self.judgement.over(notice.id) or self.now() >= notice.deadline:
            return False
        return notices.is_open(connection, notice.id)

    def _lanes(self) -> Lanes:
        if self.lanes is None:
            raise RuntimeError("nothing was due")
        return self.lanes


def _keys(given: Sequence[Message]) -> frozenset[str]:
    return frozenset(message.recipient.key for message in given)
