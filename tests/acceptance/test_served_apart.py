"""Comparisons on demand: made by a process of its own, under limits, one at a time, kept up to a number of bytes."""

import os
import resource
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from publisher.config import Settings, read_settings
from publisher.serve import website
from publisher.workflow.apart import MOST_BYTES, MOST_CPU_SECONDS, Unmade, made_apart
from publisher.workflow.encoded import Encoded
from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import FRONT, V1, Workbench

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9", "Accept-Language": "zh-CN,zh;q=0.9"}
VERSIONS = 5


@pytest.fixture
def client(workbench: Workbench) -> Iterator[Client]:
    for number in range(2, VERSIONS + 1):
        texts = {language: text.replace("12", str(12 * number)) for language, text in V1.items()}
        workbench.write_version(f"v{number}", texts, f"2025-0{number}-01")
    workbench.run("adopt", "privacy", "--through", f"v{VERSIONS}", "--by", "Acme")
    workbench.run("build", "--no-redlines")
    with served(workbench) as found:
        yield found


def _long(bench: Workbench) -> Settings:
    """A policy whose versions have nothing in common but that they are long."""
    bench.write("policies/long/policy.toml", 'title = "Long"\nlanguage = "en"\n')
    for number in (1, 2):
        paragraphs = "".join(f"p{number}{line:06} x\n\n" for line in range(9000))
        front = FRONT.format(effective=f"2025-0{number}-01", summary="One plain paragraph.")
        bench.write(f"policies/long/v{number}/en.md", f"{front}# Long\n\n{paragraphs}")
    bench.run("adopt", "long", "--through", "v2", "--by", "Acme")
    return read_settings(bench.folder)


def test_texts_that_take_too_much_to_compare_cost_a_bounded_amount_and_are_told_with_a_way_on(
    workbench: Workbench,
) -> None:
    settings = _long(workbench)
    workbench.run("build", "--no-redlines")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert made_apart(settings, "/long/v1...v2/en/", now=workbench.now) is Unmade.TOO_MUCH
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MOST_CPU_SECONDS + 1
    with served(workbench) as client:
        status, headers, body = client.ask("/long/v1...v2/en/", headers=BROWSER)
        page = body.decode()
        assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "too long to be compared" in page
        assert 'href="/long/v1/en/"' in page
        assert 'href="/long/v2/en/"' in page
        for way in ("/long/v1/en/", "/long/v2/en/", "/long/history/en/"):
            assert client.ask(way)[0] == 200
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        assert client.ask("/long/v1...v2/en/")[0] == 404
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime == began
        assert client.told == []


def test_the_process_may_have_no_more_memory_than_it_is_allowed(workbench: Workbench, tmp_path: Path) -> None:
    import subprocess
    import sys

    greedy = tmp_path / "greedy.py"
    greedy.write_text(
        "import sys\nfrom publisher.workflow import apart\n"
        f"apart.made = lambda *_, **__: bytes({MOST_BYTES})\n"
        "sys.exit(apart.main(*sys.argv[1:]))\n",
        "utf-8",
    )
    command = [sys.executable, str(greedy), str(workbench.folder), "/privacy/v1...v2/", "2026-12-01T00:00:00+00:00"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(command, env=environment, check=False, capture_output=True).returncode == 3


def test_a_text_that_cannot_be_read_is_told_once_and_asked_for_again_later(client: Client) -> None:
    text = client.bench.folder / "policies/privacy/v3/en.md"
    whole = text.read_text("utf-8")
    text.write_text(whole + "\nMore.\n", "utf-8")
    status, headers, _ = client.ask("/privacy/v1...v3/en/")
    assert (status, headers["retry-after"]) == (503, "10")
    assert client.ask("/privacy/v1...v3/en/")[0] == 503
    assert ["cannot be made" in told for told in client.told] == [True]
    text.write_text(whole, "utf-8")
    assert client.ask("/privacy/v1...v3/en/")[0] == 200


def test_where_no_process_can_be_begun_readers_are_told_to_come_again(workbench: Workbench) -> None:
    settings = read_settings(workbench.folder)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        found = made_apart(settings, "/privacy/v1...v2/en/", now=datetime.now().astimezone())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert found is Unmade.LATER


def test_a_page_is_made_once_however_many_ask_for_it_and_few_others_may_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    go_on = threading.Event()

    def slowly(settings: Settings, path: str, *, now: datetime) -> Encoded | Unmade:
        asked[path] += 1
        go_on.wait(60)
        return made_apart(settings, path, now=now)

    monkeypatch.setattr(website, "made_apart", slowly)
    first = "/privacy/v1...v3/en/"
    others = [f"/privacy/v{old}...v{new}/" for new in range(2, VERSIONS + 1) for old in range(1, new)][:9]
    with ThreadPoolExecutor(30) as readers:
        same = [readers.submit(client.ask, first) for _ in range(12)]
        while not asked:
            time.sleep(0.01)
        different = [readers.submit(client.ask, path) for path in others]
        while sum(each.done() for each in different) < len(others) - website.MOST_WAITING:
            time.sleep(0.01)
        assert client.ask("/privacy/")[0] == 200
        go_on.set()
        assert {each.result()[0] for each in same} == {200}
        answers = Counter(each.result()[0] for each in different)
    assert answers == {200: website.MOST_WAITING, 503: len(others) - website.MOST_WAITING}
    assert set(asked.values()) == {1}
    refused = next(each.result() for each in different if each.result()[0] == 503)
    assert refused[1]["retry-after"] == "10"
    assert {client.ask(path)[0] for path in others} == {200}


def test_what_is_kept_is_bounded_by_its_bytes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    def counted(settings: Settings, path: str, *, now: datetime) -> Encoded | Unmade:
        asked[path] += 1
        return made_apart(settings, path, now=now)

    monkeypatch.setattr(website, "made_apart", counted)
    monkeypatch.setattr(website, "MOST_MADE", 6000)
    paths = [f"/privacy/v1...v{new}/en/" for new in range(2, VERSIONS + 1)]
    with served(client.bench) as small:
        for path in (paths[0], paths[0], *paths[1:], paths[0]):
            assert small.ask(path)[0] == 200
    assert [asked[path] for path in paths] == [2, *[1] * (len(paths) - 1)]


def test_a_comparison_that_must_wait_is_told_on_a_page_in_the_readers_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(website, "made_apart", lambda *_, **__: Unmade.LATER)
    status, headers, body = client.ask("/privacy/v1...v3/", headers=BROWSER)
    assert (status, headers["retry-after"], headers["content-language"]) == (503, "10", "zh-CN")
    assert "暂时无法显示" in body.decode()
    assert client.ask("/privacy/history/en/")[0] == 200
