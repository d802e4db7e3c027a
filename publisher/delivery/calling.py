"""Posts to an HTTP address: bounded in size and time. No redirect is followed; what the far side does is a value."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from threading import Event, Timer
from urllib.parse import urlsplit

LARGEST_ANSWER = 1_000_000
_LONGEST_WAIT = 24 * 3600


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call.

    Attributes:
        status: the HTTP status; 0 when no whole answer came.
        body: the answer's bytes; empty when it was too long, `whole` is False then.
        handed: whether the call may have reached the far side; a connection that could not be made reached nobody.
        wait: for how many seconds the far side asks to be left alone; None when it does not say.
        why: what went wrong, in words without addresses.
        headers: the answer's, by lower-case name.
    """

    status: int = 0
    body: bytes = b""
    whole: bool = True
    handed: bool = True
    wait: float | None = None
    why: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def url_fault(url: str) -> str:
    """Why an address cannot be called, in words; empty when it can. Only a loopback address goes without TLS."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "it is no web address"
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or _unprintable(url):
        return "it is no web address"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "it names a user or a place in a page"
    if parts.scheme == "http" and not _loopback(parts.hostname):
        return "it is not encrypted: only https reaches other machines"
    return ""


class Address:
    """One address to post to."""

    def __init__(self, url: str, *, seconds: float = 30, context: ssl.SSLContext | None = None) -> None:
        fault = url_fault(url)
        if fault:
            raise ValueError(fault)
        self._parts = urlsplit(url)
        self._seconds = seconds
        self._context = context

    def post(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Answered:
        """Posts some bytes; the headers say of what kind they are."""
        connection = self._connection()
        try:
            connection.connect()
        except (OSError, HTTPException) as fault:
            connection.close()
            return Answered(handed=False, why=f"it cannot be reached: {_kind(fault)}")
        late = Event()
        watch = Timer(self._seconds, _cut, (connection.sock, late))
        watch.start()
        try:
            connection.request("POST", self._target(), body, {"User-Agent": "policy-publisher", **headers})
            found = _read(connection, now)
        except (OSError, HTTPException, ValueError) as fault:
            found = Answered(why=f"no whole answer came: {_kind(fault)}")
        finally:
            watch.cancel()
            connection.close()
        return Answered(why="no whole answer came: it took too long") if late.is_set() else found

    def _connection(self) -> HTTPConnection:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "http":
            return HTTPConnection(host, port, timeout=self._seconds)
        return HTTPSConnection(host, port, timeout=self._seconds, context=self._context or ssl.create_default_context())

    def _target(self) -> str:
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")


def _read(connection: HTTPConnection, now: datetime) -> Answered:
    answer = connection.getresponse()
    wait = _wait(answer.getheader("Retry-After"), now)
    body = answer.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        return Answered(answer.status, whole=False, wait=wait, why="its answer is too long")
    if answer.length:
        raise IncompleteRead(body)
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answered(answer.status, body, wait=wait, headers=headers)


def _cut(connected: socket.socket, late: Event) -> None:
    """Ends a call that takes too long as a whole: a byte a second must not hold a sender for ever."""
    late.set()
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _wait(given: str | None, now: datetime) -> float | None:
    """Seconds of a `Retry-After`, a number or a date; at most a day."""
    if given is None:
        return None
    if given.isascii() and given.isdigit() and len(given) < 10:
        return float(min(int(given), _LONGEST_WAIT))
    try:
        at = parsedate_to_datetime(given)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), float(_LONGEST_WAIT))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unprintable(url: str) -> bool:
    return any(character <= " " or character == "\x7f" for character in url)


def _kind(fault: BaseException) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "its certificate is not good"
    if isinstance(fault, ssl.SSLError):
        return "no encrypted connection"
    if isinstance(fault, TimeoutError):
        return "it took too long"
    if isinstance(fault, socket.gaierror):
        return "its name is not known"
    return "the connection was refused or ended"
