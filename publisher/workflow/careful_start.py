"""The careful start of a notice: how many of its mails may go now, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.config import DeliverySettings, Settings
from publisher.domain.notice import Channel, MessageState, Notice, NoticeId, NoticeKind
from publisher.domain.policy import Policy, is_version
from publisher.errors import Fault, Severity

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST_CALL = timedelta(days=1)
"""So long before its time is over, a notice that waits for a person is an error and no warning any more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a notice waits for. `until` is None when a person has to let it go on; `left` mails wait.

    `deadline` is when it is too late.
    """

    notice: NoticeId
    until: datetime | None
    left: int
    out: int
    deadline: datetime

    @property
    def reason(self) -> str:
        """In words."""
        if self.until is not None:
            return f"its first mail goes at {self.until:%Y-%m-%d %H:%M:%S} UTC, as [delivery] delay wants it"
        mails = f"{self.out:,} of its {self.out + self.left:,} mails are out, as [delivery] first wants it"
        return f"{mails}; look at them, then: publisher resume {self.notice.policy} {self.notice.version}"

    @property
    def _else(self) -> str:
        return "its version is held" if is_version(self.notice.version) else "they are never sent"

    def fault(self, now: datetime) -> Fault | None:
        """For whom a person has to be called: the first mails are out, and the others wait."""
        if self.until is not None:
            return None
        left = self.deadline - now
        return Fault(
            "notice-waits",
            f"{self.notice} waits for a person: {self.out:,} of its {self.out + self.left:,} mails are out. The others"
            f" must go before {self.deadline:%Y-%m-%d %H:%M} UTC, or {self._else}.",
            f"Look at how the first were taken, then: publisher resume {self.notice.policy} {self.notice.version}",
            severity=Severity.ERROR if left < LAST_CALL else Severity.WARNING,
        )


@dataclass(frozen=True, slots=True)
class CarefulStart:
    """What the settings say of every notice's first mails; an incident is told at once and to everybody."""

    settings: DeliverySettings

    @property
    def counts(self) -> bool:
        """Whether only some of a notice's mails may go at first, so that nobody else may begin any meanwhile."""
        return bool(self.settings.first)

    def begins(self, notice: Notice) -> datetime:
        """When its first mail may go."""
        return notice.created + self.settings.wait

    def is_early(self, notice: Notice, now: datetime) -> bool:
        """Whether its first mail has to wait; without a delay never, though a clock was set back."""
        return bool(self.settings.wait) and not _at_once(notice) and now < self.begins(notice)

    def allowed(self, connection: "Connection", notice: Notice, state: MessageState, now: datetime) -> int | None:
        """How many messages of a notice may go now out of one state; None is all of them.

        Those among the first that were deferred or are in doubt are tried again without being let go. Of a batch that
        somebody else has in hand, all that was queued counts as begun.
        """
        from publisher.store import beginnings

        if self.is_early(notice, now):
            return 0
        if state is not MessageState.QUEUED or not self.settings.first or _at_once(notice):
            return None
        left = self._left_of_first(connection, notice.id)
        return None if left is None else max(0, left - beginnings.in_hand(connection, notice.id))

    def due(self, connection: "Connection", notice: Notice, now: datetime, *, resend: bool = True) -> int:
        """How many messages of a notice may go now; `resend`: those in doubt are sent once more."""
        from publisher.store import batches, beginnings

        if self.is_early(notice, now):
            return 0
        due = batches.due_count(connection, notice.id, now, resend=resend)
        allowed = self.allowed(connection, notice, MessageState.QUEUED, now)
        return due if allowed is None else due - max(0, beginnings.waiting(connection, notice.id) - allowed)

    def waits(self, connection: "Connection", notice: Notice, now: datetime) -> Wait | None:
        """What holds a notice back; None when nothing does, or nothing of it is left to be sent."""
        from publisher.store import beginnings

        early = self.is_early(notice, now)
        begun = not self.settings.first or _at_once(notice) or self._left_of_first(connection, notice.id) != 0
        if not early and begun:
            return None
        out, mails = beginnings.begun(connection, notice.id)
        if out == mails:
            return None
        return Wait(notice.id, self.begins(notice) if early else None, mails - out, out, notice.deadline)

    def _left_of_first(self, connection: "Connection", name: NoticeId) -> int | None:
        from publisher.store import beginnings, handling

        if handling.is_let_go(connection, name):
            return None
        out, mails = beginnings.begun(connection, name)
        first = self.settings.first_of(mails)
        return None if first is None else max(0, first - out)


def _at_once(notice: Notice) -> bool:
    return notice.kind is NoticeKind.INCIDENT


AT_ONCE = CarefulStart(DeliverySettings())
"""No careful start: everything may go."""


def mails_begin(settings: Settings, policy: Policy, now: datetime) -> datetime:
    """When the first mail of a notice that is made now may go: lead times are counted from here."""
    return now + settings.delivery.wait if Channel.EMAIL in policy.settings.channels else now
