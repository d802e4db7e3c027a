"""One connection that is handed the next envelope behind each message, without waiting: RFC 2920.

A message takes two steps. `begin` writes its envelope, MAIL, RCPT and DATA, in one go; once the server asks for the
text, `go` writes the text, its final dot and the envelope of the message that follows. So a message costs one round
trip, and between the two steps whoever sends can put on record that it is about to be sent.

Nothing here waits: the owner watches the socket and calls `ready` when something can be read or written, and `expire`
when time is up. What happened is told as events, in order.
"""

import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from publisher.delivery.answers import Answered, final, needs_utf8, of_message, of_recipient, of_sender, redacted
from publisher.delivery.dialogue import Dialogue, named
from publisher.delivery.envelope import Letter, commands, is_fit
from publisher.delivery.replies import ProtocolError, Replies
from publisher.domain.notice import Outcome, Receipt

_CHUNK = 8192
_NEVER = float("inf")
_WAITING = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_DOT = b".\r\n"


@dataclass(frozen=True, slots=True)
class Invited:
    """The server asks for the text of the message whose envelope it has."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the message whose text was sent, or where there is none, of the one whose envelope was."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is closed; an envelope that was begun is void. `busy`: the host or our own fault closed it."""

    busy: bool


Event = Invited | Settled | Ended
_INVITED = Invited()


class _Stage(Enum):
    """What the next reply answers."""

    DOT = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    LONE_DOT = auto()
    RSET = auto()


_DOT_STAGE, _MAIL, _RCPT, _DATA, _RSET = _Stage.DOT, _Stage.MAIL, _Stage.RCPT, _Stage.DATA, _Stage.RSET
_ENVELOPE = (_MAIL, _RCPT, _DATA)


class Pipeline:
    """A greeted connection to a server that offers PIPELINING.

    Attributes:
        expires: the instant of the clock at which `expire` has to be called; infinite while nothing is awaited.
        closed: whether the connection is gone.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        sender: str,
        *,
        deadline: float,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the dialogue's connection over.

        Args:
            dialogue: greeted, secured and logged in as far as it is going to be.
            sender: the envelope sender's address, fit for an envelope.
            deadline: seconds that the answer to a whole message may take.
            patience: seconds that any other reply, and any piece of what is written, may take.
            clock: seconds that only grow.

        Raises:
            DroppedError: the connection is closed.
        """
        self._features = dialogue.features
        self._socket = dialogue.handed_over()
        self._sender = sender
        self._deadline = deadline
        self._patience = patience
        self._clock = clock
        self._replies = Replies()
        self._stages: deque[_Stage] = deque()
        self._out = memoryview(b"")
        self._text_left = 0
        self._text_until = _NEVER
        self._told: list[Event] = []
        self._answer: Answered | None = None
        self._named = False
        self._invited = False
        self._text_to = ""
        self._envelope_to = ""
        self._used = False
        self.closed = False
        self.expires = _NEVER

    def fileno(self) -> int:
        """The socket's descriptor, to watch."""
        return self._socket.fileno()

    @property
    def writes(self) -> bool:
        """Whether something waits until the socket takes it."""
        return bool(self._out)

    def refusal(self, recipient: str) -> Receipt | None:
        """Why a message cannot be handed to this server at all; None when it can."""
        if not is_fit(recipient):
            return Receipt(Outcome.REFUSED, 553, "5.1.3 the address is not fit for an envelope")
        try:
            needs_utf8(self._sender, recipient, self._features)
        except Answered as answer:
            return answer.receipt(recipient)
        return None

    def begin(self, recipient: str, letter: Letter) -> list[Event]:
        """Writes an envelope; nothing else may be under way. `refusal` has nothing against it."""
        self._envelope_to = recipient
        self._stages.extend(_ENVELOPE)
        self._write(b"".join(commands(letter.sender or self._sender, recipient, letter.message_id, self._features)))
        return self._events()

    def go(self, letter: Letter, following: tuple[str, Letter] | None = None, *, quiet: bool = False) -> list[Event]:
        """Writes the text that the server asked for, and the envelope of the message that follows.

        Args:
            letter: whose text.
            following: recipient and letter of the next message, if there is one.
            quiet: the owner has just seen that the socket has nothing to read.
        """
        self._invited = False
        self._text_to, self._envelope_to = self._envelope_to, ""
        pieces = letter.stuffed()
        pieces.append(_DOT)
        if self._is_silent(seen=quiet):
            self._text_left = sum(map(len, pieces))
            self._text_until = self._clock() + self._deadline
            self._stages.append(_DOT_STAGE)
            if following is not None:
                self._envelope_to = following[0]
                self._stages.extend(_ENVELOPE)
                pieces.extend(
                    commands(following[1].sender or self._sender, following[0], following[1].message_id, self._features)
                )
            self._write(b"".join(pieces))
        return self._events()

    def ready(self) -> list[Event]:
        """Writes and reads what the socket gives without waiting."""
        if self._out:
            self._flush()
        if not self.closed:
            self._receive()
        return self._events()

    def expire(self) -> list[Event]:
        """Gives the connection up: what was awaited did not come in time."""
        self._fail("no answer in time")
        return self._events()

    def close(self) -> None:
        """Says QUIT when nothing is open, and hangs up; whatever goes wrong now changes nothing."""
        if not self.closed and not self._stages and not self._invited:
            self._write(b"QUIT\r\n")
        self._hang_up()
        self._told.clear()

    def _events(self) -> list[Event]:
        told, self._told = self._told, []
        return told

    def _write(self, data: bytes) -> None:
        self._out = memoryview(bytes(self._out) + data if self._out else data)
        self._flush()
        if self._out:
            self._await()

    def _flush(self) -> None:
        try:
            while self._out:
                sent = self._socket.send(self._out)
                self._text_left = self._text_left - sent if sent < self._text_left else 0
                self._out = self._out[sent:]
                self._await()
        except _WAITING:
            return
        except OSError as fault:
            self._fail(named(fault))

    def _await(self) -> None:
        """Sets until when the socket has to take more, or the next reply has to be there."""
        if self._text_left or (self._stages and self._stages[0] is _DOT_STAGE):
            most = self._text_until
            self.expires = min(most, self._clock() + self._patience) if self._out else most
        elif self._out or self._stages:
            self.expires = self._clock() + self._patience
        else:
            self.expires = _NEVER

    def _is_silent(self, *, seen: bool) -> bool:
        """Whether the server has said nothing unasked since it asked for the text; if it has, this is the end of it."""
        if not seen:
            self._receive()
        if self._replies:
            self._fail("the server spoke unasked")
        return not self.closed

    def _receive(self) -> None:
        try:
            while True:
                data = self._socket.recv(_CHUNK)
                if not data:
                    self._understand()
                    self._fail("the server closed the connection")
                    return
                self._replies.feed(data)
                if len(data) < _CHUNK and not isinstance(self._socket, ssl.SSLSocket):
                    break
        except _WAITING:
            pass
        except OSError as fault:
            self._understand()
            self._fail(named(fault))
            return
        self._understand()

    def _understand(self) -> None:
        """Takes the replies that came for what they answer."""
        heard = False
        try:
            while self._stages and (reply := self._replies.take()) is not None:
                code, text = reply
                stage = self._stages.popleft()
                heard = True
                if stage is _MAIL and 200 <= code < 300:
                    continue
                self._reply(stage, code, text)
            if heard and not self.closed:
                self._await()
            if not self._stages and not self.closed and (said := self._replies.take()) is not None:
                elsewhere = self._used and not self._text_to
                self._end(None if elsewhere else Answered(Outcome.HOST_BUSY, *said))
        except ProtocolError as fault:
            self._fail(str(fault))

    def _reply(self, stage: _Stage, code: int, text: bytes) -> None:
        if stage is _MAIL:
            if code == 421 and self._used:
                self._end(None)
            else:
                self._refuse(of_sender(code, text))
        elif stage is _RCPT:
            self._named = 200 <= code < 300
            if not self._named and self._answer is None:
                self._refuse(of_recipient(code, text))
        elif stage is _DATA:
            self._open_or_reset(code, text)
        elif stage is _DOT_STAGE:
            self._settle_text(code, text)
        elif stage is _RSET and code != 250:
            self._end(None)

    def _settle_text(self, code: int, text: bytes) -> None:
        if self._text_left:  # an answer before the end can only be a refusal, and nothing more is said on this line
            self._end(of_message(code, text))
            return
        receipt = final(code, text, self._text_to)
        self._used, self._text_to = True, ""
        self._told.append(Settled(receipt))
        if code == 421 or receipt.outcome in (Outcome.IN_DOUBT, Outcome.SENDER_FAULT):
            self._close(busy=receipt.outcome is not Outcome.IN_DOUBT)

    def _refuse(self, answer: Answered) -> None:
        self._answer = answer
        if answer.ends:
            self._end(answer)

    def _open_or_reset(self, code: int, text: bytes) -> None:
        """After DATA: the server asks for the text, or the envelope was refused and the connection is made clean."""
        if self._answer is None and code == 354:
            self._invited = True
            self._told.append(_INVITED)
            return
        if self._answer is not None and code != 354 and code < 400:  # an answer too many came before
            self._fail("the server's answers do not belong to the commands")
            return
        answer, self._answer = self._answer or of_message(code, text), None
        if answer.ends or (code == 354 and self._named):  # nothing may be said where a text would be taken
            self._end(answer)
            return
        self._settle_envelope(answer)
        lone = code == 354
        self._stages.extend((_Stage.LONE_DOT, _Stage.RSET) if lone else (_Stage.RSET,))
        self._write(_DOT + b"RSET\r\n" if lone else b"RSET\r\n")

    def _settle_envelope(self, answer: Answered) -> None:
        self._told.append(Settled(answer.receipt(self._envelope_to)))
        self._used, self._envelope_to = True, ""

    def _end(self, answer: Answered | None) -> None:
        """Closes the connection by the server's word; without an answer what was begun is tried elsewhere."""
        if answer is not None:
            recipient = self._text_to or self._envelope_to
            if recipient:
                self._told.append(Settled(answer.receipt(recipient)))
                self._text_to, self._envelope_to = "", self._envelope_to if self._text_to else ""
        self._close(busy=answer is not None and answer.outcome in (Outcome.HOST_BUSY, Outcome.SENDER_FAULT))

    def _fail(self, reason: str) -> None:
        """Closes a connection that broke, or that can be trusted no longer.

        A text whose final dot is out may have been taken. An envelope on a line that had worked before is tried again
        on a new one.
        """
        if self.closed:
            return
        if self._text_to:
            doubt = not self._text_left and bool(self._stages)
            outcome = Outcome.IN_DOUBT if doubt else Outcome.HOST_BUSY
            said = f"after the whole message: {reason}" if doubt else reason
            self._told.append(Settled(Receipt(outcome, 0, redacted(said, self._text_to))))
            self._close(busy=not doubt)
        elif self._envelope_to and not self._used:
            self._told.append(Settled(Receipt(Outcome.HOST_BUSY, 0, redacted(reason, self._envelope_to))))
            self._close(busy=True)
        else:
            self._close(busy=False)

    def _close(self, *, busy: bool) -> None:
        self._hang_up()
        self._told.append(Ended(busy))

    def _hang_up(self) -> None:
        self.closed = True
        self.expires = _NEVER
        self._out = memoryview(b"")
        self._stages.clear()
        self._socket.close()
