"""The HTML report of `publisher diff` in a real Chromium: wide and narrow, folded and unfolded, in two languages."""

from typing import TYPE_CHECKING

import pytest

from publisher.assessing import compare_texts
from publisher.domain.comparison import LooseText
from publisher.reports import Layout, html_fragment, html_page
from tests.site import browsing
from tests.site.building import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LONG_WORD = "W" * 400


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    with browsing.browser() as found:
        yield found


def page_of(language: str, layout: Layout, *, fragment: bool = False) -> str:
    texts = [
        LooseText(name, (REPOSITORY / f"policies/privacy/{name}/{language}.md").read_text("utf-8") + f"\n{LONG_WORD}\n")
        for name in ("v1", "v2")
    ]
    write = html_fragment if fragment else html_page
    return write(compare_texts(texts, language), layout)


def shown(browser: "Browser", page: str, width: int) -> "Page":
    tab = browsing.opened(browser, viewport={"width": width, "height": 900})
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.set_content(page)
    assert faults == []
    return tab


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("layout", [Layout(), Layout(side_by_side=True), Layout(context=None, side_by_side=True)])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_runs_out_of_the_page(chromium: "Browser", language: str, layout: Layout, width: int) -> None:
    tab = shown(chromium, page_of(language, layout), width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()


def test_columns_stand_side_by_side_and_on_a_phone_one_below_the_other(chromium: "Browser") -> None:
    page = page_of("zh-CN", Layout(side_by_side=True))
    for width, beside in ((1280, True), (390, False)):
        tab = shown(chromium, page, width)
        old, new = (tab.locator(f".change .pair > div:nth-child({child})").first.bounding_box() for child in (1, 2))
        assert old is not None
        assert new is not None
        assert (old["y"] == new["y"] and old["x"] < new["x"]) is beside
        assert tab.locator(".change .side").first.is_visible() is not beside
        tab.close()


def test_folded_words_are_out_of_sight_until_they_are_opened(chromium: "Browser") -> None:
    tab = shown(chromium, page_of("en", Layout()), 1280)
    fold = tab.locator("details.fold").first
    assert fold.locator("summary").inner_text().endswith("clauses unchanged")
    assert not fold.locator(".same").first.is_visible()
    rest = tab.locator("details.rest").first
    closed = rest.bounding_box()
    rest.locator("summary").click()
    opened = rest.bounding_box()
    assert closed is not None
    assert opened is not None
    assert opened["height"] > closed["height"]
    fold.locator("summary").click()
    assert fold.locator(".same").first.is_visible()
    tab.close()


def test_a_fragment_leaves_the_page_around_it_alone(chromium: "Browser") -> None:
    host = '<!doctype html><body style="font-family: monospace"><h1 id="own">Ours</h1><p>Text <del>gone</del></p>'
    look = (
        "[...document.querySelectorAll('#own, body > p, body > p del')].map(element => getComputedStyle(element))"
        ".map(style => [style.color, style.font, style.backgroundColor].join())"
    )
    before = shown(chromium, host, 1280)
    after = shown(chromium, host + page_of("en", Layout(), fragment=True), 1280)
    assert before.evaluate(look) == after.evaluate(look)
    assert after.locator(".policy-diff h1").count() == 1
    before.close()
    after.close()
