"""The preview over HTTP, for the person at this machine alone. An ASGI application."""

import asyncio
import hmac
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from publisher.config import FILE_NAME, read_settings
from publisher.errors import Fault, PublisherError, one
from publisher.workflow import preview_pages as pages
from publisher.workflow.preview import Stores, announced, drafts, look_at
from publisher.workflow.preview_form import sign_form
from publisher.workflow.preview_reader import Answers, Reader
from publisher.workflow.showing import show_notice
from publisher.workflow.workspace import open_workspace

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_FORM = 1_000_000
HEARTBEAT_SECONDS = 15
_FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_PAGE = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE_IN_FRAME = _PAGE.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
_WATCHED = ("policies", "packs", "site/templates", "site/static", "site/strings")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: str
    kind: str = "text/html; charset=utf-8"
    content_policy: str = _PAGE
    location: str = ""


class Preview:
    """One workspace, read anew for every page.

    Nobody but this machine's own browser is answered: another Host means that some name was made to point here, and a
    form has to come from a page of ours, with the token that only our pages have.
    """

    def __init__(self, root: Path, port: int, stores: Stores, *, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._stores = stores
        self._clock = clock
        self._token = secrets.token_urlsafe(32)
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
        self._state = secrets.randbelow(1 << 32)
        self._saved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = False
        self._answers = Answers(lambda: self._ending)

    def end(self) -> None:
        """Lets go of every page that listens and of a second reader that still reads. For a signal's handler."""
        self._ending = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._saved.set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/events" and self._is_ours(scope):
            await self._events(scope["query_string"].decode("latin-1"), receive, send)
        elif scope["type"] == "http":
            await _sent(scope, send, await self._reply(scope, receive))

    async def _live(self, receive: Receive, send: Send) -> None:
        watching: list[asyncio.Task[None]] = []
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._loop = asyncio.get_running_loop()
                folders = [self._root / name for name in _WATCHED if (self._root / name).is_dir()]
                watching = [
                    asyncio.create_task(self._watch(_saves(*folders))),
                    asyncio.create_task(self._watch(_saves(self._root, only=FILE_NAME))),
                ]
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in watching:
                    task.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _watch(self, saves: AsyncIterator[None]) -> None:
        try:
            async for _ in saves:
                self._state += 1
                self._saved.set()
                self._saved = asyncio.Event()
        except (OSError, RuntimeError) as fault:  # the system watches no more files, say
            sys.stderr.write(f"Nothing tells when a file is saved ({fault}): reload pages by hand.\n")

    async def _events(self, shown: str, receive: Receive, send: Send) -> None:
        """Says `saved` whenever a file of the workspace was, at once where that was since the state that is shown."""
        kinds = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": kinds})
        gone = asyncio.ensure_future(receive())
        while not self._ending:
            saved = asyncio.ensure_future(self._saved.wait())
            words = b": here\n\n" if shown == str(self._state) else b"data: saved\n\n"
            shown = str(self._state)
            await send({"type": "http.response.body", "body": words, "more_body": True})
            await asyncio.wait({gone, saved}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            saved.cancel()
            if gone.done():
                if gone.result()["type"] == "http.disconnect":
                    return
                gone = asyncio.ensure_future(receive())
        gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_ours(self, scope: Scope) -> bool:
        return _header(scope, b"host") in self._hosts

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        path, method = str(scope["path"]), str(scope["method"])
        if not self._is_ours(scope):
            return Reply(421, "This preview answers at its own address alone.", "text/plain; charset=utf-8")
        try:
            if method == "POST":
                return await self._posted(path, scope, receive)
            if method not in ("GET", "HEAD"):
                return Reply(405, "Only GET and POST.", "text/plain; charset=utf-8")
            return await asyncio.to_thread(self._page, path)
        except PublisherError as told:
            page = pages.faults_page(None, told.faults, state=self._state)
            if path.strip("/").split("/")[2:3] in (["mail"], ["banner"]):
                return Reply(200, page, content_policy=_PAGE_IN_FRAME)  # in the place of what it would have shown
            unknown = all(fault.code.endswith(("-unknown", "-missing")) for fault in told.faults)
            return Reply(404 if unknown else 422, page)
        except Exception:  # noqa: BLE001  a person who writes a policy is shown a sentence, the terminal the rest
            traceback.print_exc(file=sys.stderr)
            message = "The program failed on this page; the terminal that runs the preview says more."
            fault = Fault("preview-failed", message, "Please report it.")
            return Reply(500, pages.faults_page(None, (fault,), state=self._state))

    def _page(self, path: str) -> Reply:
        if path == "/preview.js":
            return Reply(200, pages.script(), "text/javascript; charset=utf-8")
        if path == "/preview.css":
            return Reply(200, pages.style(None), "text/css; charset=utf-8")
        state = self._state
        settings = read_settings(self._root)
        workspace = open_workspace(settings)
        if path == "/":
            listed = drafts(workspace, now=self._clock())
            return Reply(200, pages.list_page(settings, listed, workspace.faults, state=state))
        match path.strip("/").split("/"):
            case [policy, version]:
                draft = look_at(workspace, policy, version, self._stores, Reader(self._answers), now=self._clock())
                return Reply(200, pages.draft_page(settings, draft, token=self._token, state=state))
            case [policy, version, "review" | "reader"]:  # where a form went, loaded anew
                workspace.version(policy, version)
                return Reply(303, "", location=f"/{policy}/{version}/#review")
            case [policy, version, "mail", language]:
                mail = show_notice(workspace, policy, version, language=language, now=self._clock())
                return Reply(200, mail.html, content_policy=_FRAME)
            case [policy, version, "banner", language]:
                found = workspace.version(policy, version)
                site = announced(workspace, workspace.policy(policy), found, now=self._clock())
                return Reply(200, pages.banner_page(settings, site, version, language), content_policy=_FRAME)
        raise one("page-unknown", "There is no such page.", "Go back to the list of drafts.")

    async def _posted(self, path: str, scope: Scope, receive: Receive) -> Reply:
        refusal = Reply(
            403, "This form did not come from the preview. Load the page anew.", "text/plain; charset=utf-8"
        )
        if _header(scope, b"origin") not in {f"http://{host}" for host in self._hosts}:
            return refusal
        body = await _body(receive)
        if body is None:
            return Reply(413, "The form is too long.", "text/plain; charset=utf-8")
        given = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if not hmac.compare_digest(given.get("token", "").encode(), self._token.encode()):
            return refusal
        return await asyncio.to_thread(self._signed, path, given)

    def _signed(self, path: str, given: dict[str, str]) -> Reply:
        state = self._state
        settings = read_settings(self._root)
        workspace = open_workspace(settings)
        match path.strip("/").split("/"):
            case [policy, version, "review" | "reader" as what]:
                reader = Reader(self._answers, asks=True, again=what == "reader")
                draft = look_at(workspace, policy, version, self._stores, reader, now=self._clock())
            case _:
                raise one("page-unknown", "There is no such page.", "Go back to the list of drafts.")
        page = partial(pages.draft_page, settings, draft, token=self._token, state=state, given=given)
        if draft.sheet is None:
            return Reply(422, page())
        if what == "reader":
            return Reply(200, page())
        try:
            sign_form(workspace, draft.sheet, given, now=self._clock())
        except PublisherError as told:
            return Reply(422, page(refused=told.faults))
        return Reply(303, "", location=f"/{policy}/{version}/#review")


async def _saves(*folders: Path, only: str = "") -> AsyncIterator[None]:
    """Each time that files below the folders were saved, or in them the one file; never, where nothing can watch.

    A file is watched through its folder: editors put a new one in its place.
    """
    try:
        from watchfiles import DefaultFilter, awatch
    except ModuleNotFoundError:
        return
    sound = DefaultFilter()
    async for _ in awatch(
        *folders,
        watch_filter=lambda change, path: sound(change, path) and (not only or Path(path).name == only),
        debounce=200,
        step=50,
        recursive=not only,
    ):
        yield


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_FORM:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


def _header(scope: Scope, name: bytes) -> str:
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found.decode("latin-1")


async def _sent(scope: Scope, send: Send, reply: Reply) -> None:
    body = reply.body.encode("utf-8", "replace")
    headers = [
        (b"content-type", reply.kind.encode("ascii")),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", reply.content_policy.encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    ]
    if reply.location:
        headers.append((b"location", reply.location.encode("ascii")))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
