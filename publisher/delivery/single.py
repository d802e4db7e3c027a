"""Mails that are nobody's in an outbox, one by one: copies for the organisation's own people, and test mails."""

import hashlib
from datetime import datetime
from typing import Protocol

from publisher.delivery import Transport
from publisher.delivery.envelope import is_fit, join
from publisher.delivery.handoff import Provider, content_of
from publisher.domain.handoff import COPY, Handoff, HandoffMessage, ReceiptStatus
from publisher.domain.notice import MailTemplate, Outcome, Receipt


class SingleMails(Protocol):
    """Whoever takes single mails; used by one thread at a time."""

    def send(self, mail: MailTemplate, to: str, name: str, date: str, at: datetime) -> Receipt:
        """Sends one mail. What the far side does is a value.

        Args:
            mail: what it says.
            to: the organisation's own address.
            name: its Message-ID, the same at every attempt.
            date: its date, as in RFC 5322.
            at: the instant.

        Raises:
            ValueError: a value is unfit; the message names the slot and never repeats the value.
        """
        ...

    def close(self) -> None:
        """Ends the connection, if there is one."""
        ...


class TransportedMails:
    """Mails over a connection that takes them one by one."""

    def __init__(self, transport: Transport, sender: str) -> None:
        self._transport = transport
        self._sender = sender

    def send(self, mail: MailTemplate, to: str, name: str, date: str, at: datetime) -> Receipt:  # noqa: ARG002  `at` is for those who sign
        """Sends one mail."""
        message = join(mail, {"to": to, "message-id": name, "date": date})
        return self._transport.send(self._sender, to, message)

    def close(self) -> None:
        """Ends the connection."""
        self._transport.close()


class HandedMails:
    """Mails in batches of one for a provider. The address is always with them: it is no user's."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def send(self, mail: MailTemplate, to: str, name: str, date: str, at: datetime) -> Receipt:
        """Hands one mail over; taken means that the provider has it."""
        join(mail, {"to": to, "message-id": name, "date": date})
        if not is_fit(to):
            raise ValueError("the value for 'to' has the wrong shape")
        number = hashlib.sha256(name.encode()).hexdigest()[:32]
        message = HandoffMessage(f"{COPY}{number}", "", mail.language, 0, to)
        handed = self._provider.hand(Handoff(f"batch_{number}", mail.notice, (content_of(mail),), (message,)), at)
        said = next((entry for entry in handed.receipts if entry.id == message.id), None)
        if said is not None and said.status is ReceiptStatus.REFUSED:
            return Receipt(Outcome.REFUSED, said.code, said.reply)
        if handed.outcome is Outcome.SENDER_FAULT and handed.offending:
            return Receipt(Outcome.REFUSED, handed.code, "the provider takes no mail to this address")
        why = "the provider has it" if handed.outcome is Outcome.ACCEPTED else handed.why
        return Receipt(handed.outcome, handed.code, why)

    def close(self) -> None:
        """Nothing is open."""
