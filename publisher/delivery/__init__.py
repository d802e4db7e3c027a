"""A message to a receipt: accepted, deferred or refused."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from publisher.domain.notice import Receipt

if TYPE_CHECKING:
    from publisher.delivery.pipeline import Pipeline


class Transport(Protocol):
    """One connection to a far side; used by one thread at a time and opened lazily by the first message."""

    def send(self, sender: str, recipient: str, message: bytes) -> Receipt:
        """Hands one whole message over.

        Args:
            sender: the envelope sender's address.
            recipient: the envelope recipient's address, already validated.
            message: RFC 5322 bytes with CRLF line ends.

        Returns:
            What the far side made of it. A far side's refusal is a value; this never raises for one.
        """
        ...

    def close(self) -> None:
        """Ends the connection; a fault while saying goodbye is no fault."""
        ...


@runtime_checkable
class PipelinedTransport(Transport, Protocol):
    """A transport that may be able to take the next envelope behind each message."""

    def pipeline(self, sender: str) -> "Pipeline | Receipt | None":
        """Connects.

        Args:
            sender: the envelope sender's address.

        Returns:
            A connection that belongs to the caller; None when `send` has to be used; a receipt when there is none.
        """
        ...
