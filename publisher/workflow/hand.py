"""One hand of a worker: batch after batch, over connections that stay open between them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from publisher.delivery.verp import senders
from publisher.domain.notice import Notice, NoticeId, Outcome
from publisher.errors import Fault, PublisherError
from publisher.store import leases
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import Called, DeliveryReport, Unseen
from publisher.workflow.due import Due
from publisher.workflow.journal import Journal
from publisher.workflow.judgement import Judgement
from publisher.workflow.lanes import Lanes
from publisher.workflow.letters import Letters
from publisher.workflow.outgoing import Outgoing
from publisher.workflow.pace import Pace
from publisher.workflow.sender import Sender

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

_IDLE = 20.0
"""Seconds after which connections that nobody uses are closed, before the mail server gives them up."""

_BY_HAND = "delivery-interrupted"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all hands of a worker work by.

    Attributes:
        store: the store.
        holder: as whom batches are taken in hand.
        mail: how mails leave.
        connections: how many messages a hand may have under way at once.
        now: the clock of instants.
        pace: makes a hand its pace.
        start: says how many messages of a notice may go now.
        resend: whether a message in doubt is sent once more.
        stopping: whether the worker is to end.
        sleep: waits for some seconds, or until the worker is to end.
        first: sends what goes before a notice's mails, and says whether they may follow.
        stopped: is told why the mail server, or the users' database, took nothing; None when it took something.
        told: is told of what a person has to see to.
    """

    store: "Store"
    holder: leases.Holder
    mail: Outgoing
    connections: int
    now: Callable[[], datetime]
    pace: Callable[[], Pace]
    start: CarefulStart
    resend: bool
    stopping: Callable[[], bool]
    sleep: Callable[[float], None]
    first: Callable[[Notice], bool]
    stopped: Callable[[Fault | None], None]
    told: Callable[[tuple[Fault, ...]], None]


class Counted(Protocol):
    """What a hand works with, and what that has counted."""

    tally: dict[Outcome, int]
    skipped: int
    interrupted: int


@dataclass(slots=True)
class Tally:
    """What became of the messages of all hands; `lost` batches others took over; `called`: by the webhook."""

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    handed: int = 0
    skipped: int = 0
    interrupted: int = 0
    batches: int = 0
    lost: int = 0
    called: Called = field(default_factory=Called)
    _lock: Lock = field(default_factory=Lock)

    def add(self, sender: Counted, *, lost: bool, handed: int = 0) -> None:
        """Takes over what a sender has counted; a provider has the `handed` messages, and answers for them later."""
        with self._lock:
            for outcome, number in sender.tally.items():
                self.outcomes[outcome] += number
            self.handed += handed
            self.skipped += sender.skipped
            self.interrupted += sender.interrupted
            self.batches += 1
            self.lost += lost
        sender.tally = dict.fromkeys(Outcome, 0)
        sender.skipped = sender.interrupted = 0

    def add_calls(self, report: DeliveryReport) -> None:
        """Takes over what became of the webhook's calls."""
        with self._lock:
            self.called = self.called.plus(report)
            self.interrupted += report.interrupted


class WorkingHand(Protocol):
    """Whoever works on one batch at a time."""

    def batch(self, name: NoticeId, number: int) -> None:
        """Works on what is due of one batch, out of the first state that anything is due in."""
        ...

    def close_when_idle(self) -> None:
        """Closes what was not used for a while."""
        ...

    def close(self) -> None:
        """Ends: answers that still come are recorded."""
        ...


@dataclass(slots=True)
class Hand:
    """Works on one batch at a time; its connections and its judgement last for as long as nothing goes wrong."""

    terms: Terms
    tally: Tally
    journal: Journal = field(default_factory=lambda: Journal(Unseen()))
    used_at: float = 0.0
    _due: Due = field(init=False)
    _sender: Sender | None = None
    _letters: tuple[NoticeId, Letters] | None = None

    def __post_init__(self) -> None:
        self._due = Due(self.terms.store, self.terms.start, self.terms.resend, self.terms.now)

    def batch(self, name: NoticeId, number: int) -> None:
        """Hands over what is due of one batch, out of the first state that anything is due in.

        Raises:
            PublisherError: the store cannot be used, or somebody else has taken the batch over.
        """
        found = self._due.find(name, number)
        if found is None or not self.terms.first(found.notice):
            return
        notice, batch, state = found.notice, found.batch, found.state
        sender = self._sender = self._sender or self._opened()
        lost = True
        try:
            sender.hand_over(notice, batch, state, self._letters_of(notice))
            lost = False
        finally:
            self.used_at = time.monotonic()
            if lost:
                self.close()
            self.tally.add(sender, lost=lost)
            self.journal.sum_up()
        self._judge(sender)

    def close_when_idle(self) -> None:
        """Closes connections that were not used for a while."""
        if self._sender is not None and time.monotonic() - self.used_at > _IDLE:
            self.close()

    def close(self) -> None:
        """Closes the connections; answers that still come are recorded, and a batch in hand is put back."""
        sender, self._sender, self._letters = self._sender, None, None
        if sender is None:
            return
        try:
            sender.wind_up()
        except PublisherError as fault:
            self.terms.told(fault.faults)

    def _letters_of(self, notice: Notice) -> Letters:
        if self._letters is None or self._letters[0] != notice.id:
            if self._sender is None:
                raise RuntimeError("nothing is open")
            with self.terms.store.read() as connection:
                self._letters = notice.id, self._sender.mails(connection, notice)
        return self._letters[1]

    def _opened(self) -> Sender:
        terms, mail = self.terms, self.terms.mail
        return Sender(
            store=terms.store,
            holder=terms.holder,
            keep=_nothing_else,
            now=terms.now,
            key=mail.key,
            domain=mail.domain,
            sender_of=senders(mail.key, mail.bounces, mail.sender),
            progress=self.journal,
            sleep=terms.sleep,
            clock=time.monotonic,
            chance=random.random,
            pace=terms.pace(),
            stopping=terms.stopping,
            judgement=Judgement(time.monotonic),
            start=terms.start,
            resend=terms.resend,
            lanes=Lanes(mail.transports, terms.connections, mail.sender),
        )

    def _judge(self, sender: Sender) -> None:
        """A mail server that takes nothing gets new connections after a rest; a notice let go on is judged anew."""
        judgement = sender.judgement
        reasons = (*(fault for fault in judgement.halted.values() if fault is not None), *judgement.warned.values())
        if reasons:
            self.terms.told(reasons)
        if judgement.stopped is not None:
            self.close()
            if judgement.stopped.code != _BY_HAND:
                self.terms.stopped(judgement.stopped)
            return
        self.terms.stopped(None)
        if judgement.halted:
            sender.judgement = Judgement(time.monotonic)


def _nothing_else(_connection: "Connection") -> None:
    """The lease of its batch is all that a worker holds."""
