"""Batches to an HTTP address in the product's own format, signed as Standard Webhooks has it."""

import json
from dataclasses import replace
from datetime import datetime

from publisher.delivery.calling import Address
from publisher.delivery.handoff import Handed, of_answer, plain, results_in, said_in
from publisher.delivery.webhook import signed
from publisher.domain.handoff import Handoff, ReceiptStatus
from publisher.domain.notice import Outcome


class HttpProvider:
    """An address that takes batches; the batch's key is in `webhook-id` and, for proxies, in `Idempotency-Key`.

    A 2xx answer may be a JSON object with the batch's `id` at the provider and `results`, a list of receipts. One of
    400 or 422 may have `results`, too, that say which messages are refused: the others come in a batch without them.
    """

    one_content = False

    def __init__(self, url: str, secret: bytes, *, seconds: float = 30) -> None:
        self._address = Address(url, seconds=seconds)
        self._secret = secret

    def hand(self, given: Handoff, now: datetime) -> Handed:
        """Posts one batch."""
        body = json.dumps(
            {"type": "notice.handoff", "timestamp": now.isoformat(), "data": plain(given)}, ensure_ascii=False
        ).encode("utf-8")
        headers = {**signed(given.key, body, now, self._secret), "Idempotency-Key": given.key}
        handed = of_answer(answered := self._address.post(body, headers, now))
        said = said_in(answered.body)
        if handed.divisible:
            refused = {entry.id for entry in results_in(said) if entry.status is ReceiptStatus.REFUSED}
            places = (place for place, message in enumerate(given.messages) if message.id in refused)
            return replace(handed, offending=tuple(places))
        if handed.outcome is not Outcome.ACCEPTED:
            return handed
        name = said.get("id")
        return Handed(
            Outcome.ACCEPTED,
            handed.code,
            handed.why,
            provider=name if isinstance(name, str) else "",
            receipts=results_in(said),
        )
