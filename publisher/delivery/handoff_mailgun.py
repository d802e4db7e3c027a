"""Batches to Mailgun, with recipient variables, and the events that it posts back.

Source: Mailgun user manual, Batch Sending (at most 1,000 recipients, `recipient-variables` so that each gets a mail of
their own), Webhook Payloads and Securing Webhooks.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from publisher.delivery.calling import Address
from publisher.delivery.handoff import Handed, of_answer, said_in
from publisher.delivery.webhook import TOLERANCE
from publisher.domain.handoff import Handoff, ProviderReceipt, ReceiptStatus
from publisher.domain.notice import Outcome

VARIABLE = "publisher_id"
"""Under which name a message's id travels with Mailgun's events."""


class MailgunProvider:
    """Mailgun's `POST /v3/DOMAIN/messages`. It knows no idempotency key: a batch whose answer was lost may go twice."""

    one_content = True

    def __init__(self, url: str, api_key: str, *, seconds: float = 30) -> None:
        self._address = Address(url, seconds=seconds)
        self._authorization = "Basic " + base64.b64encode(f"api:{api_key}".encode()).decode("ascii")

    def hand(self, given: Handoff, now: datetime) -> Handed:
        """Posts one batch; Mailgun's name for it is the `id` of its answer."""
        boundary = secrets.token_hex(16)
        headers = {
            "Authorization": self._authorization,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        handed = of_answer(answered := self._address.post(_form(given, boundary), headers, now))
        if handed.divisible:
            return _blamed(handed, str(said_in(answered.body).get("message") or ""), len(given.messages))
        if handed.outcome is not Outcome.ACCEPTED:
            return handed
        name = said_in(answered.body).get("id")
        return Handed(Outcome.ACCEPTED, handed.code, provider=name.strip("<>") if isinstance(name, str) else "")


def is_signed(signing_key: str, given: object, now: datetime) -> bool:
    """Whether a call's `signature` is Mailgun's own, and of now."""
    values = given if isinstance(given, dict) else {}
    stamp, token, signature = (values.get(key) for key in ("timestamp", "token", "signature"))
    stamp = str(stamp) if type(stamp) is int else stamp
    if not (isinstance(stamp, str) and isinstance(token, str) and isinstance(signature, str)):
        return False
    wanted = hmac.new(signing_key.encode(), f"{stamp}{token}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(wanted.encode("ascii"), signature.encode("utf-8", "replace"))
    fresh = re.fullmatch("[0-9]{1,12}", stamp) is not None and abs(now.timestamp() - int(stamp)) <= TOLERANCE
    return genuine and fresh


def receipt_of_event(event: Mapping[str, object]) -> ProviderReceipt | None:
    """What an event says of one of our messages; None when it is about none, or about what its reader did later.

    Mailgun's own `accepted` means that it has queued the message, which is no acceptance here. A temporary failure with
    the reason `old` is the last: it tries no more, and the message has come back.
    """
    variables, kind = _part(event, "user-variables"), event.get("event")
    temporary = ReceiptStatus.DEFERRED if event.get("reason") == "old" else ReceiptStatus.DELAYED
    name = variables.get(VARIABLE)
    status = {
        "delivered": ReceiptStatus.ACCEPTED,
        "rejected": ReceiptStatus.REFUSED,
        "failed": temporary if event.get("severity") == "temporary" else ReceiptStatus.REFUSED,
        "accepted": ReceiptStatus.DELAYED,
    }.get(kind if isinstance(kind, str) else "")
    if status is None or not isinstance(name, str) or not name:
        return None
    told, stamp = _part(event, "delivery-status"), event.get("timestamp")
    code = told.get("code")
    words = (told.get("enhanced-code"), told.get("message") or told.get("description"))
    message_id = _part(_part(event, "message"), "headers").get("message-id")
    return ProviderReceipt(
        name,
        status,
        datetime.fromtimestamp(stamp, UTC)
        if isinstance(stamp, int | float) and not isinstance(stamp, bool) and 0 <= stamp < 1 << 33
        else None,
        code if type(code) is int and 200 <= code <= 599 else 0,
        " ".join(word for word in words if isinstance(word, str) and word)[:2000],
        message_id[:200] if isinstance(message_id, str) else "",
    )


def _blamed(handed: Handed, said: str, number: int) -> Handed:
    """Mailgun names the parameter that it does not take, and never which of a thousand addresses."""
    parameter = re.match(r"'?([a-z-]+)'? parameter\b", said)
    if parameter is None:
        return handed
    of_readers = parameter[1] in ("to", "recipient-variables")
    return replace(handed, divisible=of_readers, offending=(0,) if parameter[1] == "to" and number == 1 else ())


def _part(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _form(given: Handoff, boundary: str) -> bytes:
    parts: list[bytes] = []
    for name, value in _fields(given):
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.extend((head.encode("ascii"), value.encode("utf-8"), b"\r\n"))
    for file in given.contents[0].attachments:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="{file.name}"\r\n'
        parts.extend((head.encode("utf-8"), f"Content-Type: {file.kind}\r\n\r\n".encode("ascii"), file.data, b"\r\n"))
    return b"".join([*parts, f"--{boundary}--\r\n".encode("ascii")])


def _fields(given: Handoff) -> Iterator[tuple[str, str]]:
    (content,) = given.contents
    yield "from", content.sender
    for message in given.messages:
        yield "to", message.address or ""
    yield "subject", content.subject
    yield from ((kind, value) for kind, value in (("text", content.text), ("html", content.html)) if value)
    yield "recipient-variables", json.dumps({message.address: {"id": message.id} for message in given.messages})
    yield f"v:{VARIABLE}", "%recipient.id%"
    yield "o:tracking", "no"
    for name, value in content.headers:
        yield f"h:{name}", value
