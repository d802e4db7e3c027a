"""What a provider is handed of a notice: a batch with the mails once and the users by their ids; and its receipts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from publisher.domain.bounce import Fate, Status, fate_of
from publisher.domain.notice import NoticeId, NoticeKind

LARGEST = 1000
"""The most messages of a batch."""

COPY = "copy_"
"""How the id of a mail begins that is no reader's: receipts of those change nothing."""

_KEYS = frozenset({"id", "status", "at", "code", "reply", "provider_id"})
_LONGEST_ID = 200
_LONGEST_REPLY = 2000
_ENHANCED = re.compile(r"\b([245])\.([0-9]{1,3})\.([0-9]{1,3})\b")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a mail; `kind` is its media type."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class HandoffContent:
    """A mail rendered once, with nothing of a recipient in it.

    `sender` is `Name <address>`; `headers` are those beside From, To, Subject, Date, Message-ID and MIME's.
    """

    kind: NoticeKind
    language: str
    variant: str
    audience: str
    digest: str
    sender: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class HandoffMessage:
    """One message of a batch.

    `id` is the same at every attempt and names nobody; `content` is the place of its mail among the batch's; `address`
    is None where addresses stay at home.
    """

    id: str
    user: str
    language: str
    content: int
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A batch: the same messages at another attempt have the same key, by which a provider drops repeats."""

    key: str
    notice: NoticeId
    contents: tuple[HandoffContent, ...]
    messages: tuple[HandoffMessage, ...]


class ReceiptStatus(StrEnum):
    """What a provider says of a message.

    `ACCEPTED`: the server of the reader's mailbox has taken it. `REFUSED`: it will not reach the reader. `DEFERRED`:
    the provider has given it back, to be handed over again later. `DELAYED`: the provider still tries.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class ProviderReceipt:
    """A provider's word on one message. `at` is when it came to that, `code` an SMTP reply code, 0 without one."""

    id: str
    status: ReceiptStatus
    at: datetime | None = None
    code: int = 0
    reply: str = ""
    provider_id: str = ""

    @property
    def fate(self) -> Fate:
        """What a refusal says of the person: from the enhanced status code in the reply (RFC 3463), or the code."""
        return fate_of("failed", self.enhanced, self.code) or Fate.BOUNCED

    @property
    def enhanced(self) -> Status | None:
        """The enhanced status code in the reply, if there is one."""
        found = _ENHANCED.search(self.reply)
        return Status(int(found[1]), int(found[2]), int(found[3])) if found else None


def receipt_of(given: Mapping[str, object]) -> ProviderReceipt:
    """A receipt from plain values: `id` and `status`, and if known `at`, `code`, `reply` and `provider_id`.

    Empty texts and None are as good as left out; codes may be texts.

    Raises:
        ValueError: with everything that is wrong, a sentence each.
    """
    values = {name: value for name, value in given.items() if value not in (None, "")}
    wrong = [f"There is no '{str(name)[:40]}' in a receipt." for name in sorted(set(values) - _KEYS)]
    name, status = values.get("id"), values.get("status")
    if not isinstance(name, str) or len(name) > _LONGEST_ID:
        wrong.append("'id' must be the id that the message was handed over with.")
    if status not in tuple(ReceiptStatus):
        wrong.append(f"'status' must be one of: {', '.join(ReceiptStatus)}.")
    at = _instant(values.get("at"))
    if at is None and "at" in values:
        wrong.append("'at' must be an instant with its zone, such as 2027-01-05T09:00:00Z.")
    code = _code(values.get("code", 0))
    if code is None:
        wrong.append("'code' must be an SMTP reply code, such as 550.")
    texts = {key: values.get(key, "") for key in ("reply", "provider_id")}
    wrong.extend(f"'{key}' must be a text." for key, value in texts.items() if not isinstance(value, str))
    if len(str(texts["provider_id"])) > _LONGEST_ID:
        wrong.append(f"'provider_id' has more than {_LONGEST_ID} characters.")
    if wrong:
        raise ValueError(" ".join(wrong))
    reply = str(texts["reply"])[:_LONGEST_REPLY]
    return ProviderReceipt(str(name), ReceiptStatus(str(status)), at, code or 0, reply, str(texts["provider_id"]))


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _code(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if type(value) is int and (value == 0 or 200 <= value <= 599) else None
