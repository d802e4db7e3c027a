"""Mail providers as they document themselves: servers that hold a batch against the published rules.

Source: Twilio SendGrid, Mail Send v3 and its Errors, Event Webhook Reference; Mailgun, Batch Sending, Webhook Payloads.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import HTTP
from typing import Any

from tests.contract.called import Call, FarSide, Said, far_side

API_KEY = "SG.0123456789.abcdef"
SIGNING_KEY = "key-0123456789abcdef"


@dataclass
class Taken:
    """One mail that a provider was asked to send: to whom, with which arguments, and what is in it."""

    address: str
    arguments: Mapping[str, str]
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


@dataclass
class Spoken:
    """A provider, what it took, with what it refused a batch, and the sizes of those that held a malformed address."""

    side: FarSide
    taken: list[Taken] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unfit: list[int] = field(default_factory=list)


def is_malformed(address: str) -> bool:
    """Whether a provider takes an address for malformed that a mail server may know: two dots in a row."""
    return ".." in address


@contextmanager
def sendgrid() -> Iterator[Spoken]:
    """`POST /v3/mail/send`."""

    def answer(call: Call) -> Said:
        wrong = _wrong_with(call)
        if wrong:
            spoken.refused.append(wrong)
            return Said(400, json.dumps({"errors": [{"message": wrong, "field": None, "help": None}]}).encode())
        given = json.loads(call.body)
        malformed = [
            {"message": "Does not contain a valid address.", "field": f"personalizations.{place}.to.0.email"}
            for place, each in enumerate(given["personalizations"])
            if is_malformed(each["to"][0]["email"])
        ]
        if malformed:
            spoken.unfit.append(len(given["personalizations"]))
            return Said(400, json.dumps({"errors": [{**each, "help": None} for each in malformed]}).encode())
        spoken.batches.append(len(given["personalizations"]))
        content = {entry["type"]: entry["value"] for entry in given["content"]}
        for each in given["personalizations"]:
            spoken.taken.append(
                Taken(
                    each["to"][0]["email"],
                    each["custom_args"],
                    given["subject"],
                    content["text/plain"],
                    content.get("text/html", ""),
                    given["headers"],
                )
            )
        return Said(202, headers={"X-Message-Id": f"sg-batch-{len(spoken.batches)}"})

    with far_side(answer) as side:
        spoken = Spoken(side)
        yield spoken


def _wrong_with(call: Call) -> str:
    if call.headers.get("authorization") != f"Bearer {API_KEY}":
        return "authorization required"
    given = json.loads(call.body)
    personalizations = given["personalizations"]
    if not 1 <= len(personalizations) <= 1000:
        return "The personalization block is limited to 1000 personalizations per API request."
    addresses = [to["email"].casefold() for each in personalizations for to in each["to"]]
    if len(set(addresses)) < len(addresses):
        return "Each unique email address in the personalizations array should only be included once."
    if not all(isinstance(value, str) for each in personalizations for value in each["custom_args"].values()):
        return "The custom_args must be strings."
    if [entry["type"] for entry in given["content"]] != ["text/plain", "text/html"][: len(given["content"])]:
        return "If present, text/plain must be first, followed by text/html."
    reserved = {"to", "from", "subject", "reply-to", "cc", "bcc", "content-type", "content-transfer-encoding"}
    if reserved & {name.lower() for name in given["headers"]}:
        return "The headers contain a reserved key."
    if set(given["from"]) - {"email", "name"} or "@" not in given["from"]["email"]:
        return "The from object must be provided for every email send."
    return ""


def sendgrid_event(taken: Taken, kind: str, at: datetime, **more: object) -> dict[str, Any]:
    """An event as it is posted, with the arguments beside its own keys."""
    return {
        "email": taken.address,
        "timestamp": int(at.timestamp()),
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": kind,
        "sg_event_id": "ZGVsaXZlcmVkLTA",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        **taken.arguments,
        **more,
    }


@contextmanager
def mailgun() -> Iterator[Spoken]:
    """`POST /v3/DOMAIN/messages`."""

    def answer(call: Call) -> Said:
        wanted = "Basic " + base64.b64encode(f"api:{API_KEY}".encode()).decode()
        if call.headers.get("authorization") != wanted:
            spoken.refused.append("Forbidden")
            return Said(401, b"Forbidden")
        form = _form(call)
        (variables,) = (json.loads(value) for value in form["recipient-variables"])
        if len(form["to"]) > 1000 or set(variables) != set(form["to"]):
            spoken.refused.append("recipients and their variables differ")
            return Said(400, b'{"message": "recipient-variables is not valid"}')
        if any(is_malformed(address) for address in form["to"]):
            spoken.unfit.append(len(form["to"]))
            said = "to parameter is not a valid address. please check documentation"
            return Said(400, json.dumps({"message": said}).encode())
        spoken.batches.append(len(form["to"]))
        for address in form["to"]:
            arguments = {
                name.removeprefix("v:"): value.replace("%recipient.id%", variables[address]["id"])
                for name, (value, *_) in form.items()
                if name.startswith("v:")
            }
            headers = {name.removeprefix("h:"): value[0] for name, value in form.items() if name.startswith("h:")}
            text, html = (form.get(part, [""])[0] for part in ("text", "html"))
            spoken.taken.append(Taken(address, arguments, form["subject"][0], text, html, headers))
        name = f"<20261201090000.{len(spoken.batches)}.1234@mg.example.com>"
        return Said(200, json.dumps({"id": name, "message": "Queued. Thank you."}).encode())

    with far_side(answer) as side:
        spoken = Spoken(side)
        yield spoken


def _form(call: Call) -> dict[str, list[str]]:
    whole = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode() + call.body
    found: dict[str, list[str]] = {}
    for part in message_from_bytes(whole, _class=EmailMessage, policy=HTTP).iter_parts():
        name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(value, bytes)
        found.setdefault(name, []).append(value.decode("utf-8"))
    return found


def mailgun_event(taken: Taken, kind: str, at: datetime, **more: object) -> dict[str, Any]:
    """An event as it is posted, with its signature."""
    stamp, token = str(int(at.timestamp())), hashlib.sha256(repr((taken, kind, more)).encode()).hexdigest()[:50]
    signature = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": kind,
            "id": "CPgfbmQMTCKtHW6uIWtuVe",
            "timestamp": at.timestamp(),
            "log-level": "info",
            "recipient": taken.address,
            "message": {
                "headers": {
                    "to": taken.address,
                    "message-id": "20261201090000.1.1234@mg.example.com",
                    "from": "Acme Privacy <privacy@acme.example>",
                    "subject": taken.subject,
                },
                "attachments": [],
                "size": 111,
            },
            "user-variables": dict(taken.arguments),
            **more,
        },
    }
