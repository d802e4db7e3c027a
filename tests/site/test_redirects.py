"""Old addresses of an organisation's pages: what stands there, and what cannot."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import read_settings
from publisher.errors import PublisherError
from publisher.workflow.check import check_workspace
from publisher.workflow.workspace import open_workspace
from tests.site.building import TOML, Built, build_at, make_workspace

NOW = datetime(2027, 1, 12, tzinfo=UTC)


def with_redirects(root: Path, lines: str) -> Path:
    make_workspace(root)
    (root / "publisher.toml").write_text(f"{TOML}[site.redirects]\n{lines}\n", "utf-8")
    return root


def told(root: Path) -> list[tuple[int | None, str]]:
    with pytest.raises(PublisherError) as caught:
        build_at(root, NOW)
    found = caught.value.faults
    checked = check_workspace(open_workspace(read_settings(root, {})), now=NOW)
    assert [fault for fault in checked if fault.code == "redirect-wrong"] == list(found)
    assert {(fault.code, fault.place.file) for fault in found} == {("redirect-wrong", "publisher.toml")}
    return [(fault.place.line, fault.message) for fault in found]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Built:
    lines = """
"/legal/privacy.html" = "/privacy/"
"/legal/cookies" = "/cookies/"
"/legal/2024/" = "/privacy/v1/en/#4.1.3"
"/隐私" = "/privacy/zh-CN/"
"/privacy/old-policy" = "/privacy/v2/"
"""
    return build_at(with_redirects(tmp_path_factory.mktemp("moved") / "workspace", lines), NOW)


def test_a_page_stands_at_every_old_address(moved: Built) -> None:
    for file, new in (
        ("legal/privacy.html", "/privacy/"),
        ("legal/cookies/index.html", "/cookies/"),
        ("legal/2024/index.html", "/privacy/v1/en/#4.1.3"),
        ("隐私/index.html", "/privacy/zh-CN/"),
        ("privacy/old-policy/index.html", "/privacy/v2/"),
    ):
        page = moved.text(file)
        assert f'<meta http-equiv="refresh" content="0; url={new}">' in page
        assert f'<link rel="canonical" href="https://lindenholt.example{new}">' in page
        assert f' href="{new}">https://lindenholt.example{new}</a>' in page


def test_servers_are_given_rules(moved: Built) -> None:
    assert moved.text("_redirects").splitlines()[0] == "/legal/privacy.html /privacy/ 301"
    assert "/%E9%9A%90%E7%A7%81 /privacy/zh-CN/ 301" in moved.text("_redirects")
    assert 'location = "/legal/privacy.html" { return 301 "/privacy/"; }' in moved.text("redirects.nginx.conf")
    assert 'location = "/隐私" { return 301 "/privacy/zh-CN/"; }' in moved.text("redirects.nginx.conf")


def test_without_redirects_there_are_no_rules(announced: Built) -> None:
    assert not (announced.output / "_redirects").exists()
    assert not (announced.output / "redirects.nginx.conf").exists()


@pytest.mark.parametrize(
    "old",
    [
        "/privacy/",
        "/privacy",
        "/privacy/v9",
        "/privacy/fr/",
        "/cookies/v1...v3/",
        "/en/",
        "/privacy/history/x",
        "/banners.json",
        "/static/a",
        "/privacy/feed.atom",
        "/banners.json/more",
    ],
)
def test_no_redirect_takes_the_place_of_a_page(tmp_path: Path, old: str) -> None:
    root = with_redirects(tmp_path / "workspace", f'"{old}" = "/privacy/v1/"')
    assert told(root) == [(6, f"At '{old}' there is a page of this site, or will be.")]


def test_a_dead_target_a_missing_clause_and_twins_are_told_at_once(tmp_path: Path) -> None:
    lines = (
        '"/a" = "/nowhere/"\n"/b" = "/privacy/#4.9.9"\n"/c" = "/privacy/"\n"/c/" = "/cookies/"\n'
        '"/d.html" = "/privacy/"\n"/d.html/e" = "/privacy/"'
    )
    assert told(with_redirects(tmp_path / "workspace", lines)) == [
        (6, "'/a' leads to '/nowhere/', and there is no such page."),
        (7, "'/b' leads to '/privacy/#4.9.9', and that page has no such clause."),
        (9, "'/c/' and '/c' are the same page."),
        (11, "'/d.html/e' lies below another old page that is a file."),
    ]
