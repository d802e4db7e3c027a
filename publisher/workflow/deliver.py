"""Delivery: one pass over what is due, resuming where the last one stopped.

Only this thread writes to the store. Each message is marked, committed and then handed to a lane; answers and the marks
of the next messages share one commit. Whatever happens, at most one message a connection is in doubt.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from publisher.delivery import Transport
from publisher.delivery.envelope import join, message_id
from publisher.domain.notice import MailTemplate, Message, MessageState, Notice, NoticeId, NoticeKind, Outcome
from publisher.errors import Fault, PublisherError, one
from publisher.languages import best_match
from publisher.store import batches, notices, outbox, run_lock, sending
from publisher.workflow.delivery_report import (
    DeliveryReport,
    Progress,
    Unseen,
    host_busy,
    interrupted_by_hand,
    sender_fault,
    too_many_refused,
)
from publisher.workflow.lanes import Back, Lanes, Parcel
from publisher.workflow.pace import Pace, backoff
from publisher.workflow.passes import LOCK
from publisher.workflow.process import has_ended, this_process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

__all__ = ["DeliveryReport", "Progress", "deliver"]

PHASES = (MessageState.QUEUED, MessageState.DEFERRED, MessageState.IN_DOUBT)
"""Nobody waits for another's second attempt: everything queued comes first, what is in doubt last."""

REFUSALS_WINDOW = 200
REFUSALS_JUDGED = 100
REFUSALS_SHARE = 0.05
"""When more than this share of the last answers refuse for good, something is wrong with the list, not with people."""

REASON_UNFIT = "address-unfit"
_LOOK = 2.0
"""Seconds between two looks at whether a person has paused the notice."""

_LONGEST_WAIT = 15.0
"""Seconds without a commit; the run lock's lease is longer."""

_RESTS = (1.0, 5.0, 15.0)
_GOODBYE = 30.0


def deliver(
    store: "Store",
    transports: Callable[[], Transport],
    *,
    now: Callable[[], datetime],
    sender: str,
    domain: str,
    key: bytes,
    rate: float = 0,
    connections: int = 4,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
) -> DeliveryReport:
    """Sends what is due, once.

    Args:
        store: the store; nobody else delivers from it meanwhile.
        transports: opens a connection, lazily; called once for each.
        now: the clock of instants.
        sender: the envelope sender's address.
        domain: the domain of Message-IDs.
        key: the installation's key, from which Message-IDs derive.
        rate: messages a second over all connections; 0 is no limit.
        connections: how many messages may be under way at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        clock: seconds that only grow.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether a person or the system wants the pass to end; what is under way is answered first.

        begun: is given the number of the pass before anything is sent.

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
            store, lock, now, key, domain, progress or Unseen(), sleep, clock, chance, Pace(rate, clock), stopping
        )
        try:
            begun(lock.fence)
            due = run.due()
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
    templates: Mapping[NoticeKind, Sequence[MailTemplate]]
    pending: deque[Message]


@dataclass(slots=True)
class _Run:
    """One pass. It goes on until everything due was tried, or `stopped` says why not."""

    store: "Store"
    lock: run_lock.RunLock
    now: Callable[[], datetime]
    key: bytes
    domain: str
    progress: Progress
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    chance: Callable[[], float]
    pace: Pace
    stopping: Callable[[], bool]
    lanes: Lanes | None = None
    stopped: Fault | None = None
    halted: dict[NoticeId, Fault | None] = field(default_factory=dict)
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    skipped: int = 0
    heard: bool = False
    rests: int = 0
    rest_until: float = 0.0
    looked_at: float = 0.0
    answers: list[Back] = field(default_factory=list)
    recent: dict[NoticeId, deque[bool]] = field(default_factory=dict)
    in_hand: _Batch | None = None

    def due(self) -> int:
        """How many messages this pass will try."""
        with self.store.read() as connection:
            return sum(
                batches.due_count(connection, notice.id, self.now())
                for notice in notices.open_notices(connection)
                if self._may_go(connection, notice)
            )

    def phases(self) -> None:
        """Everything that is due: by phase, then by notice, then by batch."""
        for state in PHASES:
            with self.store.read() as connection:
                waiting = notices.open_notices(connection)
            for notice in waiting:
                self._notice(notice, state)

    def _notice(self, notice: Notice, state: MessageState) -> None:
        with self.store.read() as connection:
            if self.stopped or not self._may_go(connection, notice):
                return
            due_batches = batches.due_batches(connection, notice.id, state, self.now())
            mails = notices.templates(connection, notice.id) if due_batches else ()
        by_kind = {kind: tuple(mail for mail in mails if mail.kind is kind) for kind in NoticeKind}
        for batch in due_batches:
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                if self.stopped or not self._may_go(connection, notice):
                    return
                try:
                    readers = batches.addressees(connection, batch)
                except PublisherError as down:
                    self.stopped = down.faults[0]
                    return
                self.skipped += batches.take_in_hand(connection, batch, readers)
                due = deque(sending.messages(connection, batch, state, self.now(), readers))
            self.in_hand = _Batch(notice, batch, state, by_kind, due)
            self._work(self.in_hand)
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                batches.put_back(connection, batch)
            self.in_hand = None

    def _work(self, batch: _Batch) -> None:
        """Hands a batch over, message by message, until nothing of it is pending or under way."""
        lanes = self._lanes()
        while batch.pending or lanes.under_way or self.answers:
            if self.stopping():
                self.stopped = self.stopped or interrupted_by_hand()
            if self.stopped or batch.notice.id in self.halted:
                batch.pending.clear()
            self._turn(batch, lanes)
            self.answers = self._wait(lanes, pending=bool(batch.pending))
            for answer in self.answers:
                self._judge(batch, answer)

    def _turn(self, batch: _Batch, lanes: Lanes) -> None:
        """One commit: the answers that came, and the marks of the messages that go next."""
        parcels, unfit = self._next_parcels(batch, lanes)
        look = self.clock() - self.looked_at > _LOOK
        if not (self.answers or parcels or unfit or look):
            return
        with self.store.begin() as connection:
            run_lock.keep(connection, self.lock, self.now())
            self._record(connection, batch)
            for message in unfit:
                sending.skip(connection, message, REASON_UNFIT)
            if look and not self._may_go(connection, batch.notice):
                self.halted.setdefault(batch.notice.id, None)
                parcels = []
            marked = sending.mark(connection, [parcel.message for parcel in parcels], batch.state)
        finished, self.answers = _finished(self.answers), []
        for parcel in parcels:
            if parcel.message in marked:
                lanes.give(parcel)
        self.looked_at = self.clock() if look else self.looked_at
        self.skipped += len(unfit)
        self.progress.advance(finished + len(unfit) + len(parcels) - len(marked))

    def _next_parcels(self, batch: _Batch, lanes: Lanes) -> tuple[list[Parcel], list[Message]]:
        """The messages that may begin now, written out; and those whose address cannot be written."""
        parcels: list[Parcel] = []
        unfit: list[Message] = []
        if not batch.pending or self.clock() < self.rest_until:
            return parcels, unfit
        if self.now() >= batch.notice.deadline:
            self.halted.setdefault(batch.notice.id, None)
            return parcels, unfit
        for _ in range(self.pace.allowed(min(lanes.free, len(batch.pending)))):
            message = batch.pending.popleft()
            try:
                parcels.append(Parcel(message, self._written(batch, message)))
            except ValueError:
                unfit.append(message)
        self.pace.begun(len(parcels))
        return parcels, unfit

    def _written(self, batch: _Batch, message: Message) -> bytes:
        mails = batch.templates[message.kind]
        by_language = {mail.language: mail for mail in reversed(mails)}
        mail = by_language[best_match(message.recipient.language, tuple(by_language), mails[0].language)]
        values = {
            "to": message.recipient.email,
            "message-id": message_id(self.key, message.notice, message.recipient.key, self.domain),
            "date": format_datetime(self.now()),
        }
        return join(mail, values)

    def _wait(self, lanes: Lanes, *, pending: bool) -> list[Back]:
        """Waits for answers, or until the next message may begin."""
        resting = max(0.0, self.rest_until - self.clock())
        pause = max(resting, self.pace.wait() if not resting else 0.0)
        if lanes.under_way:
            may_begin = pending and lanes.free
            return lanes.answers(min(max(pause, 0.001), _LONGEST_WAIT) if may_begin else _LONGEST_WAIT)
        if pending and pause:
            self.sleep(min(pause, _LONGEST_WAIT))
        return []

    def _judge(self, batch: _Batch, answer: Back) -> None:
        """What an answer means for those that follow."""
        outcome, lanes = answer.receipt.outcome, self._lanes()
        if outcome is Outcome.SENDER_FAULT:
            self.stopped = self.stopped or sender_fault(answer.receipt)
        elif outcome is Outcome.HOST_BUSY:
            batch.pending.append(answer.parcel.message)
            if lanes.size > 1:
                lanes.shrink(answer.lane)
            elif self.heard and self.rests < len(_RESTS):
                self.rest_until = self.clock() + _RESTS[self.rests]
                self.rests += 1
            else:
                self.stopped = self.stopped or host_busy(answer.receipt)
        else:
            self.heard, self.rests = True, 0
            if outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
                recent = self.recent.setdefault(batch.notice.id, deque(maxlen=REFUSALS_WINDOW))
                recent.append(outcome is Outcome.REFUSED)
                refused = sum(recent)
                if len(recent) >= REFUSALS_JUDGED and refused > REFUSALS_SHARE * len(recent):
                    self.halted[batch.notice.id] = too_many_refused(batch.notice, refused, len(recent))

    def _record(self, connection: "Connection", batch: _Batch) -> None:
        at = self.now()
        sending.record(connection, [self._answer(batch, answer, at) for answer in self.answers])
        for answer in self.answers:
            self.tally[answer.receipt.outcome] += 1
        if self.halted.get(batch.notice.id) is not None:
            notices.pause(connection, batch.notice.id)

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
        until = self.clock() + _GOODBYE
        while self.answers or (lanes.under_way and self.clock() < until):
            if self.answers:
                self._turn(batch, lanes)
            self.answers = lanes.answers(max(0.1, until - self.clock()))
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
                if notices.is_paused(connection, entry.id) and batches.is_unsent(connection, entry.id)
            )
            overdue = tuple(
                entry.id
                for entry in waiting
                if self.now() >= entry.deadline and batches.is_unsent(connection, entry.id)
            )
            return DeliveryReport(
                accepted=self.tally[Outcome.ACCEPTED],
                refused=self.tally[Outcome.REFUSED],
                deferred=self.tally[Outcome.DEFERRED],
                in_doubt=self.tally[Outcome.IN_DOUBT],
                skipped=self.skipped,
                interrupted=interrupted,
                held=batches.held_count(connection),
                next_at=outbox.deferred_next(connection),
                paused=paused,
                overdue=overdue,
                stopped=self.stopped,
                reasons=tuple(fault for fault in self.halted.values() if fault is not None),
            )

    def _may_go(self, connection: "Connection", notice: Notice) -> bool:
        return notice.id not in self.halted and self.now() < notice.deadline and notices.is_open(connection, notice.id)

    def _lanes(self) -> Lanes:
        if self.lanes is None:
            raise RuntimeError("nothing was due")
        return self.lanes


def _finished(answers: Sequence[Back]) -> int:
    """How many messages this pass is done with: one that is tried again before its end is not."""
    again = (Outcome.HOST_BUSY, Outcome.SENDER_FAULT)
    return sum(
        answer.receipt.outcome not in again
        and not (answer.receipt.outcome is Outcome.IN_DOUBT and answer.parcel.message.doubts == 0)
        for answer in answers
    )
