"""Somebody else's homepage, and a site of policies beside it: two real servers, so that two origins."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STYLE = (
    b"body{margin:0;font:16px/1.5 sans-serif;color:#222;background:#fff}main,header,footer{padding:1rem}"
    b"main{min-height:120vh}"
    b"@media(prefers-color-scheme:dark){body{color:#eee;background:#111}a{color:#9cf}}"
)


PATIENCE = 120.0
"""Seconds after which an answer that is held goes all the same."""


def _open() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


@dataclass
class Host:
    """What a server answers: pages by path, and files of a folder below a prefix.

    While `json_goes` is not set, no answer goes out that is JSON.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    folder: Path | None = None
    prefix: str = "/"
    content_policy: str = ""
    shared: bool = False
    json_goes: threading.Event = field(default_factory=_open)
    banners: list[dict[str, Any]] | None = None
    acknowledged: list[tuple[str, Any]] = field(default_factory=list)
    answers: int = 200
    base: str = ""


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *given: Any, host: Host) -> None:
        self.host = host
        super().__init__(*given)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith(".json") or path == "/notices":
            self.host.json_goes.wait(PATIENCE)
        if path == "/notices":
            self._whole(json.dumps(self.host.banners or []).encode(), "application/json")
        elif path in self.host.pages:
            kind = "text/css" if path.endswith(".css") else "text/html; charset=utf-8"
            self._whole(self.host.pages[path], kind)
        elif self.host.folder is not None and path.startswith(self.host.prefix):
            self.path = "/" + self.path[len(self.host.prefix) :]
            self.directory = str(self.host.folder)
            super().do_GET()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.host.acknowledged.append((self.headers["content-type"], body))
        self._whole(b"{}", "application/json", self.host.answers)

    def end_headers(self) -> None:
        if self.host.content_policy:
            self.send_header("Content-Security-Policy", self.host.content_policy)
        if self.host.shared:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
        pass

    def _whole(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hosted(host: Host) -> Iterator[Host]:
    """The server, running at `host.base`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, host=host))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host.base = f"http://127.0.0.1:{server.server_port}"
    yield host
    host.json_goes.set()
    server.shutdown()
    server.server_close()


def homepage(head: str, top: str = "", language: str = "en") -> bytes:
    """A homepage of somebody else's, with `head` in its head and `top` at the top of its body."""
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>Acme</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/own.css">
{head}
</head><body>
{top}
<header><a href="/">Acme</a></header>
<main><h1>Welcome</h1><p>{"What we make is good. " * 40}</p></main>
<footer><a href="/privacy">Privacy</a></footer>
</body></html>""".encode()
