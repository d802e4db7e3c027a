"""When a notice counts as complete, and whom the program calls when it does not get there."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.workspaces import POLICY, SETTINGS, Workbench


@pytest.fixture
def homepage() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The organisation's own homepage, on a real server: what it says is in the test's hands."""
    held = {"/": b"<h1>Welcome</h1>"}

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(held["/"])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", held
    server.shutdown()
    server.server_close()
    thread.join()


def alerting(folder: Path) -> str:
    """Settings whose alerts and switches are kept, one JSON line each."""
    keep = "import sys, pathlib; pathlib.Path({!r}).open('a').write(sys.stdin.read() + chr(10))"
    import sys

    commands = {
        name: json.dumps([sys.executable, "-c", keep.format(str(folder / f"{name}.jsonl"))])
        for name in ("alert", "after_switch")
    }
    return "[hooks]\n" + "".join(f"{name} = {command}\n" for name, command in commands.items())


def kept(folder: Path, name: str) -> list[dict[str, list[dict[str, str]]]]:
    path = folder / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_notice_is_complete_only_when_the_banner_is_seen_with_its_words(
    workbench: Workbench, homepage: tuple[str, dict[str, bytes]]
) -> None:
    url, held = homepage
    settings = SETTINGS.replace("[email]", f'homepage = ["{url}"]\n[email]') + alerting(workbench.folder)
    workbench.write("publisher.toml", settings)
    workbench.import_users(2)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    assert f"the banner privacy-v2-1 is not on {url}; its floor is not running" in workbench.invoke("tick").output
    assert workbench.state_of("v2")["state"] == "announced"
    fragment = (workbench.folder / "site/public/banner.html").read_bytes()
    held["/"] = b"<h1>Welcome</h1>" + fragment.replace(b"keep data for longer", b"keep data")
    assert f"the banner privacy-v2-1 has other words on {url}" in workbench.run("tick")
    held["/"] = b"<h1>Welcome</h1>" + fragment
    workbench.run("tick")
    complete = workbench.ledger()[-1]
    assert complete["kind"] == "complete"
    assert f"banner seen on {url} in en with words sha256:" in complete["reason"]
    assert "2 of 2 users are settled" in complete["reason"]
    codes = [entry["code"] for alert in kept(workbench.folder, "alert") for entry in alert["alerts"]]
    assert codes == ["banner-unseen", "banner-unseen"]


def test_staff_are_called_a_week_before_a_hold_once_a_day_and_when_it_comes(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS + alerting(workbench.folder))
    workbench.import_users(2)
    workbench.sign()
    workbench.run("publish")
    workbench.run("tick")
    assert kept(workbench.folder, "alert") == []
    workbench.now = datetime(2026, 12, 9, 12, tzinfo=UTC)
    for _ in range(2):
        workbench.run("tick")
    workbench.now = datetime(2026, 12, 10, 13, tzinfo=UTC)
    workbench.run("tick")
    workbench.now = datetime(2026, 12, 16, tzinfo=UTC)
    workbench.run("tick")
    codes = [[entry["code"] for entry in alert["alerts"]] for alert in kept(workbench.folder, "alert")]
    assert codes == [["notice-late"], ["notice-late"], ["version-held"]]


@pytest.mark.parametrize("broken", [False, True])
def test_a_switch_is_told_once_and_a_broken_hook_stops_nothing(workbench: Workbench, broken: bool) -> None:
    hooks = '[hooks]\nafter_switch = ["/nonexistent/hook"]\n' if broken else alerting(workbench.folder)
    workbench.write("publisher.toml", SETTINGS + hooks)
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    told = workbench.run("tick")
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "in-force"
    if broken:
        assert "The hook after_switch cannot be run" in told
    else:
        assert kept(workbench.folder, "after_switch") == [{"switched": [{"policy": "privacy", "version": "v2"}]}]


def test_a_rate_at_which_delivery_cannot_be_done_in_time_is_refused(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS.replace("[email]", "[email]\nrate = 1"))
    workbench.write("policies/privacy/policy.toml", POLICY + "delivery_days = 1\n")
    for language in ("en", "zh-CN"):
        path = workbench.folder / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace('"+45 days"', '"+32 days"'), "utf-8")
    rows = "".join(f"u{n},u{n}@example.com,U,en,2024-01-01\n" for n in range(120_000))
    users = workbench.write("many.csv", "id,email,name,language,joined\n" + rows)
    workbench.run("users", "import", str(users))
    workbench.sign()
    told = workbench.refused("publish")
    assert "policies/privacy/v2/en.md:2: error: 120,000 mails at 1 a second take 33.3 hours" in told
    assert [event["kind"] for event in workbench.ledger()] == ["adopt"]


def test_told_by_mail_alone_a_version_is_not_released_while_nobody_is_known(workbench: Workbench) -> None:
    workbench.write("policies/privacy/policy.toml", POLICY + 'channels = ["email"]\n')
    workbench.sign()
    told = workbench.refused("publish")
    assert "the store knows no users" in told
    assert "publisher users import FILE, or add banner to channels" in told
    assert len(workbench.ledger()) == 1

    workbench.import_users(1)
    workbench.run("publish")
    workbench.run("users", "erase", "u00000")
    workbench.run("tick")
    assert workbench.state_of("v2")["messages"]["skipped"] == 1


def test_with_a_banner_nobody_to_mail_is_told_as_a_warning_and_holds_nothing_up(workbench: Workbench) -> None:
    workbench.sign()
    assert "nothing is queued: the store knows no users" in workbench.run("publish")
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
