"""The API over Starlette: a reader's banners and answers, the time gate, health and numbers."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from publisher.config import Settings
from publisher.domain.consent import Answer
from publisher.errors import PublisherError
from publisher.serve.counting import Counting
from publisher.serve.limits import Limit
from publisher.serve.openapi import document
from publisher.serve.point_in_time import time_gate
from publisher.serve.replies import GUARDED, Reply, body_of, not_found, plain, private
from publisher.serve.showing import asker_of, for_people, undated
from publisher.serve.website import Website
from publisher.store.engine import Store
from publisher.workflow.answering import consent, put_away, still_to_show
from publisher.workflow.metrics import store_metrics
from publisher.workflow.receipt_calls import LARGEST as LARGEST_RECEIPTS
from publisher.workflow.receipt_calls import ReceiptCalls
from publisher.workflow.secret_key import secret_key
from publisher.workflow.tokens import token_keys
from publisher.workflow.workspace import open_workspace

LARGEST_BODY = 4096
BODY_SECONDS = 10
RECEIPTS_SECONDS = 30
EVEN_SECONDS = 0.02
"""Every answer about a reader takes at least so long, whether there is such a reader or not."""

_Handler: TypeAlias = Callable[[Request], Awaitable[Reply]]

_FORM = "application/x-www-form-urlencoded"
_ANSWERS = {"accept": Answer.ACCEPTED, "decline": Answer.DECLINED}
_WANTED = "user and banner; or user, policy, version, digest and answer (accept or decline)"


def api(
    settings: Settings,
    store: Store,
    website: Website,
    counting: Counting,
    *,
    clock: Callable[[], datetime],
    told: Callable[[str], None],
) -> Starlette:
    """The application behind `/api/`, `/timegate/`, `/healthz` and `/metrics`."""
    calls = _Api(settings, store, website, counting, clock, told)
    handlers: Mapping[str, Mapping[str, _Handler]] = {
        "/api/banners": {"GET": calls.banners, "POST": calls.acknowledge},
        "/api/acknowledge": {"GET": calls.ask, "POST": calls.acknowledge},
        "/api/receipts": {"POST": calls.receipts},
        "/api/receipts/{provider}": {"POST": calls.receipts},
        "/api/openapi.json": {"GET": calls.described},
        "/timegate/{policy}": {"GET": calls.time_gate},
        "/healthz": {"GET": calls.health},
        "/metrics": {"GET": calls.numbers},
    }
    routes = [Route(path, calls.answering(by_method), methods=[*by_method]) for path, by_method in handlers.items()]
    crossing = Middleware(
        CORSMiddleware,
        allow_origins=settings.serve.origins,
        allow_methods=("GET", "POST"),
        allow_headers=("content-type",),
        max_age=600,
    )
    return Starlette(
        routes=routes,
        middleware=[crossing] if settings.serve.origins else [],
        exception_handlers={404: _gone, 405: _another},
    )


class _Api:
    """The calls, and what they share."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        website: Website,
        counting: Counting,
        clock: Callable[[], datetime],
        told: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._store = store
        self._website = website
        self._counting = counting
        self._clock = clock
        self._told = told
        key = secret_key(settings.path(settings.secrets.key_file))
        self._keys = token_keys(key, settings.secrets.token_keys)
        self._receipts = ReceiptCalls(settings, store)
        self._limit = Limit(settings.serve.calls, time.monotonic)

    def answering(self, by_method: Mapping[str, _Handler]) -> Callable[[Request], Awaitable[Response]]:
        """What is at a path, with its limit and its count; a store that cannot be used is not told to the caller."""

        async def endpoint(request: Request) -> Response:
            # a provider sends its receipts from few addresses, and proves by its signature who it is
            signed = request.url.path.startswith("/api/receipts")
            wait = 0 if signed else self._limit.wait(request.client.host if request.client else "")
            if wait:
                said = (b"retry-after", b"%d" % wait)
                reply = private(429, {"error": f"too many calls; try again in {wait} seconds"}, (said,))
            else:
                try:
                    reply = await by_method["GET" if request.method == "HEAD" else request.method](request)
                except PublisherError as fault:
                    self._told(str(fault))
                    reply = private(503, {"error": "it cannot be done now; try again"}, ((b"retry-after", b"30"),))
            self._counting.call(reply.status)
            if reply.status >= 400:
                asker = asker_of(request.scope, request.url.path)
                reply = for_people(self._settings, await self._website.current(), asker, reply)
            return _response(reply)

        return endpoint

    async def banners(self, request: Request) -> Reply:
        """The banners that concern a reader and that they have not acknowledged."""
        async with _Even():
            user = self._user(request.query_params.get("user", ""))
            listed = await self._listed()
            names = tuple(str(entry["id"]) for entry in listed)
            shown = await asyncio.to_thread(still_to_show, self._store, user, names)
            if shown is None:
                return not_found()
            return private(200, [{**each, "mandatory": shown[each["id"]]} for each in listed if each["id"] in shown])

    async def ask(self, request: Request) -> Reply:
        """A page with a button: following a link, as scanners of mails do, acknowledges nothing."""
        from publisher.serve.asking import asking_page

        given = {name: request.query_params.get(name, "") for name in ("user", "banner")}
        banner = next((entry for entry in await self._listed() if entry["id"] == given["banner"]), None)
        known = banner is not None and self._user(given["user"]) is not None
        pages = await self._website.current()
        return asking_page(
            self._settings, pages, request.headers.get("accept-language", ""), banner if known else None, given
        )

    async def acknowledge(self, request: Request) -> Reply:
        """Takes an answer; where the address names the reader, the body need not."""
        async with _Even():
            reply = await self._heard(request)
        if "text/html" not in request.headers.get("accept", ""):
            return reply
        from publisher.serve.asking import answered_page

        pages = await self._website.current()
        return answered_page(self._settings, pages, request.headers.get("accept-language", ""), reply.status)

    async def _heard(self, request: Request) -> Reply:
        is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
        try:
            body = await asyncio.wait_for(body_of(request.receive, LARGEST_BODY), BODY_SECONDS)
            # what sends JSON often says that it sends a form, since that is the default of its library
            given = _of_form(body) if is_form and not body.lstrip().startswith((b"{", b"[")) else _of_json(body)
        except (ValueError, RecursionError):
            return private(400, {"error": "the body must be a JSON object of texts, of at most 4 kB"})
        except TimeoutError:
            return private(408, {"error": "the body did not come"})
        if "user" in request.query_params or request.url.path.endswith("/banners"):
            given["user"] = request.query_params.get("user", "")
        return await self._answered(given)

    async def _answered(self, given: Mapping[str, str]) -> Reply:
        user = self._user(given.get("user", ""))
        if given.keys() == {"user", "banner"}:
            known = any(entry["id"] == given["banner"] for entry in await self._listed())
            done = known and await asyncio.to_thread(put_away, self._store, user, given["banner"], now=self._clock())
            return private(200, {"ok": True}) if done else not_found()
        if given.keys() != {"user", "policy", "version", "digest", "answer"} or given["answer"] not in _ANSWERS:
            return private(400, {"error": f"the body needs: {_WANTED}"})
        return await asyncio.to_thread(self._consent, user, given) if user is not None else not_found()

    def _consent(self, user: str, given: Mapping[str, str]) -> Reply:
        workspace = open_workspace(self._settings)
        try:
            done = consent(
                workspace,
                self._store,
                user,
                given["policy"],
                given["version"],
                answer=_ANSWERS[given["answer"]],
                digest=given["digest"],
                now=self._clock(),
            )
        except PublisherError as fault:
            if fault.faults[0].code.startswith("store"):
                raise
            return private(409, {"error": fault.faults[0].message})
        return private(200, {"ok": True}) if done else not_found()

    async def receipts(self, request: Request) -> Reply:
        """Takes what a provider says of messages that it was handed, when it proves to be theirs."""
        try:
            body = await asyncio.wait_for(body_of(request.receive, LARGEST_RECEIPTS), RECEIPTS_SECONDS)
        except ValueError:
            return private(413, {"error": f"the body has at most {LARGEST_RECEIPTS:,} bytes"})
        except TimeoutError:
            return private(408, {"error": "the body did not come"})
        provider = request.path_params.get("provider", "publisher")
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = await asyncio.to_thread(self._receipts.take, provider, headers, body, self._clock())
        return private(found.status, found.said)

    async def time_gate(self, request: Request) -> Reply:
        """Leads to the version that applied at an instant."""
        policy = request.path_params["policy"]
        pages = await self._website.current()
        listed = json.loads(pages.text(f"/{policy}/versions.json") or "{}")
        asked, wanted = request.query_params, request.headers.get("accept-datetime")
        reply = time_gate(self._settings, policy, listed, wanted, asked.get("on"), asked.get("language"))
        asker = asker_of(request.scope, f"/{policy}/")
        if reply.status == 400 and "on" in asked and asker.is_person:
            given, language = asked.get("on", ""), asked.get("language", "")
            return undated(self._settings, pages, asker, policy, given, language)
        return reply

    async def described(self, _request: Request) -> Reply:
        """The API as OpenAPI has it."""
        return plain(200, document(self._settings.site.base_url), ((b"cache-control", b"max-age=300"),))

    async def health(self, _request: Request) -> Reply:
        """Whether the website is in memory and the store answers."""
        ready = (await self._website.current()).find("/banners.json") is not None
        await asyncio.to_thread(self._looked)
        return private(200 if ready else 503, {"ok": ready})

    def _looked(self) -> None:
        with self._store.read():
            pass

    async def numbers(self, _request: Request) -> Reply:
        """Counters of this server and of the store's notices, for Prometheus."""
        of_store = await asyncio.to_thread(store_metrics, self._store, now=self._clock())
        kind = b"text/plain; version=0.0.4; charset=utf-8"
        return Reply(
            200, ((b"content-type", kind), (b"cache-control", b"no-store"), *GUARDED), self._counting.text() + of_store
        )

    async def _listed(self) -> list[dict[str, Any]]:
        pages = await self._website.current()
        listed: list[dict[str, Any]] = json.loads(pages.text("/banners.json") or "[]")
        return listed

    def _user(self, token: str) -> str | None:
        return self._keys.user_of(token, now=self._clock())


class _Even:
    """Makes what happens inside take a while at least, so that its time tells nothing of who exists."""

    async def __aenter__(self) -> None:
        self._until = time.monotonic() + EVEN_SECONDS

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(max(0.0, self._until - time.monotonic()))


def _of_form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, strict_parsing=True))


def _of_json(body: bytes) -> dict[str, str]:
    given = json.loads(body)
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ValueError("no object of texts")
    return given


def _response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status)
    response.raw_headers = [
        *reply.headers,
        *((key, value) for key, value in response.raw_headers if key == b"content-length"),
    ]
    return response


async def _gone(_request: Request, _fault: Exception) -> Response:
    return _response(not_found())


async def _another(_request: Request, fault: Exception) -> Response:
    allowed = getattr(fault, "headers", None) or {}
    said = ((b"allow", ", ".join(sorted(allowed.get("Allow", "GET").split(", "))).encode("ascii")),)
    return _response(plain(405, {"error": "method not allowed"}, said))
