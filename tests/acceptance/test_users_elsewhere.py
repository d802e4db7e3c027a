"""Users in a database of the organisation's own: read at sending, never copied, never written to."""

import json
from mailbox import Maildir
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.acceptance.workspaces import POLICY, SETTINGS, Workbench
from tests.postgresql import Server

QUERY = "SELECT no AS id, mail AS email, name, lang AS language, since AS joined, region, located FROM customers"
WHERE = "applies_to = \"located AND region = 'CN'\"\n"
USERS_UNFIT = """\
[users]
url = "postgresql+nothing://ada:s3cret@db/x"
query = "DELETE FROM customers"
"""
CANARY = "canary.7f3a@example.com"
NAME = "Kanarienvogel"
ROWS = (
    (1, CANARY, NAME, "en", "2024-01-01", "CN", True),
    (2, CANARY, "Ben", "zh_cn", "2024-01-01", "CN", True),
    (3, "cid@example.com", "Cid", "en", "2024-01-01", "DE", True),
    (4, "dee@example.com", "Dee", "en", "2024-01-01", None, None),
    (5, None, "Eve", "en", "2024-01-01", "CN", True),
    (6, "fay at example", "Fay", "en", "2024-01-01", "CN", True),
    (7, "gus@example.com", "Gus", "en", "2024-01-01", "CN", False),
)
"""Told are 1 and 2 (two people with one address), 4 (unknown); 5 and 6 have no address that can be written to."""

TOLD = [CANARY, CANARY, "dee@example.com"]


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE customers (no INTEGER PRIMARY KEY, mail TEXT, name TEXT, lang TEXT, since DATE,"
                " region TEXT, located BOOLEAN)"
            )
        )
        connection.execute(
            text("INSERT INTO customers VALUES (:no, :mail, :name, :lang, :since, :region, :located)"),
            [dict(zip(("no", "mail", "name", "lang", "since", "region", "located"), row, strict=True)) for row in ROWS],
        )


def _change(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def users_url(empty_url: str) -> str:
    """A database that holds the organisation's customers."""
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir()
    engine = create_engine(empty_url)
    _fill(engine)
    engine.dispose()
    return empty_url


@pytest.fixture
def bench(users_url: str, tmp_path: Path) -> Workbench:
    bench = Workbench.made(tmp_path / "workspace")
    bench.write("publisher.toml", f'{SETTINGS}[users]\nurl = "{users_url}"\nquery = "{QUERY}"\n')
    bench.write("policies/privacy/policy.toml", POLICY + WHERE)
    return bench


def _received(bench: Workbench) -> list[str]:
    return sorted(str(mail["To"]) for mail in Maildir(bench.folder / "var/mail", create=False))


def _holding(bench: Workbench, word: str) -> list[str]:
    return [
        path.name
        for path in bench.folder.rglob("*")
        if path.is_file() and not path.is_relative_to(bench.folder / "var/mail") and word.encode() in path.read_bytes()
    ]


def test_they_are_told_and_nothing_of_them_is_kept(bench: Workbench) -> None:
    review = ("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    commands = (review, ("publish", "--dry-run"), ("publish",), ("deliver",), ("tick",), ("status",), ("verify",))
    said = "".join(bench.run(*command) for command in commands)

    assert _received(bench) == TOLD
    counted = bench.state_of("v2")["messages"]
    assert (counted["accepted"], counted["skipped"], sum(counted.values())) == (3, 2, 5)
    for word in (CANARY, NAME):
        assert word not in said
        assert _holding(bench, word) == []
    bench.run("deliver")
    bench.run("publish")
    bench.run("tick")
    bench.run("deliver")
    assert _received(bench) == TOLD


def test_membership_is_fixed_by_the_release_and_addresses_are_read_at_sending(bench: Workbench, users_url: str) -> None:
    bench.sign()
    bench.run("publish")
    _change(users_url, "UPDATE customers SET mail = 'new@example.com', region = 'DE' WHERE no = 1")
    _change(users_url, "UPDATE customers SET region = 'CN', located = NULL WHERE no = 7")
    _change(users_url, "DELETE FROM customers WHERE no = 4")
    bench.run("deliver")
    assert _received(bench) == [CANARY, "new@example.com"]
    counted = bench.state_of("v2")["messages"]
    assert (counted["accepted"], counted["skipped"]) == (2, 3)


def test_who_joins_late_is_told_and_nobody_twice(bench: Workbench, users_url: str) -> None:
    bench.sign()
    bench.run("publish")
    bench.run("deliver")
    _change(users_url, "INSERT INTO customers VALUES (8, 'hal@example.com', 'Hal', 'en', '2026-11-30', 'CN', TRUE)")
    bench.run("tick")
    bench.run("deliver")
    assert _received(bench) == sorted([*TOLD, "hal@example.com"])


def test_a_column_that_the_query_does_not_give_stops_review_and_publish(bench: Workbench) -> None:
    bench.write("policies/privacy/policy.toml", POLICY + "applies_to = \"regoin = 'CN'\"\n")
    review = bench.program("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    assert review.returncode == 1
    assert "regoin" in review.stderr


def test_users_whose_database_is_gone_stop_a_release_and_pause_a_delivery(bench: Workbench, users_url: str) -> None:
    bench.sign()
    ledger = (bench.folder / "policies/privacy/ledger.jsonl").read_bytes()
    _change(users_url, "ALTER TABLE customers RENAME TO away")
    refused = bench.program("publish")
    assert refused.returncode == 1
    assert "publisher.toml" in refused.stderr
    assert (bench.folder / "policies/privacy/ledger.jsonl").read_bytes() == ledger

    _change(users_url, "ALTER TABLE away RENAME TO customers")
    bench.run("publish")
    _change(users_url, "ALTER TABLE customers RENAME TO away")
    stopped = bench.program("deliver")
    assert stopped.returncode == 1
    assert bench.state_of("v2")["messages"]["queued"] == 4
    _change(users_url, "ALTER TABLE away RENAME TO customers")
    bench.run("deliver")
    assert _received(bench) == TOLD


def test_an_import_is_refused_and_erasing_waits_for_the_database(bench: Workbench, users_url: str) -> None:
    bench.sign()
    bench.run("publish")
    bench.run("deliver")
    counted = bench.state_of("v2")["messages"]
    refused = bench.program("users", "import", str(bench.write("users.csv", "id,name,language,joined\n")))
    assert refused.returncode == 1
    assert "publisher.toml" in refused.stderr
    early = bench.program("users", "erase", "1")
    assert early.returncode == 1
    assert "still gives" in early.stderr
    _change(users_url, "DELETE FROM customers WHERE no = 1")
    bench.run("users", "erase", "1")
    assert bench.program("users", "erase", "1").returncode == 1
    assert bench.state_of("v2")["messages"] == counted


def test_the_faults_of_the_settings_are_told_together(bench: Workbench) -> None:
    bench.write(
        "publisher.toml",
        SETTINGS + USERS_UNFIT,
    )
    refused = bench.program("publish")
    assert refused.returncode == 1
    assert "[users] url" in refused.stderr
    assert "[users] query" in refused.stderr
    assert "s3cret" not in refused.stderr + refused.stdout


def test_two_rows_with_one_id_are_refused(bench: Workbench, users_url: str) -> None:
    bench.sign()
    query = QUERY + " UNION ALL " + QUERY.replace("FROM customers", "FROM customers WHERE no = 3")
    bench.write("publisher.toml", f'{SETTINGS}[users]\nurl = "{users_url}"\nquery = "{query}"\n')
    refused = bench.program("publish")
    assert refused.returncode == 1
    assert "more than one row for 3" in refused.stderr


def test_users_and_store_in_one_database(postgresql_server: Server, tmp_path: Path) -> None:
    with postgresql_server.database() as url:
        engine = create_engine(url)
        _fill(engine)
        engine.dispose()
        bench = Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": url})
        bench.write("publisher.toml", f'{SETTINGS}[users]\nurl = "{url}"\nquery = "{QUERY}"\n')
        bench.write("policies/privacy/policy.toml", POLICY + WHERE)
        bench.sign()
        for command in ("publish", "deliver", "tick", "deliver", "publish"):
            bench.run(command)
        assert _received(bench) == TOLD


def test_a_provider_is_handed_their_ids_and_what_it_says_of_them_is_kept_without_its_words(
    bench: Workbench, users_url: str
) -> None:
    handed = bench.folder / "var/out/new"
    by_id = SETTINGS.replace("maildir:var/mail", "handoff:var/out")
    bench.write("publisher.toml", f'{by_id}[users]\nurl = "{users_url}"\nquery = "{QUERY}"\n')
    bench.sign()
    bench.run("publish")
    assert bench.json("deliver")["handed-over"] == 5
    messages = [entry for file in handed.iterdir() for entry in json.loads(file.read_bytes())["messages"]]
    assert sorted(entry["user"] for entry in messages) == ["1", "2", "4", "5", "6"]
    words = f"550 5.1.1 {CANARY.partition('@')[0]} is no mailbox here"
    lines = [json.dumps({"id": entry["id"], "status": "refused", "code": 550, "reply": words}) for entry in messages]
    file = bench.write("receipts.jsonl", "\n".join(lines) + "\n")
    assert "5 refused, and left to the banner." in bench.run("receipts", "import", str(file))
    file.unlink()
    engine = create_engine(f"sqlite:///{bench.folder}/var/publisher.db")
    with engine.connect() as connection:
        replies = connection.execute(text("SELECT DISTINCT code, reply, reason FROM outbox")).all()
    engine.dispose()
    assert [tuple(row) for row in replies] == [(550, "5.1.1", "bounced")]
    for path in (bench.folder / "var").rglob("*"):
        assert (
            not path.is_file() or "customers" in path.name or CANARY.partition("@")[0].encode() not in path.read_bytes()
        )
