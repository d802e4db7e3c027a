"""Calls to an HTTP address of the organisation's own, and from it: signed as Standard Webhooks has it.

`webhook-id` is the same at every attempt, so that the far side can drop repeats; `webhook-timestamp` is in seconds
since 1970; `webhook-signature` is `v1,` and the base64 of HMAC-SHA256(secret, id "." timestamp "." body).

Source: Standard Webhooks specification 1.0.
"""

import base64
import hashlib
import hmac
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime

from publisher.delivery.calling import LARGEST_ANSWER, Address, Answered, url_fault

__all__ = [
    "LARGEST_ANSWER",
    "TOLERANCE",
    "Answered",
    "Webhook",
    "secret_bytes",
    "sent_at",
    "signature",
    "signed",
    "url_fault",
]

TOLERANCE = 300
"""Seconds that a call's timestamp may lie before or after the clock, as the specification's own libraries have it."""

_ID = re.compile(r"[A-Za-z0-9._:~-]{1,128}")


def secret_bytes(secret: str) -> bytes:
    """A secret's bytes: what follows `whsec_` is base64, anything else stands for itself.

    Raises:
        ValueError: it is too short to keep anybody out, or no base64.
    """
    data = secret.encode("utf-8")
    if secret.startswith("whsec_"):
        try:
            data = base64.b64decode(data[6:], validate=True)
        except ValueError:
            data = b""
    if len(data) < 16:
        raise ValueError("a secret has at least 16 bytes")
    return data


def signature(secret: bytes, name: str, timestamp: int, body: bytes) -> str:
    """The signature of a call, as the far side makes it again."""
    mac = hmac.new(secret, f"{name}.{timestamp}.".encode("ascii") + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode("ascii")


def signed(name: str, body: bytes, now: datetime, secret: bytes) -> dict[str, str]:
    """The headers of a call."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, name, timestamp, body),
    }


def sent_at(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    """When a call was sent that proves to be from who knows the secret; None when it does not, or is not of now.

    Args:
        secret: what signs the calls.
        headers: by lower-case name.
        body: the very bytes.
        now: the instant.
    """
    name, written = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(name) or not re.fullmatch("[0-9]{1,12}", written):
        return None
    wanted = signature(secret, name, int(written), body).encode("ascii")
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in given[:10]):
        return None
    if abs(now.timestamp() - int(written)) > TOLERANCE:
        return None
    return datetime.fromtimestamp(int(written), UTC)


class Webhook:
    """One address to call, with the secret by which it knows us."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        *,
        seconds: float = 30,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._address = Address(url, seconds=seconds, context=context)
        self._secret = secret

    def call(self, name: str, body: bytes, now: datetime) -> Answered:
        """Posts JSON under an id that stays the same at every attempt. Never raises for what the far side does."""
        return self._address.post(body, signed(name, body, now, self._secret), now)
