"""Receipts that a provider posts: believed when they are signed and of now, and taken once."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from publisher.config import Settings, setting_place
from publisher.delivery import handoff_mailgun, p256
from publisher.delivery.provider_events import EVENTS
from publisher.delivery.webhook import TOLERANCE, sent_at
from publisher.domain.handoff import ProviderReceipt, receipt_of
from publisher.errors import one
from publisher.workflow.handoff_far_side import provider_key, receipts_key
from publisher.workflow.receipts import take_receipts

if TYPE_CHECKING:
    from publisher.store.engine import Store

LARGEST = 2_000_000
"""Bytes of a call: a thousand receipts with long replies."""

MOST = 5000
"""Receipts of a call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered: the status and plain values."""

    status: int
    said: Mapping[str, Any]


_CLOSED = Answer(404, {"error": "not found"})
_STRANGER = Answer(401, {"error": "the signature or its time is not right"})


@dataclass(slots=True)
class ReceiptCalls:
    """Takes the calls of one server. Those of the last minutes are remembered, so that none counts twice."""

    settings: Settings
    store: "Store"
    _seen: dict[str, float] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self, provider: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        """Takes one call.

        Args:
            provider: whose format it is in; `publisher` is the product's own.
            headers: by lower-case name.
            body: the very bytes.
            now: the instant.

        Raises:
            PublisherError: a secret, the key or the store cannot be used.
        """
        if provider == "publisher":
            return self._own(headers, body, now)
        if provider != self.settings.email.provider:
            return _CLOSED
        secret = provider_key(self.settings)
        if not secret:
            return _CLOSED
        return (self._sendgrid if provider == "sendgrid" else self._mailgun)(secret, headers, body, now)

    def _own(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        secret = receipts_key(self.settings) if self.settings.email.provider == "publisher" else None
        if secret is None:
            return _CLOSED
        at = sent_at(secret, headers, body, now)
        if at is None:
            return _STRANGER
        value = _json(body)
        listed = value.get("receipts") if isinstance(value, dict) else None
        if not isinstance(listed, list) or len(listed) > MOST:
            return Answer(400, {"error": f'the body must be {{"receipts": [...]}} with at most {MOST} of them'})
        receipts: list[ProviderReceipt] = []
        wrong: list[dict[str, object]] = []
        for place, each in enumerate(listed):
            try:
                receipts.append(receipt_of(each if isinstance(each, dict) else {}))
            except ValueError as fault:
                wrong.append({"receipt": place, "error": str(fault)})
        if wrong:
            return Answer(400, {"error": "nothing was recorded", "faults": wrong[:100]})
        return self._once(headers["webhook-id"], receipts, at, now)

    def _sendgrid(self, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        signature = headers.get("x-twilio-email-event-webhook-signature", "")
        stamp = headers.get("x-twilio-email-event-webhook-timestamp", "")
        fresh = (
            stamp.isascii() and stamp.isdigit() and len(stamp) < 13 and abs(now.timestamp() - int(stamp)) <= TOLERANCE
        )
        try:
            key = p256.public_key(secret)
        except ValueError:
            remedy = "Copy the verification key of the Event Webhook from SendGrid's mail settings."
            place = setting_place(self.settings.root, "email", "receipts_secret")
            raise one("handoff-settings", "This is no key of SendGrid's.", remedy, place) from None
        if not fresh or not p256.is_signed(key, stamp.encode("ascii") + body, signature):
            return _STRANGER
        value = _json(body)
        events = value if isinstance(value, list) else [value]
        return self._events("sendgrid", signature, events, datetime.fromtimestamp(int(stamp), UTC), now)

    def _mailgun(self, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:  # noqa: ARG002  as for SendGrid
        value = _json(body)
        signature = value.get("signature") if isinstance(value, dict) else None
        if not isinstance(signature, dict) or not handoff_mailgun.is_signed(secret, signature, now):
            return _STRANGER
        at = datetime.fromtimestamp(int(signature["timestamp"]), UTC)
        return self._events("mailgun", str(signature["token"]), [value], at, now)

    def _events(self, provider: str, name: str, events: Sequence[object], at: datetime, now: datetime) -> Answer:
        if len(events) > MOST:
            return Answer(413, {"error": "too many events"})
        read = EVENTS[provider]
        found = (read(event) for event in events if isinstance(event, dict))
        return self._once(name, [receipt for receipt in found if receipt is not None], at, now)

    def _once(self, name: str, receipts: Sequence[ProviderReceipt], at: datetime, now: datetime) -> Answer:
        with self._guard:
            if name in self._seen:
                return Answer(200, {"ok": True, "repeated": True})
            summary = take_receipts(self.settings, self.store, _dated(receipts, at), now=now)
            self._seen = {known: until for known, until in self._seen.items() if until > now.timestamp()}
            self._seen[name] = now.timestamp() + 2 * TOLERANCE
        counted = {effect.value: number for effect, number in summary.read.items()}
        return Answer(200, {"ok": True, **counted, "foreign": summary.foreign})


def _dated(receipts: Sequence[ProviderReceipt], at: datetime) -> Iterator[ProviderReceipt]:
    """Receipts without an instant are of when they were posted, and none is of later."""
    from dataclasses import replace

    for receipt in receipts:
        yield replace(receipt, at=min(receipt.at or at, at))


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
