"""One hand of a worker that hands batches to a provider: one after the other, judged by what the provider says."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.delivery.handoff import Provider
from publisher.domain.notice import Notice, NoticeId
from publisher.workflow.delivery_report import Unseen, interrupted_by_hand
from publisher.workflow.due import Due
from publisher.workflow.hand import Tally, Terms
from publisher.workflow.handoff_batches import Contents
from publisher.workflow.handoff_sender import BatchSender
from publisher.workflow.journal import Journal

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """What hands work by that hand batches to a provider.

    Attributes:
        provider: takes the batches.
        send_addresses: whether addresses may leave.
        room: takes the provider's time for so many messages, and says in how many seconds it begins.
    """

    provider: Provider
    send_addresses: bool
    room: Callable[[int], float]


class ProviderHand:
    """Works on one batch at a time; what it knows of the provider lasts for as long as that takes anything."""

    def __init__(self, terms: Terms, own: ProviderTerms, tally: Tally) -> None:
        self._terms, self._own, self._tally = terms, own, tally
        self._journal = Journal(Unseen())
        self._due = Due(terms.store, terms.start, terms.resend, terms.now)
        self._sender: BatchSender | None = None
        self._contents: tuple[NoticeId, Contents] | None = None

    def batch(self, name: NoticeId, number: int) -> None:
        """Hands over what is due of one batch, out of the first state that anything is due in.

        Raises:
            BusyError: somebody else has taken the batch over.
        """
        due = self._due.find(name, number)
        if due is None or not self._terms.first(due.notice):
            return
        sender = self._sender = self._sender or self._opened()
        lost = True
        try:
            sender.hand_over(due.notice, due.batch, due.state, self._contents_of(due.notice, sender))
            lost = False
        finally:
            self._tally.add(sender, lost=lost, handed=sender.handed)
            sender.handed = 0
            self._journal.sum_up()
            if lost:
                self.close()
        self._judge(sender)

    def close_when_idle(self) -> None:
        """Nothing stays open between two batches."""

    def close(self) -> None:
        """Waits for the provider's answer, if one is under way."""
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close()

    def _contents_of(self, notice: Notice, sender: BatchSender) -> Contents:
        if self._contents is None or self._contents[0] != notice.id:
            with self._terms.store.read() as connection:
                self._contents = notice.id, sender.mails(connection, notice)
        return self._contents[1]

    def _opened(self) -> BatchSender:
        terms, own = self._terms, self._own
        return BatchSender(
            store=terms.store,
            provider=own.provider,
            holder=terms.holder,
            keep=_nothing_else,
            now=terms.now,
            key=terms.mail.key,
            send_addresses=own.send_addresses,
            room=own.room,
            resend=terms.resend,
            progress=self._journal,
            sleep=terms.sleep,
            chance=random.random,
            stopping=terms.stopping,
            start=terms.start,
        )

    def _judge(self, sender: BatchSender) -> None:
        """A provider that takes nothing is asked again after a rest, as one that was never heard."""
        if reasons := sender.refusals.take_told():
            self._terms.told(reasons)
        if sender.stopped is None:
            self._terms.stopped(None)
            return
        self.close()
        if sender.stopped.code != interrupted_by_hand().code:
            self._terms.stopped(sender.stopped)


def _nothing_else(_connection: "Connection") -> None:
    """The lease of its batch is all that a worker holds."""
