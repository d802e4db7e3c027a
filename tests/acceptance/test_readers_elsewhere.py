"""Readers in a database of the organisation's own are told apart, called and shown banners as the store's own are."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.serving import served
from tests.acceptance.test_cumulative import KEPT, LOCATION, SHARED, V3, texts
from tests.acceptance.test_webhook import SECRET, told
from tests.acceptance.workspaces import POLICY, SETTINGS, Workbench
from tests.contract.called import all_as, far_side

if TYPE_CHECKING:
    from tests.postgresql import Server

QUERY = "SELECT id, email, name, language, joined, region FROM customers"
WHERE = "applies_to = \"region = 'CN'\"\n"
Change = Callable[[str], None]


def _elsewhere(bench: Workbench, url: str, more: str = "") -> Workbench:
    bench.write("publisher.toml", f'{SETTINGS}[users]\nurl = "{url}"\nquery = "{QUERY}"\n{more}')
    return bench


def _changing(url: str) -> Change:
    def change(statement: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return change


def _made(change: Change) -> None:
    change("CREATE TABLE customers (id TEXT, email TEXT, name TEXT, language TEXT, joined DATE, region TEXT)")
    for name in ("ann", "ben"):
        _join(change, name)


def _join(change: Change, name: str, joined: str = "2024-10-01", region: str = "CN") -> None:
    mail = f"{name}@example.com"
    change(f"INSERT INTO customers VALUES ('{name}', '{mail}', '{name}', 'en', '{joined}', '{region}')")  # noqa: S608  values of ours


@pytest.fixture(params=["sqlite", "postgresql"])
def readers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Workbench, Change]]:
    """A workbench and its customers: in a file beside it, or both in one server's database."""
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "customers.db").close()
        url = f"sqlite:///{tmp_path}/customers.db"
        change = _changing(url)
        _made(change)
        yield _elsewhere(Workbench.made(tmp_path / "workspace"), url), change
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        change = _changing(url)
        _made(change)
        bench = Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": url})
        yield _elsewhere(bench, url), change


def test_each_is_told_since_the_version_that_they_know(readers: tuple[Workbench, Change]) -> None:
    bench, change = readers
    for command in ("publish", "deliver", "tick"):
        if command == "publish":
            bench.sign()
        bench.run(command)
    bench.now = datetime(2027, 2, 1, tzinfo=UTC)
    bench.run("tick")
    _join(change, "eve", "2027-01-20")
    _join(change, "fay")
    bench.write_version("v3", V3, '"+45 days"')
    bench.sign("v3")
    assert "4 users" in bench.run("publish", "--dry-run")
    assert "to 4 users" in bench.run("publish")
    bench.run("deliver")
    found = texts(bench)
    for name in ("ann", "ben", "eve"):
        mail = found[f"{name}@example.com"][-1]
        assert LOCATION not in mail
        assert KEPT in mail
    (mail,) = found["fay@example.com"]
    assert LOCATION in mail
    assert SHARED in mail
    assert "changed since version 1, the last one" in mail


def test_the_webhook_tells_them_by_the_ids_of_their_database(readers: tuple[Workbench, Change]) -> None:
    bench, change = readers
    change("UPDATE customers SET email = NULL WHERE id = 'ben'")
    _join(change, "cid")
    with far_side(all_as("accepted")) as side:
        written = (bench.folder / "publisher.toml").read_text("utf-8")
        bench.write("publisher.toml", f'{written}[webhook]\nurl = "{side.url}"\nsecret = "{SECRET}"\n')
        bench.write("policies/privacy/policy.toml", POLICY + 'channels = ["banner", "email", "webhook"]\n')
        bench.sign()
        bench.run("publish")
        change("DELETE FROM customers WHERE id = 'cid'")
        bench.run("deliver")
        assert told(side) == Counter(["ann", "ben"])
        assert sorted(texts(bench)) == ["ann@example.com"]


def test_a_banner_concerns_those_whom_the_conditions_take_in_now(readers: tuple[Workbench, Change]) -> None:
    bench, change = readers
    bench.write("policies/privacy/policy.toml", POLICY + WHERE)
    bench.sign()
    bench.run("publish")
    _join(change, "new")
    _join(change, "out", region="DE")
    with served(bench) as client:
        shown = {
            name: [entry["id"] for entry in client.json(f"/api/banners?user={client.token(name)}")[1]]
            for name in ("ann", "new", "out")
        }
        assert shown == {"ann": ["privacy-v2-1"], "new": ["privacy-v2-1"], "out": []}
        assert client.json(f"/api/banners?user={client.token('nobody')}")[0] == 404
        said = {"user": client.token("new"), "banner": "privacy-v2-1"}
        assert client.json("/api/acknowledge", said)[0] == 200
        assert client.json(f"/api/banners?user={client.token('new')}")[1] == []
