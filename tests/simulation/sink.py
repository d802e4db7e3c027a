"""The far side: it takes, refuses, defers or leaves in doubt as it is told to, and remembers what it really has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from publisher.domain.notice import Outcome, Receipt


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that arrived: to whom, of which notice."""

    address: str
    notice: str
    number: str


@dataclass
class Sink:
    """`faults` says what becomes of the next message: one of `FATES`."""

    ended: Callable[[], None]
    faults: Iterator[int] = field(default_factory=lambda: iter(()))
    arrived: list[Mail] = field(default_factory=list)

    def send(self, _sender: str, recipient: str, message: bytes) -> Receipt:
        number = message.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode("ascii")
        mail = Mail(recipient, number.removeprefix("<n.").rpartition("@")[0].rpartition(".")[0], number)
        fate = next(self.faults, 0) % 16
        if fate in (9, 10):
            return Receipt(Outcome.REFUSED, 550, "no such user")
        if fate in (11, 12):
            return Receipt(Outcome.DEFERRED, 451, "later")
        if fate == 13:
            return Receipt(Outcome.IN_DOUBT, 0, "the line went dead")
        self.arrived.append(mail)
        if fate == 14:
            return Receipt(Outcome.IN_DOUBT, 0, "the answer was lost")
        if fate == 15:
            self.ended()
        return Receipt(Outcome.ACCEPTED, 250, "taken")

    def close(self) -> None:
        """Nothing to say goodbye to."""
