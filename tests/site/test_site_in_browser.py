"""The built pages in a real Chromium: readable at every width, without a script, without an error."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.site.browsing import browser, opened
from tests.site.building import Built

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/zh-CN/",
    "/privacy/",
    "/privacy/zh-CN/",
    "/privacy/v2/en/",
    "/privacy/v2/zh-CN/",
    "/privacy/v1...v2/en/",
    "/privacy/v1...v2/zh-CN/",
    "/privacy/history/zh-CN/",
    "/privacy/notices/privacy-v2-1/en/",
    "/privacy/notices/privacy-v2-1/zh-CN/",
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
        pass


@pytest.fixture(scope="module")
def address(announced: Built) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(announced.output)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    with browser() as found:
        yield found


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_page_fits_its_window_without_error_or_dialog(
    address: str, chromium: "Browser", path: str, width: int
) -> None:
    page = opened(chromium, viewport={"width": width, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("requestfailed", lambda request: told.append(request.url))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    response = page.goto(address + path)
    assert response is not None
    assert response.ok
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert told == []
    page.close()


@pytest.mark.parametrize(("path", "words"), [("/", "Privacy Policy is changing"), ("/zh-CN/", "《隐私政策》将于")])
def test_the_banner_is_seen_at_the_top_of_the_homepage(
    address: str, chromium: "Browser", path: str, words: str
) -> None:
    page = opened(chromium, viewport={"width": 1280, "height": 900})
    page.goto(address + path)
    banner = page.locator("[data-banner='privacy-v2-1']")
    assert banner.is_visible()
    assert words in banner.inner_text()
    box = banner.bounding_box()
    assert box is not None
    assert box["y"] < 200
    page.close()


def test_changes_are_marked_by_more_than_colour(address: str, chromium: "Browser") -> None:
    page = opened(chromium)
    page.goto(address + "/privacy/v1...v2/en/")
    for tag, line in (("ins", "underline"), ("del", "line-through")):
        styles = page.eval_on_selector_all(tag, "all => all.map(e => getComputedStyle(e).textDecorationLine)")
        assert set(styles) == {line}
    page.close()


def test_the_keyboard_reaches_the_text_first(address: str, chromium: "Browser") -> None:
    page = opened(chromium)
    page.goto(address + "/privacy/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.close()


def test_a_link_into_a_folded_part_opens_it(address: str, chromium: "Browser") -> None:
    page = opened(chromium)
    page.goto(address + "/privacy/v1...v2/en/#4.3.2")
    assert page.locator("[id='4.3.2']").is_visible()
    page.close()


@pytest.mark.parametrize(
    ("path", "width", "ends"), [("/", 390, "(4.1.3). …"), ("/", 1280, "(5.2). …"), ("/zh-CN/", 390, "（2.1）。……")]
)
def test_the_banner_ends_with_a_whole_sentence_at_every_width(
    address: str, chromium: "Browser", path: str, width: int, ends: str
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(address + path)
    text = page.locator(".policy-banner-text")
    more = text.evaluate("p => getComputedStyle(p, '::after').content").strip('"')
    assert (text.inner_text() + more).endswith(ends)
    assert text.evaluate("p => p.getClientRects()[0].height / parseFloat(getComputedStyle(p).lineHeight)") < 3.5
    page.close()


def test_on_a_phone_the_way_to_what_can_be_done_is_seen_at_once(address: str, chromium: "Browser") -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    for language in ("en", "zh-CN"):
        page.goto(f"{address}/privacy/v2/{language}/")
        for link in ("a[href='#_choices']", ".means>.ways a[href^='mailto:']"):
            box = page.locator(link).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] < 844
    page.close()


def test_the_contents_mark_the_beginning_at_the_beginning(address: str, chromium: "Browser") -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    if not page.evaluate("CSS.supports('selector(:target-current)')"):
        pytest.skip("this Chromium marks no entry of a table of contents")
    for path, first in (
        ("/privacy/v2/en/", "#_means"),
        ("/privacy/", "#_summary"),
        ("/privacy/v1...v2/en/", "#_summary"),
    ):
        page.goto(address + path)
        page.wait_for_timeout(200)
        marked = page.eval_on_selector_all(".contents a:target-current", "all => all.map(a => a.getAttribute('href'))")
        assert marked == [first]
    page.close()
