"""A page of every kind in a real Chromium: by eye, by ear, by keyboard, on paper, without a script."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.browsing import PATIENCE, browser, opened, overheard, served
from tests.site.building import Built, build_at, make_workspace
from tests.site.gallery import NOW, OLD_ADDRESS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

KINDS = {
    "home": "/{}/",
    "in force": "/privacy/{}/",
    "upcoming": "/privacy/v3/{}/",
    "superseded": "/privacy/v1/{}/",
    "history": "/privacy/history/{}/",
    "redline": "/privacy/v1...v2/{}/",
    "notice": "/privacy/notices/privacy-v2-1/{}/",
    "revision": "/privacy/v2/{}/r1/",
}
REDLINE = KINDS["redline"].format("en")

SHIFT = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value; })
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""

MARKS = """[...document.querySelectorAll("ins, del")].map(mark => ({
  labelled: mark.firstElementChild?.className === "vh" && /\\p{L}/u.test(mark.firstElementChild.textContent),
  line: getComputedStyle(mark).textDecorationLine,
  tag: mark.tagName,
}))"""

FOCUSED = """(() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  return {
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    ringed: getComputedStyle(at).outlineStyle !== "none",
    what: at.outerHTML.slice(0, 120),
  };
})()"""


@pytest.fixture(scope="module")
def address(gallery: Built) -> Iterator[str]:
    with served(gallery.output) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: "Browser") -> "Iterator[Page]":
    found = opened(chromium, viewport={"width": 1280, "height": 900})
    yield found
    found.close()


def violations(page: "Page", *rules: str) -> str:
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_bars_anybody_and_nothing_moves_or_fails(address: str, page: "Page", kind: str, language: str) -> None:
    told = overheard(page)
    page.goto(address + KINDS[kind].format(language))
    assert page.evaluate(SHIFT) <= 0.01
    assert violations(page) == ""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page, "color-contrast", "target-size", "scrollable-region-focusable") == ""
    assert told == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("mode", ["_inline", "_side", "_plain"])
@pytest.mark.parametrize("width", [320, 1280])
def test_each_view_of_a_redline_fits_and_bars_nobody(
    address: str, page: "Page", mode: str, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + KINDS["redline"].format(language))
    page.check(f"#{mode}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 1280:
        assert violations(page) == ""


@pytest.mark.parametrize("path", [KINDS["redline"], KINDS["in force"], KINDS["notice"]])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_change_is_marked_by_a_line_and_a_word_beside_its_colour(
    address: str, page: "Page", path: str, language: str
) -> None:
    page.goto(address + path.format(language))
    marks = page.evaluate(MARKS)
    assert {mark["tag"] for mark in marks} == {"INS", "DEL"}
    assert {mark["labelled"] for mark in marks} == {True}
    assert {(mark["tag"], mark["line"]) for mark in marks} == {("INS", "underline"), ("DEL", "line-through")}


def test_side_by_side_the_old_text_stands_left_and_the_new_one_right(address: str, page: "Page") -> None:
    page.goto(address + REDLINE)
    old, new = page.locator("[id='5.2'] > p").all()
    assert not new.is_visible()
    page.check("#_side")
    assert "for as long as" in old.inner_text()
    assert "24 months" not in old.inner_text()
    assert "24 months" in new.inner_text()
    left, right = old.bounding_box(), new.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == right["y"]


def test_the_plain_view_holds_both_readings_of_every_change_without_a_mark(address: str, page: "Page") -> None:
    page.goto(address + REDLINE)
    page.check("#_plain")
    plain = page.locator("pre.plain")
    assert plain.is_visible()
    assert not page.locator("article.marked").is_visible()
    text = plain.inner_text()
    assert "Important: New kind of data collected" in text
    assert "Old text: Through the settings of your browser you can refuse cookies" in text
    assert "New text: You can refuse cookies or manage them through the settings of your browser." in text
    assert "Deleted:" not in text


def test_words_copied_from_the_marked_text_hold_no_hidden_label(address: str, page: "Page") -> None:
    page.goto(address + REDLINE)
    selected = page.evaluate(
        "(() => { const range = document.createRange(); range.selectNodeContents(document.getElementById('3.3'));"
        " getSelection().addRange(range); return getSelection().toString(); })()"
    )
    assert "can refuse" in selected
    assert "Deleted" not in selected


def test_the_keyboard_alone_reads_switches_walks_and_picks_a_version(address: str, page: "Page") -> None:
    page.goto(address + REDLINE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#_main")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "_inline":
            break
    page.keyboard.press("ArrowRight")
    assert page.locator("[id='5.2'] > p").nth(1).is_visible()
    page.locator("#_c2 .walk a").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#_c3")
    page.goto(address + KINDS["in force"].format("en"))
    page.locator(".picker summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/v3/en/")


@pytest.mark.parametrize("kind", ["home", "in force", "redline", "history"])
def test_what_has_the_focus_is_seen_and_ringed(address: str, page: "Page", kind: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + KINDS[kind].format("zh-CN"))
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["what"].startswith("<body"):
            break
        assert focused["seen"], focused
        assert focused["ringed"], focused


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_needs_a_script(address: str, chromium: "Browser", kind: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address + KINDS[kind].format("en"))
    assert page.locator("h1").is_visible()
    if kind == "redline":
        page.check("#_side")
        assert page.locator("[id='5.2'] > p").nth(1).is_visible()
        page.locator(".fold summary").first.click()
        assert page.locator(".fold .line").first.is_visible()
    if kind == "in force":
        page.locator(".picker summary").click()
        assert page.locator(".picker a").first.is_visible()
        page.locator(".contents a[href='#7']").click()
        page.wait_for_url("**/privacy/en/#7")
    context.close()


def test_the_contents_show_where_one_reads(address: str, page: "Page") -> None:
    page.goto(address + KINDS["upcoming"].format("en"))
    for clause, entry in (("5.2", "#5"), ("4.1.3", "#4.1")):
        page.goto(f"{address}{KINDS['upcoming'].format('en')}#{clause}")
        page.wait_for_function(
            "entry => getComputedStyle(document.querySelector(`.contents a[href='${entry}']`)).fontWeight === '600'",
            arg=entry,
        )


def test_an_old_address_leads_on_by_itself(address: str, page: "Page") -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))  # what is under way when it leads on is given up
    page.goto(address + OLD_ADDRESS, wait_until="commit")
    page.wait_for_url("**/privacy/")
    assert told == []


def test_a_workspace_sets_its_own_colours_and_measure_in_one_file(chromium: "Browser", tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "workspace")
    theme = root / "site/static/theme.css"
    theme.parent.mkdir(parents=True)
    theme.write_text(
        ":root { --accent: #0b5a4a; --measure: 30rem; }\n"
        "@media (prefers-color-scheme: dark) { :root { --accent: #7fd8c0; } }\n",
        "utf-8",
    )
    with served(build_at(root, NOW).output) as there:
        page = opened(chromium, viewport={"width": 1280, "height": 900})
        page.goto(f"{there}/privacy/v2/en/")
        colour = "getComputedStyle(document.querySelector('.ways a')).color"
        assert page.evaluate(colour) == "rgb(11, 90, 74)"
        assert page.evaluate("document.querySelector('.policy').getBoundingClientRect().width") == 480
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(colour) == "rgb(127, 216, 192)"
        page.close()


def test_a_theme_brings_fonts_of_its_own(chromium: "Browser", tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "workspace")
    fonts = root / "site/static/fonts"
    fonts.mkdir(parents=True)
    shutil.copy(next(Path("/usr/share/fonts").rglob("*.ttf")), fonts / "own.ttf")
    (root / "site/static/theme.css").write_text(
        "@font-face { font-family: Own; src: url(fonts/own.ttf); }\n:root { --serif-latin: Own, serif; }\n", "utf-8"
    )
    with served(build_at(root, NOW).output) as there:
        page = opened(chromium)
        told = overheard(page)
        page.goto(f"{there}/privacy/v2/en/")
        assert page.evaluate("document.fonts.ready.then(all => [...all].map(font => font.status))") == ["loaded"]
        assert told == []
        page.close()


@pytest.mark.parametrize("kind", ["in force", "revision", "redline"])
def test_paper_names_the_text_its_digest_and_its_pages(address: str, page: "Page", kind: str) -> None:
    page.goto(address + KINDS[kind].format("zh-CN"))
    page.emulate_media(media="print")
    root = "getComputedStyle(document.documentElement).getPropertyValue('--{}')"
    assert "隐私政策" in page.evaluate(root.format("print"))
    proof = page.evaluate(root.format("proof")).strip('"')
    if kind == "redline":
        assert proof == "https://lindenholt.example/privacy/v1...v2/zh-CN/"
    else:
        assert f'<code class="digest">{proof}</code>' in page.content()
        assert proof.startswith("sha256:")
    boxes = page.evaluate(
        "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules])"
        ".filter(rule => rule.media?.mediaText === 'print')"
        ".flatMap(rule => [...rule.cssRules]).filter(rule => rule instanceof CSSPageRule)"
        ".flatMap(rule => [...rule.cssRules]).map(rule => rule.cssText).join()"
    )
    assert all(part in boxes for part in ("top-left", "var(--print)", "bottom-left", "var(--proof)", "counter(pages)"))
    assert not page.locator(".contents").is_visible()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") > 1
