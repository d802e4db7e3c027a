"""Delivery status notifications (RFC 3464, RFC 6533) as mail servers send them: bytes to a report.

Anybody can send such a mail. Only so much of it is read, only its fields count and never the words written for people,
and what it quotes is not looked into but for its headers.
"""

import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.utils import getaddresses

from publisher.domain.bounce import BounceReport, Fate, Status, fate_of, of_all

LARGEST = 512 * 1024
"""Bytes that are read: the report stands before the returned message."""

_MOST_PARTS = 40
_LONGEST_TYPE = 4096
_DEEPEST = 4
_MOST_RECIPIENTS = 100
_MOST_ADDRESSES = 30
_LONGEST_FIELD = 2000
_LONGEST_SAID = 300

_STATUS = re.compile(r"\s*([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")
_REPLY = re.compile(
    r"\s*(?:smtp\s*;)?\s*([245][0-9]{2})(?:[ -]+([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.]))?", re.IGNORECASE
)
_IDENTITY = re.compile(r"\s*<?([A-Za-z0-9._-]{1,200})(?:@[A-Za-z0-9.-]{1,255}>?)?\s*")
_TYPES = re.compile(rb"^content-type[ \t]*:.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_QUOTES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_ARRIVED_AT = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_OF_THE_PARSER = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the standard library's parser raises on bytes made to break it."""


def read_report(raw: bytes) -> BounceReport | None:
    """What a mail reports of another one; None when it is no delivery status notification, or cannot be read.

    Args:
        raw: the mail's bytes, with any line ends; a mail cut off after the report is enough.
    """
    raw = raw[:LARGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    types = [len(found[0]) for found in _TYPES.finditer(raw)]
    if raw.lower().count(b"boundary") > _MOST_PARTS or max(types, default=0) > _LONGEST_TYPE:
        return None  # time and depth that the parser needs grow with these
    try:
        return _report(BytesParser().parsebytes(raw))
    except _OF_THE_PARSER:
        return None


def _report(mail: "Message") -> BounceReport | None:
    of = str(mail.get_param("report-type", "delivery-status")).lower()
    if mail.get_content_type() == "multipart/report" and of != "delivery-status":
        return None
    parts = list(_parts(mail))
    found = next((part for part in parts if part.get_content_type() in _REPORTS), None)
    if found is None:
        return None
    whole, *recipients = [*_blocks(found)] or [Message()]
    if "Action" in whole:  # a report that leaves the part about the whole message out
        recipients.insert(0, whole)
    told = [entry for entry in (_recipient(block) for block in recipients[:_MOST_RECIPIENTS]) if entry is not None]
    fate = of_all(entry[0] for entry in told)
    if fate is None:
        return None
    status, code, said = next((status, code, said) for each, status, code, said in told if each is fate)
    quoted = next((part for part in parts if part.get_content_type() in _QUOTES), None)
    headers = _headers(quoted) if quoted is not None else Message()
    addresses = [*_values(mail, _ARRIVED_AT), *_values(headers, ("Return-Path", "X-Envelope-From"))]
    identities = [*_values(whole, ("Original-Envelope-Id",)), *_values(headers, ("Message-ID",))]
    return BounceReport(
        fate,
        status,
        code,
        _without(said, recipients),
        tuple(dict.fromkeys(_addresses(addresses))),
        tuple(dict.fromkeys(match[1] for value in identities if (match := _IDENTITY.fullmatch(value)))),
    )


def _parts(mail: "Message", depth: int = 0) -> Iterator["Message"]:
    """The parts that are not parts of a quoted message."""
    if mail.get_content_maintype() != "multipart":
        yield mail
        return
    content = mail.get_payload()
    if depth < _DEEPEST and isinstance(content, list):
        for part in content:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _blocks(report: "Message") -> Iterator["Message"]:
    """The groups of fields of a report: of the message first, then one of each recipient."""
    content = report.get_payload()
    blocks = [block for block in content if isinstance(block, Message)] if isinstance(content, list) else []
    if report.get_content_type() == "message/delivery-status":
        yield from (block for block in blocks if block.keys())
        return
    for block in blocks[:1]:  # the parser takes the first group for the headers of a mail, and the others for its body
        yield block
        rest = block.get_payload()
        if isinstance(rest, str):
            yield from (HeaderParser().parsestr(group.lstrip()) for group in _BLANK.split(rest) if group.strip())


def _headers(quoted: "Message") -> "Message":
    content = quoted.get_payload()
    if isinstance(content, list):
        return content[0] if content and isinstance(content[0], Message) else Message()
    decoded = quoted.get_payload(decode=True)
    return BytesParser().parsebytes(decoded, headersonly=True) if isinstance(decoded, bytes) else Message()


def _recipient(block: "Message") -> tuple[Fate, Status | None, int, str] | None:
    """What is said of one recipient: fate, status, reply code, and the server's words."""
    action = _field(block, "Action").partition("(")[0].strip().lower()
    said = _field(block, "Diagnostic-Code")
    status = _status(_field(block, "Status"))
    reply = _REPLY.match(said)
    code = int(reply[1]) if reply else 0
    exact = _status(reply[2]) if reply and reply[2] else None
    if exact is not None and (status is None or (status.kind == exact.kind and not status.subject)):
        status = exact  # `5.0.0` says no more than that it failed
    fate = fate_of(action, status, code)
    return None if fate is None else (fate, status, code, said)


def _status(text: str) -> Status | None:
    found = _STATUS.match(text)
    return Status(int(found[1]), int(found[2]), int(found[3])) if found else None


def _field(block: "Message", name: str) -> str:
    return " ".join(str(block.get(name, ""))[:_LONGEST_FIELD].split())


def _values(block: "Message", names: Iterable[str]) -> list[str]:
    return [str(value)[:_LONGEST_FIELD] for name in names for value in block.get_all(name, [])[:_MOST_ADDRESSES]]


def _addresses(values: Iterable[str]) -> list[str]:
    return [address for _, address in getaddresses([*values]) if "@" in address][:_MOST_ADDRESSES]


def _without(said: str, recipients: Iterable["Message"]) -> str:
    """A server's words without anybody's address or the part of it before the `@`."""
    names = [_field(block, name).rpartition(";")[2].strip().lower() for block in recipients for name in _NAMING]
    locals_ = {name.rpartition("@")[0].strip("<>\"' ") for name in names} - {""}

    def names_someone(word: str) -> bool:
        folded = word.lower()
        bare = folded.strip("<>()[]\"':;,.")
        return (
            "@" in word
            or "%40" in folded
            or any(bare == local or (len(local) > 2 and local in folded) for local in locals_)
        )

    printable = "".join(character if character.isprintable() else " " for character in said)
    kept = ("<address>" if names_someone(word) else word for word in printable.split())
    return " ".join(kept)[:_LONGEST_SAID]


_NAMING = ("Final-Recipient", "Original-Recipient", "X-Actual-Recipient")
