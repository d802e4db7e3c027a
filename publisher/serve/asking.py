"""The page on which a reader acknowledges a banner, for those who come by a link."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.config import Settings
from publisher.languages import best_match
from publisher.render.headers import CONTENT_POLICY
from publisher.render.templates import environment, strings, text_direction
from publisher.serve.replies import GUARDED, Reply
from publisher.workflow.snapshot import Snapshot

if TYPE_CHECKING:
    import jinja2

_DEFAULT = "en"


def asking_page(
    settings: Settings, pages: Snapshot, languages: str, banner: Mapping[str, Any] | None, given: Mapping[str, str]
) -> Reply:
    """What the banner says and a button; without a banner, that the link is no longer good.

    Args:
        settings: the workspace's settings.
        pages: the website, for its style sheet.
        languages: the header Accept-Language.
        banner: the entry of banners.json; None when link or reader is not known.
        given: the token and the banner's id as the link has them.
    """
    if banner is None:
        return _page(settings, pages, languages, "gone", 404)
    available = tuple(banner["title"])
    language = _spoken(languages, available)
    href = settings.site.base_url.rstrip("/") + banner["href"]
    values = {"title": banner["title"][language], "text": banner["text"][language], "href": href}
    return _page(settings, pages, language, "ask", 200, available, **values, given=given)


def answered_page(settings: Settings, pages: Snapshot, languages: str, status: int) -> Reply:
    """What became of the answer."""
    return _page(settings, pages, languages, "done" if status == 200 else "gone", status)


def _page(
    settings: Settings,
    pages: Snapshot,
    languages: str,
    what: str,
    status: int,
    available: tuple[str, ...] = (),
    **values: Any,
) -> Reply:
    overrides = settings.path("site")
    language = _spoken(languages, available or pages.languages or (_DEFAULT,))
    words = strings(language, overrides)
    body = (
        _template(overrides, pages.digest)
        .render(
            what=what,
            words=words,
            language=language,
            direction=text_direction(language),
            site=settings.site,
            styles=pages.styles,
            policy=CONTENT_POLICY,
            **values,
        )
        .encode("utf-8")
    )
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode("ascii")),
        (b"cache-control", b"private, no-store"),
        (b"vary", b"accept-language"),
        *GUARDED,
    )
    return Reply(status, headers, body)


@lru_cache(maxsize=2)
def _template(overrides: Path, _build: bytes) -> "jinja2.Template":
    """Compiled once for each build, which may come with other templates."""
    return environment(overrides).get_template("acknowledge.html.j2")


def _spoken(languages: str, available: tuple[str, ...]) -> str:
    """The first language that a reader names and that there is; else the first there is."""
    for part in languages[:500].split(","):
        wanted = part.partition(";")[0].strip()
        if wanted and (found := best_match(wanted, available, "")):
            return found
    return available[0]
