"""The installed command from draft to in force with the store on PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.workspaces import NOW, Workbench
from tests.postgresql import Server


@pytest.fixture
def on_postgresql(postgresql_server: Server, tmp_path: Path) -> Iterator[Workbench]:
    with postgresql_server.database() as url:
        yield Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": url})


def test_a_revision_goes_its_whole_way(on_postgresql: Workbench) -> None:
    bench = on_postgresql
    bench.import_users(20)
    bench.sign()
    assert "agree" in bench.run("verify")
    bench.run("publish")
    assert bench.run("publish", "--dry-run")
    assert bench.state_of("v2")["messages"]["queued"] == 20
    bench.run("deliver")
    assert len(list((bench.folder / "var/mail/new").iterdir())) == 20
    bench.run("deliver")
    assert len(list((bench.folder / "var/mail/new").iterdir())) == 20
    bench.run("tick")
    assert bench.state_of("v2")["state"] == "complete"
    bench.now = NOW + timedelta(days=46)
    bench.run("tick")
    assert bench.state_of("v2")["state"] == "in-force"
    assert bench.state_of("v1")["state"] == "superseded"
    assert [event["kind"] for event in bench.ledger()] == ["adopt", "store", "release", "complete", "in-force"]
    assert "agree" in bench.run("verify")
    assert not (bench.folder / "var/publisher.db").exists()


def test_a_postponement_tells_those_who_were_told_and_nobody_twice(on_postgresql: Workbench) -> None:
    bench = on_postgresql
    bench.import_users(10)
    bench.sign()
    bench.run("publish")
    bench.run("deliver")
    bench.import_users(15)
    bench.run("tick")
    bench.run("postpone", "privacy", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "more time")
    bench.run("deliver")
    mails = [path.read_text("utf-8") for path in (bench.folder / "var/mail/new").iterdir()]
    assert len(mails) == 25
    assert bench.state_of("v2")["messages"]["accepted"] == 15
    assert bench.state_of("v2")["effective"] == "2027-03-01"


def test_as_a_program_of_its_own(on_postgresql: Workbench) -> None:
    bench = on_postgresql
    bench.import_users(3)
    done = bench.program("status", "--json")
    assert done.returncode == 0, done.stderr
    assert [entry["version"] for entry in json.loads(done.stdout)["versions"]] == ["v1", "v2"]
    done = bench.program("verify")
    assert done.returncode == 0, done.stderr
