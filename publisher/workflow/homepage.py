"""Whether the banner can be seen on every homepage that is to show it."""

from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

from publisher.config import Settings
from publisher.domain.notice import NoticeId

TIMEOUT_SECONDS = 10
MOST_BYTES = 4_000_000


def banner_shown(settings: Settings, notice: NoticeId) -> str:
    """Where a notice's banner is missing, in words; empty when it is on every homepage.

    Without homepages in the settings it is the one in the built site.
    """
    marker = f'data-banner="{notice}"'.encode()
    if not settings.site.homepage:
        page = settings.output / "index.html"
        seen = page.is_file() and marker in page.read_bytes()
        return "" if seen else f"the banner {notice} is not on the built homepage"
    missing = [url for url in settings.site.homepage if marker not in _fetched(url)]
    return f"the banner {notice} is not on {', '.join(missing)}" if missing else ""


def _fetched(url: str) -> bytes:
    """A page's bytes; empty when it cannot be had."""
    request = Request(url, headers={"User-Agent": "policy-publisher"})  # noqa: S310  settings allow http and https alone
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  as above
            return bytes(answer.read(MOST_BYTES))
    except (URLError, HTTPException, OSError, ValueError):
        return b""
