"""What is due of one batch, for those who are told of batches one by one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.notice import MessageState, Notice, NoticeId
from publisher.store import batches, notices
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.sender import PHASES

if TYPE_CHECKING:
    from publisher.store.engine import Store

_FULL = 5.0
"""Seconds for which a notice whose first mails are out is believed to wait: counting them all takes long."""


@dataclass(frozen=True, slots=True)
class DueBatch:
    """A batch, and the first state that anything of it is due in."""

    notice: Notice
    batch: batches.Batch
    state: MessageState


@dataclass(frozen=True, slots=True)
class Due:
    """Looks batches up.

    Attributes:
        store: the store.
        start: says how many messages of a notice may go now.
        resend: whether a message in doubt is sent once more.
        now: the clock of instants.
    """

    store: "Store"
    start: CarefulStart
    resend: bool
    now: Callable[[], datetime]
    _full: dict[NoticeId, float] = field(default_factory=dict)

    def find(self, name: NoticeId, number: int) -> DueBatch | None:
        """A batch of a notice, if anything of it may go now."""
        now = self.now()
        if time.monotonic() < self._full.get(name, 0.0):
            return None
        with self.store.read() as connection:
            notice = notices.find(connection, name)
            if notice is None or now >= notice.deadline or not notices.is_open(connection, name):
                return None
            for state in PHASES if self.resend else PHASES[:-1]:
                if self.start.allowed(connection, notice, state, now) == 0:
                    continue
                due = batches.due_batches(connection, name, state, now, number=number)
                if due:
                    return DueBatch(notice, due[0], state)
            if self.start.counts:
                self._full[name] = time.monotonic() + _FULL
        return None
