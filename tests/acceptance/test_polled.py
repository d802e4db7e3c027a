"""Readers who poll while versions are announced, moved, withdrawn and take effect: over HTTP, and from plain files."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import Workbench

EFFECT = datetime(2027, 1, 14, 16, 0, tzinfo=UTC)
"""Midnight of 15 January 2027 in Shanghai."""

PATHS = (
    "/privacy/",
    "/privacy/v2/",
    "/banners.json",
    "/privacy/versions.json",
    "/privacy/feed.atom",
    "/timemap/privacy",
)
ENDS = ("</html>\n", "]\n", "}\n", "</feed>\n", '"\n', '"not found"}')
BY = ("--by", "Ada", "--reason", "more time")


@dataclass(frozen=True, slots=True)
class Look:
    """One answer: what the reader knew before asking, and the clock then and after it."""

    path: str
    known: bool
    asked: datetime
    answered: datetime
    status: int
    body: str


def _another_round(*readers: list[Look], times: int = 1) -> None:
    """Waits until each reader has asked for everything, from now on."""
    for looks in readers:
        wanted, ends = len(looks) + (times + 1) * len(PATHS), time.monotonic() + 120
        while len(looks) < wanted:
            assert time.monotonic() < ends, looks[-1:]
            time.sleep(0.005)


@contextmanager
def _polling(bench: Workbench, ask: Callable[[str], tuple[int, str]], known: threading.Event) -> Iterator[list[Look]]:
    looks: list[Look] = []
    over = threading.Event()

    def poll() -> None:
        while not over.is_set():
            for path in PATHS:
                before, asked = known.is_set(), bench.now
                status, body = ask(path)
                looks.append(Look(path, before, asked, bench.now, status, body))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        yield looks
    finally:
        over.set()
        reader.join()


def _over_http(client: Client) -> Callable[[str], tuple[int, str]]:
    def ask(path: str) -> tuple[int, str]:
        status, _, body = client.ask(path)
        return status, body.decode()

    return ask


def _from_files(output: Path) -> Callable[[str], tuple[int, str]]:
    def ask(path: str) -> tuple[int, str]:
        try:
            return 200, (output / (path.strip("/") + ("/index.html" if path.endswith("/") else ""))).read_text("utf-8")
        except FileNotFoundError:
            return 404, '"not found"}'

    return ask


def _whole(looks: list[Look]) -> None:
    """Every page is there and ends as it does, and nobody saw a version that was not announced."""
    assert len(looks) > 40
    for look in looks:
        assert look.status in ((200, 404) if look.path == "/privacy/v2/" else (200,)), look
        assert look.body.endswith(ENDS), look
        assert look.known or "v2" not in look.body, look


def test_readers_who_poll_through_a_life_see_whole_pages_and_never_what_is_not_announced(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.run("build")
    known = threading.Event()
    files = _from_files(workbench.folder / "site/public")
    with (
        served(workbench) as client,
        _polling(workbench, _over_http(client), known) as over_http,
        _polling(workbench, files, known) as from_files,
    ):
        workbench.sign()
        known.set()
        for command in ("publish", "deliver", "tick"):
            workbench.run(command)
        _another_round(over_http, from_files)
        workbench.run("postpone", "privacy", "v2", "--to", "2027-03-01", *BY)
        workbench.run("withdraw", "privacy", "v2", *BY)
        _another_round(over_http, from_files, times=3)
    for looks in (over_http, from_files):
        _whole(looks)
        assert any(look.status == 200 for look in looks if look.path == "/privacy/v2/")
        listed = [look.body for look in looks if look.path == "/privacy/versions.json"]
        assert any('"announced"' in body or '"complete"' in body for body in listed)
        assert '"withdrawn"' in listed[-1]


def test_no_reader_sees_the_old_version_after_its_end_nor_the_new_one_before(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    for command in ("publish", "deliver", "tick"):
        workbench.run(command)
    workbench.now = EFFECT - timedelta(minutes=5)
    known = threading.Event()
    known.set()
    files = _from_files(workbench.folder / "site/public")
    with served(workbench) as client:
        client.await_next()
        with (
            _polling(workbench, _over_http(client), known) as over_http,
            _polling(workbench, files, known) as from_files,
        ):
            for tenth in range(-10, 11):
                workbench.now = EFFECT + timedelta(seconds=tenth / 10)
                _another_round(over_http, from_files)
            workbench.run("tick")
            ticked = len(from_files)
            _another_round(over_http, from_files)
    for looks in (over_http, from_files):
        _whole(looks)
    for look in over_http:
        if look.path == "/privacy/" and look.answered < EFFECT:
            assert "24 months" not in look.body
        if look.path == "/privacy/" and look.asked >= EFFECT:
            assert "24 months" in look.body
    seen = {look.asked >= EFFECT for look in over_http if look.path == "/privacy/"}
    assert seen == {True, False}
    after = [look.body for look in from_files[ticked + len(PATHS) :] if look.path == "/privacy/"]
    assert after
    assert all("24 months" in body for body in after)
