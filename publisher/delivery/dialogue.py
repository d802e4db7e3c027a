"""The SMTP wire: strict replies, a total deadline, and no byte of one reply taken for another."""

import smtplib
import socket
import ssl
import time

from publisher.delivery.replies import ProtocolError, Replies

_CHUNK = 65536


class DroppedError(Exception):
    """The connection ended, failed, or outlived its deadline."""


class Dialogue(smtplib.SMTP):
    """One SMTP connection whose replies are read whole and strictly.

    The standard library's reader times each read alone, so a server that drips bytes holds it for ever, and it takes
    bytes left over from one reply for the next. Here all waiting counts against one deadline, a reply is complete and
    alone or a `ProtocolError`, and a broken connection is always a `DroppedError`.

    Attributes:
        features: what the server offers, from the last EHLO.
    """

    def __init__(self, host: str, port: int, *, deadline: float, patience: float) -> None:
        """Connects.

        Args:
            host: a name or address.
            port: the port.
            deadline: the instant of the monotonic clock after which everything fails.
            patience: seconds that one reply may take.

        Raises:
            DroppedError: nobody answers there.
        """
        super().__init__(local_hostname="localhost")
        self._deadline = deadline
        self._patience = patience
        self._replies = Replies()
        self._replies_until = deadline
        try:
            self.sock = socket.create_connection((host, port), timeout=max(0.001, min(patience, self._left())))
        except (OSError, UnicodeError) as fault:
            raise DroppedError(f"no connection: {named(fault)}") from None
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local_hostname = _own_name(self.sock)

    @property
    def features(self) -> dict[str, str]:
        """What the server offers, by keyword in lower case."""
        return self.esmtp_features

    def extend(self, deadline: float) -> None:
        """Sets the deadline of the message that comes next."""
        self._deadline = deadline

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Begins TLS; everything that the server said in the clear is forgotten.

        Raises:
            ProtocolError: the server had already sent more, which someone on the way may have written.
            ssl.SSLError: the handshake failed.
            DroppedError: the connection ended meanwhile.
        """
        if self._replies:
            raise ProtocolError("the server sent more than its answer before TLS began")
        sock = self._open()
        try:
            sock.settimeout(self._wait())
            self.sock = context.wrap_socket(sock, server_hostname=host)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as fault:
            raise DroppedError(named(fault)) from None
        except ssl.SSLError:
            raise
        except (OSError, UnicodeError) as fault:
            raise DroppedError(named(fault)) from None
        self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def handed_over(self) -> socket.socket:
        """The connection, for somebody who never waits on it; this dialogue is over.

        Raises:
            ProtocolError: the server has already said more than it was asked.
            DroppedError: the connection is closed.
        """
        sock = self._open()
        if self._replies:
            raise ProtocolError("the server spoke unasked")
        self.sock = None
        self.file = None
        sock.setblocking(False)
        return sock

    def send(self, s: object) -> None:
        """Sends bytes or a command line before the deadline.

        Raises:
            DroppedError: not all of it could be handed to the system.
        """
        data = memoryview(s.encode("utf-8") if isinstance(s, str) else bytes(s))  # type: ignore[call-overload]  # as smtplib calls it
        sock = self._open()
        try:
            for start in range(0, len(data), _CHUNK):
                sock.settimeout(self._wait())
                sock.sendall(data[start : start + _CHUNK])
        except (OSError, ValueError) as fault:
            raise DroppedError(named(fault)) from None

    def getreply(self) -> tuple[int, bytes]:
        """One whole reply: its code and its lines without codes, joined by line feeds.

        Raises:
            ProtocolError: it is no reply, or more than one.
            DroppedError: it did not come.
        """
        code, text = self._reply()
        if self._replies:
            raise ProtocolError("the server gave two answers at once")
        return code, text

    def final_reply(self) -> tuple[int, bytes, bool]:
        """As `getreply`, for the last reply that matters: whatever follows it makes the connection useless, no more.

        Returns:
            Code, text, and whether the connection may be used again.
        """
        self._patience, patience = max(self._patience, self._left()), self._patience
        try:
            code, text = self._reply()
        finally:
            self._patience = patience
        return code, text, not self._replies

    def unasked(self) -> tuple[int, bytes] | None:
        """A reply that came without a question, if one has arrived.

        Raises:
            ProtocolError: it is no reply.
            DroppedError: the server has closed the connection.
        """
        sock = self._open()
        sock.settimeout(0)
        try:
            data = sock.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return self._reply() if self._replies else None
        except OSError as fault:
            raise DroppedError(named(fault)) from None
        if not data:
            raise DroppedError("the server closed the connection")
        self._replies.feed(data)
        return self._reply()

    def _reply(self) -> tuple[int, bytes]:
        self._replies_until = min(self._deadline, time.monotonic() + self._patience)
        while (reply := self._replies.take()) is None:
            self._receive()
        return reply

    def _receive(self) -> None:
        sock = self._open()
        left = self._replies_until - time.monotonic()
        if left <= 0:
            raise DroppedError("no answer in time")
        sock.settimeout(left)
        try:
            data = sock.recv(_CHUNK)
        except TimeoutError:
            raise DroppedError("no answer in time") from None
        except OSError as fault:
            raise DroppedError(named(fault)) from None
        if not data:
            raise DroppedError("the server closed the connection")
        self._replies.feed(data)

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _wait(self) -> float:
        left = min(self._patience, self._left())
        if left <= 0:
            raise TimeoutError
        return left

    def _open(self) -> socket.socket:
        if self.sock is None:
            raise DroppedError("the connection is closed")
        return self.sock


def _own_name(sock: socket.socket) -> str:
    """What to call ourselves in EHLO: the machine's full name, else the address literal; never a look-up."""
    name = socket.gethostname()
    if "." in name and name.isascii() and name.replace("-", "a").replace(".", "a").isalnum():
        return name
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def named(fault: BaseException) -> str:
    """A system's error in its own words, without what it was about."""
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "the server closed the connection"
    if isinstance(fault, UnicodeError):
        return "the host's name cannot be looked up"
    return str(getattr(fault, "strerror", None) or type(fault).__name__)
