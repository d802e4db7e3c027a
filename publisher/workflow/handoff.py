"""Hand-off: one pass over what is due, in batches that a provider takes and answers for later, message by message.

A batch is marked and committed before it is handed over, and what came of that is recorded after it. What the provider
has is `sending` until its receipts come; what it may have is in doubt, and is handed over once more under the same key.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery.envelope import is_fit
from publisher.delivery.handoff import Handed, Provider
from publisher.domain.handoff import ReceiptStatus
from publisher.domain.notice import Message, MessageState, Notice, Outcome, Receipt
from publisher.errors import Fault, PublisherError
from publisher.store import batches, doubting, handoffs, notices, run_lock, sending, users
from publisher.workflow.careful_start import AT_ONCE, CarefulStart
from publisher.workflow.delivery_report import DeliveryReport, Progress, Unseen, interrupted_by_hand
from publisher.workflow.handoff_batches import Contents, batch_of, key_of, parted
from publisher.workflow.pace import backoff
from publisher.workflow.pass_report import pass_report
from publisher.workflow.passes import LOCK
from publisher.workflow.process import has_ended, this_process
from publisher.workflow.receipts import apply_receipts
from publisher.workflow.sender import PHASES, REASON_UNFIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

_RESTS = (1.0, 5.0, 15.0)
"""Seconds that a pass waits for a provider that took something before and takes nothing now."""

_LONGEST_REST = 30.0
"""A provider that asks for more is left alone until another pass; the run lock's lease is longer."""


def hand_over(
    store: "Store",
    provider: Provider,
    *,
    now: Callable[[], datetime],
    key: bytes,
    send_addresses: bool = False,
    rate: float = 0,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
    start: CarefulStart = AT_ONCE,
) -> DeliveryReport:
    """Hands over what is due, once.

    Args:
        store: the store; nobody else delivers from it meanwhile.
        provider: takes the batches.
        now: the clock of instants.
        key: the installation's key, from which ids derive.
        send_addresses: whether addresses may leave.
        rate: messages a second; 0 is no limit.
        resend: whether a message in doubt is handed over once more; otherwise it is held at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether the pass is to end after the batch in hand.
        begun: is given the number of the pass before anything is handed over.
        start: says how many messages of a notice may go now.

    Raises:
        BusyError: another process delivers from this store.
        PublisherError: the store cannot be used.
    """
    owner = this_process()
    with store.present(owner):
        with store.begin() as connection:
            lock = run_lock.take(
                connection, LOCK, owner, now(), gone=lambda other: has_ended(other) or store.is_gone(other)
            )
            interrupted = doubting.doubt_interrupted(connection, now())
        run = _Run(
            store,
            provider,
            lock,
            now,
            key,
            send_addresses,
            rate,
            resend,
            progress or Unseen(),
            sleep,
            chance,
            stopping,
            start,
        )
        try:
            begun(lock.fence)
            run.all()
        finally:
            with store.begin() as connection:
                run_lock.release(connection, lock, now())
        return run.report(interrupted)


@dataclass(slots=True)
class _Run:
    """One pass; it goes on until everything due was tried, or `stopped` says why not."""

    store: "Store"
    provider: Provider
    lock: run_lock.RunLock
    now: Callable[[], datetime]
    key: bytes
    send_addresses: bool
    rate: float
    resend: bool
    progress: Progress
    sleep: Callable[[float], None]
    chance: Callable[[], float]
    stopping: Callable[[], bool]
    start: CarefulStart
    stopped: Fault | None = None
    heard: bool = False
    rests: int = 0
    handed: int = 0
    skipped: int = 0
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    def all(self) -> None:
        """Everything that is due: by phase, then by notice, then by batch."""
        with self.store.read() as connection:
            waiting = notices.open_notices(connection)
            self.progress.begin(
                sum(
                    self.start.due(connection, notice, self.now(), resend=self.resend)
                    for notice in waiting
                    if self._may_go(connection, notice)
                )
            )
        for state in PHASES if self.resend else PHASES[:-1]:
            with self.store.read() as connection:
                waiting = notices.open_notices(connection)
            for notice in waiting:
                self._notice(notice, state)

    def _may_go(self, connection: "Connection", notice: Notice) -> bool:
        if self.stopped is not None or self.now() >= notice.deadline:
            return False
        if self.stopping():
            self.stopped = interrupted_by_hand()
            return False
        return notices.is_open(connection, notice.id)

    def _notice(self, notice: Notice, state: MessageState) -> None:
        with self.store.read() as connection:
            if not self._may_go(connection, notice):
                return
            found = batches.due_batches(connection, notice.id, state, self.now())
            contents = Contents(notices.templates(connection, notice.id) if found else ())
        for batch in found:
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                allowed = self.start.allowed(connection, notice, state, self.now())
                if allowed == 0 or not self._may_go(connection, notice):
                    return
                try:
                    readers = batches.addressees(connection, batch)
                except PublisherError as down:
                    self.stopped = down.faults[0]
                    return
                self.skipped += batches.take_in_hand(connection, batch, readers)
                due = self._fit(connection, sending.messages(connection, batch, state, self.now(), readers)[:allowed])
                doubted = handoffs.earlier(connection, due) if state is MessageState.IN_DOUBT else {}
            try:
                for group in parted(due, contents, doubted, one_content=self.provider.one_content):
                    name = doubted.get(group[0].recipient.key)
                    self._group(notice, group, state, contents, name)
            finally:
                with self.store.begin() as connection:
                    run_lock.keep(connection, self.lock, self.now())
                    batches.put_back(connection, batch)

    def _fit(self, connection: "Connection", given: Sequence[Message]) -> list[Message]:
        """Those that can be written to; where addresses stay at home, that is all."""
        unfit = [message for message in given if self.send_addresses and not is_fit(message.recipient.email)]
        for message in unfit:
            sending.skip(connection, message, REASON_UNFIT)
        self.skipped += len(unfit)
        return [message for message in given if message not in unfit] if unfit else list(given)

    def _group(
        self, notice: Notice, group: Sequence[Message], state: MessageState, contents: Contents, name: str | None
    ) -> None:
        """Hands one batch over, again while the provider is busy and a rest may help."""
        while True:
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                if not self._may_go(connection, notice):
                    return
                key = (lambda _: name) if name else (lambda marked: key_of(self.key, marked))
                begun = handoffs.begin(connection, group, state, key, self.now())
                ids = users.ids_of(connection, [message.recipient.key for message in group])
            if begun is None:
                return
            batch = batch_of(begun.key, self.key, begun.messages, contents, ids, send_addresses=self.send_addresses)
            handed = self.provider.hand(batch, self.now())
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())
                self._record(connection, begun, handed, state)
            if handed.outcome is not Outcome.HOST_BUSY:
                self.progress.advance(len(begun.messages))
                if self.rate and self.stopped is None:
                    self._wait(len(begun.messages) / self.rate)
                return
            if not self._rest(handed):
                return

    def _record(self, connection: "Connection", begun: handoffs.Begun, handed: Handed, before: MessageState) -> None:
        """What came of a batch as a whole; and what the provider said of single messages at once."""
        at, notice = self.now(), begun.messages[0].notice
        if handed.outcome is Outcome.ACCEPTED:
            self.heard, self.rests = True, 0
            handoffs.take(connection, begun, at, handed.provider)
            self.handed += len(begun.messages)
            done = apply_receipts(connection, self.key, handed.receipts, at, self._due_again, only=notice)
            for status, outcome in _SAID.items():
                self.tally[outcome] += done.read[handoffs.Effect(status)]
            self.handed -= sum(done.read[handoffs.Effect(status)] for status in _SAID)
            return
        receipt = Receipt(handed.outcome, handed.code, handed.why)
        sending.record(connection, [sending.Answer(message, receipt, at, before) for message in begun.messages])
        if handed.outcome is Outcome.IN_DOUBT:
            self.tally[Outcome.IN_DOUBT] += len(begun.messages)
            if handed.code:
                self.stopped = _busy(handed)
        elif handed.outcome is Outcome.SENDER_FAULT:
            self.stopped = _refused(handed)

    def _due_again(self, attempts: int) -> datetime:
        return self.now() + backoff(attempts, self.chance)

    def _rest(self, handed: Handed) -> bool:
        """Leaves a busy provider alone for a while; says whether it is worth another try in this pass."""
        pause = max(_RESTS[min(self.rests, len(_RESTS) - 1)], handed.wait or 0)
        if not self.heard or self.rests >= len(_RESTS) or pause > _LONGEST_REST:
            self.stopped = _busy(handed)
            return False
        self.rests += 1
        self._wait(pause)
        return True

    def _wait(self, seconds: float) -> None:
        left = seconds
        while left > 0 and not self.stopping():
            self.sleep(min(left, _RESTS[-1]))
            left -= _RESTS[-1]
            with self.store.begin() as connection:
                run_lock.keep(connection, self.lock, self.now())

    def report(self, interrupted: int) -> DeliveryReport:
        """What the pass did, and what is left."""
        with self.store.read() as connection:
            found = pass_report(connection, self.tally, now=self.now, start=self.start, resend=self.resend)
        return replace(found, skipped=self.skipped, handed=self.handed, interrupted=interrupted, stopped=self.stopped)


_SAID = {
    ReceiptStatus.ACCEPTED: Outcome.ACCEPTED,
    ReceiptStatus.REFUSED: Outcome.REFUSED,
    ReceiptStatus.DEFERRED: Outcome.DEFERRED,
}
"""What a provider's answer to a batch may say of single messages at once, besides that it has them."""


def _said(handed: Handed) -> str:
    return f"{handed.code} ({handed.why})" if handed.code else handed.why


def _busy(handed: Handed) -> Fault:
    return Fault(
        "delivery-host-busy",
        f"The provider takes nothing now: {_said(handed)}.",
        "Deliver again in some minutes. Every message waits as it was, or is in doubt.",
    )


def _refused(handed: Handed) -> Fault:
    return Fault(
        "delivery-refused",
        f"The provider does not take the batch: {_said(handed)}.",
        "Correct [email] transport, provider and secret, then deliver again. Nobody was counted as refused.",
    )
