"""Site and API over HTTP: built pages from memory, a reader's banners, their answers. An ASGI application."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from publisher.config import Settings
from publisher.domain.citation import Citation
from publisher.domain.consent import Answer
from publisher.domain.life import APPLIED
from publisher.errors import PublisherError
from publisher.store.engine import Store
from publisher.workflow.answering import consent, put_away, still_to_show
from publisher.workflow.secret_key import secret_key
from publisher.workflow.served import Page, Pages
from publisher.workflow.tick import tick
from publisher.workflow.tokens import token_key, user_of
from publisher.workflow.workspace import open_workspace

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TICK_SECONDS = 60
LARGEST_BODY = 4096
BODY_SECONDS = 10
LONGEST_CACHE = 300
"""Seconds that a page may be kept without asking; less when a version takes effect sooner."""

_CONTENT_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    b"form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _CONTENT_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_SHARED = frozenset({"/banner.js", "/banner.css", "/banners.json"})
"""What homepages on other origins fetch: public, and asked for without credentials."""
_FOR_EVERYBODY = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_NOT_FOUND: Mapping[str, str] = {"error": "not found"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


class Application:
    """One workspace over HTTP. Its state is the pages in memory, read anew when a build has put others in place."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0),
        ticking: bool = True,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._ticking = ticking
        self._told = told
        self._token_key = token_key(secret_key(settings.path(settings.secrets.key_file)))
        self._pages = Pages(settings)
        self._below = urlsplit(settings.site.base_url).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await _sent(scope, send, await self._reply(scope, receive))

    async def _live(self, receive: Receive, send: Send) -> None:
        ticker: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                ticker = asyncio.create_task(self._tick()) if self._ticking else None
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if ticker is not None:
                    ticker.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _tick(self) -> None:
        while True:
            try:
                await asyncio.to_thread(tick, self._settings, self._store, now=self._clock())
            except PublisherError as fault:
                self._told(str(fault))
            await asyncio.sleep(TICK_SECONDS)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        path, method = str(scope["path"]), str(scope["method"])
        if self._below and path.startswith(self._below + "/"):
            path = path[len(self._below) :]
        query = scope["query_string"].decode("latin-1")
        if path == "/api/acknowledge":
            return await self._acknowledge(method, receive)
        if path == "/api/banners" and method == "POST":
            return await self._acknowledge(method, receive, user=_named(query))
        if method not in ("GET", "HEAD"):
            return _json(405, {"error": "method not allowed"}, ((b"allow", b"GET, HEAD"),))
        if path == "/healthz":
            return _json(200, {"ok": True})
        if path == "/api/banners":
            return await asyncio.to_thread(self._banners, query)
        if path.startswith("/timegate/"):
            return self._timegate(path.removeprefix("/timegate/").strip("/"), _header(scope, b"accept-datetime"))
        return await self._page(path, scope)

    async def _page(self, path: str, scope: Scope) -> Reply:
        pages = self._pages.current()
        page = pages.find(path)
        if page is None and "..." in path:
            page = await asyncio.to_thread(pages.comparison, self._settings, path, now=self._clock())
        if page is None:
            if pages.find(path + "/") is not None:
                return Reply(308, ((b"location", (self._below + path + "/").encode("utf-8")), *_HEADERS))
            return _json(404, _NOT_FOUND)
        reply = _of_page(page, pages.freshness(page, self._clock(), LONGEST_CACHE), scope)
        return replace(reply, headers=(*reply.headers, *_FOR_EVERYBODY)) if path in _SHARED else reply

    def _banners(self, query: str) -> Reply:
        user = self._user(_named(query))
        listed = self._listed()
        shown = still_to_show(self._store, user, tuple(str(entry["id"]) for entry in listed))
        if shown is None:
            return _private(404, _NOT_FOUND)
        return _private(200, [{**each, "mandatory": shown[each["id"]]} for each in listed if each["id"] in shown])

    def _listed(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self._pages.current().text("/banners.json") or "[]")
        return listed

    def _user(self, token: str) -> str | None:
        return user_of(self._token_key, token, now=self._clock())

    async def _acknowledge(self, method: str, receive: Receive, user: str | None = None) -> Reply:
        """Takes an answer; where the address names its reader, as a banner's own script has it, the body does not."""
        if method != "POST":
            return _json(405, {"error": "method not allowed"}, ((b"allow", b"POST"),))
        try:
            given = json.loads(await asyncio.wait_for(_body(receive), BODY_SECONDS))
        except (ValueError, RecursionError):
            return _private(400, {"error": "the body must be a JSON object of at most 4 kB"})
        except TimeoutError:
            return _private(408, {"error": "the body did not come"})
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            return _private(400, {"error": "the body must be a JSON object of texts"})
        named = {} if user is None else {"user": user}
        return await asyncio.to_thread(self._answered, {**given, **named})

    def _answered(self, given: Mapping[str, str]) -> Reply:
        user = self._user(given.get("user", ""))
        if given.keys() == {"user", "banner"}:
            known = any(entry["id"] == given["banner"] for entry in self._listed())
            done = known and put_away(self._store, user, given["banner"], now=self._clock())
            return _private(200, {"ok": True}) if done else _private(404, _NOT_FOUND)
        answers = {"accept": Answer.ACCEPTED, "decline": Answer.DECLINED}
        if given.keys() != {"user", "policy", "version", "digest", "answer"} or given["answer"] not in answers:
            wanted = "user and banner; or user, policy, version, digest and answer (accept or decline)"
            return _private(400, {"error": f"the body needs: {wanted}"})
        if user is None:
            return _private(404, _NOT_FOUND)
        try:
            done = consent(
                open_workspace(self._settings),
                self._store,
                user,
                given["policy"],
                given["version"],
                answer=answers[given["answer"]],
                digest=given["digest"],
                now=self._clock(),
            )
        except PublisherError as fault:
            return _private(409, {"error": fault.faults[0].message})
        return _private(200, {"ok": True}) if done else _private(404, _NOT_FOUND)

    def _timegate(self, name: str, wanted: str | None) -> Reply:
        """Leads to the version that applied at an instant (RFC 7089); never to one that does not apply yet."""
        workspace = open_workspace(self._settings)
        policy = next((policy for policy in workspace.policies if policy.name == name), None)
        standings = workspace.standings(policy, self._clock()) if policy else ()
        applied = [s for s in standings if s.state in APPLIED]
        if not applied:
            return _json(404, _NOT_FOUND)
        instant = self._clock()
        if wanted is not None:
            try:
                instant = parsedate_to_datetime(wanted).astimezone(UTC)
            except (ValueError, OverflowError):
                return _json(400, {"error": "Accept-Datetime must be a date as in RFC 5322"})
        found = next((s for s in reversed(applied) if s.starts <= instant), applied[0])
        location = self._settings.site.base_url.rstrip("/") + Citation(name, found.version).path
        return Reply(302, ((b"location", location.encode("utf-8")), (b"vary", b"accept-datetime"), *_HEADERS))


def _of_page(page: Page, seconds: int, scope: Scope) -> Reply:
    zipped = page.zipped is not None and b"gzip" in (_header_bytes(scope, b"accept-encoding") or b"")
    tag = page.tag + (b'-gz"' if zipped else b'"')
    lasting = b"max-age=31536000, immutable" if page.immutable else b"max-age=%d" % seconds
    headers = (
        (b"etag", tag),
        (b"cache-control", lasting),
        (b"vary", b"accept-encoding"),
        *_HEADERS,
    )
    asked = _header_bytes(scope, b"if-none-match")
    if asked is not None and (asked.strip() == b"*" or tag in [each.strip() for each in asked.split(b",")]):
        return Reply(304, headers)
    encoding = ((b"content-encoding", b"gzip"),) if zipped else ()
    body = page.zipped if zipped and page.zipped is not None else page.body
    return Reply(200, ((b"content-type", page.kind), *encoding, *headers), body)


def _json(status: int, value: object, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return Reply(status, ((b"content-type", b"application/json; charset=utf-8"), *headers, *_HEADERS), body)


def _private(status: int, value: object) -> Reply:
    return _json(status, value, ((b"cache-control", b"private, no-store"),))


def _named(query: str) -> str:
    return parse_qs(query).get("user", [""])[0]


def _header_bytes(scope: Scope, name: bytes) -> bytes | None:
    found: bytes | None = next((value for key, value in scope["headers"] if key == name), None)
    return found


def _header(scope: Scope, name: bytes) -> str | None:
    found = _header_bytes(scope, name)
    return found.decode("latin-1") if found is not None else None


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ValueError("the reader went away")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise ValueError("too long")
        if not message.get("more_body", False):
            return bytes(body)


async def _sent(scope: Scope, send: Send, reply: Reply) -> None:
    length = (b"content-length", b"%d" % len(reply.body))
    headers = reply.headers if reply.status == 304 else (*reply.headers, length)
    await send({"type": "http.response.start", "status": reply.status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})
