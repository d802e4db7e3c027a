"""Who is shown a banner: everybody whom nobody knows, and of those whom the site knows, the ones whom it concerns."""

import json
from collections.abc import Iterator

import pytest

from tests.acceptance.serving import Client, served
from tests.acceptance.test_audience import AUDIENCES, USERS
from tests.acceptance.workspaces import POLICY, Workbench

LOCATED = AUDIENCES.replace('clauses = ["2"]', 'clauses = ["2.1"]').replace('clauses = ["1"]', 'clauses = ["1", "2.2"]')
"""Only the first audience is concerned by what changes."""


def _released(bench: Workbench, audiences: str, channels: str = "") -> Workbench:
    bench.write("policies/privacy/policy.toml", POLICY + channels + audiences)
    _import(bench, USERS)
    bench.sign()
    bench.run("publish")
    return bench


def _import(bench: Workbench, rows: str) -> None:
    bench.run("users", "import", str(bench.write("users.csv", rows)))


@pytest.fixture
def client(workbench: Workbench) -> Iterator[Client]:
    with served(_released(workbench, LOCATED)) as found:
        yield found


def _shown(client: Client, user: str) -> dict[str, bool]:
    status, listed = client.json(f"/api/banners?user={client.token(user)}")
    assert status == 200
    return {entry["id"]: entry["mandatory"] for entry in listed}


def test_a_homepage_that_knows_nobody_says_whom_the_change_concerns(client: Client) -> None:
    (entry,) = json.loads(client.ask("/banners.json")[2])
    assert entry["audience"] == "located"
    assert entry["text"]["en"].startswith(
        "It concerns you if this part of the text applies to you: 1. What we collect; 2.2."
    )
    assert "1. 我们收集的信息、2.2" in entry["text"]["zh-CN"]
    home = client.ask("/")[2].decode()
    assert 'data-audience="located"' in home
    assert "It concerns you if" in home
    assert client.bench.run("tick")
    assert "is not on" not in client.bench.run("tick")


def test_a_change_that_concerns_several_audiences_names_them_all(workbench: Workbench) -> None:
    _released(workbench, AUDIENCES)
    (entry,) = json.loads((workbench.folder / "site/public/banners.json").read_text("utf-8"))
    assert entry["audience"] == "located, kept"


def test_a_change_outside_of_all_audiences_concerns_everyone(workbench: Workbench) -> None:
    _released(workbench, AUDIENCES.replace('clauses = ["2"]', 'clauses = ["2.1"]'))
    (entry,) = json.loads((workbench.folder / "site/public/banners.json").read_text("utf-8"))
    assert entry["audience"] == "everyone"
    assert "concerns" not in entry["text"]["en"]


def test_a_user_whom_it_does_not_concern_is_shown_no_banner(client: Client) -> None:
    assert {user: bool(_shown(client, user)) for user in ("u1", "u2", "u3", "u4", "u5", "u6")} == {
        "u1": True,
        "u2": False,
        "u3": False,
        "u4": False,
        "u5": True,
        "u6": True,
    }
    outside = {"user": client.token("u2"), "banner": "privacy-v2-1"}
    assert client.json("/api/acknowledge", outside) == (404, {"error": "not found"})


def test_who_was_told_stays_concerned_and_who_comes_to_be_concerned_is_shown_it(client: Client) -> None:
    moved = USERS.replace(
        "u1,u1@example.com,Ann,en,2024-01-01,active,CN", "u1,u1@example.com,Ann,en,2024-01-01,active,DE"
    )
    moved = moved.replace(
        "u2,u2@example.com,Ben,en,2024-01-01,active,DE", "u2,u2@example.com,Ben,en,2024-01-01,active,CN"
    )
    _import(client.bench, moved + "u7,u7@example.com,Gus,en,2026-12-02,active,CN,yes,free\n")
    assert _shown(client, "u1")
    assert _shown(client, "u2")
    assert _shown(client, "u7")
    assert not _shown(client, "u3")


def test_who_has_no_other_way_is_told_so_until_they_acknowledge_it(client: Client) -> None:
    assert _shown(client, "u1") == {"privacy-v2-1": False}
    assert _shown(client, "u6") == {"privacy-v2-1": True}
    assert client.json("/api/acknowledge", {"user": client.token("u6"), "banner": "privacy-v2-1"})[0] == 200
    assert _shown(client, "u6") == {}
    assert _shown(client, "u1") == {"privacy-v2-1": False}


def test_where_the_banner_is_the_only_channel_its_conditions_decide(workbench: Workbench) -> None:
    with served(_released(workbench, LOCATED, 'channels = ["banner"]\n')) as client:
        assert _shown(client, "u1") == {"privacy-v2-1": True}
        assert _shown(client, "u2") == {}
        assert _shown(client, "u5") == {"privacy-v2-1": True}


def test_a_banner_that_is_not_shown_can_not_be_acknowledged(client: Client) -> None:
    for banner in ("privacy-v2-2", "privacy-v9-1", "nonsense", ""):
        assert client.json("/api/acknowledge", {"user": client.token("u1"), "banner": banner})[0] == 404
