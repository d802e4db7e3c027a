"""Pages: the bytes that were built, with what caches must know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, quote

from publisher.render.headers import IMMUTABLE, LONGEST_CACHE, SHARED, TO_ANYBODY
from publisher.serve.replies import GUARDED, Headers, Reply, Scope, header, leads, not_found, private, wrong_method
from publisher.serve.showing import Asker, asker_of, for_people, uncompared
from publisher.serve.website import Website
from publisher.workflow.apart import Unmade
from publisher.workflow.encoded import Encoded
from publisher.workflow.on_demand import asked_for, is_itself, is_made
from publisher.workflow.snapshot import Point, Snapshot

_LASTING: Headers = ((b"cache-control", IMMUTABLE.encode("ascii")),)
_TO_ANYBODY: Headers = tuple((name.lower().encode("ascii"), value.encode("ascii")) for name, value in TO_ANYBODY)
_LONGEST_QUERY = 2000
_MOST_FIELDS = 10
_RETRY_AFTER = b"10"


async def answer(website: Website, below: str, path: str, scope: Scope) -> Reply:
    """What is at a path below the site's own.

    Args:
        website: the website in memory.
        below: the site's path on its host, without a slash at its end.
        path: the path below that, decoded.
        scope: the request.
    """
    if scope["method"] not in ("GET", "HEAD"):
        return wrong_method("GET, HEAD")
    pages = await website.current()
    moved = pages.moved(below + path)
    if moved is not None:
        return leads(301, moved)
    if scope["query_string"]:
        asked = asked_for(path, _fields(scope["query_string"]))
        if asked is not None:
            return leads(303, below + asked)
    page = pages.find(path)
    if (page is None or path.endswith("/")) and is_made(path, pages):
        made = await website.made(path)
        if isinstance(made, Encoded):
            page = made
        elif page is None and made is not Unmade.NOTHING:
            return _not_made(made, pages, website, asker_of(scope, path))
    if page is None:
        if pages.find(path + "/") is not None:
            return leads(308, below + quote(path) + "/")
        asker = asker_of(scope, path)
        if asker.is_person and is_itself(path, pages):
            return uncompared(website.settings, pages, asker, "same")
        return for_people(website.settings, pages, asker, not_found())
    return await of_page(page, path, pages, website, scope)


def _not_made(why: Unmade, pages: Snapshot, website: Website, asker: Asker) -> Reply:
    """That a comparison cannot be had now, or not at all."""
    if why is Unmade.LATER:
        later = private(503, {"error": "it cannot be made now; try again"}, ((b"retry-after", _RETRY_AFTER),))
        return for_people(website.settings, pages, asker, later)
    if asker.is_person:
        return uncompared(website.settings, pages, asker, "long")
    return private(404, {"error": "the two versions are too long to be compared here"})


def _fields(query: bytes) -> Mapping[str, list[str]]:
    """What a form sent; nothing when it is not one that this site shows."""
    if len(query) > _LONGEST_QUERY:
        return {}
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


async def of_page(page: Encoded, path: str, pages: Snapshot, website: Website, scope: Scope) -> Reply:
    """A page in the encoding that its reader takes; 304 where they have it."""
    encoding = page.best(header(scope, b"accept-encoding"))
    if path.startswith("/static/"):
        kept = _LASTING
    elif not pages.turns:
        kept = _A_WHILE
    else:
        kept = _kept(pages.freshness(website.clock(), LONGEST_CACHE))
    said = _said(page, encoding, pages.point(path), path in SHARED)
    asked = header(scope, b"if-none-match")
    if asked is not None and _has(asked, page.tag(encoding)):
        return Reply(304, said.unchanged + kept)
    return Reply(200, said.whole + kept, await website.body(page, encoding))


def _kept(seconds: int) -> Headers:
    return ((b"cache-control", b"max-age=%d" % seconds),)


_A_WHILE = _kept(LONGEST_CACHE)


@dataclass(frozen=True, slots=True)
class _Said:
    """The headers of a page in one encoding, but for how long it may be kept: with the page, and with a 304.

    What guards a page stays with the copy that a 304 is about (RFC 9110, section 15.4.5).
    """

    whole: Headers
    unchanged: Headers


@lru_cache(maxsize=512)
def _said(page: Encoded, encoding: str, point: Point, shared: bool) -> _Said:
    around = ((b"last-modified", point.modified), (b"memento-datetime", point.memento), (b"link", point.links))
    unchanged = (
        (b"etag", page.tag(encoding)),
        (b"vary", b"accept-encoding"),
        *(pair for pair in around if pair[1]),
        *(_TO_ANYBODY if shared else ()),
    )
    packed = () if encoding == "identity" else ((b"content-encoding", encoding.encode("ascii")),)
    return _Said(((b"content-type", page.kind), *packed, *unchanged, *GUARDED), unchanged)


def _has(asked: bytes, tag: bytes) -> bool:
    """Whether a reader has this very representation (RFC 9110, section 13.1.2: compared weakly)."""
    return asked.strip() == b"*" or tag in [each.strip().removeprefix(b"W/") for each in asked.split(b",")]
