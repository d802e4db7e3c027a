"""Handing batches over: one in hand at a time, its messages marked before they go and their answers recorded.

Only this thread writes to the store for it. A message is begun on a lane; when the far side is ready for its text it is
marked, that is committed, and only then is the text handed over. The answers that came and the marks of the messages
that go next, of all lanes, share one commit. Whatever happens, at most one message a connection is in doubt.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.notice import Message, MessageState, Notice, Outcome
from publisher.errors import PublisherError
from publisher.store import batches, doubting, handling, jobs, leases, notices, sending, turns
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import Progress, interrupted_by_hand
from publisher.workflow.judgement import Judgement
from publisher.workflow.lanes import Back, Lanes, News, Parcel
from publisher.workflow.letters import Letters
from publisher.workflow.pace import Pace, backoff
from publisher.workflow.restored import telling_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

PHASES = (MessageState.QUEUED, MessageState.DEFERRED, MessageState.IN_DOUBT)
"""Nobody waits for another's second attempt: everything queued comes first, what is in doubt last."""

REASON_UNFIT = "address-unfit"
_LOOK = 2.0
"""Seconds between two looks at whether a person has paused the notice."""

_WAITS_IN_A_LEASE = 3
"""A batch is kept before its lease is over, even when one commit comes late."""

_GOODBYE = 30.0

_AGAIN = (0.2, 1.0, 3.0, 8.0)
"""Seconds before a commit that was cut off is made again."""

_CUT_OFF = "store-unusable"


@dataclass(slots=True)
class _Batch:
    """A batch in hand, and what of it still has to be handed over."""

    lease: leases.Lease
    notice: Notice
    batch: batches.Batch
    state: MessageState
    letters: Letters
    pending: deque[Message]


@dataclass(slots=True)
class Sender:
    """What lasts from one batch to the next: the connections, the pace, and the judgement on the answers so far.

    Attributes:
        store: the store.
        holder: as whom batches are taken in hand.
        keep: lengthens every now and then what else is held meanwhile; raises BusyError when it was lost.
        now: the clock of instants.
        key: the installation's key, from which Message-IDs derive.
        domain: the domain of Message-IDs.
        sender_of: gives each message its envelope sender.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        clock: seconds that only grow.
        chance: a number from 0 to 1, by which waiting times are spread.
        pace: how fast messages may begin.
        stopping: whether a person or the system wants an end; what is under way is answered first.
        judgement: what the answers mean for what follows.
        start: says how many messages of a notice may go now.
        resend: whether a message in doubt is sent once more.
        lanes: the connections; opened by whoever knows how many.
        tally, skipped, interrupted: what became of the messages so far; those that others had left under way.
    """

    store: "Store"
    holder: leases.Holder
    keep: "Callable[[Connection], None]"
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
    start: CarefulStart
    resend: bool = True
    lanes: Lanes | None = None
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    skipped: int = 0
    interrupted: int = 0
    looked_at: float = 0.0
    news: News = field(default_factory=News)
    ending: bool = False
    in_hand: _Batch | None = None
    written: deque[Parcel] = field(default_factory=deque)
    failures: int = 0

    def mails(self, connection: "Connection", notice: Notice) -> Letters:
        """The letters of a notice, prepared."""
        templates = notices.templates(connection, notice.id)
        return Letters(templates, key=self.key, domain=self.domain, sender=self.sender_of)

    def hand_over(self, notice: Notice, batch: batches.Batch, state: MessageState, mails: Letters) -> bool:
        """Takes a batch in hand, hands over what of it is due out of one state, and puts it back.

        A batch that somebody else has in hand is left to them.

        Returns:
            Whether more of its notice may go out of that state.
        """
        with telling_all(self.store, self.holder, self.now):
            return self._handed_over(notice, batch, state, mails)

    def _handed_over(self, notice: Notice, batch: batches.Batch, state: MessageState, letters: Letters) -> bool:
        with self.store.begin(beside=not self.start.counts) as connection:
            leases.refuse_restored(connection, self.holder)
            self.keep(connection)
            allowed = self.start.allowed(connection, notice, state, self.now())
            if allowed == 0 or not self.may_go(connection, notice):
                return False
            try:
                readers = batches.addressees(connection, batch)
            except PublisherError as down:
                self.judgement.stopped = down.faults[0]
                return False
            lease = leases.take(connection, batch, self.holder)
            if lease is None:
                return True
            if lease.interrupted:
                self.interrupted += doubting.doubt_batch(connection, batch, self.now())
            self.skipped += batches.take_in_hand(connection, batch, readers)
            due = deque(sending.messages(connection, batch, state, self.now(), readers)[:allowed])
        self.holder.traces.kept(lease, lease.until)
        self.in_hand = _Batch(lease, notice, batch, state, letters, due)
        self._work(self.in_hand)
        self._put_back(self.in_hand)
        return True

    def may_go(self, connection: "Connection", notice: Notice) -> bool:
        """Whether anything of a notice may go now."""
        if self.judgement.over(notice.id) or self.now() >= notice.deadline:
            return False
        return notices.is_open(connection, notice.id)

    def _work(self, batch: _Batch) -> None:
        """Hands a batch over, message by message, until nothing of it is pending or under way."""
        lanes = self._lanes()
        while batch.pending or lanes.under_way or self.news:
            if self.stopping():
                self.judgement.stopped = self.judgement.stopped or interrupted_by_hand()
            if self.judgement.over(batch.notice.id):
                batch.pending.clear()
            if not self._settled(batch, lanes):
                continue
            self.news = self._wait(lanes, pending=bool(batch.pending))
            batch.pending.extendleft(parcel.message for parcel in self.news.returned)
            for back in self.news.backs:
                if back.receipt.outcome is Outcome.HOST_BUSY:
                    batch.pending.append(back.parcel.message)
                self.judgement.hear(batch.notice, back.lane, back.receipt, lanes)

    def _settled(self, batch: _Batch, lanes: Lanes) -> bool:
        """Makes the next commit. One of which nobody knows what became, because the store was cut off, is made again.

        What was begun and not told to the store in time is in doubt, as after a crash; the lease says when that is.
        """
        try:
            self._turn(batch, lanes)
        except PublisherError as cut:
            batch.pending.extendleft(parcel.message for parcel in self.written)
            if self.failures >= len(_AGAIN) or cut.faults[0].code != _CUT_OFF:
                raise
            self.sleep(_AGAIN[self.failures])
            self.failures += 1
            return False
        self.failures = 0
        return True

    def _turn(self, batch: _Batch, lanes: Lanes) -> None:
        """One commit: the answers that came, and the marks of the messages whose text goes next."""
        parcels, unfit = self._next_parcels(batch, len(self.news.ready) + lanes.free)
        self.written = parcels
        look = self.clock() - self.looked_at > _LOOK
        over = self.ending or self.judgement.over(batch.notice.id)
        ready, marked = () if over else self.news.ready, frozenset[str]()
        if self.news.backs or ready or unfit or look:
            following = [entry.parcel.message for entry in ready]
            if look or unfit or (turn := self._plain(batch, following)) is None:
                with self.store.begin(beside=True) as connection:
                    until = leases.keep(connection, batch.lease, self.holder)
                    self._record(connection, batch)
                    for message in unfit:
                        sending.skip(connection, message, REASON_UNFIT)
                    if look:
                        self.keep(connection)
                        if not self.may_go(connection, batch.notice):
                            self.judgement.halted.setdefault(batch.notice.id, None)
                            ready, following, parcels = (), [], deque()
                    marked = _keys(sending.mark(connection, following, batch.state))
                self.holder.traces.kept(batch.lease, until)
            else:
                marked = turns.take_turn(self.store, turn, self.holder)
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
        for back in news.backs:
            self.tally[back.receipt.outcome] += 1
        self.progress.answered(batch.notice.id, [back.receipt for back in news.backs])
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
        longest = self.holder.lease.total_seconds() / _WAITS_IN_A_LEASE
        resting = max(0.0, self.judgement.rest_until - self.clock())
        pause = max(resting, self.pace.wait() if not resting else 0.0)
        if lanes.under_way:
            may_begin = pending and lanes.free
            return lanes.news(min(max(pause, 0.001), longest) if may_begin else longest)
        if pending and pause:
            self.sleep(min(pause, longest))
        return News()

    def _plain(self, batch: _Batch, following: Sequence[Message]) -> turns.Turn | None:
        """The next commit, if it is like nearly all others."""
        backs, at = self.news.backs, self.now()
        if self.failures or batch.notice.id in self.judgement.halted or not all(back.sent for back in backs):
            return None
        answers = [self._answer(batch, back, at) for back in backs]
        turn = turns.Turn(batch.lease, answers, following, batch.state)
        return turn if turn.is_plain else None

    def _record(self, connection: "Connection", batch: _Batch) -> None:
        """Records the answers; of a message whose text was never handed over only one that is about it alone."""
        at, backs = self.now(), self.news.backs
        unsent = [back.parcel.message for back in backs if not back.sent and back.is_about_it]
        marked = _keys(sending.mark(connection, unsent, batch.state))
        worth = [back for back in backs if back.sent or back.parcel.message.recipient.key in marked]
        sending.record(connection, [self._answer(batch, back, at) for back in worth], again=self.failures > 0)
        why = self.judgement.halted.get(batch.notice.id)
        if why is not None:
            handling.pause_of_itself(connection, batch.notice.id, why.message, at)

    def _answer(self, batch: _Batch, answer: Back, at: datetime) -> sending.Answer:
        message, receipt = answer.parcel.message, answer.receipt
        deferred = receipt.outcome is Outcome.DEFERRED
        next_at = at + backoff(message.attempts + 1, self.chance) if deferred else None
        return sending.Answer(message, receipt, at, batch.state, next_at)

    def wind_up(self) -> None:
        """However it ended: answers that still come are recorded, the batch is put back, the connections are closed."""
        try:
            with telling_all(self.store, self.holder, self.now):
                self._drain()
        finally:
            if self.lanes is not None:
                self.lanes.close(_GOODBYE)
                self.lanes = None

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
        self._put_back(batch)

    def _put_back(self, batch: _Batch) -> None:
        with self.store.begin(beside=True) as connection:
            leases.release(connection, batch.lease, self.holder)
            self.keep(connection)
            batches.put_back(connection, batch.batch)
            jobs.defer_left(connection, batch.notice.id, batch.batch.number, self.now(), resend=self.resend)
        self.holder.traces.put_back(batch.lease)
        self.in_hand = None

    def _lanes(self) -> Lanes:
        if self.lanes is None:
            raise RuntimeError("nothing was due")
        return self.lanes


def _keys(given: Sequence[Message]) -> frozenset[str]:
    return frozenset(message.recipient.key for message in given)
