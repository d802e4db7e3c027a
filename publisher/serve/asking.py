"""The page on which a reader acknowledges a banner, for those who come by a link."""

from collections.abc import Mapping
from typing import Any

from publisher.config import Settings
from publisher.serve.replies import Reply
from publisher.serve.showing import best_language, shown
from publisher.workflow.snapshot import Snapshot

_TEMPLATE = "acknowledge.html.j2"
_DEFAULT = ("en",)


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
        return _told(settings, pages, languages, "gone", 404)
    language = best_language(languages, tuple(banner["title"]))
    href = settings.site.base_url.rstrip("/") + banner["href"]
    values = {"title": banner["title"][language], "text": banner["text"][language], "href": href}
    return shown(settings, pages, language, _TEMPLATE, 200, what="ask", given=given, **values)


def answered_page(settings: Settings, pages: Snapshot, languages: str, status: int) -> Reply:
    """What became of the answer."""
    return _told(settings, pages, languages, "done" if status == 200 else "gone", status)


def _told(settings: Settings, pages: Snapshot, languages: str, what: str, status: int) -> Reply:
    language = best_language(languages, pages.languages or _DEFAULT)
    return shown(settings, pages, language, _TEMPLATE, status, what=what)
