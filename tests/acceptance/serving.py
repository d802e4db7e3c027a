"""The application behind a real server, and a client that asks it."""

import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from publisher.config import read_settings
from publisher.serve import Application
from publisher.store.engine import open_store
from publisher.workflow.people import users_database
from publisher.workflow.served import Pages
from tests.acceptance.workspaces import Workbench


class Client:
    """One server and the workbench behind it; its website, where it runs in this process."""

    def __init__(self, bench: Workbench, port: int, pages: Pages | None = None) -> None:
        self.bench = bench
        self._pages = pages
        self.told: list[str] = []
        self.base = f"http://127.0.0.1:{port}"

    def ask(
        self, path: str, *, body: object = None, headers: Mapping[str, str] | None = None, method: str | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  the test's own server
            self.base + path, data=data, headers=dict(headers or {}), method=method
        )
        try:
            with _opener.open(request, timeout=120) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, {k.lower(): v for k, v in answer.headers.items()}, answer.read()

    def await_next(self) -> None:
        """Waits until the website of the version that takes effect soon is made, and in memory."""
        assert self._pages is not None
        ends = time.monotonic() + 120
        while self._pages.is_next_wanted(self.bench.now):
            assert time.monotonic() < ends, self.told
            time.sleep(0.05)

    def json(self, path: str, body: object = None) -> tuple[int, Any]:
        status, _, content = self.ask(path, body=body)
        return status, json.loads(content)

    def token(self, user: str) -> str:
        return self.bench.run("users", "token", user).strip()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


@contextmanager
def served(bench: Workbench) -> Iterator[Client]:
    """The workbench's site and API, by its own clock, without ticking."""
    settings = read_settings(bench.folder, {**os.environ, **bench.environment})
    store = open_store(settings.store_url, users_database(settings), by_id=settings.by_id)
    told: list[str] = []
    application = Application(settings, store, clock=lambda: bench.now, ticking=False, told=told.append)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        client = Client(bench, listening.getsockname()[1], application._website._pages)
        client.told = told
        yield client
        server.should_exit = True
        thread.join()
    store.close()
