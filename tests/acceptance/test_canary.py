"""A whole run with all that a mail server may answer: no address and no name is left but with the users."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from publisher.store import schema
from publisher.store.engine import open_store
from tests.acceptance.deliver_values import Server, serving_at
from tests.acceptance.workspaces import SETTINGS, Workbench
from tests.contract.called import Said, far_side

LOCAL = "Kanarie7f3a"
NAME = "Vogelsang9b1c"
DOMAIN = "nest5d2e.example.com"
ECHOES = (
    "550 5.1.1 <{address}>: Recipient address rejected: unknown",
    "550 5.1.1 {upper} is no mailbox here",
    "550-5.1.1 The mailbox\n550 5.1.1 smtp;{address}: does not exist",
    "553 5.1.3 bounce+{local}={domain}@relay.example: no such user",
    "550 5.1.1 {local}: user unknown",
    '550 5.1.1 "{local}"@{domain} unknown',
    "554 5.7.1 rfc822;{address}",
    "550 5.1.1 mailto:{address}?subject=gone",
    "451 4.7.1 {address} is greylisted, see http://list.example/?to={address}",
    "452 4.2.2 <{address}> over quota",
)


@pytest.fixture
def bench(store_url: str, tmp_path: Path) -> Iterator[tuple[Workbench, list[str], Server]]:
    """A workspace on each database, whose users have the words that are looked for; and what was printed."""
    rules: dict[str, list[str]] = {}
    rows = ["id,email,name,language,joined"]
    for number in range(len(ECHOES) + 4):
        local = f"{LOCAL}{number:02}"
        rows.append(f"u{number},{local}@{DOMAIN},{NAME} {number},en,2024-01-01")
        if number < len(ECHOES):
            address = f"{local}@{DOMAIN}"
            words = {"address": address, "upper": address.upper(), "local": local, "domain": DOMAIN}
            rules[f"RCPT {local}"] = [ECHOES[number].format(**words)]
    rules[f"DATA {LOCAL}{len(ECHOES):02}"] = ["lost"]
    server = Server(rules)
    with serving_at(server) as url:
        made = Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": store_url, "PUBLISHER_LOG": "-"})
        delivery = f'[delivery]\nseeds = ["seed{LOCAL}@{DOMAIN}"]\nfirst = 13\n'
        made.write("publisher.toml", SETTINGS.replace("maildir:var/mail", url) + delivery)
        file = made.write("users.csv", "\n".join(rows) + "\n")
        said = [made.run("users", "import", str(file))]
        file.unlink()
        yield made, said, server


def _whole_run(bench: Workbench, said: list[str]) -> None:
    def told(*arguments: str) -> None:
        said.append(bench.invoke(*arguments).output)

    told("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    for command in (
        ("publish", "--dry-run"),
        ("publish",),
        ("deliver",),
        ("status",),
        ("tick",),
        ("deliver", "--json"),
    ):
        told(*command)
    told("pause", "privacy", "v2", "--by", "Ada")
    told("resume", "privacy", "v2", "--by", "Ada")
    bench.now += timedelta(minutes=10)
    for command in (("deliver",), ("status", "--json"), ("tick", "--json"), ("check",), ("verify",)):
        told(*command)
    said.append(json.dumps(bench.program("deliver", "--json").stdout))
    done = bench.program("status")
    said.append(done.stdout + done.stderr)


def test_no_canary_is_found_outside_of_the_table_of_users(bench: tuple[Workbench, list[str], Server]) -> None:
    made, said, server = bench
    _whole_run(made, said)

    counted = made.state_of("v2")["messages"]
    assert counted["accepted"] == 3
    assert counted["refused"] == 8
    assert counted["deferred"] == 2
    assert counted["in-doubt"] == 1
    assert any(address.startswith("seed") for address, _ in server.got)

    printed = "".join(said)
    assert '"event": "deliver.answers"' in printed
    assert '"550 5.1.1": ' in printed
    assert LOCAL.casefold() not in printed.casefold()
    assert NAME.casefold() not in printed.casefold()
    for word in (LOCAL, NAME, DOMAIN):  # samples in a review are masked and show a domain
        held = [
            str(path.relative_to(made.folder))
            for path in made.folder.rglob("*")
            if path.is_file()
            and path.name != "publisher.toml"
            and word.casefold().encode() in path.read_bytes().lower()
        ]
        assert held == [], word
    _only_the_users_have_any(made)


def test_no_canary_is_found_where_a_provider_was_handed_addresses(tmp_path: Path) -> None:
    made = Workbench.made(tmp_path / "workspace", {"PUBLISHER_LOG": "-"})
    rows = ["id,email,name,language,joined"]
    rows.extend(f"u{at},{LOCAL}{at:02}@{DOMAIN},{NAME} {at},en,2024-01-01" for at in range(len(ECHOES)))
    file = made.write("users.csv", "\n".join(rows) + "\n")
    said = [made.run("users", "import", str(file))]
    with far_side(lambda call: Said(200, call.body)) as side:
        handed = f'"handoff:{side.url}"\nsecret = "0123456789abcdef"\nsend_addresses = true'
        made.write("publisher.toml", SETTINGS.replace('"maildir:var/mail"', handed))
        made.sign()
        said.extend(made.run(*command) for command in (["publish"], ["deliver"], ["status"]))
        (batch,) = (call.data for call in side.calls)
    assert sum(LOCAL in message["address"] for message in batch["messages"]) == len(ECHOES)
    receipts = []
    for number, message in enumerate(sorted(batch["messages"], key=lambda message: int(message["user"][1:]))):
        address = message["address"]
        local = address.partition("@")[0]
        words = {"address": address, "upper": address.upper(), "local": local, "domain": DOMAIN}
        reply = ECHOES[number].format(**words)
        status = ("refused", "accepted", "deferred", "delayed")[number % 4]
        receipts.append({"id": message["id"], "status": status, "reply": reply, "provider_id": f"{local}-{number}"})
    answers = made.write("receipts.jsonl", "\n".join(map(json.dumps, receipts)) + "\n")
    said.append(made.run("receipts", "import", str(answers)))
    said.append(made.invoke("receipts", "import", str(file)).output)
    for path in (file, answers):
        path.unlink()
    said.extend(made.invoke(*command).output for command in (["status", "--json"], ["tick"], ["check"], ["verify"]))
    for word in (LOCAL, NAME, DOMAIN):
        assert word.casefold() not in "".join(said).casefold()
    store = open_store(f"sqlite:///{made.folder}/var/publisher.db")
    held = {}
    with store.read() as connection:
        for table in schema.metadata.tables.values():
            rows_of_it = repr(connection.execute(select(table)).all()).casefold()
            held[table.name] = [word for word in (LOCAL, NAME, DOMAIN) if word.casefold() in rows_of_it]
    store.close()
    assert {name for name, words_of_it in held.items() if words_of_it} == {"users"}, held


def _only_the_users_have_any(made: Workbench) -> None:
    store = open_store(made.environment["PUBLISHER_STORE__URL"])
    held = {}
    with store.read() as connection:
        for table in schema.metadata.tables.values():
            rows = repr(connection.execute(select(table)).all()).casefold()
            held[table.name] = any(word.casefold() in rows for word in (LOCAL, NAME, DOMAIN))
    store.close()
    assert [name for name, holds in held.items() if holds] == ["users"]
    assert {"attempt", "outbox", "seed", "handling"} <= held.keys()


def test_a_log_is_appended_to_a_file_as_json_lines(workbench: Workbench, tmp_path: Path) -> None:
    log = tmp_path / "publisher.log"
    workbench.import_users(7)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver", "--log", str(log))
    workbench.run("tick", "--log", str(log))
    told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [entry["event"] for entry in told] == [
        "deliver.begun",
        "deliver.answers",
        "deliver.ended",
        "tick.recorded",
        "tick.ended",
    ]
    assert told[1]["notice"] == "privacy-v2-1"
    assert told[1]["outcomes"] == {"accepted": 7}
    assert (told[3]["version"], told[3]["kind"]) == ("v2", "complete")
    assert all(set(entry) >= {"at", "event", "level"} for entry in told)


def test_a_log_that_cannot_be_written_is_told_before_anything_is_done(workbench: Workbench) -> None:
    told = workbench.refused("deliver", "--log", "/nowhere/at/all.log")
    assert "/nowhere/at/all.log: error: It cannot be written: No such file or directory." in told
