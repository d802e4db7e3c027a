"""Notices handed to a provider in batches, and its receipts by file and by signed call, until all are told."""

import base64
import csv
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import NOW, SETTINGS, Workbench
from tests.contract.called import Answers, Call, FarSide, Said, far_side

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
TAKEN: Answers = lambda _: Said(202, b'{"id": "b-1"}')  # noqa: E731  a name for what all tests answer


def settings(bench: Workbench, target: str, more: str = "") -> None:
    handed = f'transport = "handoff:{target}"\nsecret = "{SECRET}"\n{more}'
    bench.write("publisher.toml", SETTINGS.replace('transport = "maildir:var/mail"\n', handed))


def released(bench: Workbench, target: str, *, users: int = 6, more: str = "") -> Workbench:
    settings(bench, target, more)
    bench.import_users(users)
    bench.sign()
    bench.run("publish")
    return bench


def batches_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((folder / "new").glob("*.json"))]


def handed_to(side: FarSide) -> list[dict[str, Any]]:
    return [call.data for call in side.calls]


def states(bench: Workbench) -> Mapping[str, int]:
    return {state: number for state, number in bench.state_of("v2")["messages"].items() if number}


def receipts_file(bench: Workbench, batches: list[dict[str, Any]], **said: str) -> Path:
    """A receipt for every message, accepted unless `said` has something else for its user."""
    lines = [
        json.dumps({"id": message["id"], "status": said.get(message["user"], "accepted"), "provider_id": f"p-{at}"})
        for batch in batches
        for at, message in enumerate(batch["messages"])
    ]
    return bench.write("receipts.jsonl", "\n".join(lines) + "\n")


def signed(body: bytes, at: datetime, *, name: str = "msg_1", key: bytes = KEY) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    mac = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}


def posted(client: Client, receipts: object, *, name: str = "msg_1") -> tuple[int, Any]:
    body = json.dumps({"receipts": receipts}).encode()
    status, _, said = client.ask("/api/receipts", body=body, headers=signed(body, client.bench.now, name=name))
    return status, json.loads(said)


def query(bench: Workbench, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(f"sqlite:///{bench.folder}/var/publisher.db")
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows


def test_a_folder_gets_each_notice_once_and_receipts_by_file_complete_it(workbench: Workbench) -> None:
    released(workbench, "var/out")
    assert workbench.json("deliver")["handed-over"] == 6
    (batch,) = batches_in(workbench.folder / "var/out")
    assert sorted((entry["language"], entry["subject"]) for entry in batch["contents"]) == [
        ("en", "Our Privacy Policy is changing on 15 January 2027"),
        ("zh-CN", "我们的《隐私政策》将于2027年1月15日变更"),
    ]
    for message in batch["messages"]:
        assert batch["contents"][message["content"]]["language"] == message["language"]
    assert states(workbench) == {"sending": 6}
    assert "6 handed over and not answered for since 2026-12-01 09:00 UTC" in workbench.run("status")
    assert workbench.state_of("v2")["state"] == "announced"
    workbench.run("deliver")
    workbench.run("deliver")
    assert len(batches_in(workbench.folder / "var/out")) == 1
    assert states(workbench) == {"sending": 6}

    half = receipts_file(workbench, [{"messages": batch["messages"][:3]}], u00001="refused")
    workbench.run("receipts", "import", str(half))
    assert states(workbench)["sending"] == 3
    assert workbench.state_of("v2")["state"] == "announced"
    said = workbench.run("receipts", "import", str(receipts_file(workbench, [batch])))
    assert "privacy v2: complete" in said
    assert sum(states(workbench).values()) == 6
    assert workbench.state_of("v2")["state"] == "complete"
    assert "6 of 6 users are settled" in workbench.ledger()[-1]["reason"]
    assert {row[0] for row in query(workbench, "SELECT provider FROM outbox")} == {f"p-{at}" for at in range(6)}


def test_an_address_answers_by_signed_calls_to_a_real_server(workbench: Workbench) -> None:
    with far_side(TAKEN) as side:
        released(workbench, side.url)
        workbench.run("deliver")
        (call,) = side.calls
        (batch,) = handed_to(side)
    wanted = signed(call.body, workbench.now, name=batch["key"])
    assert {name: call.headers[name] for name in wanted} == wanted
    assert call.headers["idempotency-key"] == batch["key"]
    assert query(workbench, "SELECT provider, messages FROM handoff") == [("b-1", 6)]
    ids = [message["id"] for message in batch["messages"]]
    with served(workbench) as client:
        assert posted(client, [{"id": ids[0], "status": "delayed"}], name="m0") == (
            200,
            {"ok": True, "delayed": 1, "foreign": 0},
        )
        first = [{"id": ids[0], "status": "refused", "code": 550, "reply": "5.1.1 <a@b.example>: unknown"}]
        assert posted(client, first, name="m1") == (200, {"ok": True, "refused": 1, "foreign": 0})
        assert posted(client, first, name="m1") == (200, {"ok": True, "repeated": True})
        rest = [{"id": each, "status": "accepted", "at": workbench.now.isoformat()} for each in ids]
        assert posted(client, rest, name="m2") == (200, {"ok": True, "accepted": 5, "known": 1, "foreign": 0})
    assert states(workbench) == {"accepted": 5, "refused": 1}
    assert query(workbench, "SELECT code, reply, reason FROM outbox WHERE state = 'refused'") == [
        (550, "5.1.1 <address> unknown", "bounced")
    ]
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"


def test_calls_that_prove_nothing_change_nothing(workbench: Workbench) -> None:
    released(workbench, "var/out", users=2)
    workbench.run("deliver")
    (batch,) = batches_in(workbench.folder / "var/out")
    body = json.dumps({"receipts": [{"id": batch["messages"][0]["id"], "status": "accepted"}]}).encode()
    good = signed(body, workbench.now)
    with served(workbench) as client:

        def refused(headers: Mapping[str, str], given: bytes = body) -> int:
            return client.ask("/api/receipts", body=given, headers=headers)[0]

        assert refused({}) == 401
        assert refused(signed(body, workbench.now, key=b"another secret of 16")) == 401
        assert refused({**good, "webhook-id": "msg_2"}) == 401
        assert refused(good, body + b" ") == 401
        for hours in (-1, 1):
            old = datetime.fromtimestamp(workbench.now.timestamp() + hours * 3600, workbench.now.tzinfo)
            assert refused(signed(body, old)) == 401
        assert refused({**good, "webhook-timestamp": "1e9"}) == 401
        large = b"x" * 2_000_001
        assert refused(signed(large, workbench.now), large) == 413
        assert client.ask("/api/receipts", method="GET")[0] == 405
        assert client.ask("/api/receipts/mailgun", body=body, headers=good)[0] == 404
        for wrong in (b"[]", b"\xff", b'{"receipts": 3}', b"[" * 9000):
            assert refused(signed(wrong, workbench.now), wrong) == 400
        status, said = posted(client, [{"id": batch["messages"][0]["id"], "status": "accepted"}, {"status": "lost"}])
        assert (status, [fault["receipt"] for fault in said["faults"]]) == (400, [1])
        assert states(workbench) == {"sending": 2}
        assert refused(good) == 200
    assert states(workbench) == {"sending": 1, "accepted": 1}


def test_without_send_addresses_none_leaves_and_with_it_no_batch_holds_one_twice(workbench: Workbench) -> None:
    with far_side(TAKEN) as side:
        settings(workbench, side.url)
        rows = ["id,email,name,language,joined"]
        rows.extend(f"u{at},Kanarie7f3a@nest5d2e.example.com,Vogelsang9b1c {at},en,2024-01-01" for at in range(3))
        rows.append("u9,kanarie7F3A@NEST5d2e.example.com,Vogelsang9b1c,en,2024-01-01")
        rows.append("u10,,Vogelsang9b1c,en,2024-01-01")
        workbench.run("users", "import", str(workbench.write("users.csv", "\n".join(rows) + "\n")))
        workbench.sign()
        workbench.run("publish")
        workbench.run("deliver")
        assert side.calls
        for call in side.calls:
            assert not any(word in call.body.lower() for word in (b"kanarie", b"nest5d2e", b"vogelsang"))
        assert {message["user"] for batch in handed_to(side) for message in batch["messages"]} == {
            "u0", "u1", "u2", "u9", "u10",
        }  # fmt: skip
        assert [len(batch["messages"]) for batch in handed_to(side)] == [2, 1, 1, 1]
        assert states(workbench) == {"sending": 5}


def test_addresses_go_along_where_they_may(workbench: Workbench) -> None:
    with far_side(TAKEN) as side:
        released(workbench, side.url, more="send_addresses = true\n")
        workbench.run("deliver")
        (batch,) = handed_to(side)
        assert {message["user"]: message["address"] for message in batch["messages"]} == {
            f"u{at:05}": f"u{at:05}@example.com" for at in range(6)
        }


@pytest.mark.parametrize("status", [429, 503, 500])
def test_a_busy_provider_is_asked_again_later_under_the_same_key(workbench: Workbench, status: int) -> None:
    with far_side(lambda _: Said(status, headers={"Retry-After": "7200"})) as side:
        released(workbench, side.url)
        assert "takes nothing now" in workbench.refused("deliver")
        assert len(side.calls) == 1
        assert states(workbench) == {"queued": 6}
        side.answer = TAKEN
        workbench.run("deliver")
        assert states(workbench) == {"sending": 6}
        first, second = handed_to(side)
        assert first == second


@pytest.mark.parametrize("status", [301, 400, 401, 422])
def test_a_batch_that_is_not_taken_burns_nobody(workbench: Workbench, status: int) -> None:
    with far_side(lambda _: Said(status, headers={"Location": "/elsewhere"})) as side:
        released(workbench, side.url)
        assert f"does not take the batch: {status}" in workbench.refused("deliver")
        assert states(workbench) == {"queued": 6}
        assert "does not take the batch" in workbench.run("status")


@pytest.mark.parametrize("lost", ["answer", "gateway"])
def test_a_lost_answer_leaves_all_in_doubt_and_the_second_try_has_the_same_key_and_words(
    workbench: Workbench, lost: str
) -> None:
    def hang_up(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}")

    with far_side(lambda _: hang_up if lost == "answer" else Said(504)) as side:
        released(workbench, side.url)
        workbench.invoke("deliver")
        side.answer = TAKEN
        workbench.run("deliver")
        keys = {batch["key"] for batch in handed_to(side)}
        assert len(keys) == 1
        assert handed_to(side)[0] == handed_to(side)[-1]
        assert states(workbench) in ({"sending": 6}, {"in-doubt": 6})


def test_what_comes_back_is_handed_over_again_later_under_another_key(workbench: Workbench) -> None:
    from datetime import timedelta

    with far_side(TAKEN) as side:
        released(workbench, side.url, users=2)
        workbench.run("deliver")
        (batch,) = handed_to(side)
        workbench.now += timedelta(minutes=1)
        back = receipts_file(workbench, [batch], u00001="deferred")
        assert "1 came back" in workbench.run("receipts", "import", str(back))
        assert states(workbench) == {"accepted": 1, "deferred": 1}
        workbench.now += timedelta(minutes=5)
        workbench.run("deliver")
        _, again = handed_to(side)
        assert [message["user"] for message in again["messages"]] == ["u00001"]
        assert again["key"] != batch["key"]
        assert again["messages"][0]["id"] in {message["id"] for message in batch["messages"]}
        assert states(workbench) == {"accepted": 1, "sending": 1}


def test_a_file_with_faults_is_told_of_all_of_them_and_nothing_is_written(workbench: Workbench) -> None:
    released(workbench, "var/out", users=2)
    workbench.run("deliver")
    (batch,) = batches_in(workbench.folder / "var/out")
    ids = [message["id"] for message in batch["messages"]]
    lines = [
        {"id": ids[0], "status": "accepted"},
        {"id": ids[1], "status": "delivered"},
        {"id": "msg_stranger", "status": "accepted"},
        {"id": ids[1], "status": "refused", "code": "many", "at": "yesterday"},
    ]
    file = workbench.write("wrong.jsonl", "\n".join(map(json.dumps, lines)) + "\nno json\n")
    told = workbench.refused("receipts", "import", str(file))
    for line, words in ((2, "'status' must be one of"), (3, "no message that was handed over"), (4, "'code'"), (5, "")):
        assert f"wrong.jsonl:{line}: error: " in told
        assert words in told
    assert states(workbench) == {"sending": 2}
    rows = workbench.folder / "receipts.csv"
    with rows.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["id", "status", "code", "reply"], [ids[0], "refused", "550", "5.7.1, blocked"]])
        writer.writerow([ids[1], "accepted", "", ""])
    workbench.run("receipts", "import", str(rows))
    assert states(workbench) == {"accepted": 1, "refused": 1}
    assert query(workbench, "SELECT reason FROM outbox WHERE state = 'refused'") == [("blocked",)]
    workbench.run("users", "erase", batch["messages"][0]["user"])


def test_of_one_message_receipts_count_in_their_order(workbench: Workbench) -> None:
    released(workbench, "var/out", users=2)
    workbench.run("deliver")
    (batch,) = batches_in(workbench.folder / "var/out")
    one, two = (message["id"] for message in batch["messages"])
    said = [(one, "delayed"), (one, "accepted"), (two, "accepted"), (one, "refused"), (two, "accepted")]
    lines = [json.dumps({"id": name, "status": status, "code": 550}) for name, status in said]
    file = workbench.write("order.jsonl", "\n".join(lines) + "\n")
    report = workbench.json("receipts", "import", str(file))
    assert {name: report[name] for name in ("accepted", "refused", "delayed", "known")} == {
        "accepted": 2, "refused": 1, "delayed": 1, "known": 1,
    }  # fmt: skip
    assert states(workbench) == {"accepted": 1, "refused": 1}


def test_an_answer_may_tell_of_single_messages_at_once(workbench: Workbench) -> None:
    def answer(call: Call) -> Said:
        given = [{"id": message["id"], "status": "accepted"} for message in call.data["messages"][:4]]
        strange = [{"id": "x", "status": "accepted"}, {"id": given[0]["id"], "status": "lost"}, 3]
        return Said(200, json.dumps({"results": [*given, *strange]}).encode())

    with far_side(answer) as side:
        released(workbench, side.url)
        report = workbench.json("deliver")
    assert (report["handed-over"], report["accepted"]) == (2, 4)
    assert states(workbench) == {"accepted": 4, "sending": 2}


def test_killed_at_every_step_and_run_again_everybody_is_handed_over_once(workbench: Workbench) -> None:
    released(workbench, "var/out", users=12)
    workbench.run("users", "key")  # makes the installation's key, which ids derive from
    done = subprocess.run(
        [sys.executable, "-m", "tests.acceptance.killing_handoff", str(workbench.folder), NOW.isoformat(), "var/out"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["steps"] > 15, "the steps that write were not seen"
    assert report["wrong"] == {}
    assert report["doubted"] > 0, "no kill fell between the hand-off and its record"
