"""A worker: one of many processes, on any machines, that together send what is due from a store that they share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery.transports import is_handoff
from publisher.domain.notice import Notice, NoticeId
from publisher.errors import BusyError, Fault, PublisherError, one
from publisher.store import doubting, job_engine, jobs, leases, notices, run_lock
from publisher.workflow import hooks
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.dispatch import remember_halt
from publisher.workflow.hand import Hand, Tally, Terms, WorkingHand
from publisher.workflow.job_loop import Errand, run_jobs
from publisher.workflow.outgoing import outgoing, refuse_domain
from publisher.workflow.passes import LOCK, remember_pass
from publisher.workflow.process import has_ended, this_process
from publisher.workflow.seeds import Seeding
from publisher.workflow.shared_pace import batch_pace, shared_pace
from publisher.workflow.tick import TickReport, complete, tick
from publisher.workflow.webhooks import call_webhooks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

REST = 60.0
"""Seconds that a hand rests when the mail server takes nothing."""

_AGAIN = 5.0
"""Seconds before a worker that lost its database looks for it again."""

_PATIENCE = timedelta(seconds=4)

_TOLD_FOR = 3600.0
"""Seconds for which the same trouble is told once."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a worker is to work.

    Attributes:
        concurrency: how many batches at once.
        rate: mails a second, of all workers together; None takes the settings'.
        lease: how long a batch stays with a worker that stands still.
        ticks: whether it also records what time and completion bring, into the workspace's files.
    """

    concurrency: int = 1
    rate: int | None = None
    lease: timedelta = leases.LEASE
    ticks: bool = True


def work(
    settings: Settings,
    store: "Store",
    wishes: Wishes,
    *,
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
    wait: Callable[[float], object],
    told: Callable[[tuple[Fault, ...]], None],
    ticked: Callable[[TickReport], None] = lambda _: None,
) -> Tally:
    """Sends what is due until it is asked to end; what is under way is then answered, and its batch put back.

    Args:
        settings: the workspace's settings.
        store: its store, which other workers share.
        wishes: how it is to work.
        now: the clock.
        stopping: whether it is asked to end.
        wait: waits for some seconds, or until it is asked to end.
        told: is told of what a person has to see to.
        ticked: is told of what was recorded.

    Raises:
        PublisherError: the store is for one machine alone, or mails cannot leave as the settings are.
    """
    if not store.is_shared:
        raise one(
            "worker-needs-postgresql",
            "Workers share a store, and this one is SQLite, which is for one machine.",
            "Run: publisher deliver --watch. For many machines name a PostgreSQL database in [store] url.",
        )
    mail = outgoing(settings, store)
    refuse_domain(mail.key, mail.domain)
    with store.begin() as connection:
        job_engine.prepare(connection)
    owner = this_process()
    holder = leases.Holder(
        owner, store.clock(now), lambda other: has_ended(other) or store.is_gone(other), wishes.lease, _PATIENCE
    )
    rate = settings.email.rate if wishes.rate is None else wishes.rate
    seeding = Seeding(store, settings.delivery.seeds, mail.single, now, mail.domain, mail.key)
    worker = _Worker(settings, store, holder, now, stopping, wait, told, ticked, seeding)
    terms = Terms(
        store=store,
        holder=holder,
        mail=mail,
        connections=settings.email.connections,
        now=now,
        pace=lambda: shared_pace(store, settings.email.transport, rate, now),
        start=CarefulStart(settings.delivery),
        resend=settings.email.in_doubt == "resend",
        stopping=worker.is_over,
        sleep=worker.sleep,
        first=worker.copies_are_out,
        stopped=worker.took_nothing,
        told=worker.tell,
    )
    with store.present(owner) as again:
        worker.count_pass()
        worker.run(terms, wishes, again, _hands(settings, terms, rate, worker.tally))
    return worker.tally


def _hands(settings: Settings, terms: Terms, rate: int, tally: Tally) -> Callable[[], WorkingHand]:
    """What makes a hand: one that sends over connections, or one that hands batches to a provider."""
    if not is_handoff(settings.email.transport):
        return lambda: Hand(terms, tally)
    from publisher.workflow.handoff_far_side import provider_of
    from publisher.workflow.handoff_hand import ProviderHand, ProviderTerms

    room = batch_pace(terms.store, settings.email.transport, rate, terms.now)
    own = ProviderTerms(provider_of(settings), settings.email.send_addresses, room)
    return lambda: ProviderHand(terms, own, tally)


@dataclass(slots=True)
class _Worker:
    """What the hands of a worker share, and what it does beside sending."""

    settings: Settings
    store: "Store"
    holder: leases.Holder
    now: Callable[[], datetime]
    stopping: Callable[[], bool]
    wait: Callable[[float], object]
    told: Callable[[tuple[Fault, ...]], None]
    ticked: Callable[[TickReport], None]
    seeding: Seeding
    tally: Tally = field(default_factory=Tally)
    hands: SimpleQueue[WorkingHand] = field(default_factory=SimpleQueue)
    bug: BaseException | None = None
    halt_known: bool = True
    lately: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def is_over(self) -> bool:
        """Whether the worker is to end: it was asked to, or has a bug."""
        return self.stopping() or self.bug is not None

    def sleep(self, seconds: float) -> None:
        """Waits, but not longer than until it is asked to end."""
        if not self.is_over():
            self.wait(seconds)

    def run(
        self, terms: Terms, wishes: Wishes, present_again: Callable[[], None], made: Callable[[], WorkingHand]
    ) -> None:
        """Runs jobs; when the database was lost, again when it is back."""

        def meanwhile() -> None:
            present_again()
            self.close_idle()

        hands = [made() for _ in range(wishes.concurrency)]
        for hand in hands:
            self.hands.put(hand)
        errands = [
            Errand("sweep", "* * * * * */5", self._guarded(lambda: self.sweep(terms))),
            Errand("webhooks", "* * * * * 30", self._guarded(self.webhooks)),
            *([Errand("tick", "*/5 * * * *", self._guarded(self.tick))] if wishes.ticks else []),
            *([Errand("complete", "* * * * * 15", self._guarded(self.complete))] if wishes.ticks else []),
        ]
        try:
            while not self.is_over():
                try:
                    run_jobs(
                        self.store,
                        self.batch,
                        errands,
                        concurrency=wishes.concurrency,
                        stopping=self.is_over,
                        meanwhile=meanwhile,
                    )
                except PublisherError as cut_off:
                    self.tell(cut_off.faults)
                    self.sleep(_AGAIN)
        finally:
            for hand in hands:
                hand.close()
        if self.bug is not None:
            raise self.bug

    def batch(self, notice: str, number: int) -> None:
        """One job: a batch, by the hand that is free."""
        hand = self.hands.get()
        try:
            self._guarded(lambda: hand.batch(NoticeId.parse(notice), number))()
        finally:
            self.hands.put(hand)

    def close_idle(self) -> None:
        """Connections that no hand has used for a while are closed."""
        for _ in range(self.hands.qsize()):
            try:
                hand = self.hands.get_nowait()
            except Empty:
                return
            try:
                hand.close_when_idle()
            finally:
                self.hands.put(hand)

    def sweep(self, terms: Terms) -> None:
        """Batches that nobody has in hand any more are freed, and those with something due and no job get one."""
        now = self.now()
        with self.store.read() as connection:
            waits = {
                notice.id: terms.start.waits(connection, notice, now)
                for notice in notices.open_notices(connection)
                if now < notice.deadline and not notices.is_paused(connection, notice.id)
            }
        with self.store.begin() as connection:
            self.tally.interrupted += doubting.doubt_interrupted(connection, now, holder=self.holder)
            for name, wait in waits.items():
                early = wait.until if wait is not None else None
                after = max(0.0, (early - now).total_seconds()) if early is not None else 0.0
                fresh = wait is None or early is not None
                jobs.defer_lost(connection, name, now, resend=terms.resend, fresh=fresh, after=after)
        calls = tuple(fault for wait in waits.values() if wait is not None and (fault := wait.fault(now)) is not None)
        if calls:
            self.tell(calls)

    def webhooks(self) -> None:
        """Calls that are due are made, by one worker of all."""
        report = call_webhooks(self.settings, self.store, now=self.now, stopping=self.is_over)
        self.tally.add_calls(report)
        if report.stopped is not None and not self.is_over():
            self.tell((report.stopped,))

    def tick(self) -> None:
        """Records what time and completion bring."""
        report = tick(self.settings, self.store, now=self.now())
        self.ticked(report)
        if report.troubles:
            self.tell(report.troubles)

    def complete(self) -> None:
        """Records each notice that is complete by now."""
        self.ticked(complete(self.settings, self.store, now=self.now()))

    def count_pass(self) -> None:
        """Has this machine know how often the store was sent from: one restored from a backup knows less."""
        try:
            with self.store.begin() as connection:
                lock = self._locked(connection)
        except BusyError:
            return  # somebody else's pass counts
        remember_pass(self.settings, self.store.identity, lock.fence)
        with self.store.begin() as connection:
            run_lock.release(connection, lock, self.now())

    def copies_are_out(self, notice: Notice) -> bool:
        """Sends the copies for the organisation's own people; says whether the mails of a notice may follow."""
        with self.lock:
            if not self.seeding.is_due(notice):
                return True
            try:
                with self.store.begin() as connection:
                    lock = self._locked(connection)
            except BusyError:
                return False
            try:
                remember_pass(self.settings, self.store.identity, lock.fence)
                stopped = self.seeding.send(lock)
            finally:
                with self.store.begin() as connection:
                    run_lock.release(connection, lock, self.now())
            faults, self.seeding.faults = tuple(self.seeding.faults), []
        if faults:
            self.tell(faults)
        if stopped is not None:
            self.took_nothing(stopped)
        return stopped is None

    def took_nothing(self, fault: Fault | None) -> None:
        """Remembers why nothing was taken, and rests; or that something was."""
        if fault is None and not self.halt_known:
            return
        remember_halt(self.store, fault, heard=fault is None, at=self.now())
        self.halt_known = fault is not None
        if fault is not None:
            self.tell((fault,))
            self.sleep(REST)

    def tell(self, faults: tuple[Fault, ...]) -> None:
        """Tells of troubles, the same ones not again and again."""
        at = time.monotonic()
        with self.lock:
            new = tuple(fault for fault in faults if at >= self.lately.get(fault.message, at))
            self.lately.update({fault.message: at + _TOLD_FOR for fault in new})
        if new:
            self.told((*new, *hooks.alert(self.settings, new, now=self.now())))

    def _locked(self, connection: "Connection") -> run_lock.RunLock:
        return run_lock.take(connection, LOCK, self.holder.owner, self.now(), gone=self.holder.gone)

    def _guarded(self, work: Callable[[], None]) -> Callable[[], None]:
        """The world's faults are told and the work is left to a later job; a bug ends the worker."""

        def guarded() -> None:
            try:
                work()
            except BusyError as busy:
                if busy.faults[0].code not in _OTHERS:
                    self.tell(busy.faults)
            except PublisherError as fault:
                self.tell(fault.faults)
                self.sleep(_AGAIN)
            except BaseException as bug:
                self.bug = self.bug or bug
                raise

        return guarded


_OTHERS = frozenset({"run-busy", "ledger-changed"})
"""What is left to another process that does it just now."""
