"""Tokens by which the organisation's website names a reader to the API: hidden, signed, and good for a while.

A token is `base64url(0x02, expiry, tag, hidden)` without padding. `expiry` is eight bytes, seconds since 1970, the
highest byte first; `tag` is HMAC-SHA256(key, "token" NUL expiry id); `hidden` is the id's UTF-8 bytes, each XORed with
the same byte of a stream: HMAC-SHA256(key, "stream" NUL tag 0x00), HMAC-SHA256(key, "stream" NUL tag 0x01), and so on.
So the id is encrypted under its own tag (a synthetic nonce, as in RFC 5297); that takes nothing but HMAC, and no table
has to be kept of what a token stands for.
"""

import base64
import hashlib
import hmac
from datetime import datetime

FORM = b"\x02"
LONGEST_ID = 1024
"""Bytes of UTF-8 that a user's id may have in a token."""

_EXPIRY = 8
_TAG = 32
_NOBODY = b"\0"


def token_key(key: bytes) -> bytes:
    """The key of tokens alone, derived from the installation's: a website that makes tokens can do nothing else."""
    return hmac.new(key, b"policy-publisher tokens", hashlib.sha256).digest()


def token_of(key: bytes, user_id: str, *, expires: datetime) -> str:
    """A token that names a user until an instant. Any program that holds the key of tokens can make the same one.

    Raises:
        ValueError: the id is empty or too long.
    """
    named = user_id.encode("utf-8")
    if not 0 < len(named) <= LONGEST_ID:
        raise ValueError("no user has an id like that")
    until = int(expires.timestamp()).to_bytes(_EXPIRY, "big")
    tag = _tag(key, until, named)
    return base64.urlsafe_b64encode(FORM + until + tag + _hidden(key, tag, named)).rstrip(b"=").decode("ascii")


def user_of(key: bytes, token: str, *, now: datetime) -> str | None:
    """The user whom a token names; None for anything that was not made under this key, or is past its time.

    What is wrong with a token changes neither the answer nor the way to it.
    """
    data = _decoded(token)
    until, tag, hidden = data[1 : 1 + _EXPIRY], data[1 + _EXPIRY : 1 + _EXPIRY + _TAG], data[1 + _EXPIRY + _TAG :]
    named = _hidden(key, tag, hidden)
    genuine = hmac.compare_digest(_tag(key, until, named), tag)
    lasting = now.timestamp() < int.from_bytes(until, "big")
    try:
        user_id = named.decode("utf-8")
    except UnicodeDecodeError:
        user_id = ""
    return user_id if genuine and lasting and data[:1] == FORM and user_id else None


def _tag(key: bytes, until: bytes, named: bytes) -> bytes:
    return hmac.new(key, b"token\0" + until + named, hashlib.sha256).digest()


def _hidden(key: bytes, tag: bytes, named: bytes) -> bytes:
    """The bytes hidden, or shown again: the same step does both."""
    blocks = range((len(named) + 31) // 32)
    stream = b"".join(hmac.new(key, b"stream\0" + tag + bytes([n]), hashlib.sha256).digest() for n in blocks)
    return bytes(a ^ b for a, b in zip(named, stream, strict=False))


def _decoded(token: str) -> bytes:
    """A token's bytes; those of a token of nobody when it cannot be read."""
    whole = 1 + _EXPIRY + _TAG
    readable = token.isascii() and len(token) <= 2 * (whole + LONGEST_ID)
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True) if readable else b""
    except ValueError:
        data = b""
    return data if whole < len(data) <= whole + LONGEST_ID else b"\0" * whole + _NOBODY
