"""Hand-off: one pass over what is due, in batches that a provider takes and answers for later, message by message."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery.handoff import Provider
from publisher.domain.notice import MessageState, Notice
from publisher.errors import Fault
from publisher.store import batches, doubting, jobs, leases, notices, run_lock
from publisher.workflow.careful_start import AT_ONCE, CarefulStart
from publisher.workflow.delivery_report import DeliveryReport, Progress, Unseen
from publisher.workflow.handoff_batches import Contents
from publisher.workflow.handoff_sender import BatchSender
from publisher.workflow.pass_report import pass_report
from publisher.workflow.passes import LOCK
from publisher.workflow.process import has_ended, this_process
from publisher.workflow.sender import PHASES

if TYPE_CHECKING:
    from publisher.store.engine import Store


def hand_over(
    store: "Store",
    provider: Provider,
    *,
    now: Callable[[], datetime],
    key: bytes,
    send_addresses: bool = False,
    room: Callable[[int], float] = lambda _: 0.0,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
    start: CarefulStart = AT_ONCE,
    first: Callable[[run_lock.RunLock], Fault | None] = lambda _: None,
) -> DeliveryReport:
    """Hands over what is due, once.

    Args:
        store: the store; nobody else makes a pass over it meanwhile, and workers have other batches in hand.
        provider: takes the batches.
        now: the clock of instants.
        key: the installation's key, from which ids derive.
        send_addresses: whether addresses may leave.
        room: takes the provider's time for so many messages, and says in how many seconds it begins.
        resend: whether a message in doubt is handed over once more; otherwise it is held at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether the pass is to end after the batch in hand.
        begun: is given the number of the pass before anything is handed over.
        start: says how many messages of a notice may go now.
        first: sends under the lock what goes before anything else, and says why nothing may follow it, if so.

    Raises:
        BusyError: another process delivers from this store.
        PublisherError: the store cannot be used.
    """
    owner = this_process()

    def gone(other: str) -> bool:
        # what this very process left in hand, it left when it was cut off from the store in an earlier pass
        return other == owner or has_ended(other) or store.is_gone(other)

    holder = leases.Holder(owner, store.clock(now), gone)
    with store.present(owner):
        with store.begin() as connection:
            lock = run_lock.take(connection, LOCK, owner, now(), gone=holder.gone)
            interrupted = doubting.doubt_interrupted(connection, now(), holder=holder)
        sender = BatchSender(
            store=store,
            provider=provider,
            holder=holder,
            keep=lambda connection: run_lock.keep(connection, lock, now()),
            now=now,
            key=key,
            send_addresses=send_addresses,
            room=room,
            resend=resend,
            progress=progress or Unseen(),
            sleep=sleep,
            chance=chance,
            stopping=stopping,
            start=start,
        )
        run = _Pass(store, sender, now, start, resend)
        try:
            begun(lock.fence)
            sender.stopped = first(lock)
            run.all()
        finally:
            sender.close()
            with store.begin() as connection:
                run_lock.release(connection, lock, now())
                jobs.forget_needless(connection)
        return run.report(interrupted + sender.interrupted)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass; it goes on until everything due was tried, or the sender says why not."""

    store: "Store"
    sender: BatchSender
    now: Callable[[], datetime]
    start: CarefulStart
    resend: bool

    def all(self) -> None:
        """Everything that is due: by phase, then by notice, then by batch."""
        with self.store.read() as connection:
            due = sum(
                self.start.due(connection, notice, self.now(), resend=self.resend)
                for notice in notices.open_notices(connection)
                if self.sender.may_go(connection, notice)
            )
        self.sender.progress.begin(due)
        for state in PHASES if self.resend else PHASES[:-1]:
            with self.store.read() as connection:
                waiting = notices.open_notices(connection)
            for notice in waiting:
                self._notice(notice, state)

    def _notice(self, notice: Notice, state: MessageState) -> None:
        with self.store.read() as connection:
            if not self.sender.may_go(connection, notice):
                return
            found = batches.due_batches(connection, notice.id, state, self.now())
            if not found:
                return
            contents = Contents(notices.templates(connection, notice.id))
        for batch in found:
            self._urgent_first(notice)
            if not self.sender.hand_over(notice, batch, state, contents):
                return

    def _urgent_first(self, notice: Notice) -> None:
        """What was queued meanwhile and is more urgent goes between two batches."""
        with self.store.read() as connection:
            ahead = notices.urgent_ahead(connection, notice)
        for urgent in ahead:
            for state in PHASES[:2]:
                self._notice(urgent, state)

    def report(self, interrupted: int) -> DeliveryReport:
        """What the pass did, and what is left."""
        sender = self.sender
        with self.store.read() as connection:
            found = pass_report(connection, sender.tally, now=self.now, start=self.start, resend=self.resend)
        return replace(
            found, skipped=sender.skipped, handed=sender.handed, interrupted=interrupted, stopped=sender.stopped
        )
