"""Tokens by which the organisation's website names a reader to the API: signed, so that nobody can name another."""

import base64
import hashlib
import hmac


def token_of(key: bytes, user_id: str) -> str:
    """A user's token: the id, and its HMAC-SHA256 under the installation's key, over `user` NUL id.

    Any program that holds the key can make the same one.
    """
    return f"{_encoded(user_id.encode('utf-8'))}.{_encoded(_mac(key, user_id))}"


def user_of(key: bytes, token: str) -> str | None:
    """The user whom a token names; None for anything that was not made under this key. Takes the same time for all."""
    named, _, mac = token.partition(".")
    try:
        user_id = _decoded(named).decode("utf-8")
        given = _decoded(mac)
    except ValueError:
        user_id, given = "", b""
    return user_id if hmac.compare_digest(_mac(key, user_id), given) else None


def _mac(key: bytes, user_id: str) -> bytes:
    return hmac.new(key, b"user\0" + user_id.encode("utf-8"), hashlib.sha256).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    if not text.isascii() or len(text) > 1000:
        raise ValueError("no token")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
