"""What people meet where there is no page: words in their language and a way on; programs get JSON as ever."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import SETTINGS, Workbench

ENGLISH = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en-GB,en;q=0.9"}
CHINESE = {**ENGLISH, "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.1"}


@pytest.fixture
def client(workbench: Workbench) -> Iterator[Client]:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    with served(workbench) as found:
        yield found


def _page(client: Client, path: str, asker: dict[str, str], *, body: bytes | None = None) -> tuple[int, str]:
    status, headers, content = client.ask(path, headers=asker, body=body)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "private, no-store"
    assert headers["vary"] == "accept, accept-language"
    assert "default-src 'none'" in headers["content-security-policy"]
    page = content.decode()
    assert f'<html lang="{headers["content-language"]}">' in page
    assert "<script" not in page
    for way in re.findall(r'href="(/[^"]*)"', page):
        assert client.ask(way)[0] == 200, way
    return status, page


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01", "01.03.2027", "%22%3E%3Cscript%3E", "9" * 1000])
def test_whoever_gives_a_day_that_is_no_date_gets_the_box_again(client: Client, day: str) -> None:
    status, page = _page(client, f"/timegate/privacy?on={day}&language=zh-CN", ENGLISH)
    assert status == 400
    assert "2027-03-01" in page
    assert "日期无法识别" in page
    assert '<form class="compare" method="get" action="/timegate/privacy">' in page
    assert '<input type="hidden" name="language" value="zh-CN">' in page
    assert "That is not a date" in _page(client, f"/timegate/privacy?on={day}&language=xx", ENGLISH)[1]
    status, headers, said = client.ask(f"/timegate/privacy?on={day}", headers={"Accept": "application/json"})
    assert (status, headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert "2027-03-01" in json.loads(said)["error"]


def test_a_program_of_the_time_gate_is_answered_as_one(client: Client) -> None:
    status, headers, _ = client.ask("/timegate/privacy", headers={**ENGLISH, "Accept-Datetime": "soon"})
    assert (status, headers["content-type"]) == (400, "application/json; charset=utf-8")


def test_whoever_follows_an_address_that_is_none_gets_a_page_with_a_way_on(client: Client) -> None:
    status, page = _page(client, "/privacy/v9/", ENGLISH)
    assert status == 404
    assert "There is no such page" in page
    assert 'href="/privacy/history/en/"' in page
    for path, asker in (("/privacy/v9/zh-CN/", ENGLISH), ("/nothing", CHINESE), ("/timegate/nothing", CHINESE)):
        status, page = _page(client, path, asker)
        assert status == 404
        assert "没有这个页面" in page
        assert 'href="/zh-CN/"' in page
    status, headers, said = client.ask("/privacy/v9/")
    assert (status, headers["content-type"]) == (404, "application/json; charset=utf-8")
    assert json.loads(said) == {"error": "not found"}
    assert client.ask("/privacy/v9/", headers=ENGLISH, method="HEAD")[2] == b""


def test_whoever_chooses_one_version_twice_is_told_that_there_is_nothing_to_compare(client: Client) -> None:
    status, headers, _ = client.ask("/privacy/history/en/?old=v1&new=v1", headers=ENGLISH)
    assert (status, headers["location"]) == (303, "/privacy/v1...v1/en/")
    status, page = _page(client, "/privacy/v1...v1/en/", ENGLISH)
    assert status == 404
    assert "That is one and the same version" in page
    assert re.findall(r'<a href="(/privacy/[^"]*)"', page) == ["/privacy/v1/en/", "/privacy/history/en/"]
    assert "您选择的是同一个版本" in _page(client, "/privacy/v2...v2/zh-CN/", ENGLISH)[1]
    assert "There is no such page" in _page(client, "/privacy/v9...v9/", ENGLISH)[1]
    assert client.ask("/privacy/v1...v1/en/")[1]["content-type"] == "application/json; charset=utf-8"


def test_what_a_reader_asked_for_is_nowhere_on_the_page_that_says_no(client: Client) -> None:
    for path in ("/%3Cimg%20src=x%3E/", "/privacy/%22onload=%22/", "/timegate/%3Cb%3E"):
        assert not re.search(r"img src|onload|<b>", _page(client, path, ENGLISH)[1])


def test_whoever_asks_too_often_or_finds_the_store_shut_is_told_so(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS + "[serve]\ncalls = 2\n")
    workbench.run("build")
    with served(workbench) as client:
        answers = [client.ask("/api/acknowledge?user=x&banner=y", headers=CHINESE) for _ in range(4)]
        assert [status for status, _, _ in answers] == [404, 404, 429, 429]
        assert "请求过于频繁" in answers[-1][2].decode()
        assert int(answers[-1][1]["retry-after"]) > 0


def test_below_a_path_of_its_host_every_link_stays_there(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS.replace("https://acme.example", "https://acme.example/legal"))
    workbench.run("build")
    with served(workbench) as client:
        _, page = _page(client, "/legal/privacy/v9/", ENGLISH)
        assert 'href="/legal/privacy/history/en/"' in page
        assert 'action="/legal/timegate/privacy"' in _page(client, "/legal/timegate/privacy?on=x", ENGLISH)[1]


def test_a_query_of_very_many_fields_is_no_form(client: Client) -> None:
    assert client.ask("/privacy/history/en/?" + "&".join(f"a{n}=1" for n in range(40)))[0] == 200
