"""What the mails of a version wait for: a person, a time, or nothing; and what failed of the copies ahead of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import Channel, MessageState, NoticeId
from publisher.errors import Fault
from publisher.workflow.careful_start import CarefulStart, Wait
from publisher.workflow.passes import LOCK

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store
    from publisher.store.handling import Handled
    from publisher.store.seeds import SeedCopy
    from publisher.store.with_provider import Unanswered

_FAILED = frozenset({MessageState.REFUSED, MessageState.DEFERRED, MessageState.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Pause:
    """A notice that somebody paused; `handled` is None where nobody kept a record of it."""

    notice: NoticeId
    handled: "Handled | None"

    @property
    def words(self) -> str:
        """Who, when, and why."""
        if self.handled is None:
            return "paused"
        why = f": {self.handled.why.rstrip('.')}" if self.handled.why else ""
        return f"paused by {self.handled.by} at {self.handled.at:%Y-%m-%d %H:%M} UTC{why}"


@dataclass(frozen=True, slots=True)
class MailState:
    """What the mails of a version's newest notice wait for.

    Attributes:
        paused: somebody stopped them.
        wait: the settings hold some of them back.
        next_at: when the first deferred one is tried again.
        copies: how many copies went ahead, to the organisation's own people.
        failed: those of them that did not, or may not have, arrived.
        unanswered: what a provider has and has not answered for.
    """

    paused: Pause | None = None
    wait: Wait | None = None
    next_at: datetime | None = None
    copies: int = 0
    failed: "tuple[SeedCopy, ...]" = ()
    unanswered: "Unanswered | None" = None

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in words for staff, each with what to do about it."""
        found: list[str] = []
        if self.paused is not None:
            name = self.paused.notice
            found.append(f"{self.paused.words}; to go on: publisher resume {name.policy} {name.version}")
        elif self.wait is not None:
            found.append(f"its mails wait: {self.wait.reason}")
        if self.next_at is not None:
            found.append(f"deferred mails are tried again from {self.next_at:%Y-%m-%d %H:%M:%S} UTC on")
        if self.unanswered is not None:
            since = f" since {self.unanswered.since:%Y-%m-%d %H:%M} UTC" if self.unanswered.since else ""
            found.append(
                f"{self.unanswered.count:,} handed over and not answered for{since}: the provider's receipts come by"
                " POST /api/receipts, or by: publisher receipts import FILE"
            )
        arrived = self.copies - len(self.failed)
        if arrived:
            found.append(f"{arrived} {'copy' if arrived == 1 else 'copies'} went ahead to [delivery] seeds")
        if self.failed:
            said = dict.fromkeys(
                f"{copy.key.language} {copy.state}" + (f" ({_said(copy)})" if _said(copy) else "")
                for copy in self.failed
            )
            found.append(f"{len(self.failed)} of {self.copies} copies to [delivery] seeds failed: {', '.join(said)}")
        return tuple(found)


NO_MAILS = MailState()
"""Of a version that nobody is told of by mail from this store."""


def mail_state(settings: Settings, connection: "Connection", name: NoticeId, now: datetime) -> MailState:
    """What the mails of a notice wait for."""
    from publisher.store import batches, beginnings, handling, notices, seeds, with_provider

    found = notices.find(connection, name)
    if found is None or Channel.EMAIL not in found.channels or not notices.is_current(connection, name):
        return NO_MAILS
    copies = seeds.of_notice(connection, name)
    failed = tuple(copy for copy in copies if copy.state in _FAILED)
    handed = with_provider.unanswered(connection, name)
    unanswered = handed if handed.count else None
    if not batches.is_unsent(connection, name):
        return MailState(copies=len(copies), failed=failed, unanswered=unanswered)
    paused = Pause(name, handling.paused_by(connection, name)) if notices.is_paused(connection, name) else None
    return MailState(
        paused=paused,
        wait=CarefulStart(settings.delivery).waits(connection, found, now) if now < found.deadline else None,
        next_at=beginnings.next_try(connection, name),
        copies=len(copies),
        failed=failed,
        unanswered=unanswered,
    )


def last_halt(store: "Store | None") -> tuple[datetime, Fault] | None:
    """When and why nothing goes: the store was restored, or the mail server took nothing and got nothing since."""
    if store is None:
        return None
    from publisher.store import halts, leases

    with store.read() as connection:
        return halts.last(connection, leases.RESTORED) or halts.last(connection, LOCK)


def _said(copy: "SeedCopy") -> str:
    return " ".join(part for part in (str(copy.code) if copy.code else "", copy.reply) if part)
