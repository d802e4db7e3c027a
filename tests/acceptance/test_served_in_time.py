"""The right version at the right instant, over HTTP: flips, caches, what headers say of time."""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from publisher.config import read_settings
from publisher.errors import PublisherError
from publisher.serve.limits import MOST_KNOWN, Limit
from publisher.serve.website import Website
from publisher.workflow.served import RETRY, Pages
from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import SETTINGS, V2, Workbench

EFFECT = datetime(2027, 1, 14, 16, 0, tzinfo=UTC)
"""Midnight of 15 January 2027 in Shanghai."""


@pytest.fixture
def announced(workbench: Workbench) -> Workbench:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    return workbench


@pytest.fixture
def client(announced: Workbench) -> Iterator[Client]:
    with served(announced) as found:
        yield found


def _until(wanted: str, client: Client, seconds: float = 120) -> str:
    ends = time.monotonic() + seconds
    while wanted not in (page := client.ask("/privacy/")[2].decode()) and time.monotonic() < ends:
        time.sleep(0.05)
    return page


def test_the_next_version_is_there_at_its_instant_without_a_tick_a_build_or_a_restart(client: Client) -> None:
    bench = client.bench
    bench.now = EFFECT - timedelta(minutes=5)
    built = (bench.folder / "site/public/privacy/index.html").read_bytes()
    client.await_next()
    bench.now = EFFECT - timedelta(seconds=1)
    before = client.ask("/privacy/")
    assert before[2] == built
    assert before[1]["cache-control"] == "max-age=1"
    bench.now = EFFECT
    status, headers, page = client.ask("/privacy/")
    assert status == 200
    assert b"24 months" in page
    assert headers["last-modified"] == "Thu, 14 Jan 2027 16:00:00 GMT"
    assert headers["cache-control"] == "max-age=300"
    assert json.loads(client.ask("/banners.json")[2]) == []
    assert (bench.folder / "site/public/privacy/index.html").read_bytes() == built
    bench.run("tick")
    assert b"24 months" in client.ask("/privacy/")[2]
    assert (bench.folder / "site/public/privacy/index.html").read_bytes() == page


def test_what_was_made_for_the_next_instant_is_let_go_when_the_ledger_says_otherwise(announced: Workbench) -> None:
    pages = Pages(read_settings(announced.folder))
    near = EFFECT - timedelta(minutes=5)
    assert pages.is_next_wanted(near)
    pages.make_next(near)
    assert not pages.is_next_wanted(near)
    assert "24 months" in pages.at(EFFECT).text("/privacy/index.html")
    announced.now = near
    announced.run("postpone", "privacy", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "more time")
    assert pages.is_behind()
    pages.refresh()
    assert "24 months" not in pages.at(EFFECT).text("/privacy/index.html")
    assert not pages.is_next_wanted(EFFECT)


def test_a_build_shortly_before_the_instant_does_not_bring_the_old_version_back_after_it(announced: Workbench) -> None:
    pages = Pages(read_settings(announced.folder))
    near = EFFECT - timedelta(minutes=1)
    pages.make_next(near)
    announced.now = near
    announced.run("build")
    pages.refresh()
    assert not pages.is_next_wanted(near)
    announced.write("site/strings/en.toml", '[home]\ntitle = "All texts"\n')
    announced.run("build")
    pages.refresh()
    assert pages.is_next_wanted(near)
    assert "24 months" not in pages.at(near).text("/privacy/index.html")
    assert "24 months" in pages.at(EFFECT).text("/privacy/index.html")
    assert pages.is_next_wanted(EFFECT)
    pages.make_next(EFFECT)
    assert not pages.is_next_wanted(EFFECT)
    assert "24 months" in pages.at(EFFECT).text("/privacy/index.html")


def test_a_site_that_is_built_first_or_anew_while_it_is_served_is_there(workbench: Workbench) -> None:
    with served(workbench) as client:
        assert client.ask("/privacy/")[0] == 404
        assert client.ask("/healthz")[0] == 503
        workbench.run("build")
        assert client.ask("/privacy/")[0] == 200
        output = workbench.folder / "site/public"
        output.rename(workbench.folder / "site/away")
        assert client.ask("/privacy/")[0] == 200
        workbench.run("build")
        assert client.ask("/privacy/")[0] == 200
        assert b"<https://acme.example/timegate/privacy>" in client.ask("/timemap/privacy")[2]


def test_who_begins_to_serve_after_the_instant_serves_no_page_of_before(announced: Workbench) -> None:
    announced.now = EFFECT + timedelta(hours=1)
    assert "24 months" not in (announced.folder / "site/public/privacy/index.html").read_text("utf-8")
    with served(announced) as client:
        assert b"24 months" in client.ask("/privacy/")[2]


def test_one_instant_after_another_is_kept_where_nobody_builds(announced: Workbench) -> None:
    announced.write_version("v3", {lang: text.replace("24", "36") for lang, text in V2.items()}, "2027-03-20")
    announced.sign("v3")
    for command in ("publish", "deliver", "tick"):
        announced.run(command)
    pages = Pages(read_settings(announced.folder))
    second = datetime(2027, 3, 19, 16, 0, tzinfo=UTC)
    for instant, said in ((EFFECT, "24 months"), (second, "36 months")):
        near = instant - timedelta(minutes=5)
        pages.turned(near)
        assert said not in pages.at(near).text("/privacy/index.html")
        assert pages.is_next_wanted(near)
        pages.make_next(near)
        assert said in pages.at(instant).text("/privacy/index.html")
        pages.turned(instant)
        assert said in pages.at(instant).text("/privacy/index.html")
        assert not pages.is_next_wanted(instant)


def test_a_build_ahead_that_failed_is_told_once_and_tried_again(announced: Workbench) -> None:
    settings = read_settings(announced.folder)
    pages, said, near = Pages(settings), list[str](), EFFECT - timedelta(minutes=5)
    text = announced.folder / "policies/privacy/v2/en.md"
    whole = text.read_text("utf-8")
    website = Website(pages, lambda: near, said.append)
    text.write_text(whole + "\nMore.\n", "utf-8")
    asyncio.run(website.look())
    assert len(said) == 1
    assert "cannot be built" in said[0]
    assert not pages.is_next_wanted(near + RETRY - timedelta(seconds=1))
    for _ in range(2):
        near += RETRY
        assert pages.is_next_wanted(near)
        asyncio.run(website.look())
    assert len(said) == 1
    assert pages.is_next_wanted(near - timedelta(hours=1) + timedelta(minutes=55))
    text.write_text(whole, "utf-8")
    near += RETRY
    asyncio.run(website.look())
    assert not pages.is_next_wanted(near)
    assert "24 months" in pages.at(EFFECT).text("/privacy/index.html")


def test_a_build_ahead_that_takes_too_long_is_told(announced: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.workflow.served.BUILD_SECONDS", 0.01)
    pages = Pages(read_settings(announced.folder))
    with pytest.raises(PublisherError, match=r"took more than 0\.01 seconds"):
        pages.make_next(EFFECT - timedelta(minutes=5))
    assert not pages.is_next_wanted(EFFECT - timedelta(minutes=5))
    assert pages.is_next_wanted(EFFECT - timedelta(minutes=4))


def test_a_round_that_fails_in_a_way_nobody_thought_of_does_not_end_the_later_ones(
    announced: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[bool] = []
    real = Pages.turned

    def turned(pages: Pages, now: datetime) -> None:
        rounds.append(True)
        if len(rounds) < 3:
            raise RuntimeError("a disk went away")
        real(pages, now)

    monkeypatch.setattr(Pages, "turned", turned)
    with served(announced) as client:
        announced.now = EFFECT
        assert "24 months" in _until("24 months", client)
    assert len(client.told) == 1
    assert "a disk went away" in client.told[0]


def test_a_page_goes_out_in_the_encoding_that_its_reader_takes_under_a_tag_of_its_own(client: Client) -> None:
    plain = client.ask("/privacy/")
    status, headers, packed = client.ask("/privacy/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert brotli.decompress(packed) == plain[2]
    assert headers["etag"] != plain[1]["etag"]
    assert headers["vary"] == "accept-encoding"
    asked = {"Accept-Encoding": "br", "If-None-Match": f'"other", W/{headers["etag"]}'}
    status, again, nothing = client.ask("/privacy/", headers=asked)
    assert (status, nothing, again["etag"]) == (304, b"", headers["etag"])
    assert client.ask("/privacy/", headers={"If-None-Match": headers["etag"]})[0] == 200


def test_headers_say_what_is_around_a_text_in_time(client: Client) -> None:
    _, first, _ = client.ask("/privacy/v1/en/")
    assert first["memento-datetime"] == first["last-modified"] == "Mon, 30 Sep 2024 16:00:00 GMT"
    for said in (
        '<https://acme.example/privacy/>; rel="original latest-version"',
        '<https://acme.example/timegate/privacy>; rel="timegate"',
        '<https://acme.example/privacy/v2/>; rel="successor-version"',
        '<https://acme.example/privacy/history/>; rel="version-history"',
    ):
        assert said in first["link"]
    _, second, _ = client.ask("/privacy/v2/")
    assert "memento-datetime" not in second
    assert '<https://acme.example/privacy/v1/>; rel="predecessor-version"' in second["link"]
    _, current, _ = client.ask("/privacy/")
    assert "memento-datetime" not in current
    for path in (client.bench.folder / "site/public/timemap").iterdir():
        os.utime(path, (0, 0))
    client.bench.run("build")
    _, headers, time_map = client.ask("/timemap/privacy")
    assert headers["content-type"] == "application/link-format"
    assert b'<https://acme.example/timegate/privacy>;rel="timegate"' in time_map
    assert "set-cookie" not in {name for _, headers, _ in (client.ask("/"),) for name in headers}


@pytest.mark.parametrize("host", ["evil.test", "acme.example.evil.test", "", "127.0.0.1.evil.test", "[::1"])
def test_a_name_that_is_not_the_sites_gets_nothing(client: Client, host: str) -> None:
    status, _, body = client.ask("/privacy/", headers={"Host": host, "X-Forwarded-Host": "acme.example"})
    assert status == 400
    assert b"months" not in body


def test_the_sites_own_names_are_answered(client: Client) -> None:
    for host in ("acme.example", "ACME.example:443", "localhost:1", "[::1]:80"):
        assert client.ask("/privacy/", headers={"Host": host})[0] == 200


def test_a_link_asks_and_only_a_button_acknowledges(client: Client) -> None:
    token = client.token("u00001")
    link = f"/api/acknowledge?user={token}&banner=privacy-v2-1"
    for _ in range(3):
        status, headers, page = client.ask(link, headers={"Accept-Language": "zh-TW, en;q=0.5"})
        assert (status, headers["content-language"]) == (200, "zh-CN")
    assert '<form method="post"' in page.decode()
    assert "我已知悉" in page.decode()
    assert len(client.json(f"/api/banners?user={token}")[1]) == 1
    form = f"user={token}&banner=privacy-v2-1".encode()
    browser = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    status, headers, page = client.ask("/api/acknowledge", body=form, headers=browser)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Thank you" in page.decode()
    assert client.json(f"/api/banners?user={token}")[1] == []


def test_a_link_that_is_no_good_says_so_and_repeats_nothing_of_it(client: Client) -> None:
    for link in ("user=x&banner=privacy-v2-1", f"user={client.token('u00001')}&banner=%3Cscript%3Ex", "", "user=%00"):
        status, _, page = client.ask(f"/api/acknowledge?{link}")
        assert status == 404
        assert "no longer good" in page.decode()
        assert "script" not in page.decode()


def test_other_origins_are_let_in_by_name_alone(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS + '[serve]\norigins = ["https://www.acme.example"]\n')
    workbench.run("build")
    with served(workbench) as client:
        allowed = client.ask("/api/banners?user=x", headers={"Origin": "https://www.acme.example"})[1]
        assert allowed["access-control-allow-origin"] == "https://www.acme.example"
        other = client.ask("/api/banners?user=x", headers={"Origin": "https://evil.test"})[1]
        assert "access-control-allow-origin" not in other
        assert "access-control-allow-credentials" not in {**allowed, **other}


def test_one_address_that_calls_too_often_is_told_when_to_come_again(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS + "[serve]\ncalls = 5\n")
    workbench.run("build")
    with served(workbench) as client:
        answers = [client.ask("/api/banners?user=x") for _ in range(7)]
        assert [status for status, _, _ in answers].count(429) == 2
        assert 0 < int(answers[-1][1]["retry-after"]) <= 13
        assert client.ask("/privacy/")[0] == 200


def test_what_is_kept_of_addresses_is_bounded_and_fills_evenly() -> None:
    now = 0.0
    limit = Limit(60, lambda: now)
    assert [limit.wait("one") for _ in range(61)][-2:] == [0, 2]
    now = 1.0
    assert limit.wait("one") == 0
    for number in range(MOST_KNOWN + 5):
        limit.wait(str(number))
    assert len(limit._left) == MOST_KNOWN


def test_numbers_for_prometheus_name_nobody(client: Client) -> None:
    client.ask("/privacy/")
    client.json(f"/api/banners?user={client.token('u00001')}")
    text = client.ask("/metrics")[2].decode()
    assert 'publisher_messages{channel="email",notice="privacy-v2-1",state="accepted"} 3.0' in text
    assert 'publisher_http_answers_total{kind="page",status="200"} 1.0' in text
    assert "u00001" not in text
    assert "@" not in text
