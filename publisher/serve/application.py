"""The ASGI application: pages from memory first, since nearly every request is for one; then the API."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from publisher.config import Settings
from publisher.errors import PublisherError
from publisher.serve.api import api
from publisher.serve.counting import Counting
from publisher.serve.pages import answer
from publisher.serve.replies import Receive, Reply, Scope, Send, header, not_found, sent
from publisher.serve.website import Website
from publisher.store.engine import Store
from publisher.workflow.served import Pages
from publisher.workflow.tick import tick

TICK_SECONDS = 60
LOOK_SECONDS = 0.5
"""Between two looks at whether another build lies on the disk, and whether the next version is near."""

_API = ("/api/", "/timegate/", "/healthz", "/metrics")
_HERE = ("localhost", "127.0.0.1", "[::1]")


class Application:
    """One workspace over HTTP. Its state is the website in memory, replaced as a whole when another was built."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0),
        ticking: bool = True,
        proxies: str = "127.0.0.1",
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`proxies` are the addresses, separated by commas, whose word is taken for which address calls the API."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._ticking = ticking
        self._told = told
        base = urlsplit(settings.site.base_url)
        self._below = base.path.rstrip("/")
        names = {base.netloc.rpartition("@")[2], base.hostname or "", *_HERE, *settings.serve.hosts}
        self._hosts = frozenset(name.lower().encode("ascii", "ignore") for name in names if name)
        self._website = Website(Pages(settings), clock, told)
        self._counting = Counting()
        calls: Any = api(settings, store, self._website, self._counting, clock=clock, told=told)
        self._api: Any = ProxyHeadersMiddleware(calls, proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # there are none here: 403

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_ours(header(scope, b"host") or b""):
            await sent(scope, send, Reply(400, ((b"content-type", b"text/plain"),), b"unknown host\n"))
            return
        path = str(scope["path"])
        if self._below:
            if not path.startswith(self._below + "/") and not path.startswith(_API):
                await sent(scope, send, not_found())
                return
            path = path.removeprefix(self._below)
        if path.startswith(_API):
            await self._api({**scope, "path": path, "raw_path": path.encode("utf-8"), "root_path": ""}, receive, send)
            return
        reply = await answer(self._website, self._below, path, scope)
        self._counting.page(reply.status)
        await sent(scope, send, reply)

    def _is_ours(self, host: bytes) -> bool:
        """Whether a request is meant for this site: whatever else a name points here gets nothing (no rebinding)."""
        host = host.lower()
        return host in self._hosts or (not host.endswith(b"]") and host.rpartition(b":")[0] in self._hosts)

    async def _live(self, receive: Receive, send: Send) -> None:
        tasks: list[asyncio.Task[None]] = []
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._website.ready()
                tasks = [asyncio.create_task(self._again(self._website.look, LOOK_SECONDS))]
                if self._ticking:
                    tasks.append(asyncio.create_task(self._again(self._tick, TICK_SECONDS)))
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in tasks:
                    task.cancel()
                for task in tasks:
                    with suppress(asyncio.CancelledError):
                        await task
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _tick(self) -> None:
        await asyncio.to_thread(tick, self._settings, self._store, now=self._clock())

    async def _again(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Does something over and over; what goes wrong each time is told once."""
        said = ""
        while True:
            try:
                await step()
                words = ""
            except PublisherError as fault:
                words = str(fault)
            except Exception:  # noqa: BLE001  one round that fails must not end all later ones: versions would not turn
                words = traceback.format_exc()
            if words and words != said:
                self._told(words)
            said = words
            await asyncio.sleep(seconds)
