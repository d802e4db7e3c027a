"""Users told through an address of the organisation's own: in batches with an answer for each, or the address once."""

import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.workspaces import POLICY, SETTINGS, Workbench
from tests.contract.called import Answers, Call, FarSide, Raw, Said, all_as, far_side

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def released(
    bench: Workbench, side: FarSide, *, users: int = 6, more: str = "", channels: str = '["banner", "email", "webhook"]'
) -> Workbench:
    hook = f'[webhook]\nurl = "{side.url}"\nsecret = "{SECRET}"\nbatch = 4\n{more}'
    bench.write("publisher.toml", SETTINGS + hook)
    bench.write("policies/privacy/policy.toml", POLICY + f"channels = {channels}\n")
    bench.import_users(users)
    bench.sign()
    bench.run("publish")
    return bench


def states(bench: Workbench, channel: str = "webhook") -> dict[str, int]:
    engine = create_engine(f"sqlite:///{bench.folder}/var/publisher.db")
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT state, count(*) FROM outbox WHERE channel = :channel GROUP BY state"), {"channel": channel}
        ).all()
    engine.dispose()
    return {state: number for state, number in rows}  # noqa: C416  rows are no pairs to a type checker


def told(side: FarSide) -> Counter[str]:
    return Counter(user["user"] for call in side.calls for user in call.users)


def test_each_user_is_told_once_in_batches_with_words_and_a_stable_id(workbench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        released(workbench, side)
        report = workbench.json("deliver")
        assert (report["accepted"], report["webhook"]["accepted"]) == (6, 6)
        assert [len(call.users) for call in side.calls] == [4, 2]
        assert told(side) == Counter(f"u{number:05}" for number in range(6))
        data = side.calls[0].data
        assert data["notice"] == "privacy-v2-1"
        assert data["title"]["revision"]["en"] == "Our Privacy Policy is changing on 15 January 2027"
        assert data["href"]["zh-CN"] == "https://acme.example/privacy/notices/privacy-v2-1/zh-CN/"
        assert data["effective"] == "2027-01-15"
        assert {user["language"] for call in side.calls for user in call.users} == {"en", "zh-CN"}
        assert states(workbench) == {"accepted": 6}
        assert states(workbench, "email") == {"accepted": 6}
        workbench.run("deliver")
        assert len(side.calls) == 2


def test_each_channels_counts_are_told_and_add_up_to_the_audience(workbench: Workbench) -> None:
    with far_side(all_as("refused")) as side:
        released(workbench, side)
        for done in ((), ("deliver",)):
            if done:
                assert "Mail: 6 accepted.\nWebhook: 6 refused." in workbench.run(*done)
            found = workbench.state_of("v2")
            assert {name: sum(counts.values()) for name, counts in found["channels"].items()} == {
                "email": 6,
                "webhook": 6,
            }
            assert found["messages"] == found["channels"]["email"]
        assert (found["channels"]["email"]["accepted"], found["channels"]["webhook"]["refused"]) == (6, 6)
        assert "mail: 6 accepted; webhook: 6 refused" in workbench.run("status")


def test_no_address_leaves_with_a_call(workbench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        released(workbench, side)
        workbench.run("deliver")
        assert all(b"@" not in call.body and b"User 1" not in call.body for call in side.calls)


def test_who_has_no_address_is_told_by_the_webhook_and_counts_as_told(workbench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        hook = f'[webhook]\nurl = "{side.url}"\nsecret = "{SECRET}"\n'
        workbench.write("publisher.toml", SETTINGS + hook)
        workbench.write("policies/privacy/policy.toml", POLICY + 'channels = ["banner", "webhook"]\n')
        rows = "id,email,name,language,joined\nu1,,Ann,en,2024-01-01\nu2,b@example.com,Ben,en,2024-01-01\n"
        workbench.run("users", "import", str(workbench.write("users.csv", rows)))
        workbench.sign()
        workbench.run("publish")
        assert workbench.state_of("v2")["messages"]["queued"] == 2
        workbench.run("deliver")
        assert told(side) == Counter(["u1", "u2"])
        assert workbench.state_of("v2")["messages"]["accepted"] == 2
        assert workbench.state_of("v2")["state"] == "complete"
        assert "2 of 2 users are settled" in workbench.ledger()[-1]["reason"]


def _mixed(call: Call) -> Said:
    """Hostile: strangers, one twice in two ways, one missing, one with a status of its own making, one right."""
    ids = [user["id"] for user in call.users]
    results: list[Any] = [
        {"id": "msg_stranger", "status": "accepted"},
        {"id": ids[0], "status": "accepted"},
        {"id": ids[0], "status": "refused"},
        {"id": ids[1], "status": "ACCEPTED"},
        {"id": ids[2], "status": "accepted"},
        {"id": ids[2], "status": "accepted"},
        {"id": [], "status": "refused"},
        "nothing",
        None,
    ]
    return Said(body=json.dumps({"results": results}).encode())


def test_what_an_answer_does_not_say_plainly_is_in_doubt_sent_once_more_and_then_held(workbench: Workbench) -> None:
    with far_side(_mixed) as side:
        released(workbench, side, users=4)
        workbench.run("deliver")
        assert states(workbench) == {"accepted": 2, "in-doubt": 2}
        first, again = side.calls[0].users, side.calls[1].users
        assert len(first) == 4
        assert {user["id"] for user in again} <= {user["id"] for user in first}
        assert len(again) == 3
        workbench.run("deliver")
        assert max(told(side).values()) == 2
        assert states(workbench) == {"accepted": 2, "in-doubt": 2}


@pytest.mark.parametrize("body", [b"", b"[" * 5000, b'{"results": 3}', b"\xff", b"x" * 1_000_001])
def test_an_answer_that_cannot_be_read_settles_nobody(workbench: Workbench, body: bytes) -> None:
    with far_side(lambda _: Said(body=body)) as side:
        released(workbench, side, users=3)
        workbench.run("deliver")
        assert states(workbench) == {"in-doubt": 3}
        assert told(side) == Counter({f"u{number:05}": 2 for number in range(3)})


@pytest.mark.parametrize("status", [301, 401, 404])
def test_a_call_that_is_not_taken_burns_nobody_and_stops_with_a_reason(workbench: Workbench, status: int) -> None:
    with far_side(lambda _: Said(status, headers={"Location": "/elsewhere"})) as side:
        released(workbench, side)
        told_why = workbench.refused("deliver")
        assert f"answers {status}" in told_why
        assert len(side.calls) == 1
        assert states(workbench) == {"queued": 6}
        assert states(workbench, "email") == {"accepted": 6}
        side.answer = all_as("accepted")
        workbench.run("deliver")
        assert states(workbench) == {"accepted": 6}


@pytest.mark.parametrize("status", [429, 500])
def test_a_far_side_that_is_busy_is_called_again_later_under_the_same_ids(workbench: Workbench, status: int) -> None:
    with far_side(lambda _: Said(status, headers={"Retry-After": "7200"})) as side:
        released(workbench, side)
        workbench.run("deliver")
        assert len(side.calls) == 1
        assert states(workbench) == {"deferred": 4, "queued": 2}
        side.answer = all_as("accepted")
        workbench.run("deliver")
        assert states(workbench) == {"deferred": 4, "accepted": 2}
        workbench.now += timedelta(hours=3)
        workbench.run("deliver")
        assert states(workbench) == {"accepted": 6}
        assert side.calls[0].users == side.calls[-1].users
        assert side.calls[0].headers["webhook-id"] == side.calls[-1].headers["webhook-id"]


def test_calls_at_once_are_each_recorded_by_their_own_answer(workbench: Workbench) -> None:
    at_once = threading.Barrier(3)

    def answer(call: Call) -> Said | Raw:
        at_once.wait(30)
        names = {user["user"] for user in call.users}
        return Said(503) if "u00000" in names else Said(body=b"{}") if "u00001" in names else all_as("accepted")(call)

    def apart(call: Call) -> frozenset[str]:
        return frozenset(user["id"] for user in call.users)

    with far_side(answer) as side:
        released(workbench, side, users=12, more="connections = 3\n")
        workbench.run("deliver", "--json")
        calls = {apart(call): call for call in side.calls[:3]}
        assert [len(names) for names in calls] == [4, 4, 4]
        assert len(frozenset().union(*calls)) == 12
        busy = sum("u00000" in {user["user"] for user in call.users} for call in calls.values())
        assert busy == 1
        assert states(workbench)["deferred"] == 4
        assert sum(states(workbench).values()) == 12


def test_each_users_own_answer_is_kept(workbench: Workbench) -> None:
    def answer(call: Call) -> Said:
        given = {"u00000": "refused", "u00001": "deferred"}
        results = [{"id": user["id"], "status": given.get(user["user"], "accepted")} for user in call.users]
        return Said(body=json.dumps({"results": results}).encode())

    with far_side(answer) as side:
        released(workbench, side)
        workbench.run("deliver")
        assert states(workbench) == {"refused": 1, "deferred": 1, "accepted": 4}


def test_a_webhook_that_is_not_there_leaves_every_message_as_it_was(workbench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        released(workbench, side)
    assert "cannot be reached" in workbench.refused("deliver")
    assert states(workbench) == {"queued": 6}


def test_a_channel_without_an_address_is_told_at_delivery(workbench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        released(workbench, side)
    workbench.write("publisher.toml", SETTINGS)
    assert "The address of the webhook cannot be called" in workbench.refused("deliver")
    assert states(workbench, "email") == {"accepted": 6}


def test_a_sender_that_is_killed_during_a_call_sends_it_once_more_under_the_same_ids(workbench: Workbench) -> None:
    come, go = threading.Event(), threading.Event()

    def hold(call: Call) -> Said | Raw:
        come.set()
        go.wait(30)
        return all_as("accepted")(call)

    with far_side(hold) as side:
        released(workbench, side, users=4)
        command = [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "deliver"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sender:
            assert come.wait(60)
            sender.kill()
            sender.wait()
        go.set()
        side.answer = all_as("accepted")
        assert states(workbench) == {"sending": 4}
        assert workbench.json("deliver")["interrupted"] == 4
        assert states(workbench) == {"accepted": 4}
        assert side.calls[0].users == side.calls[1].users
        assert len(side.calls) == 2


def test_a_channel_without_an_address_is_found_by_check_and_stops_a_review(workbench: Workbench) -> None:
    workbench.write("policies/privacy/policy.toml", POLICY + 'channels = ["banner", "webhook"]\n')
    line = len(POLICY.splitlines()) + 1
    assert f"policies/privacy/policy.toml:{line}: error: The channel webhook has no address" in workbench.refused(
        "check"
    )
    told_why = workbench.refused("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    assert "no address to call" in told_why
    workbench.write("publisher.toml", SETTINGS + '[webhook]\nurl = "http://example.com/"\n')
    assert "it is not encrypted" in workbench.refused("check")


def test_told_once_the_address_gets_one_call_and_nobody_counts_as_told_by_it(workbench: Workbench) -> None:
    with far_side(lambda _: Said(204)) as side:
        released(workbench, side, more='mode = "notice"\n', channels='["banner", "webhook"]')
        workbench.run("deliver")
        (call,) = side.calls
        assert json.loads(call.body)["type"] == "notice"
        assert call.data["people"] == 6
        assert states(workbench) == {"skipped": 6}
        workbench.run("deliver")
        assert len(side.calls) == 1


def test_told_once_a_busy_address_is_called_again_under_the_same_id(workbench: Workbench) -> None:
    with far_side(lambda _: Said(503)) as side:
        released(workbench, side, more='mode = "notice"\n')
        workbench.run("deliver")
        workbench.run("deliver")
        assert len(side.calls) == 1
        assert states(workbench) == {"deferred": 6}
        side.answer = lambda _: Said(200)
        workbench.now += timedelta(minutes=3)
        workbench.run("deliver")
        assert len({call.headers["webhook-id"] for call in side.calls}) == 1
        assert states(workbench) == {"skipped": 6}


def test_a_sequel_goes_to_those_who_were_told_and_the_rest_is_cancelled(workbench: Workbench) -> None:
    first: Answers = lambda call: all_as("accepted")(call) if len(call.users) == 4 else Said(503)  # noqa: E731  one line of a test
    with far_side(first) as side:
        released(workbench, side, channels='["banner", "webhook"]')
        workbench.run("deliver")
        assert states(workbench) == {"accepted": 4, "deferred": 2}
        side.answer = all_as("accepted")
        workbench.run("postpone", "privacy", "v2", "--to", "2027-04-01", "--by", "Ada", "--reason", "More time.")
        workbench.run("deliver")
        later = [user for call in side.calls for user in call.users if call.data["notice"] == "privacy-v2-2"]
        assert Counter(user["kind"] for user in later) == {"follow-up": 4, "revision": 2}
        assert side.calls[-1].data["title"]["follow-up"]["en"].startswith("The change to our Privacy Policy now takes")
