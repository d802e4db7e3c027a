"""Which headers go with which file, the same whoever serves them: `publisher serve`, a static host, nginx."""

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.render.views import Site

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No inline code, nothing from anywhere else, in nobody's frame."""

ALWAYS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)

SHARED = frozenset({"/banner.js", "/banner.css", "/banners.json"})
"""What homepages on other origins fetch: public, and asked for without credentials."""

TO_ANYBODY: tuple[tuple[str, str], ...] = (
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)

LONGEST_CACHE = 300
"""Seconds that a page may be kept without asking; less where it is known that a version takes effect sooner."""

IMMUTABLE = "max-age=31536000, immutable"
"""For files whose name says what is in them."""

TIME_MAP = "application/link-format"

TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".ics": "text/calendar; charset=utf-8",
}
"""The media type of each kind of file, by how its name ends."""

FILE = "_headers"
"""Where static hosts look for them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The headers of all paths that begin with one, or of that path alone."""

    path: str
    whole: bool
    headers: tuple[tuple[str, str], ...]


def rules() -> tuple[Rule, ...]:
    """What is said beyond the headers of every file, by path below the site's root, each path in one rule at most."""
    kept = ("Cache-Control", f"max-age={LONGEST_CACHE}")
    return (
        Rule("/static/", False, (("Cache-Control", IMMUTABLE),)),
        Rule("/timemap/", False, (("Content-Type", TIME_MAP), kept)),
        *(Rule(path, True, (*TO_ANYBODY, kept)) for path in sorted(SHARED)),
    )


def headers_file(site: Site) -> str:
    """The same in the format that several static hosts read: a path, and its headers indented below it."""
    from urllib.parse import urlsplit

    below = urlsplit(site.base_url).path.rstrip("/")
    lines = [f"{below}/*", *_indented(ALWAYS)]
    for rule in rules():
        lines.extend((f"{below}{rule.path}{'' if rule.whole else '*'}", *_indented(rule.headers)))
    return "\n".join(lines) + "\n"


def _indented(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(f"  {name}: {value}" for name, value in headers)
