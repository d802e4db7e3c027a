"""What a provider makes of a batch that it is handed, and the batch as plain values."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Protocol

from publisher.delivery.calling import Answered
from publisher.domain.handoff import Attachment, Handoff, HandoffContent, HandoffMessage, ProviderReceipt, receipt_of
from publisher.domain.notice import MailTemplate, Outcome

FORMAT = 1
_BUSY = frozenset({408, 425, 429, 500, 503})
"""Answers by which a provider has not taken the batch, and may take it later: RFC 9110, section 15, and RFC 6585."""

_LOST_BEHIND = frozenset({502, 504})
"""Answers of a gateway that does not know what became of the batch behind it."""

_UNFIT = frozenset({400, 413, 422})
"""Answers that say that there is something in the batch that cannot be taken: RFC 9110, section 15.5."""

_OUTSIDE = frozenset({"from", "to", "subject", "date", "message-id", "mime-version"})


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of handing a batch over.

    Attributes:
        outcome: ACCEPTED when the provider has it, which says nothing of any message yet.
        code: the HTTP status, 0 without one.
        why: what went wrong, in words.
        wait: for how many seconds the provider asks to be left alone.
        provider: what the provider calls the batch.
        receipts: what it says of single messages at once.
        divisible: whether a batch that was not taken may have been refused for some of its messages alone.
        offending: the places of those for which it was, where the provider says so.
    """

    outcome: Outcome
    code: int = 0
    why: str = ""
    wait: float | None = None
    provider: str = ""
    receipts: tuple[ProviderReceipt, ...] = ()
    divisible: bool = False
    offending: tuple[int, ...] = ()


class Provider(Protocol):
    """Whoever takes batches."""

    @property
    def one_content(self) -> bool:
        """Whether all messages of a batch have to have the same mail."""
        ...

    def hand(self, given: Handoff, now: datetime) -> Handed:
        """Hands a batch over. What the far side does is a value; this never raises for it."""
        ...


def content_of(template: MailTemplate) -> HandoffContent:
    """A rendered mail taken apart for providers, which put it together themselves."""
    message = message_from_bytes(b"".join(template.parts), _class=EmailMessage, policy=SMTP)
    found = {
        kind: str(body.get_content()).replace("\r\n", "\n")
        for kind in ("plain", "html")
        if (body := message.get_body((kind,))) is not None
    }
    headers = (
        (name, str(value))
        for name, value in message.items()
        if name.lower() not in _OUTSIDE and not name.lower().startswith("content-t")
    )
    return HandoffContent(
        kind=template.kind,
        language=template.language,
        variant=template.variant,
        audience=template.audience,
        digest=template.digest,
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        text=found.get("plain", ""),
        html=found.get("html", ""),
        headers=tuple(headers),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def plain(given: Handoff) -> dict[str, Any]:
    """A batch as the plain values of the product's own format."""
    return {
        "format": FORMAT,
        "key": given.key,
        "notice": str(given.notice),
        "policy": given.notice.policy,
        "version": given.notice.version,
        "contents": [_content(entry) for entry in given.contents],
        "messages": [_message(entry) for entry in given.messages],
    }


def of_answer(answered: Answered) -> Handed:
    """What an HTTP answer says of the whole batch."""
    status, why = answered.status, answered.why
    if not answered.handed:
        return Handed(Outcome.HOST_BUSY, 0, why)
    if status == 0:
        return Handed(Outcome.IN_DOUBT, 0, why)
    if 200 <= status < 300:
        return Handed(Outcome.ACCEPTED, status, why)
    if status in _BUSY:
        return Handed(Outcome.HOST_BUSY, status, "it takes nothing now", answered.wait)
    if status in _LOST_BEHIND or status > 500:
        return Handed(Outcome.IN_DOUBT, status, "it does not say what became of the batch", answered.wait)
    return Handed(Outcome.SENDER_FAULT, status, "it does not take such a batch from us", divisible=status in _UNFIT)


def said_in(body: bytes) -> Mapping[str, Any]:
    """An answer's body as an object; empty when it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def results_in(said: Mapping[str, Any]) -> tuple[ProviderReceipt, ...]:
    """The receipts of an answer, as far as they can be read; of the others the provider has to tell again."""
    given = said.get("results")
    found: list[ProviderReceipt] = []
    for entry in given if isinstance(given, list) else ():
        try:
            found.append(receipt_of(entry if isinstance(entry, dict) else {}))
        except ValueError:
            continue
    return tuple(found)


def _attachment(part: EmailMessage) -> Attachment:
    data = part.get_payload(decode=True)
    return Attachment(part.get_filename() or "text", part.get_content_type(), data if isinstance(data, bytes) else b"")


def _content(given: HandoffContent) -> dict[str, Any]:
    return {
        "kind": given.kind.value,
        "language": given.language,
        "variant": given.variant,
        "audience": given.audience,
        "digest": given.digest,
        "from": given.sender,
        "subject": given.subject,
        "text": given.text,
        "html": given.html,
        "headers": dict(given.headers),
        "attachments": [
            {"name": file.name, "type": file.kind, "base64": base64.b64encode(file.data).decode("ascii")}
            for file in given.attachments
        ],
    }


def _message(given: HandoffMessage) -> dict[str, Any]:
    address = {} if given.address is None else {"address": given.address}
    return {"id": given.id, "user": given.user, "language": given.language, "content": given.content, **address}
