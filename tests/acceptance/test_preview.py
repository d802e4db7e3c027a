"""The preview with the real command and a real browser: what an editor saves is on the page, and a form signs."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.acceptance.at_a_terminal import typed
from tests.acceptance.workspaces import V1, V2, Workbench

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 120_000
"""Milliseconds that a browser waits for anything."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@contextmanager
def previewing(bench: Workbench) -> Iterator[str]:
    """The command, running; its address."""
    command = [sys.executable, "-m", "publisher", "-C", str(bench.folder), "preview"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **bench.environment},
    ) as running:
        assert running.stdout is not None
        told = re.search(r"http://127\.0\.0\.1:\d+/", running.stdout.readline())
        try:
            assert told is not None
            yield told[0]
        finally:
            running.send_signal(signal.SIGINT)
            try:
                rest, _ = running.communicate(timeout=120)
            finally:
                running.kill()
        assert (running.returncode, rest) == (0, "")  # whatever page is open, it goes, and has nothing to say


@pytest.fixture
def address(workbench: Workbench) -> Iterator[str]:
    with previewing(workbench) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS, timeout=PATIENCE)
        yield browser
        browser.close()


_REFUSED = re.compile(r"Blocked script execution in '[^']*/mail/[a-zA-Z-]+' because the document's frame is sandboxed")
"""What the frame of a mail says of the scripts by which this test looks into it, where it is loaded again meanwhile."""


def opened(browser: "Browser", url: str, told: list[str], **options: Any) -> "Page":
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: None if _REFUSED.match(message.text) else told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(url)
    return page


def ask(address: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=240)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body.encode() or None, headers=named)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def confirmed(page: str) -> dict[str, str]:
    """The fields by which a form confirms every finding of its page."""
    found = dict.fromkeys(re.findall(r'name="(decision-[0-9a-f]+)"', page), "confirmed")
    assert len(found) >= 2
    return found


def written(bench: Workbench) -> dict[str, Any]:
    return tomllib.loads((bench.folder / "policies/privacy/v2/review.toml").read_text("utf-8"))


@pytest.mark.browser
def test_what_is_saved_is_on_the_page(workbench: Workbench, address: str, chromium: "Browser") -> None:
    told: list[str] = []
    page = opened(chromium, address, told)
    page.get_by_role("link", name="Privacy Policy, v2").click()
    assert "A kind of data that the old text does not name" in page.locator("#changes").inner_text()
    assert page.locator("#changes ins").filter(has_text="precise location").count() == 1
    for title, words in (("Mail, en", "24 months"), ("Banner, en", "Our Privacy Policy is changing")):
        page.get_by_title(title).scroll_into_view_if_needed()  # a frame is only loaded when somebody comes near it
        page.frame_locator(f"iframe[title='{title}']").get_by_text(words).first.wait_for()
    workbench.write_version(
        "v2", {**V2, "en": V2["en"].replace("without your consent", "unless you object")}, '"+45 days"'
    )
    page.locator("#changes").get_by_text("consent-weakened").first.wait_for()
    assert "consent-weakened" in page.locator("#text").inner_text()
    workbench.write_version("v2", {**V2, "en": V2["en"].replace("2.1 You may ask", "2.1 You may ask\n2.2 x")}, '"soon"')
    page.locator("#faults").get_by_text(re.compile(r"policies/privacy/v2/en\.md:2\b")).first.wait_for()
    assert told == []
    page.close()


@pytest.mark.browser
def test_a_form_signs_as_the_command_does(
    workbench: Workbench, address: str, chromium: "Browser", tmp_path_factory: pytest.TempPathFactory
) -> None:
    beside = Workbench(tmp_path_factory.mktemp("beside") / "workspace")
    shutil.copytree(workbench.folder, beside.folder)
    told: list[str] = []
    page = opened(chromium, address + "privacy/v2/", told)
    first, second = page.locator("fieldset.finding").nth(0), page.locator("fieldset.finding").nth(1)
    first.get_by_role("radio", name="override").check()
    page.get_by_label("Your name").fill("Ada Berg")
    page.get_by_role("button", name="Sign").click()
    refused = page.locator("#refused")
    assert "is overridden, and nobody says why" in refused.inner_text()
    assert "Nobody has decided on retention-longer in 2.2" in refused.inner_text()
    assert page.get_by_label("Your name").input_value() == "Ada Berg"
    first.get_by_label("Why").fill("It was always collected.")
    second.get_by_role("radio", name="confirm").check()
    second.get_by_label("Note for readers").fill("For longer.")
    page.get_by_text("Add a finding that no rule saw").first.click()
    added = page.locator("details.finding").first
    added.get_by_label("Clause").fill("2.1")
    added.get_by_label("Kind").select_option("right-weakened")
    added.get_by_label("The words").fill("at any time")
    added.get_by_label("Why").fill("People will ask.")
    page.get_by_label("translation says the same").check()
    page.get_by_label("Your role").fill("Counsel")
    page.get_by_role("button", name="Sign").click()
    page.locator(".outcome").first.wait_for()
    assert "material, 3 findings decided, 1 of them overridden." in page.locator("#review").inner_text()
    assert "1 more person must sign before it can be published." in page.locator("#review").inner_text()
    code, screen = typed(
        beside.folder,
        ("review", "privacy", "v2", "--by", "Ada Berg"),
        [
            ("[1/2]", "o"),
            ("why (private)", "It was always collected."),
            ("note for readers", ""),
            ("[2/2]", "c"),
            ("why (private)", ""),
            ("note for readers", "For longer."),
            ("Number to decide again", "a"),
            ("limb", "A"),
            ("kind", "right-weakened"),
            ("clause", "2.1"),
            ("side", "new"),
            ("the words", "at any time"),
            ("why (private)", "People will ask."),
            ("Number to decide again", "g"),
            ("translation say the same?", "y"),
            ("Your role", "Counsel"),
            ("Sign as Ada Berg, Counsel?", "y"),
        ],
    )
    assert code == 0, screen
    by_form, by_command = written(workbench), written(beside)
    for review in (by_form, by_command):
        del review["sign_off"][0]["at"]
    assert by_form == by_command
    assert [line for line in told if "422" not in line] == []
    page.close()


@pytest.mark.browser
def test_what_is_being_filled_in_is_not_lost_to_a_save(workbench: Workbench, address: str, chromium: "Browser") -> None:
    page = opened(chromium, address + "privacy/v2/", [])
    page.get_by_label("Your name").fill("Ada")
    workbench.write_version("v2", {**V2, "en": V2["en"].replace("24 months", "36 months")}, '"+45 days"')
    page.get_by_text("A file was saved.").wait_for()
    assert page.get_by_label("Your name").input_value() == "Ada"
    for box in page.get_by_role("radio", name="confirm").all():
        box.check()
    page.get_by_role("button", name="Sign").click()
    assert "findings have changed since this form was opened" in page.locator("#refused").inner_text()
    assert not (workbench.folder / "policies/privacy/v2/review.toml").exists()
    page.close()


@pytest.mark.browser
def test_axe_finds_nothing_and_a_phone_holds_it(address: str, chromium: "Browser") -> None:
    from axe_playwright_python.base import AXE_FILE_PATH

    page = opened(chromium, address, [], viewport={"width": 390, "height": 900})
    for path in ("", "privacy/v2/", "privacy/v9/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
        for look in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            found = page.evaluate("axe.run({ iframes: false })")
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == [], look
    page.close()


def test_it_works_without_a_script(workbench: Workbench, address: str) -> None:
    status, page = ask(address, "GET", "/privacy/v2/")
    assert status == 200
    given = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("token", "mark")}
    form = {name: found[1] for name, found in given.items() if found}
    form |= {"name": "Ada", "same-zh-CN": "yes", **confirmed(page)}
    status, _ = ask(address, "POST", "/privacy/v2/review", urlencode(form), Origin=address.rstrip("/"))
    assert status == 303
    assert [entry["decision"] for entry in written(workbench)["finding"]] == ["confirmed", "confirmed"]
    assert "Signed. Commit policies/privacy/v2/review.toml" in ask(address, "GET", "/privacy/v2/")[1]


def test_nobody_else_reads_or_signs(workbench: Workbench, address: str) -> None:
    page = ask(address, "GET", "/privacy/v2/")[1]
    token, mark = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("token", "mark"))
    assert token is not None
    assert mark is not None
    form = {"token": token[1], "mark": mark[1], "name": "Eve", **confirmed(page)}
    own = address.rstrip("/")
    for origin in ("http://evil.example", "null", own.replace("127.0.0.1", "127.0.0.2"), ""):
        assert ask(address, "POST", "/privacy/v2/review", urlencode(form), Origin=origin)[0] == 403
    for wrong in ("", "x", token[1][:-1] + "é"):
        changed = urlencode({**form, "token": wrong})
        assert ask(address, "POST", "/privacy/v2/review", changed, Origin=own)[0] == 403
    for host in ("evil.example", f"evil.example:{urlsplit(address).port}", "127.0.0.1:1"):
        assert ask(address, "GET", "/privacy/v2/", Host=host)[0] == 421
        assert ask(address, "POST", "/privacy/v2/review", urlencode(form), Origin=own, Host=host)[0] == 421
    assert ask(address, "POST", "/privacy/v2/review", "x=" + "y" * 1_100_000, Origin=own)[0] == 413
    assert not (workbench.folder / "policies/privacy/v2/review.toml").exists()


def test_whatever_a_draft_says_is_told_in_words_and_never_as_html(workbench: Workbench, address: str) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    en = workbench.folder / "policies/privacy/v2/en.md"
    whole = en.read_text("utf-8")
    for broken in (
        whole.replace("24 months", attack),
        whole.replace("summary:", f"summary: {attack}"),
        "",
        "---\n",
        "\x00\x01",
        whole.replace("# Privacy Policy", "#" * 9 + " " + attack),
    ):
        en.write_text(broken, "utf-8")
        status, page = ask(address, "GET", "/privacy/v2/")
        assert status == 200
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "Traceback" not in page
    en.unlink()
    assert ask(address, "GET", "/privacy/v2/")[0] == 200
    workbench.write("publisher.toml", "[site\n")
    status, page = ask(address, "GET", "/")
    assert "publisher.toml" in page
    assert "Traceback" not in page
    assert status == 422


def test_a_first_version_and_a_released_one(workbench: Workbench, address: str) -> None:
    workbench.write("policies/terms/policy.toml", 'title = "Terms"\nlanguage = "en"\ntimezone = "UTC"\n')
    workbench.write("policies/terms/v1/en.md", '---\neffective: "+0 days"\nsummary: Our terms.\n---\n' + V1["en"])
    status, page = ask(address, "GET", "/terms/v1/")
    assert status == 200
    assert "there is nothing to compare it with" in page
    status, page = ask(address, "GET", "/privacy/v1/")
    assert "is released; its review is closed" in page
    assert ask(address, "GET", "/privacy/v9/")[0] == 404
    assert ask(address, "GET", "/a/b/c/d/e")[0] == 404


READER = """\
import json, pathlib, sys
runs = pathlib.Path("runs.txt")
runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
for line in sys.stdin:
    change = json.loads(line)["change"]
    if change["id"] == "2.2":
        print(json.dumps({"clause": "2.2", "side": "new", "limb": "B", "kind": "other", "quote": "24 months",
            "why": "Two years are long."}))
"""


def test_the_second_reader_reads_when_it_is_asked_and_before_a_signature(workbench: Workbench, address: str) -> None:
    reader, runs = workbench.write("reader.py", READER), workbench.folder / "runs.txt"
    settings = workbench.folder / "publisher.toml"
    command = f"[judge]\ncommand = {[sys.executable, reader.name]}\n"
    settings.write_text(settings.read_text("utf-8") + command, "utf-8")
    for _ in range(2):
        page = ask(address, "GET", "/privacy/v2/")[1]
        assert "The second reader has not read these changes." in page
    assert not runs.exists()
    form = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("token", "mark")}
    given = {name: found[1] for name, found in form.items() if found} | {"name": "Ada", **confirmed(page)}
    own = address.rstrip("/")
    status, page = ask(address, "POST", "/privacy/v2/review", urlencode(given), Origin=own)
    assert status == 422
    assert "the findings have changed since this form was opened" in page
    assert "Two years are long." in page
    assert 'value="Ada"' in page
    ask(address, "GET", "/privacy/v2/")
    assert runs.read_text() == "x"
    page = ask(address, "POST", "/privacy/v2/reader", urlencode(given), Origin=own)[1]
    assert runs.read_text() == "xx"
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    assert mark is not None
    given |= {"mark": mark[1], **confirmed(page)}
    assert ask(address, "POST", "/privacy/v2/review", urlencode(given), Origin=own)[0] == 303
    assert [entry.get("rule") for entry in written(workbench)["finding"]].count("second-reader") == 1
    assert "has not read" not in ask(address, "GET", "/privacy/v2/")[1]
    assert ask(address, "GET", "/privacy/v2/reader")[0] == 303
    assert runs.read_text() == "xx"
