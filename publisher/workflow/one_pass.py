"""One pass over what is due: by phase, then by notice, then by batch; what is more urgent goes between two batches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from publisher.domain.notice import MessageState, Notice
from publisher.store import batches, notices
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.sender import PHASES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

Mails = TypeVar("Mails")


class PassSender(Protocol[Mails]):
    """What a pass has to know of whoever hands its batches over."""

    def may_go(self, connection: "Connection", notice: Notice) -> bool:
        """Whether anything of a notice may go now."""
        ...

    def mails(self, connection: "Connection", notice: Notice) -> Mails:
        """The mails of a notice, prepared."""
        ...

    def hand_over(self, notice: Notice, batch: batches.Batch, state: MessageState, mails: Mails) -> bool:
        """Hands over what of a batch is due out of one state; says whether more of its notice may go out of it."""
        ...


@dataclass(frozen=True, slots=True)
class Pass(Generic[Mails]):
    """One pass. It goes on until everything due was tried, or the sender says why not."""

    store: "Store"
    sender: PassSender[Mails]
    now: Callable[[], datetime]
    start: CarefulStart
    resend: bool

    def due(self) -> int:
        """How many messages this pass will try."""
        with self.store.read() as connection:
            return sum(
                self.start.due(connection, notice, self.now(), resend=self.resend)
                for notice in notices.open_notices(connection)
                if self.sender.may_go(connection, notice)
            )

    def all(self) -> None:
        """Everything that is due."""
        for state in PHASES if self.resend else PHASES[:-1]:
            with self.store.read() as connection:
                waiting = notices.open_notices(connection)
            for notice in waiting:
                self._notice(notice, state)

    def _notice(self, notice: Notice, state: MessageState) -> None:
        with self.store.read() as connection:
            if not self.sender.may_go(connection, notice):
                return
            due_batches = batches.due_batches(connection, notice.id, state, self.now())
            if not due_batches:
                return
            mails = self.sender.mails(connection, notice)
        for batch in due_batches:
            self._urgent_first(notice)
            if not self.sender.hand_over(notice, batch, state, mails):
                return

    def _urgent_first(self, notice: Notice) -> None:
        """What was queued meanwhile."""
        with self.store.read() as connection:
            ahead = notices.urgent_ahead(connection, notice)
        for urgent in ahead:
            for state in PHASES[:2]:
                self._notice(urgent, state)
