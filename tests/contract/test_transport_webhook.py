"""Calls against a real server: signed, the same id again, bounded in size and time, never led elsewhere."""

import base64
import hashlib
import hmac
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from publisher.delivery.webhook import LARGEST_ANSWER, Webhook, secret_bytes, url_fault
from tests.contract.called import Said, far_side

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SECRET = b"0123456789abcdef0123"


def test_a_call_is_signed_as_standard_webhooks_has_it() -> None:
    with far_side(lambda _: Said(body=b"{}")) as side:
        answered = Webhook(side.url, SECRET).call("msg_1", '{"a": "é"}'.encode(), NOW)
    assert (answered.status, answered.body, answered.whole) == (200, b"{}", True)
    (call,) = side.calls
    assert call.headers["webhook-id"] == "msg_1"
    assert call.headers["webhook-timestamp"] == "1796115600"
    mac = hmac.new(SECRET, b"msg_1.1796115600." + call.body, hashlib.sha256).digest()
    assert call.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert call.headers["content-type"] == "application/json"


def test_the_signature_is_that_of_the_published_example() -> None:
    """The specification's own vector: secret, id, timestamp, body and what comes of them."""
    from publisher.delivery.webhook import signature

    secret = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with far_side(lambda _: Said(body=b"{}")) as other:
        with far_side(lambda _: Said(status, headers={"Location": other.url})) as side:
            assert Webhook(side.url, SECRET).call("msg_1", b"{}", NOW).status == status
        assert other.calls == []


def test_an_answer_without_end_is_cut_off() -> None:
    with far_side(lambda _: Said(body=b"x" * (LARGEST_ANSWER + 1))) as side:
        answered = Webhook(side.url, SECRET).call("msg_1", b"{}", NOW)
    assert (answered.whole, answered.body) == (False, b"")


def _drip(part: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(handler: BaseHTTPRequestHandler) -> None:
        try:
            for _ in range(100):
                handler.wfile.write(part)
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    return write


@pytest.mark.parametrize("part", [b"H", b"HTTP/1.1 200 OK\r\nX: y\r\n", b"HTTP/1.1 200 OK\r\n\r\nxxxx"])
def test_an_answer_that_drips_holds_nobody(part: bytes) -> None:
    with far_side(lambda _: _drip(part)) as side:
        answered = Webhook(side.url, SECRET, seconds=0.5).call("msg_1", b"{}", NOW)
    assert answered.status == 0
    assert answered.handed
    assert "too long" in answered.why or "ended" in answered.why


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}", b"no http\r\n\r\n"])
def test_a_connection_that_ends_in_between_leaves_the_call_in_doubt(said: bytes) -> None:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(said)

    with far_side(lambda _: write) as side:
        answered = Webhook(side.url, SECRET).call("msg_1", b"{}", NOW)
    assert (answered.status, answered.handed) == (0, True)


def test_where_nobody_listens_nothing_was_handed_over() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        answered = Webhook(f"http://127.0.0.1:{port}/", SECRET).call("msg_1", b"{}", NOW)
    assert (answered.status, answered.handed) == (0, False)


def test_a_certificate_is_looked_at() -> None:
    with far_side(lambda _: Said()) as side:
        answered = Webhook(side.url.replace("http:", "https:"), SECRET).call("msg_1", b"{}", NOW)
    assert not answered.handed
    assert side.calls == []


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ("120", 120.0),
        ("99999999", 86400.0),
        ("Tue, 01 Dec 2026 09:10:00 GMT", 600.0),
        ("Tue, 01 Dec 2020 09:10:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_the_far_side_may_ask_to_be_left_alone(given: str, wait: float | None) -> None:
    with far_side(lambda _: Said(503, headers={"Retry-After": given})) as side:
        assert Webhook(side.url, SECRET).call("msg_1", b"{}", NOW).wait == wait


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "http://example.com/hook",
        "http://10.0.0.1/",
        "https://user:secret@example.com/",
        "https://example.com/#x",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com:99999/",
        "https:///hook",
    ],
)
def test_what_is_no_address_or_not_encrypted_is_not_called(url: str) -> None:
    assert url_fault(url)
    with pytest.raises(ValueError, match="it "):
        Webhook(url, SECRET)


@pytest.mark.parametrize("url", ["https://example.com", "https://example.com:8443/a?b=c", "http://[::1]:8080/"])
def test_what_can_be_called(url: str) -> None:
    assert url_fault(url) == ""


@pytest.mark.parametrize("secret", ["", "short", "whsec_", "whsec_AAAA", "whsec_***"])
def test_a_secret_that_keeps_nobody_out_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="at least 16"):
        secret_bytes(secret)
