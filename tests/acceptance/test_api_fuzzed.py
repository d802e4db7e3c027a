"""The API against its own description, by requests that a program makes up; and what no client would send."""

import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import SETTINGS, Workbench


@pytest.fixture
def client(workbench: Workbench) -> Iterator[Client]:
    workbench.write("publisher.toml", SETTINGS + "[serve]\ncalls = 0\n")
    workbench.import_users(2)
    workbench.sign()
    workbench.run("publish")
    with served(workbench) as found:
        yield found


def test_no_request_that_schemathesis_makes_up_breaks_what_the_description_says(client: Client, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{client.base}/api/openapi.json",
            "--url",
            client.base,
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            "--max-examples",
            "30",
            "--phases",
            "examples,coverage,fuzzing",
            "--seed",
            "20261125",
            "--generation-database",
            "none",
            "--request-timeout",
            "120",
            "--suppress-health-check",
            "all",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "5 passed" in done.stdout


def _raw(client: Client, request: bytes, *, pieces: int = 1, pause: float = 0.0) -> bytes:
    host, port = client.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=120) as connection:
        size = max(1, len(request) // pieces)
        try:
            for start in range(0, len(request), size):
                connection.sendall(request[start : start + size])
                time.sleep(pause)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server has said enough
        answer = b""
        try:
            while more := connection.recv(65536):
                answer += more
        except OSError:
            pass
        return answer


POST = b"POST /api/acknowledge HTTP/1.1\r\nHost: localhost\r\n%b\r\n\r\n%b"
WEBSOCKET = b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
GET = b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%b\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        GET % (b"/privacy/%00", b""),
        GET % (b"/%ff%fe/", b""),
        GET % (b"/../../publisher.toml", b""),
        GET % (b"/..%2f..%2fpublisher.toml", b""),
        GET % (b"//evil.test/%2e%2e", b""),
        GET % (b"/privacy\\..\\..\\publisher.toml", b""),
        GET % (b"/privacy/v1...v" + b"9" * 5000 + b"/", b""),
        GET % (b"/privacy/history/?" + b"old=v1&" * 2000, b""),
        GET % (b"/privacy/", b"Range: bytes=0-1,5-9,-3\r\n"),
        GET % (b"/privacy/", b"Accept-Encoding: " + b"gzip;q=0.00001," * 600 + b"\r\n"),
        GET % (b"/privacy/", b"If-None-Match: " + b'"x",' * 2000 + b"\r\n"),
        GET % (b"/timegate/privacy", b"Accept-Datetime: Thu, 99 Foo 99999 99:99:99 +9999\r\n"),
        GET % (b"/timegate/%2e%2e%2fprivacy", b""),
        b"GET /privacy/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\nConnection: close\r\n\r\n",
        POST % (b"Content-Length: 99999999\r\nConnection: close", b"x" * 9000),
        POST % (b"Transfer-Encoding: chunked\r\nConnection: close", b"1000\r\n%b\r\n0\r\n\r\n" % (b"[" * 4096)),
        POST % (b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        GET % (b"/privacy/history/?" + b"&".join(b"a%d=1" % n for n in range(50)), b""),
        GET % (b"/api/acknowledge?" + b"a=1&" * 5000, b"Accept: text/html\r\n"),
        GET % (b"/nothing", b"Accept: text/html\r\nAccept-Language: " + b"a," * 20_000 + b"\r\n"),
        b"GET /privacy/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n%b\r\n" % WEBSOCKET,
        GET % (b"http://evil.test/nothing", b"Accept: text/html\r\n"),
        b"CONNECT evil.test:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"BREW /privacy/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_no_client_would_send_is_answered_or_hung_up_on(client: Client, request_bytes: bytes) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = _raw(client, request_bytes)
    assert not answer.startswith(b"HTTP/1.1 5"), answer[:300]
    assert b"Traceback" not in answer
    assert b"evil.test" not in answer
    assert b"base_url" not in answer
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert time.process_time() - began < 5
    assert client.json("/healthz") == (200, {"ok": True})


def test_a_head_has_the_headers_of_a_get_and_no_body(client: Client) -> None:
    for path in ("/privacy/", "/healthz", "/banners.json", "/nothing"):
        got, head = client.ask(path), client.ask(path, method="HEAD")
        assert head[0] == got[0]
        assert head[2] == b""
        assert head[1].get("content-length") == got[1].get("content-length")


def test_a_body_that_never_ends_does_not_hold_the_others_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.serve.api.BODY_SECONDS", 3)
    host, port = client.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"POST /api/acknowledge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        for _ in range(20):
            assert client.ask("/privacy/")[0] == 200
        slow.settimeout(120)
        assert slow.recv(65536).startswith(b"HTTP/1.1 408")


def test_deep_json_and_odd_numbers_are_no_object_of_texts(client: Client) -> None:
    for body in (
        b"[" * 4000,
        b'{"user":' * 400,
        b'{"user": NaN}',
        b'{"user": 1e999}',
        b'{"user":"\\ud800","banner":"x"}',
    ):
        status, _, said = client.ask("/api/acknowledge", body=body)
        assert status in (400, 404)
        assert set(json.loads(said)) == {"error"}
