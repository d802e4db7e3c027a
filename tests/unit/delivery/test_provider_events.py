"""What the events of two providers say of a message, as they document them."""

from typing import Any

import pytest

from publisher.delivery import handoff_mailgun, handoff_sendgrid
from publisher.domain.handoff import ReceiptStatus

SENDGRID: list[tuple[dict[str, Any], ReceiptStatus | None]] = [
    ({"event": "delivered", "response": "250 OK"}, ReceiptStatus.ACCEPTED),
    ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, ReceiptStatus.REFUSED),
    ({"event": "bounce", "type": "blocked", "reason": "550 spam"}, ReceiptStatus.REFUSED),
    ({"event": "dropped", "reason": "Bounced Address"}, ReceiptStatus.REFUSED),
    ({"event": "dropped", "reason": "Recipient List over Package Quota"}, ReceiptStatus.DEFERRED),
    ({"event": "deferred", "response": "451 later", "attempt": "5"}, ReceiptStatus.DELAYED),
    ({"event": "processed"}, ReceiptStatus.DELAYED),
    ({"event": "open"}, None),
    ({"event": "unsubscribe"}, None),
]
MAILGUN: list[tuple[dict[str, Any], ReceiptStatus | None]] = [
    ({"event": "delivered", "delivery-status": {"code": 250}}, ReceiptStatus.ACCEPTED),
    ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, ReceiptStatus.REFUSED),
    ({"event": "failed", "severity": "temporary", "reason": "generic"}, ReceiptStatus.DELAYED),
    ({"event": "failed", "severity": "temporary", "reason": "old"}, ReceiptStatus.DEFERRED),
    ({"event": "rejected", "reject": {"reason": "Sandbox"}}, ReceiptStatus.REFUSED),
    ({"event": "accepted"}, ReceiptStatus.DELAYED),
    ({"event": "complained"}, None),
]


@pytest.mark.parametrize(("event", "status"), SENDGRID)
def test_an_event_of_sendgrids_says_what_became_of_a_message(event: dict[str, Any], status: object) -> None:
    found = handoff_sendgrid.receipt_of_event({**event, handoff_sendgrid.ARGUMENT: "id1", "timestamp": 1})
    assert (found and found.status) == status
    assert handoff_sendgrid.receipt_of_event(event) is None


@pytest.mark.parametrize(("event", "status"), MAILGUN)
def test_an_event_of_mailguns_says_what_became_of_a_message(event: dict[str, Any], status: object) -> None:
    found = handoff_mailgun.receipt_of_event({**event, "user-variables": {handoff_mailgun.VARIABLE: "id1"}})
    assert (found and found.status) == status
    assert handoff_mailgun.receipt_of_event(event) is None
