"""Whole answers, and how they are sent."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from publisher.render.headers import ALWAYS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

GUARDED: Headers = tuple((name.lower().encode("ascii"), value.encode("ascii")) for name, value in ALWAYS)
"""What every answer carries."""

JSON = b"application/json; charset=utf-8"
_PRIVATE: Headers = ((b"cache-control", b"private, no-store"),)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes = b""


def plain(status: int, value: object, headers: Headers = ()) -> Reply:
    """A value as JSON."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return Reply(status, ((b"content-type", JSON), *headers, *GUARDED), body)


def private(status: int, value: object, headers: Headers = ()) -> Reply:
    """A value as JSON that nobody keeps: it is about one reader."""
    return plain(status, value, (*_PRIVATE, *headers))


def not_found() -> Reply:
    """The one answer for whatever is not there, and for whoever is not known."""
    return private(404, {"error": "not found"})


def wrong_method(allowed: str) -> Reply:
    """Another method is asked for."""
    return plain(405, {"error": "method not allowed"}, ((b"allow", allowed.encode("ascii")),))


def leads(status: int, location: str, headers: Headers = ()) -> Reply:
    """A redirect."""
    return Reply(status, ((b"location", location.encode("ascii")), *headers, *GUARDED))


def header(scope: Scope, name: bytes) -> bytes | None:
    """A header of the request, the first of that name; None when it has none."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


async def sent(scope: Scope, send: Send, reply: Reply) -> None:
    """Sends an answer; a HEAD request gets its headers alone."""
    headers = list(reply.headers)
    if reply.status != 304:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})


async def body_of(receive: Receive, largest: int) -> bytes:
    """The body of a request.

    Raises:
        ValueError: it is longer than `largest` bytes, or the reader went away.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ValueError("the reader went away")
        body += message.get("body", b"")
        if len(body) > largest:
            raise ValueError("too long")
        if not message.get("more_body", False):
            return bytes(body)
