"""The stop button and the careful start: pausing under way, a delay, first mails, copies ahead of everybody else."""

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.deliver_values import Server, serving_at
from tests.acceptance.workspaces import POLICY, SETTINGS, V1, V2, Workbench


@pytest.fixture
def bench(store_url: str, tmp_path: Path) -> Workbench:
    """A signed version for fifty people, on each database."""
    made = Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": store_url})
    made.import_users(50)
    made.sign()
    return made


@pytest.fixture
def signed(workbench: Workbench) -> Workbench:
    """The same with twenty people, on SQLite."""
    workbench.import_users(20)
    workbench.sign()
    return workbench


def careful(bench: Workbench, lines: str, transport: str = "maildir:var/mail") -> None:
    bench.write("publisher.toml", f"{SETTINGS.replace('maildir:var/mail', transport)}[delivery]\n{lines}\n")


def mails(bench: Workbench) -> list[Any]:
    found = sorted((bench.folder / "var/mail/new").glob("*"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def mails_of(bench: Workbench, version: str = "v2") -> dict[str, Any]:
    found: dict[str, Any] = bench.state_of(version)["mails"]
    return found


def delivering(bench: Workbench, *options: str) -> "subprocess.Popen[str]":
    """`publisher deliver` in a process of its own, by the machine's clock."""
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", "-C", str(bench.folder), "deliver", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **bench.environment},
    )


def until(bench: Workbench, number: int) -> None:
    for _ in range(2400):
        if len(list((bench.folder / "var/mail/new").glob("*"))) >= number:
            return
        time.sleep(0.05)
    raise AssertionError("no mail came")


def test_a_pause_stops_a_sender_in_another_process_and_resume_goes_on(bench: Workbench) -> None:
    bench.now = datetime.now(UTC).replace(microsecond=0)
    bench.run("publish")
    sender = delivering(bench, "--rate", "2")
    until(bench, 2)
    told = bench.run("pause", "privacy", "v2", "--by", "Ada", "--reason", "The date is wrong.")
    said, _ = sender.communicate(timeout=240)
    assert "privacy-v2-1 is paused; " in told
    assert sender.returncode == 1
    assert "privacy-v2-1 is paused. To go on: publisher resume privacy v2" in said
    out = len(mails(bench))
    assert 2 <= out < 50
    assert bench.state_of("v2")["messages"]["queued"] == 50 - out
    paused = mails_of(bench)["paused"]
    assert (paused["by"], paused["reason"]) == ("Ada", "The date is wrong.")
    status = bench.run("status")
    assert f"paused by Ada at {bench.now:%Y-%m-%d %H:%M} UTC: The date is wrong; to go on: publisher resume" in status
    assert bench.invoke("deliver").exit_code == 1
    assert len(mails(bench)) == out
    assert "goes on with the next delivery" in bench.run("resume", "privacy", "v2", "--by", "Grace")
    assert bench.json("deliver")["accepted"] == 50 - out
    assert mails_of(bench)["paused"] is None


def test_who_pauses_is_whoever_is_logged_in(signed: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "grace")
    signed.run("publish")
    signed.run("pause", "privacy", "v2")
    assert "paused by grace at 2026-12-01 09:00 UTC; to go on" in signed.run("status")
    assert "was paused before" in signed.run("pause", "privacy", "v2")
    signed.run("resume", "privacy", "v2")
    assert "was not paused" in signed.run("resume", "privacy", "v2")
    told = signed.json("pause", "privacy", "v2")
    assert told == {"notice": "privacy-v2-1", "changed": True, "begun": 0, "mails": told["mails"]}
    assert signed.json("resume", "privacy", "v2")["changed"] is True


def test_a_delay_holds_the_mails_and_not_the_banner(signed: Workbench) -> None:
    careful(signed, 'delay = "30 min"')
    signed.run("publish")
    assert json.loads((signed.folder / "site/public/banners.json").read_text("utf-8"))
    told = signed.run("deliver")
    assert "privacy-v2-1: its first mail goes at 2026-12-01 09:30:00 UTC, as [delivery] delay wants it." in told
    assert mails(signed) == []
    assert "its mails wait: its first mail goes at 2026-12-01 09:30:00 UTC" in signed.run("status")
    assert "its first mail goes at 2026-12-01 09:30:00 UTC" in signed.run("tick")
    assert mails_of(signed)["waits"]["until"] == "2026-12-01T09:30:00+00:00"
    signed.now += timedelta(minutes=30)
    assert signed.json("deliver")["accepted"] == 20
    assert mails_of(signed)["waits"] is None


def test_the_effective_date_must_leave_room_for_the_delay(signed: Workbench) -> None:
    for language in ("en", "zh-CN"):
        path = signed.folder / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace("+45 days", "+33 days"), "utf-8")
    careful(signed, 'delay = "6 hours"')
    signed.json("publish", "--dry-run")
    careful(signed, 'delay = "7 hours"')  # midnight in Shanghai
    told = signed.refused("publish")
    assert "Mails begin at 2026-12-01 16:00 UTC, by [delivery] delay." in told
    assert 'Write an effective date of 2027-01-04 or later, or "+34 days".' in told
    assert "only 30 days after complete notice" in signed.run("check")


def test_the_first_mails_go_and_the_others_wait_for_a_person(bench: Workbench) -> None:
    bench.write("publisher.toml", f'{SETTINGS}[delivery]\nfirst = "9%"\n')
    bench.run("publish")
    done = bench.invoke("deliver")
    assert done.exit_code == 1
    assert "5 accepted." in done.output
    assert "warning: privacy-v2-1 waits for a person: 5 of its 50 mails are out." in done.output
    assert bench.invoke("deliver").exit_code == 1
    assert len(mails(bench)) == 5
    assert "5 of its 50 mails are out, as [delivery] first wants it; look at them, then: publisher resume" in bench.run(
        "status"
    )
    assert "5 of its 50 mails are out" in bench.run("tick")
    told = bench.run("resume", "privacy", "v2", "--by", "Ada")
    assert "5 of its 50 mails were begun, and all others may go now" in told
    assert bench.json("deliver")["accepted"] == 45
    assert bench.state_of("v2")["state"] == "complete"


def test_a_pause_within_the_first_mails_leaves_them_the_first(signed: Workbench) -> None:
    careful(signed, "first = 5")
    signed.run("publish")
    signed.run("pause", "privacy", "v2")
    signed.run("resume", "privacy", "v2")
    assert signed.invoke("deliver").exit_code == 1
    assert len(mails(signed)) == 5


def test_those_of_the_first_that_were_deferred_are_tried_again_without_a_person(signed: Workbench) -> None:
    server = Server({f"RCPT u{number:05}": ["451 4.7.1 later", ""] for number in range(20)})
    with serving_at(server) as url:
        careful(signed, "first = 4", url)
        signed.run("publish")
        signed.invoke("deliver")
        assert signed.state_of("v2")["messages"]["deferred"] == 4
        signed.now += timedelta(minutes=2)
        signed.invoke("deliver")
    counted = signed.state_of("v2")["messages"]
    assert (counted["accepted"], counted["deferred"], counted["queued"]) == (4, 0, 16)


def test_first_mails_that_wait_too_long_are_an_error(signed: Workbench) -> None:
    careful(signed, "first = 5")
    signed.run("publish")
    signed.invoke("deliver")
    signed.now = datetime(2026, 12, 15, 0, tzinfo=UTC)  # 16 December begins in Shanghai at 16:00, and its floor with it
    told = signed.invoke("deliver").output
    assert "error: privacy-v2-1 waits for a person" in told
    assert "must go before 2026-12-15 16:00 UTC, or its version is held" in told


def test_a_date_that_leaves_a_person_no_day_for_the_first_mails_is_told_at_publish(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    careful(bench, "first = 5")
    bench.write("policies/privacy/policy.toml", f"{POLICY}delivery_days = 1\n")
    bench.write_version("v1", V1, "2024-10-01")
    bench.write_version("v2", V2, '"+31 days"')
    bench.run("adopt", "privacy", "--through", "v1", "--by", "Acme")
    bench.sign()
    told = bench.run("publish")
    assert "warning: After the first mails of privacy v2 a person has 7.0 hours to let the others go" in told


def test_seeds_get_a_copy_of_each_language_before_anybody_else_and_are_in_no_count(bench: Workbench) -> None:
    seeds = ["legal@acme.example", "support@acme.example"]
    lines = f'delay = "1 h"\nseeds = {json.dumps(seeds)}\n'
    bench.write("publisher.toml", f"{SETTINGS}[delivery]\n{lines}")
    bench.run("publish")
    assert "4 copies sent to [delivery] seeds.\n" in bench.run("deliver")
    assert "4 copies went ahead to [delivery] seeds\n" in bench.run("status")
    assert sorted((mail["To"], mail["Subject"][:3]) for mail in mails(bench)) == [
        ("legal@acme.example", "Our"),
        ("legal@acme.example", "我们的"),
        ("support@acme.example", "Our"),
        ("support@acme.example", "我们的"),
    ]
    assert len({mail["Message-ID"] for mail in mails(bench)}) == 4
    assert sum(bench.state_of("v2")["messages"].values()) == 50
    assert mails_of(bench)["seeds"] == {"copies": 4, "failed": []}
    bench.run("deliver")
    assert len(mails(bench)) == 4
    bench.now += timedelta(hours=1)
    assert bench.json("deliver")["accepted"] == 50
    assert len(mails(bench)) == 54
    told = [mail["To"] for mail in mails(bench)]
    assert sum(address in seeds for address in told) == 4


def test_seeds_named_after_a_notice_has_begun_get_no_copy_of_it(signed: Workbench) -> None:
    signed.run("publish")
    signed.run("deliver")
    careful(signed, 'seeds = ["legal@acme.example"]')
    signed.run("deliver")
    assert len(mails(signed)) == 20


def test_a_paused_notice_sends_no_copies_either(signed: Workbench) -> None:
    careful(signed, 'seeds = ["legal@acme.example"]')
    signed.run("publish")
    signed.run("pause", "privacy", "v2")
    signed.invoke("deliver")
    assert mails(signed) == []


def test_seeds_that_fail_are_told_to_staff_and_shown_and_hold_nobody_up(signed: Workbench) -> None:
    seen = signed.folder / "alerts.json"
    seeds = json.dumps(["legal@acme.example", "gone@acme.example"])
    hook = json.dumps([sys.executable, "-c", f"import sys; open({str(seen)!r}, 'w').write(sys.stdin.read())"])
    server = Server({"RCPT gone": ["550 5.1.1 <gone@acme.example> unknown"]})
    with serving_at(server) as url:
        careful(signed, f"seeds = {seeds}\n[hooks]\nalert = {hook}", url)
        signed.run("publish")
        told = signed.run("deliver")
    assert "warning: The copy of privacy-v2-1 in en for seed 2 was refused: 550 5.1.1 <address> unknown." in told
    assert "seed 2 was refused" in seen.read_text("utf-8")
    assert "20 accepted." in told
    assert server.got[0][0] == server.got[1][0] == "legal@acme.example"
    shown = signed.run("status")
    assert "2 of 4 copies to [delivery] seeds failed: en refused (550 5.1.1 <address> unknown), zh-CN refused" in shown
    assert "gone@" not in shown + told


def test_a_deferred_copy_is_tried_again(signed: Workbench) -> None:
    server = Server({"RCPT legal": ["451 4.7.1 later", "451 4.7.1 later", ""]})
    with serving_at(server) as url:
        careful(signed, 'seeds = ["legal@acme.example"]', url)
        signed.run("publish")
        assert signed.json("deliver")["accepted"] == 20
        signed.now += timedelta(minutes=5)
        signed.run("deliver")
    assert [address for address, _ in server.got].count("legal@acme.example") == 2
    assert mails_of(signed)["seeds"] == {"copies": 2, "failed": []}


def test_nobody_goes_before_the_seeds_when_the_server_takes_nothing(signed: Workbench) -> None:
    server = Server({"MAIL": ["550 5.7.1 sender not allowed"]})
    with serving_at(server) as url:
        careful(signed, 'seeds = ["legal@acme.example"]', url)
        signed.run("publish")
        told = signed.refused("deliver")
        assert "The mail server does not take mail from this sender: 550 5.7.1 sender not allowed." in told
        assert server.begun == 1
        server.rules = {}
        assert signed.json("deliver")["accepted"] == 20
    assert [address for address, _ in server.got[:2]] == ["legal@acme.example"] * 2


def test_why_the_server_took_nothing_is_shown_until_it_takes_something(signed: Workbench) -> None:
    server = Server({"MAIL": ["550 5.7.1 sender not allowed"]})
    with serving_at(server) as url:
        careful(signed, "", url)
        signed.run("publish")
        signed.refused("deliver")
        shown = signed.run("status")
        assert "Delivery stopped at 2026-12-01 09:00 UTC: The mail server does not take mail from this sender:" in shown
        assert "Correct [email] transport and from, then deliver again." in shown
        assert signed.json("status")["delivery"]["stopped"]["code"] == "delivery-refused"
        server.rules = {}
        signed.run("deliver")
    assert signed.json("status")["delivery"]["stopped"] is None


def test_a_run_that_too_many_refuse_is_shown_with_its_reason_and_how_to_go_on(workbench: Workbench) -> None:
    workbench.import_users(200)
    workbench.sign()
    server = Server({f"RCPT u{number:05}": ["550 5.1.1 unknown"] for number in range(0, 200, 5)})
    with serving_at(server) as url:
        careful(workbench, "", url)
        workbench.run("publish")
        assert "messages were refused for good" in workbench.refused("deliver")
        shown = workbench.run("status")
        assert re.search(
            r"paused by publisher at 2026-12-01 09:00 UTC: privacy-v2-1 is paused: \d+ of the last \d+ messages were"
            r" refused for good; to go on: publisher resume privacy v2",
            shown,
        )
        left = workbench.state_of("v2")["messages"]["queued"]
        workbench.run("resume", "privacy", "v2", "--by", "Ada", "--reason", "an old list")
        workbench.invoke("deliver")
    assert workbench.state_of("v2")["messages"]["queued"] < left
