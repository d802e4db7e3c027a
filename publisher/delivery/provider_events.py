"""Providers' events as receipts, by the name of the provider."""

from collections.abc import Callable, Mapping

from publisher.delivery import handoff_mailgun, handoff_sendgrid
from publisher.domain.handoff import ProviderReceipt


def _mailgun(event: Mapping[str, object]) -> ProviderReceipt | None:
    """An event as its API lists it, or as it is posted: in `event-data`."""
    posted = event.get("event-data")
    return handoff_mailgun.receipt_of_event(posted if isinstance(posted, dict) else event)


EVENTS: Mapping[str, Callable[[Mapping[str, object]], ProviderReceipt | None]] = {
    "sendgrid": handoff_sendgrid.receipt_of_event,
    "mailgun": _mailgun,
}
