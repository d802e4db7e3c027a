"""An envelope sender of its own for each message, by which a bounce says whose it is and nobody can make one up.

The token alone is by which a provider names the message in its receipts.
`bounce+TOKEN@example.com`. The token is 25 bytes in base 32, so 40 letters and digits in one case: 5 bytes that name
the notice, the first 8 of the recipient's key, and 12 of an HMAC over notice and whole key.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from publisher.domain.notice import Message, NoticeId

_HANDLE, _PREFIX, _MAC = 5, 8, 12
_LETTERS = (_HANDLE + _PREFIX + _MAC) * 8 // 5


@dataclass(frozen=True, slots=True)
class Token:
    """What a bounce's address names: a notice by its handle, a recipient by the beginning of their key, and a MAC."""

    handle: bytes
    prefix: str
    mac: bytes


def envelope_sender(key: bytes, notice: NoticeId, recipient_key: str, bounces: str) -> str:
    """The envelope sender of a notice to one recipient: the same at every attempt.

    Args:
        key: the installation's key.
        notice: the notice.
        recipient_key: 64 hexadecimal digits.
        bounces: the address at which bounces arrive, `bounce@example.com`.
    """
    local, _, domain = bounces.rpartition("@")
    return f"{local}+{token_of(key, notice, recipient_key)}@{domain}"


def token_of(key: bytes, notice: NoticeId, recipient_key: str) -> str:
    """A token: 40 letters and digits, by which a message is found again and which nobody else can make."""
    token = _handle(key, notice) + bytes.fromhex(recipient_key)[:_PREFIX] + _mac(key, notice, recipient_key)
    return base64.b32encode(token).decode("ascii").lower()


def senders(key: bytes, bounces: str, otherwise: str) -> Callable[[Message], str]:
    """Gives each message its envelope sender: one of its own under the address for bounces, if there is any."""

    def own(message: Message) -> str:
        return envelope_sender(key, message.notice, message.recipient.key, bounces)

    return own if bounces else lambda _: otherwise


def read_token(address: str, bounces: str) -> Token | None:
    """The token in an address, in whatever case it has come back; None when it is none of ours. Proves nothing yet."""
    if not address.isascii():
        return None
    folded, ours = address.lower(), bounces.lower()
    local, _, domain = ours.rpartition("@")
    found = folded.removeprefix(f"{local}+").removesuffix(f"@{domain}")
    return parse_token(found) if folded == f"{local}+{found}@{domain}" else None


def parse_token(text: str) -> Token | None:
    """What a token names; None when it is none of ours. Proves nothing yet."""
    if len(text) != _LETTERS or not text.isascii():
        return None
    try:
        token = base64.b32decode(text.upper())
    except binascii.Error:
        return None
    return Token(token[:_HANDLE], token[_HANDLE:-_MAC].hex(), token[-_MAC:])


def handles(key: bytes, notices: Iterable[NoticeId]) -> Mapping[bytes, NoticeId]:
    """The notices by their handles."""
    return {_handle(key, notice): notice for notice in notices}


def is_genuine(key: bytes, token: Token, notice: NoticeId, recipient_key: str) -> bool:
    """Whether a token was made here for this notice and recipient; takes the same time however much of it is right."""
    return hmac.compare_digest(token.mac, _mac(key, notice, recipient_key))


def _handle(key: bytes, notice: NoticeId) -> bytes:
    return _digest(key, f"verp-notice\0{notice}")[:_HANDLE]


def _mac(key: bytes, notice: NoticeId, recipient_key: str) -> bytes:
    return _digest(key, f"verp\0{notice}\0{recipient_key}")[:_MAC]


def _digest(key: bytes, named: str) -> bytes:
    return hmac.digest(key, named.encode(), hashlib.sha256)
