"""A far side for webhooks: a real HTTP server that answers as it is told, and keeps what it got."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """One call as it came: headers by lower-case name, the body's bytes, and the caller's port."""

    headers: Mapping[str, str]
    body: bytes
    port: int = 0

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found

    @property
    def users(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.data["users"]
        return found


@dataclass(frozen=True)
class Said:
    """What the far side answers: a status, a body, more headers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Raw = Callable[[BaseHTTPRequestHandler], None]
Answers = Callable[[Call], Said | Raw]


def all_as(status: str) -> Answers:
    """Every user of every call comes to the same."""
    return lambda call: Said(
        body=json.dumps({"results": [{"id": user["id"], "status": status} for user in call.users]}).encode()
    )


class FarSide:
    """What a server got, and how it is to answer; `answer` may be changed between calls."""

    def __init__(self, answer: Answers) -> None:
        self.answer = answer
        self.calls: list[Call] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def far_side(answer: Answers) -> Iterator[FarSide]:
    side = FarSide(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            call = Call({name.lower(): value for name, value in self.headers.items()}, body, self.client_address[1])
            side.calls.append(call)
            said = side.answer(call)
            if not isinstance(said, Said):
                said(self)
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            with suppress(ConnectionError):  # the caller was killed
                self.end_headers()
                self.wfile.write(said.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    side.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
