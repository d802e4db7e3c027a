"""Tokens by which the organisation's website names a reader to the API: hidden, signed, and good for a while.

A token is `base64url(0x03, key id, expiry, tag, hidden)` without padding. `key id` is the first four bytes of
HMAC-SHA256(key, "key id"); `expiry` is eight bytes, seconds since 1970, the highest byte first; `tag` is
HMAC-SHA256(key, "token" 0x03, key id, expiry, id); `hidden` is the id's UTF-8 bytes, each XORed with the same byte of a
stream: HMAC-SHA256(key, "stream" NUL tag 0x00), HMAC-SHA256(key, "stream" NUL tag 0x01), and so on. So the id is
encrypted under its own tag (a synthetic nonce, as in RFC 5297); that takes nothing but HMAC, and no table has to be
kept of what a token stands for.

The form before that one began with 0x02, had no key id, and its tag was HMAC-SHA256(key, "token" NUL, expiry, id). It
is understood under the key of the name "1", the only one there was, for as long as that is listed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

FORM, FORMER = b"\x03", b"\x02"
FIRST = "1"
"""The name of the key that signs where the settings name none."""

LONGEST_ID = 1024
"""Bytes of UTF-8 that a user's id may have in a token."""

_KEY_ID = 4
_EXPIRY = 8
_TAG = 32
_FIXED = 1 + _KEY_ID + _EXPIRY + _TAG
_NOBODY = b"\0" * (_FIXED + 1)


def token_key(key: bytes, name: str = FIRST) -> bytes:
    """A key of tokens alone, derived from the installation's: a website that makes tokens can do nothing else.

    Each name gives a key of its own, and none of them tells another.
    """
    purpose = b"policy-publisher tokens" + (b"" if name == FIRST else b" " + name.encode("utf-8"))
    return _mac(key, purpose)


def key_id(key: bytes) -> bytes:
    """What a token says of the key that it was made with."""
    return _mac(key, b"key id")[:_KEY_ID]


def token_of(key: bytes, user_id: str, *, expires: datetime) -> str:
    """A token that names a user until an instant. Any program that holds the key of tokens can make the same one.

    Raises:
        ValueError: the id is empty or too long.
    """
    named = user_id.encode("utf-8")
    if not 0 < len(named) <= LONGEST_ID:
        raise ValueError("no user has an id like that")
    head = key_id(key) + int(expires.timestamp()).to_bytes(_EXPIRY, "big")
    tag = _mac(key, b"token" + FORM + head + named)
    return base64.urlsafe_b64encode(FORM + head + tag + _hidden(key, tag, named)).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The keys whose tokens are understood.

    Attributes:
        newest: the one that signs.
        by_id: each of them by its key id; that of tokens without one under `FORMER`.
    """

    newest: bytes = field(repr=False)
    by_id: Mapping[bytes, bytes] = field(repr=False)

    def user_of(self, token: str, *, now: datetime) -> str | None:
        """The user whom a token names; None for what was made under no key of these, or is past its time.

        What is wrong with a token changes neither the answer nor the way to it: an unknown key id is tried under a key.
        """
        data = _decoded(token)
        form = data[:1]
        says = FORMER if form == FORMER else data[1 : 1 + _KEY_ID]
        begins = 1 if form == FORMER else 1 + _KEY_ID
        key = self.by_id.get(says)
        tried = self.newest if key is None else key
        until = data[begins : begins + _EXPIRY]
        tag = data[begins + _EXPIRY : begins + _EXPIRY + _TAG]
        named = _hidden(tried, tag, data[begins + _EXPIRY + _TAG :])
        signed = b"token\0" + until if form == FORMER else b"token" + form + says + until
        genuine = hmac.compare_digest(_mac(tried, signed + named), tag)
        lasting = now.timestamp() < int.from_bytes(until, "big")
        try:
            user_id = named.decode("utf-8")
        except UnicodeDecodeError:
            user_id = ""
        good = genuine and lasting and key is not None and form in (FORM, FORMER)
        return user_id if good and user_id else None


def token_keys(key: bytes, names: Sequence[str]) -> TokenKeys:
    """The keys of some names, the last of which signs."""
    made = {name: token_key(key, name) for name in names}
    former = {FORMER: made[FIRST]} if FIRST in made else {}
    return TokenKeys(made[names[-1]], {**{key_id(each): each for each in made.values()}, **former})


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _hidden(key: bytes, tag: bytes, named: bytes) -> bytes:
    """The bytes hidden, or shown again: the same step does both."""
    blocks = range((len(named) + 31) // 32)
    stream = b"".join(_mac(key, b"stream\0" + tag + bytes([n])) for n in blocks)
    return bytes(a ^ b for a, b in zip(named, stream, strict=False))


def _decoded(token: str) -> bytes:
    """A token's bytes; those of a token of nobody when it cannot be read."""
    readable = token.isascii() and len(token) <= 2 * (_FIXED + LONGEST_ID)
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True) if readable else b""
    except ValueError:
        data = b""
    fixed = _FIXED - (_KEY_ID if data[:1] == FORMER else 0)
    return data if fixed < len(data) <= fixed + LONGEST_ID else _NOBODY
