"""Two providers by their published formats: from release to complete, their events by signed call and by file."""

import base64
import json
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.serving import served
from tests.acceptance.test_handoff import query, states
from tests.acceptance.workspaces import SETTINGS, Workbench
from tests.contract.providers_spoken import (
    API_KEY,
    SIGNING_KEY,
    Spoken,
    Taken,
    mailgun,
    mailgun_event,
    sendgrid,
    sendgrid_event,
)

BOUNCES: Mapping[str, Mapping[str, object]] = {
    "sendgrid": {"type": "bounce", "reason": "500 unknown recipient", "status": "5.1.1"},
    "mailgun": {
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "no such user", "attempt-no": 1},
    },
}
KINDS = {
    "sendgrid": ("processed", "deferred", "delivered", "bounce"),
    "mailgun": ("accepted", "failed", "delivered", "failed"),
}


def released(bench: Workbench, spoken: Spoken, provider: str, key: str, users: int = 7) -> Workbench:
    bench.write("var/api.key", API_KEY + "\n")
    bench.write("var/receipts.key", key + "\n")
    email = (
        f'transport = "handoff:{spoken.side.url}"\nprovider = "{provider}"\nsend_addresses = true\n'
        'secret_file = "var/api.key"\nreceipts_secret_file = "var/receipts.key"\n'
    )
    bench.write("publisher.toml", SETTINGS.replace('transport = "maildir:var/mail"\n', email))
    bench.import_users(users)
    bench.sign()
    bench.run("publish")
    return bench


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, str]:
    """A private key of SendGrid's, and the public one as its settings show it."""
    private = tmp_path / "sendgrid.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(private))
    public = openssl("ec", "-in", str(private), "-pubout", "-outform", "DER")
    return private, base64.b64encode(public).decode()


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def signed(private: Path, body: bytes, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signature = openssl("dgst", "-sha256", "-sign", str(private), given=stamp.encode() + body)
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
    }


def test_sendgrid_is_handed_each_language_alone_and_answers_by_its_event_webhook(
    workbench: Workbench, pair: tuple[Path, str]
) -> None:
    private, public = pair
    with sendgrid() as spoken:
        released(workbench, spoken, "sendgrid", public)
        assert workbench.json("deliver")["handed-over"] == 7
        assert (sorted(spoken.batches), spoken.refused) == ([3, 4], [])
    assert {taken.address for taken in spoken.taken} == {f"u{at:05}@example.com" for at in range(7)}
    assert {taken.headers["Content-Language"] for taken in spoken.taken} == {"en", "zh-CN"}
    at = workbench.now
    events = [
        *(sendgrid_event(taken, "processed", at) for taken in spoken.taken),
        sendgrid_event(spoken.taken[0], "deferred", at, response="451 try again", attempt="1"),
        sendgrid_event(spoken.taken[0], "bounce", at, **BOUNCES["sendgrid"]),
        *(sendgrid_event(taken, "delivered", at, response="250 OK") for taken in spoken.taken[1:]),
        sendgrid_event(Taken("x@example.com", {}, "", "", "", {}), "delivered", at),
        sendgrid_event(spoken.taken[1], "open", at, useragent="Mozilla/5.0", ip="192.0.2.1"),
    ]
    body = json.dumps(events).encode()
    with served(workbench) as client:

        def post(headers: Mapping[str, str], given: bytes = body) -> int:
            return client.ask("/api/receipts/sendgrid", body=given, headers=headers)[0]

        good = signed(private, body, at)
        assert post({}) == 401
        assert post(good, body.replace(b"bounce", b"deliver")) == 401
        assert post(signed(private, body, at - timedelta(hours=1))) == 401
        assert states(workbench) == {"sending": 7}
        assert post(good) == 200
        assert states(workbench) == {"accepted": 6, "refused": 1}
        assert post(good) == 200
    assert query(workbench, "SELECT reason, provider FROM outbox WHERE state = 'refused'") == [
        ("bounced", "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0")
    ]
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
    assert states(workbench) == {"accepted": 6, "refused": 1}


def test_mailgun_is_handed_recipient_variables_and_answers_by_its_webhooks(workbench: Workbench) -> None:
    with mailgun() as spoken:
        released(workbench, spoken, "mailgun", SIGNING_KEY)
        assert workbench.json("deliver")["handed-over"] == 7
        assert (sorted(spoken.batches), spoken.refused) == ([3, 4], [])
    at = workbench.now
    first, *others = spoken.taken
    with served(workbench) as client:

        def post(event: Mapping[str, object]) -> int:
            return client.ask("/api/receipts/mailgun", body=json.dumps(event).encode())[0]

        for taken in spoken.taken:
            assert post(mailgun_event(taken, "accepted", at)) == 200
        later = mailgun_event(first, "failed", at, severity="temporary", **{"delivery-status": {"code": 451}})
        assert post(later) == 200
        assert states(workbench) == {"sending": 7}
        forged = mailgun_event(first, "delivered", at)
        assert post({**forged, "signature": {**forged["signature"], "token": "another"}}) == 401
        assert post(mailgun_event(first, "delivered", at - timedelta(hours=1))) == 401
        assert post(mailgun_event(first, "failed", at, **BOUNCES["mailgun"])) == 200
        for taken in others:
            assert post(mailgun_event(taken, "delivered", at)) == 200
    assert states(workbench) == {"accepted": 6, "refused": 1}
    assert query(workbench, "SELECT code, reply, reason FROM outbox WHERE state = 'refused'") == [
        (550, "5.1.1 no such user", "bounced")
    ]
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"


@pytest.mark.parametrize("provider", ["sendgrid", "mailgun"])
def test_a_providers_events_are_read_from_a_file_beside_those_of_other_mails(
    workbench: Workbench, provider: str
) -> None:
    opened, event = {"sendgrid": (sendgrid, sendgrid_event), "mailgun": (mailgun, mailgun_event)}[provider]
    underway, temporary, delivered, bounced = KINDS[provider]
    with opened() as spoken:
        released(workbench, spoken, provider, "unused")
        workbench.run("deliver")
    at = workbench.now
    soft = {"severity": "temporary"} if provider == "mailgun" else {}
    first, *others = spoken.taken
    lines = [
        event(first, underway, at),
        event(first, temporary, at, **soft),
        event(Taken("somebody@example.com", {}, "", "", "", {}), delivered, at),
        event(first, bounced, at, **BOUNCES[provider]),
        *(event(taken, delivered, at) for taken in others),
    ]
    file = workbench.write("events.jsonl", "\n".join(map(json.dumps, lines)) + "\n")
    said = workbench.run("receipts", "import", "--format", provider, str(file))
    assert "6 accepted." in said
    assert "1 refused, and left to the banner." in said
    assert "2 still tried by the provider." in said
    assert "1 about none of our messages." in said
    assert "privacy v2: complete" in said
    assert states(workbench) == {"accepted": 6, "refused": 1}


def test_a_provider_that_sends_to_addresses_is_refused_while_none_may_leave(workbench: Workbench) -> None:
    email = 'transport = "handoff:https://api.sendgrid.com/v3/mail/send"\nprovider = "sendgrid"\n'
    workbench.write("publisher.toml", SETTINGS.replace('transport = "maildir:var/mail"\n', email))
    told = workbench.refused("check")
    assert "sendgrid sends to addresses, and none may leave." in told
    assert "has no secret to prove itself by" in told
