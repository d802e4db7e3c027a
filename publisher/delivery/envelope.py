"""The outside of one message: a template's parts joined with one recipient's values, and the Message-ID."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from publisher.domain.notice import MailTemplate, NoticeId

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_LONGEST = 512
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def join(template: MailTemplate, values: Mapping[str, str]) -> bytes:
    """One recipient's whole message.

    Every value is checked here because joining bytes checks nothing: a line break in one would begin another header.
    Values are ASCII, but for `to`: the local part of an internationalised address may hold other letters, and such a
    message goes out as UTF-8 to servers that take it.

    Args:
        template: the notice, rendered once.
        values: by slot: `to` an address, `message-id` with its angle brackets, `date` as in RFC 5322.

    Raises:
        ValueError: a value is missing or unfit; the message names the slot and never repeats the value.
    """
    pieces = [template.parts[0]]
    for slot, part in zip(template.slots, template.parts[1:], strict=True):
        if slot not in values:
            raise ValueError(f"the slot '{slot}' has no value")
        pieces.append(_checked(slot, values[slot]))
        pieces.append(part)
    return b"".join(pieces)


def message_id(key: bytes, notice: NoticeId, recipient_key: str, domain: str) -> str:
    """The Message-ID of a notice to one recipient: the same at every attempt, so that a far side can drop repeats.

    It names nobody: the recipient enters through an HMAC under the installation's key.

    Raises:
        ValueError: `domain` is no ASCII domain name.
    """
    named = f"message-id\0{notice}\0{recipient_key}".encode()
    token = hmac.new(key, named, hashlib.sha256).hexdigest()[:32]
    made = f"<n.{notice}.{token}@{domain}>"
    if not _MESSAGE_ID.fullmatch(made):
        raise ValueError(f"{domain!r} is no domain for a Message-ID")
    return made


def _checked(slot: str, value: str) -> bytes:
    if not value or len(value) > _LONGEST:
        raise ValueError(f"the value for '{slot}' is empty or too long")
    if _UNSEEN.search(value):
        raise ValueError(f"the value for '{slot}' holds a control character or a line break")
    if "=?" in value:
        raise ValueError(f"the value for '{slot}' holds '=?', which mail programs decode")
    if not _SHAPES.get(slot, str.isascii)(value):
        raise ValueError(f"the value for '{slot}' has the wrong shape")
    return value.encode("utf-8")


_SHAPES: Mapping[str, Callable[[str], object]] = {
    "to": _ADDRESS.fullmatch,
    "message-id": _MESSAGE_ID.fullmatch,
}
