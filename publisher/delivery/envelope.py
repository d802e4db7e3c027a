"""The outside of one message: a template's parts joined with one recipient's values, Message-ID and envelope."""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from publisher.delivery.answers import needs_utf8
from publisher.domain.notice import MailTemplate, NoticeId

_UNSEEABLE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_ADDRESS = re.compile(rf"[^\s@<>()\[\],;:\\\"{_UNSEEABLE}]{{1,64}}@[A-Za-z0-9](?:[A-Za-z0-9.-]{{0,252}}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_PATH = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f\u2028\u2029]+@[A-Za-z0-9.-]+")
_ENVID = re.compile(r"<([A-Za-z0-9._-]{1,100})@")
_LONGEST = 512
_UNSEEN = re.compile(f"[{_UNSEEABLE}]")
_PLAIN = re.compile(r"[ -~]+").fullmatch


@dataclass(frozen=True, slots=True)
class Stencil:
    """A template made ready once: its parts as they are, and as DATA carries them."""

    slots: tuple[str, ...]
    parts: tuple[bytes, ...]
    stuffed: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One recipient's message: a stencil and the values between its parts; `sender` is its own envelope sender."""

    stencil: Stencil
    values: tuple[bytes, ...]
    message_id: str
    sender: str = ""

    def message(self) -> bytes:
        """The whole message."""
        return b"".join(_woven(self.stencil.parts, self.values))

    def stuffed(self) -> list[bytes]:
        """The pieces of the message as DATA carries it, without the final dot."""
        return _woven(self.stencil.stuffed, self.values)


def stencil(template: MailTemplate) -> Stencil:
    """Prepares a template: CRLF line ends only, dots doubled at the start of lines, CRLF at the end.

    Raises:
        ValueError: a value would begin a line, where a dot of its own would end the message.
    """
    parts = tuple(_even(part) for part in template.parts)
    if (template.slots and not parts[0]) or any(part.endswith(b"\n") for part in parts[:-1]):
        raise ValueError("a value of the template begins a line")
    dots = [part.replace(b"\r\n.", b"\r\n..") for part in parts]
    dots[0] = (b"." if parts[0].startswith(b".") else b"") + dots[0]
    dots[-1] += b"" if parts[-1].endswith(b"\r\n") else b"\r\n"
    return Stencil(template.slots, template.parts, tuple(dots))


def stuffed(message: bytes) -> bytes:
    """A message as DATA carries it, without the final dot: as the parts of a `Stencil`."""
    body = _even(message).replace(b"\r\n.", b"\r\n..")
    return (b"." if body.startswith(b".") else b"") + body + (b"" if body.endswith(b"\r\n") else b"\r\n")


def letter(form: Stencil, values: Mapping[str, str], sender: str = "") -> Letter:
    """One recipient's message.

    Every value is checked here because joining bytes checks nothing: a line break in one would begin another header.
    Values are ASCII, but for `to`: the local part of an internationalised address may hold other letters, and such a
    message goes out as UTF-8 to servers that take it.

    Args:
        form: the template, prepared once.
        values: by slot: `to` an address, `message-id` with its angle brackets, `date` as in RFC 5322.
        sender: the message's own envelope sender; empty: the connection's.

    Raises:
        ValueError: a value is missing or unfit; the message names the slot and never repeats the value.
    """
    checked: list[bytes] = []
    for slot in form.slots:
        if slot not in values:
            raise ValueError(f"the slot '{slot}' has no value")
        check = _checked if slot in _SHAPES else _checked_before
        checked.append(check(slot, values[slot]))
    return Letter(form, tuple(checked), values.get("message-id", ""), sender)


def join(template: MailTemplate, values: Mapping[str, str]) -> bytes:
    """One recipient's whole message, as `letter` checks it."""
    form = Stencil(template.slots, template.parts, ())
    return letter(form, values).message()


def is_fit(address: str) -> bool:
    """Whether an address can stand in MAIL and RCPT without being read as anything else."""
    return _PATH.fullmatch(address) is not None


def commands(sender: str, recipient: str, identity: str, features: Mapping[str, str]) -> list[bytes]:
    """MAIL, RCPT and DATA, a line each, with the parameters that the server offers.

    With DSN (RFC 3461) only failures are reported, with the headers alone and the Message-ID's local part as ENVID.

    Raises:
        Answered: an address needs SMTPUTF8 (RFC 6531), which the server does not offer.
    """
    utf8 = " BODY=8BITMIME SMTPUTF8" if needs_utf8(sender, recipient, features) else ""
    mail = notify = ""
    if "dsn" in features:
        local = _ENVID.match(identity)
        mail = f" RET=HDRS ENVID={local[1]}" if local else " RET=HDRS"
        notify = " NOTIFY=FAILURE"
    return [
        f"MAIL FROM:<{sender}>{utf8}{mail}\r\n".encode(),
        f"RCPT TO:<{recipient}>{notify}\r\n".encode(),
        b"DATA\r\n",
    ]


def message_id(key: bytes, notice: NoticeId, recipient_key: str, domain: str) -> str:
    """The Message-ID of a notice to one recipient: the same at every attempt, so that a far side can drop repeats.

    It names nobody: the recipient enters through an HMAC under the installation's key.

    Raises:
        ValueError: `domain` is no ASCII domain name.
    """
    return message_ids(key, notice, domain)(recipient_key)


def message_ids(key: bytes, notice: NoticeId, domain: str) -> Callable[[str], str]:
    """As `message_id` for many recipients of one notice, by their keys.

    Raises:
        ValueError: `domain` is no ASCII domain name.
    """
    if not _MESSAGE_ID.fullmatch(f"<n.{notice}.{'0' * 32}@{domain}>"):
        raise ValueError(f"{domain!r} is no domain for a Message-ID")
    before, after = f"<n.{notice}.", f"@{domain}>"
    begun = hmac.new(key, f"message-id\0{notice}\0".encode(), "sha256")

    def made(recipient_key: str) -> str:
        token = begun.copy()
        token.update(recipient_key.encode())
        return f"{before}{token.hexdigest()[:32]}{after}"

    return made


def _checked(slot: str, value: str) -> bytes:
    if len(value) <= _LONGEST and "=?" not in value and _SHAPES.get(slot, _PLAIN)(value):
        return value.encode("utf-8")
    raise ValueError(_unfit(slot, value))


def _unfit(slot: str, value: str) -> str:
    if not value or len(value) > _LONGEST:
        return f"the value for '{slot}' is empty or too long"
    if _UNSEEN.search(value):
        return f"the value for '{slot}' holds a control character or a line break"
    if "=?" in value:
        return f"the value for '{slot}' holds '=?', which mail programs decode"
    return f"the value for '{slot}' has the wrong shape"


@lru_cache(maxsize=64)
def _checked_before(slot: str, value: str) -> bytes:
    """As `_checked`, for values that many letters share."""
    return _checked(slot, value)


def _even(part: bytes) -> bytes:
    """With CRLF line ends only."""
    if part.count(b"\r\n") == part.count(b"\n") == part.count(b"\r"):
        return part
    return re.sub(rb"\r\n|\r|\n", b"\r\n", part)


def _woven(parts: Sequence[bytes], values: Sequence[bytes]) -> list[bytes]:
    pieces = [parts[0]]
    for value, part in zip(values, parts[1:], strict=True):
        pieces.append(value)
        pieces.append(part)
    return pieces


_SHAPES: Mapping[str, Callable[[str], object]] = {
    "to": _ADDRESS.fullmatch,
    "message-id": _MESSAGE_ID.fullmatch,
}
