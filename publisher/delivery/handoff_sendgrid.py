"""Batches to SendGrid, a personalization for each message, and the events that it posts back.

Source: Twilio SendGrid, Mail Send v3 (at most 1,000 personalizations, an address once in a request, `custom_args` of
texts that come back in every event) and Event Webhook Reference.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from publisher.delivery.calling import Address
from publisher.delivery.handoff import Handed, of_answer, said_in
from publisher.domain.handoff import Handoff, HandoffContent, ProviderReceipt, ReceiptStatus
from publisher.domain.notice import Outcome

ARGUMENT = "publisher_id"
"""Under which name a message's id travels with SendGrid's events; it names nobody, as SendGrid asks of arguments."""

_QUOTA = "Recipient List over Package Quota"
"""Why a message is dropped that nothing is wrong with: the account has sent as many as it may."""

_RECIPIENT = re.compile(r"personalizations\.([0-9]{1,4})\.to\b")

_STATUSES = {
    "delivered": ReceiptStatus.ACCEPTED,
    "bounce": ReceiptStatus.REFUSED,
    "blocked": ReceiptStatus.REFUSED,
    "dropped": ReceiptStatus.REFUSED,
    "deferred": ReceiptStatus.DELAYED,
    "processed": ReceiptStatus.DELAYED,
}


class SendGridProvider:
    """SendGrid's `POST /v3/mail/send`. It knows no idempotency key: a batch whose answer was lost may go twice."""

    one_content = True

    def __init__(self, url: str, api_key: str, *, seconds: float = 30) -> None:
        self._address = Address(url, seconds=seconds)
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}

    def hand(self, given: Handoff, now: datetime) -> Handed:
        """Posts one batch; SendGrid's name for it is in the answer's X-Message-Id."""
        body = json.dumps(_request(given), ensure_ascii=False).encode("utf-8")
        handed = of_answer(answered := self._address.post(body, self._headers, now))
        if handed.divisible:
            return _blamed(handed, said_in(answered.body))
        if handed.outcome is not Outcome.ACCEPTED:
            return handed
        return Handed(Outcome.ACCEPTED, handed.code, provider=answered.headers.get("x-message-id", ""))


def receipt_of_event(event: Mapping[str, object]) -> ProviderReceipt | None:
    """What an event says of one of our messages; None when it is about none, or about what its reader did later."""
    name, kind = event.get(ARGUMENT), event.get("event")
    status = _STATUSES.get(kind) if isinstance(kind, str) else None
    if kind == "dropped" and event.get("reason") == _QUOTA:
        status = ReceiptStatus.DEFERRED
    if status is None or not isinstance(name, str) or not name:
        return None
    reply = " ".join(str(event[key]) for key in ("status", "response", "reason") if isinstance(event.get(key), str))
    stamp, provider = event.get("timestamp"), event.get("sg_message_id")
    return ProviderReceipt(
        name,
        status,
        datetime.fromtimestamp(stamp, UTC) if type(stamp) is int and 0 <= stamp < 1 << 33 else None,
        0,
        reply[:2000],
        provider[:200] if isinstance(provider, str) else "",
    )


def _blamed(handed: Handed, said: Mapping[str, object]) -> Handed:
    """Whom SendGrid's errors are about: each names its field, such as `personalizations.3.to.0.email`."""
    given = said.get("errors")
    errors = [error for error in given if isinstance(error, dict)] if isinstance(given, list) else []
    fields = [str(error.get("field") or "") for error in errors]
    if not errors or "" in fields:
        return handed
    named = [found for field in fields if (found := _RECIPIENT.match(field))]
    if len(named) == len(fields):
        return replace(handed, offending=tuple(sorted({int(found[1]) for found in named})))
    return replace(handed, divisible=all(field.startswith("personalizations") for field in fields))


def _request(given: Handoff) -> dict[str, Any]:
    (content,) = given.contents
    name, address = parseaddr(content.sender)
    return {
        "personalizations": [
            {"to": [{"email": message.address}], "custom_args": {ARGUMENT: message.id}} for message in given.messages
        ],
        "from": {"email": address, **({"name": name} if name else {})},
        "subject": content.subject,
        "content": [
            {"type": kind, "value": value}
            for kind, value in (("text/plain", content.text), ("text/html", content.html))
            if value
        ],
        "headers": dict(content.headers),
        # whoever wants no newsletter is still to know what their contract says
        "mail_settings": {"bypass_unsubscribe_management": {"enable": True}},
        "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
        **_attachments(content),
    }


def _attachments(content: HandoffContent) -> dict[str, Any]:
    files = [
        {"content": base64.b64encode(file.data).decode("ascii"), "type": file.kind, "filename": file.name}
        for file in content.attachments
    ]
    return {"attachments": files} if files else {}
