"""What hands batches to a provider: batch after batch, each held by a lease that every commit looks at.

A batch is marked and committed before it is handed over, and what came of that is recorded after it. What the provider
has is `sending` until its receipts come; what it may have is in doubt, and is handed over once more under the same key.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery.envelope import is_fit
from publisher.delivery.handoff import Handed, Provider
from publisher.domain.handoff import Handoff, ReceiptStatus
from publisher.domain.notice import Message, MessageState, Notice, Outcome, Receipt
from publisher.errors import BusyError, Fault, PublisherError
from publisher.store import batches, doubting, handling, handoffs, jobs, leases, notices, sending, users
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import Progress, interrupted_by_hand
from publisher.workflow.handoff_batches import Contents, batch_of, key_of, parted
from publisher.workflow.handoff_refusals import Refusals
from publisher.workflow.handoff_splitting import Splitting
from publisher.workflow.pace import backoff
from publisher.workflow.receipts import apply_receipts
from publisher.workflow.restored import telling_all
from publisher.workflow.sender import REASON_UNFIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

_RESTS = (1.0, 5.0, 15.0)
"""Seconds to wait for a provider that took something before and takes nothing now."""

_LONGEST_REST = 30.0
"""A provider that asks for more is left alone until later."""

_UNFIT = "the provider takes no batch with this message in it"

_WAITS_IN_A_LEASE = 3
"""A batch is kept before its lease is over, even when one commit comes late."""


@dataclass(slots=True)
class _InHand:
    """A batch in hand: its lease and until when it holds, and what of its notice goes out of which state."""

    lease: leases.Lease
    until: datetime
    notice: Notice
    state: MessageState
    contents: Contents


@dataclass(slots=True)
class BatchSender:
    """What lasts from one batch to the next: how the provider was of late, and what became of the messages so far.

    Attributes:
        store: the store.
        provider: takes the batches.
        holder: as whom batches are taken in hand.
        keep: lengthens with each commit what else is held meanwhile; raises BusyError when it was lost.
        now: the clock of instants.
        key: the installation's key, from which ids derive.
        send_addresses: whether addresses may leave.
        room: takes the provider's time for so many messages, and says in how many seconds it begins.
        resend: whether a message in doubt is handed over once more.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether a person or the system wants an end; the batch that is under way is answered first.
        start: says how many messages of a notice may go now.
        stopped: why nothing more is handed over, once that is so.
        handed, skipped, interrupted, tally: how many the provider took; who cannot be sent to; what others had left
            under way; and what became of single messages at once.
        refusals: how many messages the provider refuses; too many pause their notice.
    """

    store: "Store"
    provider: Provider
    holder: leases.Holder
    keep: "Callable[[Connection], None]"
    now: Callable[[], datetime]
    key: bytes
    send_addresses: bool
    room: Callable[[int], float]
    resend: bool
    progress: Progress
    sleep: Callable[[float], None]
    chance: Callable[[], float]
    stopping: Callable[[], bool]
    start: CarefulStart
    stopped: Fault | None = None
    handed: int = 0
    skipped: int = 0
    interrupted: int = 0
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    heard: bool = False
    rests: int = 0
    known: set[str] = field(default_factory=set)
    refusals: Refusals = field(default_factory=Refusals)
    line: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="provider"))

    def may_go(self, connection: "Connection", notice: Notice) -> bool:
        """Whether anything of a notice may go now."""
        if self.stopped is not None or self.now() >= notice.deadline:
            return False
        if self.stopping():
            self.stopped = interrupted_by_hand()
            return False
        return notices.is_open(connection, notice.id)

    def mails(self, connection: "Connection", notice: Notice) -> Contents:
        """The mails of a notice, prepared."""
        return Contents(notices.templates(connection, notice.id))

    def hand_over(self, notice: Notice, batch: batches.Batch, state: MessageState, mails: Contents) -> bool:
        """Takes a batch in hand, hands over what of it is due out of one state, and puts it back.

        A batch that somebody else has in hand is left to them.

        Returns:
            Whether more of its notice may go out of that state.

        Raises:
            BusyError: somebody else has taken the batch since: this process stood still for too long.
            PublisherError: the store was restored from a backup, or cannot be used.
        """
        with telling_all(self.store, self.holder, self.now):
            return self._handed_over(notice, batch, state, mails)

    def _handed_over(self, notice: Notice, batch: batches.Batch, state: MessageState, contents: Contents) -> bool:
        with self.store.begin(beside=not self.start.counts) as connection:
            leases.refuse_restored(connection, self.holder)
            self.keep(connection)
            allowed = self.start.allowed(connection, notice, state, self.now())
            if allowed == 0 or not self.may_go(connection, notice):
                if self.stopped is not None:  # the job that brought a worker here is done, and another is to come here
                    self._leave(connection, batch)
                return False
            try:
                readers = batches.addressees(connection, batch)
            except PublisherError as down:
                self.stopped = down.faults[0]
                return False
            until = self.holder.now() + self.holder.lease
            lease = leases.take(connection, batch, self.holder)
            if lease is None:
                return True
            if lease.interrupted:
                self.interrupted += doubting.doubt_batch(connection, batch, self.now())
            self.skipped += batches.take_in_hand(connection, batch, readers)
            due = self._fit(connection, sending.messages(connection, batch, state, self.now(), readers)[:allowed])
            doubted = handoffs.earlier(connection, due) if state is MessageState.IN_DOUBT else {}
        self.holder.traces.kept(lease, lease.until)
        held = _InHand(lease, until, notice, state, contents)
        lost = False
        try:
            for group in parted(due, contents, doubted, one_content=self.provider.one_content):
                self._group(held, group, doubted.get(group[0].recipient.key))
        except BusyError:
            lost = True
            raise
        finally:
            if not lost:
                self._put_back(held, batch)
        return True

    def close(self) -> None:
        """Waits for the provider's answer, if one is under way."""
        self.line.shutdown()

    def _fit(self, connection: "Connection", given: Sequence[Message]) -> list[Message]:
        """Those that can be written to; where addresses stay at home, that is all."""
        unfit = [message for message in given if self.send_addresses and not is_fit(message.recipient.email)]
        for message in unfit:
            sending.skip(connection, message, REASON_UNFIT)
        self.skipped += len(unfit)
        return [message for message in given if message not in unfit] if unfit else list(given)

    def _group(self, held: _InHand, group: Sequence[Message], name: str | None) -> None:
        """Hands messages over together; those that the provider refuses are split out, and the others go on."""
        splitting = Splitting(group)
        while (part := splitting.next_part()) is not None:
            if not self._part(held, part, name if len(part) == len(group) else None, splitting):
                break
        if splitting.is_proven or _digests(held.contents, group) <= self.known:
            self._refuse(held, splitting.refused)
        elif self.stopped is None:
            self.stopped = _refused(splitting.refused[-1][1])

    def _part(self, held: _InHand, part: Sequence[Message], name: str | None, splitting: Splitting) -> bool:
        """Hands one batch over, again while the provider is busy and a rest may help; says whether more may follow."""
        while True:
            if not self._waited(held, self.room(len(part))):
                return False
            with self._commit(held) as connection:
                if not self.may_go(connection, held.notice):
                    return False
                key = (lambda _: name) if name else (lambda marked: key_of(self.key, marked))
                begun = handoffs.begin(connection, part, held.state, key, self.now())
                ids = users.ids_of(connection, [message.recipient.key for message in part])
            if begun is None:
                return True
            batch = batch_of(
                begun.key, self.key, begun.messages, held.contents, ids, send_addresses=self.send_addresses
            )
            handed = self._called(held, batch)
            with self._commit(held, beside=not handed.receipts) as connection:
                self._record(connection, held, begun, handed, splitting)
            if handed.outcome is not Outcome.HOST_BUSY:
                return self.stopped is None
            if not self._rest(held, handed):
                return False

    def _called(self, held: _InHand, given: Handoff) -> Handed:
        """Calls the provider, while the lease is kept; not at all once somebody else has the batch."""
        if self.holder.now() >= held.until:
            with self._commit(held):
                pass
        called = self.line.submit(self.provider.hand, given, self.now())
        while not wait((called,), self._slice).done:
            with self._commit(held):
                pass
        return called.result()

    def _record(
        self, connection: "Connection", held: _InHand, begun: handoffs.Begun, handed: Handed, splitting: Splitting
    ) -> None:
        """What came of a batch as a whole; and what the provider said of single messages at once."""
        at, number = self.now(), len(begun.messages)
        if handed.outcome is Outcome.ACCEPTED:
            self.heard, self.rests = True, 0
            self.known |= _digests(held.contents, begun.messages)
            splitting.taken()
            handoffs.take(connection, begun, at, handed.provider)
            done = apply_receipts(connection, self.key, handed.receipts, at, self._due_again, only=held.notice.id)
            for status, outcome in _SAID.items():
                self.tally[outcome] += done.read[handoffs.Effect(status)]
            self.handed += number - sum(done.read[handoffs.Effect(status)] for status in _SAID)
            self._judge(connection, held.notice, done.read[handoffs.Effect.REFUSED], number)
            self.progress.advance(number)
            return
        receipt = Receipt(handed.outcome, handed.code, handed.why)
        sending.record(connection, [sending.Answer(message, receipt, at, held.state) for message in begun.messages])
        if handed.outcome is Outcome.IN_DOUBT:
            self.tally[Outcome.IN_DOUBT] += number
            self.progress.advance(number)
            if handed.code:
                self.stopped = _busy(handed)
        elif handed.outcome is Outcome.SENDER_FAULT and not splitting.split(begun.messages, handed):
            self.stopped = _refused(handed)

    def _refuse(self, held: _InHand, given: Sequence[tuple[Message, Handed]]) -> None:
        """Records those that the provider takes from nobody: for good, as a mail server's refusal."""
        if not given:
            return
        with self._commit(held) as connection:
            marked = {entry.recipient.key for entry in sending.mark(connection, [it for it, _ in given], held.state)}
            sending.record(
                connection,
                [
                    sending.Answer(message, Receipt(Outcome.REFUSED, handed.code, _UNFIT), self.now(), held.state)
                    for message, handed in given
                    if message.recipient.key in marked
                ],
            )
            self._judge(connection, held.notice, len(marked), len(marked))
        self.tally[Outcome.REFUSED] += len(marked)
        self.progress.advance(len(given))

    def _judge(self, connection: "Connection", notice: Notice, refused: int, of: int) -> None:
        """Pauses a notice of which the provider refuses too many."""
        why = self.refusals.hear(notice, refused, of)
        if why is not None:
            handling.pause_of_itself(connection, notice.id, why.message, self.now())

    def _due_again(self, attempts: int) -> datetime:
        return self.now() + backoff(attempts, self.chance)

    def _rest(self, held: _InHand, handed: Handed) -> bool:
        """Leaves a busy provider alone for a while; says whether it is worth another try."""
        pause = max(_RESTS[min(self.rests, len(_RESTS) - 1)], handed.wait or 0)
        if not self.heard or self.rests >= len(_RESTS) or pause > _LONGEST_REST:
            self.stopped = _busy(handed)
            return False
        self.rests += 1
        return self._waited(held, pause)

    def _waited(self, held: _InHand, seconds: float) -> bool:
        """Waits, and keeps the batch meanwhile; False when an end was asked for before that was over."""
        left = seconds
        while left > 0:
            if self.stopping():
                self.stopped = self.stopped or interrupted_by_hand()
                return False
            self.sleep(min(left, self._slice))
            left -= self._slice
            with self._commit(held):
                pass
        return True

    @property
    def _slice(self) -> float:
        return min(self.holder.lease.total_seconds() / _WAITS_IN_A_LEASE, _RESTS[-1])

    @contextmanager
    def _commit(self, held: _InHand, *, beside: bool = True) -> "Iterator[Connection]":
        """A transaction in which the batch is still ours."""
        with self.store.begin(beside=beside) as connection:
            until = self.holder.now() + self.holder.lease
            kept = leases.keep(connection, held.lease, self.holder)
            self.keep(connection)
            yield connection
        self.holder.traces.kept(held.lease, kept)
        held.until = until

    def _put_back(self, held: _InHand, batch: batches.Batch) -> None:
        with self.store.begin(beside=True) as connection:
            leases.release(connection, held.lease, self.holder)
            self.keep(connection)
            batches.put_back(connection, batch)
            self._leave(connection, batch)
        self.holder.traces.put_back(held.lease)

    def _leave(self, connection: "Connection", batch: batches.Batch) -> None:
        jobs.defer_left(connection, batch.notice, batch.number, self.now(), resend=self.resend)


_SAID = {
    ReceiptStatus.ACCEPTED: Outcome.ACCEPTED,
    ReceiptStatus.REFUSED: Outcome.REFUSED,
    ReceiptStatus.DEFERRED: Outcome.DEFERRED,
}
"""What a provider's answer to a batch may say of single messages at once, besides that it has them."""


def _digests(contents: Contents, given: Sequence[Message]) -> set[str]:
    return {contents.of(message).digest for message in given}


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
