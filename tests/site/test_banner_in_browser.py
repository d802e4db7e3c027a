"""The banner on somebody else's homepage, in a real Chromium and under a strict content policy."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.domain.ledger import EventKind
from publisher.website.squeezing import squeezed
from tests.site import browsing
from tests.site.building import REPOSITORY, Built, build_at, later, make_workspace
from tests.site.hosting import STYLE, Host, homepage, hosted

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NOW = datetime(2027, 1, 12, tzinfo=UTC)
ENDS = datetime(2027, 2, 28, 16, tzinfo=UTC)
STRICT = (
    "default-src 'none'; img-src data:; style-src 'self'{more}; script-src 'self'{more}; connect-src 'self'{more}; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
WATCH_SHIFTS = """{
  let sum = 0, count = entries => entries.forEach(each => sum += each.value)
  const observer = new PerformanceObserver(list => count(list.getEntries()))
  observer.observe({ type: 'layout-shift', buffered: true })
  const frame = requestAnimationFrame.bind(window)  // the browser's own, before its clock is the test's
  window.twoFrames = () => new Promise(done => frame(() => frame(done)))
  // how far the page was moved in all, once what was done last has been drawn
  window.shifted = async () => (await twoFrames(), count(observer.takeRecords()), sum)
}"""

LANGUAGES = {"en": "Our Privacy Policy is changing on 1 March 2027", "zh-CN": "我们的《隐私政策》将于2027年3月1日变更"}


@dataclass
class Street:
    """A homepage at `/<language>/<form>` of its own origin, with the site of policies on another."""

    own: Host
    policies: Host
    browser: "Browser"
    told: list[str]

    def open(
        self, path: str, *, width: int = 1280, dark: bool = False, script: bool = True, now: datetime = NOW
    ) -> "Page":
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(browsing.PATIENCE)
        context.add_init_script(WATCH_SHIFTS)
        page = context.new_page()
        page.clock.install(time=now)
        page.on("console", lambda message: self.told.append(message.text))
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.goto(self.own.base + path)
        return page


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    with browsing.browser() as found:
        yield found


@pytest.fixture
def street(announced: Built, chromium: "Browser") -> Iterator[Street]:
    policies = Host(folder=announced.output, shared=True)
    own = Host(pages={"/own.css": STYLE}, folder=announced.output, prefix="/policies/")
    told: list[str] = []
    with hosted(policies), hosted(own):
        own.content_policy = STRICT.format(more=" " + policies.base)
        _furnish(own, policies.base, announced.output)
        yield Street(own, policies, chromium, told)
    assert told == []


def _furnish(own: Host, site: str, output: Path) -> None:
    script = f'<script src="{site}/banner.js" defer></script>'
    styled = f'<link rel="stylesheet" href="{site}/banner.css">{script}'
    for language in LANGUAGES:
        fragment = (output / language / "banner.html").read_text("utf-8").replace("https://lindenholt.example", site)
        held = f'<policy-notice><a href="{site}/{language}/">Our policies</a></policy-notice>'
        known = held.replace("<policy-notice", '<policy-notice data-src="/notices"')
        forms = {
            "included": ("", fragment),
            "included-and-script": (script, fragment),
            "placeholder": (styled, held),
            "one-tag": (script, ""),
            "known": (styled, known),
        }
        for form, (head, top) in forms.items():
            own.pages[f"/{language}/{form}"] = homepage(head, top, language)


def shown(page: "Page") -> str:
    """The words of the banner, once it is there."""
    banner = page.locator("section.policy-banner:visible")
    banner.first.wait_for()
    return banner.first.inner_text().replace("\u00a0", " ")


def height(page: "Page") -> float:
    return float(page.evaluate("document.querySelector('policy-notice')?.getBoundingClientRect().height ?? 0"))


def shift(page: "Page") -> float:
    return float(page.evaluate("shifted()"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["included", "included-and-script", "placeholder", "one-tag"])
def test_every_form_shows_the_banner_under_a_strict_policy_without_cookies(
    street: Street, language: str, form: str
) -> None:
    page = street.open(f"/{language}/{form}")
    assert LANGUAGES[language] in shown(page)
    region = page.get_by_role("region", name={"en": "Important change", "zh-CN": "重要变更"}[language])
    assert region.count() == 1
    links = page.locator("section.policy-banner:visible a")
    assert [re.sub(r"^https?://[^/]+", "", str(link.get_attribute("href"))) for link in links.all()] == [
        f"/privacy/v2/{language}/#_means",
        f"/privacy/v1...v2/{language}/",
        f"/privacy/notices/privacy-v2-1/{language}/",
    ]
    assert page.context.cookies() == []
    page.context.close()


def test_one_origin_needs_nothing_but_self(street: Street) -> None:
    street.own.content_policy = STRICT.format(more="")
    street.own.pages["/"] = homepage('<script src="/policies/banner.js" defer></script>', language="en-GB")
    page = street.open("/")
    assert LANGUAGES["en"] in shown(page)
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_placeholder_keeps_the_page_where_it_is_though_the_banner_comes_late(
    street: Street, language: str, width: int
) -> None:
    street.policies.json_goes.clear()
    page = street.open(f"/{language}/placeholder", width=width)
    page.evaluate("twoFrames()")
    room = height(page)
    assert room > 150
    assert page.locator("section.policy-banner:visible").count() == 0
    street.policies.json_goes.set()
    shown(page)
    assert shift(page) <= 0.01
    assert abs(height(page) - room) < 4
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_script_takes_an_included_banner_over_where_it_stands(street: Street, width: int) -> None:
    street.policies.json_goes.clear()
    page = street.open("/en/included-and-script", width=width)
    page.evaluate("twoFrames()")
    assert page.get_by_role("button", name="Close").count() == 0
    street.policies.json_goes.set()
    page.get_by_role("button", name="Close").wait_for()
    assert shift(page) <= 0.01
    page.context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_a_long_summary_leaves_room_for_the_page(street: Street, width: int) -> None:
    for language in LANGUAGES:
        page = street.open(f"/{language}/placeholder", width=width)
        shown(page)
        assert height(page) < 400
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()


def test_a_banner_put_away_stays_away_until_its_notice_has_a_new_revision(street: Street, tmp_path: Path) -> None:
    page = street.open("/en/placeholder")
    shown(page)
    page.get_by_role("button", name="Close").click()
    assert height(page) == 0
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    page.reload()
    page.wait_for_load_state("networkidle")
    assert height(page) == 0
    assert page.context.cookies() == []
    moved = later(EventKind.POSTPONE, NOW, effective=datetime(2027, 4, 1, tzinfo=UTC).date(), notice="privacy-v2-2")
    street.policies.folder = build_at(make_workspace(tmp_path / "later", moved), NOW + timedelta(days=1)).output
    page.clock.set_fixed_time(NOW + timedelta(days=1))
    page.reload()
    assert "on 1 April 2027" in shown(page)
    page.context.close()


def test_the_keyboard_alone_reads_and_puts_away(street: Street) -> None:
    page = street.open("/en/placeholder")
    shown(page)
    focused = "document.querySelector('policy-notice').shadowRoot.activeElement?.textContent"
    order = []
    for _ in range(4):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
        outline = "getComputedStyle(document.querySelector('policy-notice').shadowRoot.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
    assert order == [
        "What this means for you",
        "Changes from version 1 to version 2",
        "Notice of 10 January 2027",
        "Close",
    ]
    page.keyboard.press("Enter")
    assert height(page) == 0
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    page.context.close()


def test_everything_that_is_pressed_is_large_enough(street: Street) -> None:
    page = street.open("/zh-CN/placeholder", width=320)
    shown(page)
    boxes = [each.bounding_box() for each in page.locator("section.policy-banner:visible :is(a, button):visible").all()]
    assert [box for box in boxes if box is None or box["height"] < 44 or box["width"] < 24] == []
    button = page.get_by_role("button", name="关闭").bounding_box()
    assert button is not None
    assert button["width"] >= 44
    page.context.close()


@pytest.mark.parametrize("form", ["placeholder", "one-tag", "included-and-script"])
def test_it_comes_and_goes_by_itself_while_the_page_stays_open(street: Street, form: str) -> None:
    page = street.open(f"/en/{form}", now=ENDS - timedelta(minutes=10))
    shown(page)
    page.get_by_role("button", name="Close").wait_for()  # an included banner is there before the script is
    page.clock.run_for(611_000)
    assert height(page) == 0
    page.context.close()
    page = street.open(f"/en/{form}", now=datetime(2027, 1, 10, 8, 50, tzinfo=UTC))
    page.get_by_role("button", name="Close", include_hidden=True).wait_for(state="attached")
    assert height(page) == 0
    page.clock.run_for(611_000)
    assert LANGUAGES["en"] in shown(page)
    page.context.close()


def test_with_nothing_to_tell_a_placeholder_takes_no_room(street: Street, tmp_path: Path) -> None:
    street.policies.folder = build_at(make_workspace(tmp_path / "over"), ENDS + timedelta(days=1)).output
    page = street.open("/en/placeholder", now=ENDS + timedelta(days=1))
    page.wait_for_load_state("networkidle")
    assert height(page) == 0
    assert shift(page) == 0
    page.context.close()


def test_one_that_was_put_away_reserves_no_room_where_the_page_waits_for_the_script(street: Street) -> None:
    held = street.own.pages["/en/placeholder"].replace(b" defer>", b' defer blocking="render">')
    street.own.pages["/en/placeholder"] = held
    page = street.open("/en/placeholder")
    shown(page)
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert height(page) == 0
    assert shift(page) == 0
    page.context.close()


def test_without_a_script_and_without_an_answer_the_link_stays(street: Street) -> None:
    page = street.open("/en/placeholder", script=False)
    assert page.get_by_role("link", name="Our policies").is_visible()
    page.context.close()
    page = street.open("/zh-CN/included", script=False)
    assert LANGUAGES["zh-CN"] in page.locator("policy-notice").inner_text()
    page.context.close()
    (own, street.policies.folder) = (street.policies.folder, None)
    page = street.open("/en/known")
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("link", name="Our policies").is_visible()
    page.context.close()
    street.policies.folder = own
    street.told[:] = [line for line in street.told if "404" not in line]


def test_what_must_be_acknowledged_goes_by_an_answer_alone(street: Street) -> None:
    [entry] = json.loads((street.policies.folder or Path()).joinpath("banners.json").read_text("utf-8"))
    street.own.banners = [{**entry, "mandatory": True}]
    street.own.answers = 500
    page = street.open("/en/known")
    shown(page)
    assert page.get_by_role("button", name="Close").count() == 0
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Not saved: try again").wait_for()
    assert height(page) > 0
    page.evaluate("localStorage.setItem('policy-noticeprivacy-v2-1', '1')")
    page.reload()
    assert LANGUAGES["en"] in shown(page)
    street.own.answers = 200
    page.get_by_role("button", name="I have read this").click()
    page.locator("section.policy-banner:visible").wait_for(state="detached")
    assert street.own.acknowledged == [("application/json", {"banner": "privacy-v2-1"})] * 2
    page.context.close()
    street.told[:] = [line for line in street.told if "500" not in line]


def test_what_must_be_acknowledged_has_no_way_past_it_where_nobody_is_asked(
    street: Street, tmp_path: Path, announced: Built
) -> None:
    [entry] = json.loads(announced.text("banners.json"))
    for name in ("banner.js", "banner.css"):
        (tmp_path / name).write_bytes((announced.output / name).read_bytes())
    (tmp_path / "banners.json").write_text(json.dumps([{**entry, "mandatory": True}]), "utf-8")
    street.policies.folder = tmp_path
    page = street.open("/en/placeholder")
    shown(page)
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Not saved: try again").wait_for()
    page.reload()
    assert LANGUAGES["en"] in shown(page)
    page.context.close()


def test_the_sites_own_backend_is_told_of_a_banner_put_away(street: Street) -> None:
    street.own.banners = json.loads((street.policies.folder or Path()).joinpath("banners.json").read_text("utf-8"))
    page = street.open("/zh-CN/known")
    shown(page)
    page.get_by_role("button", name="关闭").click()
    page.locator("section.policy-banner:visible").wait_for(state="detached")
    assert street.own.acknowledged == [("application/json", {"banner": "privacy-v2-1"})]
    page.context.close()


def test_words_are_words_whatever_they_look_like(street: Street, tmp_path: Path, announced: Built) -> None:
    [entry] = json.loads(announced.text("banners.json"))
    attack = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    entry["title"]["en"] = entry["text"]["en"] = entry["words"]["en"]["label"] = attack
    for name in ("banner.js", "banner.css"):
        (tmp_path / name).write_bytes((announced.output / name).read_bytes())
    (tmp_path / "banners.json").write_text(json.dumps([entry]), "utf-8")
    street.policies.folder = tmp_path
    page = street.open("/en/placeholder")
    assert attack in shown(page)
    page.context.close()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["included", "placeholder"])
def test_axe_finds_nothing(street: Street, form: str, language: str, dark: bool) -> None:
    from axe_playwright_python.base import AXE_FILE_PATH

    page = street.open(f"/{language}/{form}", width=390, dark=dark)
    shown(page)
    assert street.told == []
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert len(found["passes"]) > 10
    page.context.close()
    street.told.clear()  # axe itself sets inline styles, and is refused


@pytest.mark.parametrize("form", ["included", "placeholder"])
def test_print_leaves_it_out(street: Street, form: str) -> None:
    page = street.open(f"/en/{form}")
    shown(page)
    page.emulate_media(media="print")
    assert height(page) == 0
    page.context.close()


def test_the_script_that_is_shipped_is_the_one_that_is_read_in_few_bytes(announced: Built) -> None:
    shipped = announced.text("banner.js")
    source = (REPOSITORY / "site/static/banner.js").read_text("utf-8")
    assert shipped == squeezed(source)
    assert len(shipped.encode()) <= 2048
    code = "".join(line for line in source.splitlines() if not line.strip().startswith("//"))
    assert re.sub(r"\s", "", shipped) == re.sub(r"\s", "", code)
    assert re.findall(r"'[^'\n]*'", shipped) == re.findall(r"'[^'\n]*'", code)
    assert "cookie" not in shipped
    assert "innerHTML" not in shipped


def test_a_draft_is_in_no_banner(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "drafts")
    for ledger in root.glob("policies/*/ledger.jsonl"):
        first = ledger.read_text("utf-8").splitlines(keepends=True)[0]
        ledger.write_text(first, "utf-8")
    built = build_at(root, NOW)
    assert built.text("banners.json") == "[]\n"
    assert "policy-notice" not in built.text("banner.html")
    assert "--policy-banners: " not in built.text("banner.css").replace("var(--policy-banners, 0)", "")
