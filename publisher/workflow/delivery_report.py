"""What a delivery tells: how far it has come, what it did, and why it stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from publisher.domain.notice import Notice, NoticeId, Receipt
from publisher.errors import Fault, Severity
from publisher.workflow.careful_start import Wait


class Bar(Protocol):
    """Somebody who draws how far a delivery has come."""

    def begin(self, total: int) -> None:
        """Told once, before the first message: how many are due."""
        ...

    def advance(self, number: int) -> None:
        """Told whenever messages are done with in this pass."""
        ...


class Progress(Bar, Protocol):
    """Somebody who follows a delivery more closely."""

    def answered(self, notice: NoticeId, receipts: Sequence[Receipt]) -> None:
        """Told with each commit: what came back for messages of a notice."""
        ...


class Unseen:
    """Nobody looks."""

    def begin(self, total: int) -> None:
        """Takes no notice."""

    def advance(self, number: int) -> None:
        """Takes no notice."""

    def answered(self, notice: NoticeId, receipts: Sequence[Receipt]) -> None:
        """Takes no notice."""


@dataclass(frozen=True, slots=True)
class Called:
    """What became of the messages that the webhook was called for; `skipped` are left to the banner."""

    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    in_doubt: int = 0
    skipped: int = 0

    def __bool__(self) -> bool:
        return self.accepted + self.refused + self.deferred + self.in_doubt + self.skipped > 0

    def plus(self, calls: "DeliveryReport") -> "Called":
        """These and those of more calls."""
        return Called(
            accepted=self.accepted + calls.accepted,
            refused=self.refused + calls.refused,
            deferred=self.deferred + calls.deferred,
            in_doubt=self.in_doubt + calls.in_doubt,
            skipped=self.skipped + calls.skipped,
        )


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a pass did; the webhook's calls of it alone where nobody has `added` them to the mails.

    Attributes:
        accepted, refused, deferred, in_doubt, skipped: how many messages ended the pass like that.
        handed: how many a provider took, to answer for later.
        copies: how many went ahead to the organisation's own people.
        interrupted: how many an earlier run had left under way; they are in doubt: sent again, or held.
        held: how many of all open notices are in doubt and are sent no more until people look.
        next_at: when the first deferred message is due; None when none is.
        paused: notices that wait for `resume`.
        overdue: notices whose deadline passed with messages unsent.
        waits: notices whose mails may not all go yet.
        stopped: why the pass ended early; None when it did not.
        reasons: why this pass paused notices, and what else a person should see to.
        called: what became of the messages of the webhook, beside the mails.
    """

    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    in_doubt: int = 0
    skipped: int = 0
    handed: int = 0
    copies: int = 0
    interrupted: int = 0
    held: int = 0
    next_at: datetime | None = None
    paused: tuple[NoticeId, ...] = ()
    overdue: tuple[NoticeId, ...] = ()
    waits: tuple[Wait, ...] = ()
    stopped: Fault | None = None
    reasons: tuple[Fault, ...] = ()
    called: Called = Called()

    @property
    def heard(self) -> bool:
        """Whether the mail server said anything of a message, or a provider took one."""
        return self.accepted + self.refused + self.deferred + self.handed > 0

    @property
    def done(self) -> bool:
        """Whether nothing waits for a person: neither stopped nor paused, nor to be let go on."""
        return self.stopped is None and not self.paused and all(wait.until is not None for wait in self.waits)


OF_THE_SERVER = frozenset({"delivery-refused", "delivery-host-busy"})
"""The codes of the faults by which a mail server takes nothing from us, or nothing from anybody."""


def added(mails: DeliveryReport, calls: DeliveryReport) -> DeliveryReport:
    """One report of the mails and the calls of a pass; what is left of both was counted after the calls."""
    return replace(
        mails,
        called=mails.called.plus(calls),
        interrupted=mails.interrupted + calls.interrupted,
        held=calls.held,
        next_at=calls.next_at,
        stopped=mails.stopped or calls.stopped,
        reasons=(*mails.reasons, *calls.reasons),
    )


def _said(receipt: Receipt) -> str:
    return " ".join(part for part in (str(receipt.code) if receipt.code else "", receipt.reply) if part)


def sender_fault(receipt: Receipt) -> Fault:
    """The far side does not take mail from us at all."""
    return Fault(
        "delivery-refused",
        f"The mail server does not take mail from this sender: {_said(receipt)}.",
        "Correct [email] transport and from, then deliver again. Nobody was counted as refused.",
    )


def host_busy(receipt: Receipt) -> Fault:
    """The far side takes no mail from anybody now."""
    return Fault(
        "delivery-host-busy",
        f"The mail server takes nothing now: {_said(receipt)}.",
        "Deliver again in some minutes. Every message waits as it was.",
    )


def interrupted_by_hand() -> Fault:
    """Somebody ended the pass; every answer was recorded."""
    return Fault(
        "delivery-interrupted",
        "The pass was ended before everything due was sent.",
        "Deliver again; it goes on where it stopped.",
    )


def many_refused(notice: Notice, refused: int, of: int) -> Fault:
    """So many refusals of a notice that goes on all the same."""
    return Fault(
        "delivery-many-refused",
        f"{notice.id} goes on, though {refused} of {of} messages in a row were refused for good.",
        "Look at the replies and the addresses; those refused are left to the banner.",
        severity=Severity.WARNING,
    )


def too_many_refused(notice: Notice, refused: int, of: int) -> Fault:
    """So many refusals that the list of addresses has to be looked at."""
    return Fault(
        "delivery-paused",
        f"{notice.id} is paused: {refused} of the last {of} messages were refused for good.",
        f"Look at the replies and the addresses, then: publisher resume {notice.id.policy} {notice.id.version}",
    )
