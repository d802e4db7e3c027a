"""Messages to an SMTP server, and what each of its answers means for the message, the host and ourselves."""

import base64
import ipaddress
import re
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from publisher.delivery.answers import (
    Answered,
    final,
    of_greeting,
    of_message,
    of_recipient,
    of_sender,
    redacted,
)
from publisher.delivery.dialogue import Dialogue, DroppedError
from publisher.delivery.envelope import commands, is_fit, stuffed
from publisher.delivery.pipeline import Pipeline
from publisher.delivery.replies import ProtocolError
from publisher.domain.notice import Outcome, Receipt

DEADLINE = 600.0
"""Seconds that one message may take in all. RFC 5321, section 4.5.3.2.6: a server may think ten minutes at the end."""

PATIENCE = 60.0
"""Seconds that one reply may take before the end of a message, and a connection to open."""

_MESSAGE_ID = re.compile(rb"(?:^|\n)Message-ID: (<[^<>\r\n]+>)")


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where a server is and how to greet it, as `smtp://` and `smtps://` URLs say it.

    `tls` is `implicit` (smtps), `required` (STARTTLS), `offered` (STARTTLS where the server has it: loopback) or `off`.
    """

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpTransport:
    """One reused connection to an SMTP server.

    Everything up to the final dot can be taken back: a fault there leaves the message with us. After it only the
    server's answer tells; without one the message is in doubt.
    """

    def __init__(
        self,
        url: str,
        *,
        deadline: float = DEADLINE,
        patience: float = PATIENCE,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Connects to nobody yet.

        Args:
            url: as `read_address` reads it.
            deadline: seconds that one message may take in all.
            patience: seconds that one reply may take before the end of a message.
            context: how to check certificates; the system's trust where left out.

        Raises:
            ValueError: the URL cannot be used.
        """
        self._address = read_address(url)
        self._deadline = deadline
        self._patience = patience
        self._context = context
        self._dialogue: Dialogue | None = None

    def send(self, sender: str, recipient: str, message: bytes) -> Receipt:
        """Hands one message over; a reused connection that turns out to be spent is replaced once."""
        if not is_fit(sender):
            return Receipt(Outcome.SENDER_FAULT, 0, "the sender's address is not fit for an envelope")
        if not is_fit(recipient):
            return Receipt(Outcome.REFUSED, 553, "5.1.3 the address is not fit for an envelope")
        until = time.monotonic() + self._deadline
        try:
            if self._dialogue is not None:
                try:
                    return self._transact(self._dialogue, until, sender, recipient, message)
                except _Spent:
                    self._drop()
            self._dialogue = self._connected(until)
            return self._transact(self._dialogue, until, sender, recipient, message)
        except Answered as answer:
            if answer.ends:
                self._drop()
            return answer.receipt(recipient)
        except _Spent as spent:
            self._drop()
            return Receipt(Outcome.HOST_BUSY, spent.code, redacted(spent.reply, recipient))
        except (DroppedError, ProtocolError) as fault:
            self._drop()
            return Receipt(Outcome.HOST_BUSY, 0, redacted(str(fault), recipient))

    def pipeline(self, sender: str) -> Pipeline | Receipt | None:
        """A connection that takes the next envelope behind each message.

        Returns:
            None when the server does not offer that: `send` goes on with the connection. A receipt when there is none.
        """
        if not is_fit(sender):
            return Receipt(Outcome.SENDER_FAULT, 0, "the sender's address is not fit for an envelope")
        self._drop()
        try:
            dialogue = self._connected(time.monotonic() + self._deadline)
            if "pipelining" not in dialogue.features:
                self._dialogue = dialogue
                return None
            return Pipeline(dialogue, sender, deadline=self._deadline, patience=self._patience)
        except Answered as answer:
            return answer.receipt("")
        except (DroppedError, ProtocolError) as fault:
            return Receipt(Outcome.HOST_BUSY, 0, redacted(str(fault), ""))

    def close(self) -> None:
        """Says QUIT and hangs up; whatever goes wrong now changes nothing."""
        if self._dialogue is not None:
            try:
                self._dialogue.extend(time.monotonic() + 2.0)
                self._dialogue.docmd("QUIT")
            except (DroppedError, ProtocolError):
                pass
            finally:
                self._drop()

    def _drop(self) -> None:
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    def _connected(self, until: float) -> Dialogue:
        """A greeted connection, secured and logged in as far as the address asks."""
        where = self._address
        dialogue = Dialogue(where.host, where.port, deadline=until, patience=self._patience)
        try:
            if where.tls == "implicit":
                self._secure(dialogue)
            self._welcomed(dialogue)
            self._greet(dialogue)
            if where.tls == "required" or (where.tls == "offered" and "starttls" in dialogue.features):
                self._start_tls(dialogue)
                self._greet(dialogue)
            if where.user:
                self._log_in(dialogue)
        except BaseException:
            dialogue.close()
            raise
        return dialogue

    @staticmethod
    def _welcomed(dialogue: Dialogue) -> None:
        code, text = dialogue.getreply()
        if code != 220:
            raise Answered(Outcome.HOST_BUSY, code, text)

    @staticmethod
    def _greet(dialogue: Dialogue) -> None:
        code, text = dialogue.ehlo()
        if code != 250:
            raise of_greeting(code, text)

    def _start_tls(self, dialogue: Dialogue) -> None:
        if "starttls" not in dialogue.features:
            raise Answered(Outcome.SENDER_FAULT, 0, b"the server offers no STARTTLS; without TLS nothing is sent")
        try:
            code, text = dialogue.docmd("STARTTLS")
        except ProtocolError as fault:  # words behind the answer may be another's, meant to be read as said over TLS
            raise Answered(Outcome.SENDER_FAULT, 0, f"TLS: {fault}".encode()) from None
        if code != 220:
            raise of_greeting(code, text)
        self._secure(dialogue)

    def _secure(self, dialogue: Dialogue) -> None:
        context = self._context or ssl.create_default_context()
        try:
            dialogue.secure(context, self._address.host)
        except ssl.SSLCertVerificationError as fault:
            reason = f"TLS: the server's certificate is not valid: {fault.verify_message}"
            raise Answered(Outcome.SENDER_FAULT, 0, reason.encode()) from None
        except ssl.SSLError as fault:
            reason = f"TLS: no secure connection: {fault.reason or type(fault).__name__}"
            raise Answered(Outcome.SENDER_FAULT, 0, reason.encode()) from None
        except ProtocolError as fault:
            raise Answered(Outcome.SENDER_FAULT, 0, f"TLS: {fault}".encode()) from None

    def _log_in(self, dialogue: Dialogue) -> None:
        """AUTH PLAIN, else LOGIN (RFC 4616); the password only ever travels over TLS or to loopback."""
        user, password = self._address.user.encode(), self._address.password.encode()
        offered = dialogue.features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, text = dialogue.docmd("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + password))
        elif "LOGIN" in offered:
            code, text = dialogue.docmd("AUTH", "LOGIN " + _base64(user))
            if code == 334:
                code, text = dialogue.docmd(_base64(password))
        else:
            raise Answered(Outcome.SENDER_FAULT, 0, b"the server offers no login that is known here (PLAIN, LOGIN)")
        if code != 235:
            raise of_greeting(code, text)

    def _transact(self, dialogue: Dialogue, until: float, sender: str, recipient: str, message: bytes) -> Receipt:
        dialogue.extend(until)
        mail, rcpt, data = commands(sender, recipient, _identity(message), dialogue.features)
        self._open_mail(dialogue, mail)
        code, text = _said(dialogue, rcpt)
        if not 200 <= code < 300:
            return self._refused(dialogue, of_recipient(code, text), recipient)
        code, text = _said(dialogue, data)
        if code != 354:
            return self._refused(dialogue, of_message(code, text), recipient)
        dialogue.send(stuffed(message))
        early = dialogue.unasked()
        if early is not None:
            answer = of_message(*early)
            answer.ends = True
            raise answer
        dialogue.send(b".\r\n")
        return self._finished(dialogue, recipient)

    @staticmethod
    def _open_mail(dialogue: Dialogue, line: bytes) -> None:
        """MAIL FROM; on a reused connection a farewell or a dead line only says that a new one is needed."""
        try:
            if dialogue.unasked() is not None:
                raise _Spent(0, b"the server spoke unasked")
            code, text = _said(dialogue, line)
        except (DroppedError, ProtocolError) as fault:
            raise _Spent(0, str(fault).encode()) from None
        if code == 421:
            raise _Spent(code, text)
        if not 200 <= code < 300:
            raise of_sender(code, text)

    def _refused(self, dialogue: Dialogue, answer: Answered, recipient: str) -> Receipt:
        """A receipt for a refusal, and the connection made ready for the next message."""
        if not answer.ends:
            try:
                answer.ends = dialogue.docmd("RSET")[0] != 250
            except (DroppedError, ProtocolError):
                answer.ends = True
        if answer.ends:
            self._drop()
        return answer.receipt(recipient)

    def _finished(self, dialogue: Dialogue, recipient: str) -> Receipt:
        """What became of a message whose final dot is on its way."""
        try:
            code, text, usable = dialogue.final_reply()
        except (DroppedError, ProtocolError) as fault:
            self._drop()
            return Receipt(Outcome.IN_DOUBT, 0, f"after the whole message: {fault}")
        if not usable or code == 421:
            self._drop()
        receipt = final(code, text, recipient)
        if receipt.outcome is Outcome.IN_DOUBT:
            self._drop()
        return receipt


class _Spent(Exception):  # noqa: N818  a turn in the dialogue, not a fault
    """The connection takes no more mail; a new one may."""

    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__()
        self.code = code
        self.reply = reply


def _said(dialogue: Dialogue, line: bytes) -> tuple[int, bytes]:
    dialogue.send(line)
    return dialogue.getreply()


def _identity(message: bytes) -> str:
    """The Message-ID of a message."""
    found = _MESSAGE_ID.search(message)
    return found[1].decode("ascii", "replace") if found else ""


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where mail may travel in the clear."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(url: str) -> SmtpAddress:
    """Reads `smtp://user:password@host:587`, `smtps://host:465`, and `?tls=off` for loopback.

    Raises:
        ValueError: with a sentence for staff that never repeats the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("The host or port is not written as in smtp://user:password@host:587.") from None
    host = parts.hostname or ""
    if parts.scheme not in ("smtp", "smtps") or not _is_host(host):
        raise ValueError("There is no host as in smtp://user:password@host:587.")
    if port == 0 or parts.path not in ("", "/") or parts.fragment:
        raise ValueError("After the host only a port may follow: smtp://user:password@host:587.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password) or "\0" in user + password:
        raise ValueError("A user needs a password, and a password a user.")
    options = parse_qsl(parts.query, keep_blank_values=True)
    if options and options != [("tls", "off")]:
        raise ValueError("The only option is ?tls=off.")
    if options and not is_loopback(host):
        raise ValueError("?tls=off is only for a server on this machine; elsewhere mail and password need TLS.")
    if options and parts.scheme == "smtps":
        raise ValueError("smtps:// is TLS; ?tls=off goes with smtp://.")
    if parts.scheme == "smtps":
        return SmtpAddress(host, port or 465, "implicit", user, password)
    tls = "off" if options else "offered" if is_loopback(host) else "required"
    return SmtpAddress(host, port or 587, tls, user, password)


def _is_host(host: str) -> bool:
    if not host or re.search(r"[\s\x00-\x1f\x7f/\\@]", host):
        return False
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
