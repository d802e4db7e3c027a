"""After a hand-off: a reader is erased, a banner is acknowledged, receipts become counts, and a receipt comes late."""

from datetime import UTC, datetime

from tests.acceptance.serving import served
from tests.acceptance.statements_said import INCIDENT, listing, written
from tests.acceptance.test_cumulative import V3
from tests.acceptance.test_handoff import batches_in, query, receipts_file, released, states
from tests.acceptance.test_keep_receipts import released as released_later
from tests.acceptance.workspaces import Workbench

OUT = "var/out"
KEPT = '\n[store]\nkeep_receipts = "400 days"\n'


def test_of_whom_was_erased_meanwhile_a_receipt_counts_and_no_name_of_theirs_is_kept(workbench: Workbench) -> None:
    released(workbench, OUT)
    workbench.run("deliver")
    workbench.run("users", "erase", "u00001")
    assert states(workbench) == {"sending": 6}
    workbench.run("receipts", "import", str(receipts_file(workbench, batches_in(workbench.folder / OUT))))
    assert states(workbench) == {"accepted": 6}
    assert query(workbench, "SELECT count(*) FROM outbox WHERE provider IS NULL") == [(1,)]
    workbench.run("tick")
    workbench.run("verify")
    assert workbench.state_of("v2")["state"] == "complete"


def test_one_who_was_erased_and_comes_back_is_left_out_of_the_next_batch(workbench: Workbench) -> None:
    released(workbench, OUT)
    workbench.run("deliver")
    back = receipts_file(workbench, batches_in(workbench.folder / OUT), u00001="deferred")
    workbench.run("users", "erase", "u00001")
    workbench.run("receipts", "import", str(back))
    workbench.now = datetime(2026, 12, 2, tzinfo=UTC)
    assert workbench.json("deliver")["skipped"] == 1
    assert states(workbench) == {"accepted": 5, "skipped": 1}
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"


def test_a_banner_may_be_put_away_before_the_provider_answers_and_must_be_after_a_refusal(workbench: Workbench) -> None:
    released(workbench, OUT)
    workbench.run("deliver")
    workbench.run("build")
    with served(workbench) as client:
        token = client.token("u00001")
        (shown,) = client.json(f"/api/banners?user={token}")[1]
        assert shown["mandatory"] is False
        refused = receipts_file(workbench, batches_in(workbench.folder / OUT), u00001="refused")
        workbench.run("receipts", "import", str(refused))
        (shown,) = client.json(f"/api/banners?user={token}")[1]
        assert shown["mandatory"] is True
        body = {"user": token, "banner": "privacy-v2-1"}
        assert client.json("/api/acknowledge", body)[0] == 200
        assert client.json("/api/acknowledge", body)[0] == 200
        assert client.json(f"/api/banners?user={token}")[1] == []
    assert query(workbench, "SELECT count(*) FROM acknowledgement") == [(1,)]
    assert states(workbench) == {"accepted": 5, "refused": 1}


def test_what_was_never_answered_becomes_a_count_too_and_late_receipts_change_nothing(workbench: Workbench) -> None:
    policy = workbench.folder / "policies/privacy/policy.toml"
    policy.write_text("notice_share = 0.8\n" + policy.read_text("utf-8"), "utf-8")
    released(workbench, OUT)
    workbench.run("deliver")
    batches = batches_in(workbench.folder / OUT)
    known = receipts_file(workbench, batches)
    lines = known.read_text("utf-8").splitlines(keepends=True)
    workbench.run("receipts", "import", str(workbench.write("first.jsonl", "".join(lines[:5]))))
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
    released_later(workbench, "v3", dict(V3), datetime(2027, 2, 1, tzinfo=UTC))
    later = [batch for batch in batches_in(workbench.folder / OUT) if batch["version"] == "v3"]
    workbench.run("receipts", "import", str(receipts_file(workbench, later)))
    workbench.run("tick")
    workbench.now = datetime(2027, 6, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "superseded"
    before = states(workbench)
    assert before == {"accepted": 5, "sending": 1}
    workbench.now = datetime(2028, 9, 1, tzinfo=UTC)
    settings = workbench.folder / "publisher.toml"
    settings.write_text(settings.read_text("utf-8") + KEPT, "utf-8")
    assert "6 receipts reduced to counts." in workbench.run("tick")
    assert states(workbench) == before
    assert query(workbench, "SELECT count(*) FROM outbox WHERE notice LIKE '%v2%'") == [(0,)]
    workbench.run("receipts", "import", str(workbench.write("late.jsonl", "".join(lines))))
    assert states(workbench) == before
    workbench.run("verify")


def test_an_incident_goes_through_the_provider_to_those_on_the_list(workbench: Workbench) -> None:
    released(workbench, OUT)
    texts, users = written(workbench.folder, INCIDENT), listing(workbench.folder, "u00001", "u00002")
    signed = ("--by", "Ada", "--by", "Ben", "--yes")
    workbench.run("notice", "send", "incident", texts, "--users", users, *signed)
    assert workbench.json("deliver")["handed-over"] == 8
    urgent = [batch for batch in batches_in(workbench.folder / OUT) if batch["notice"] == "privacy-incident-1"]
    assert sum(len(batch["messages"]) for batch in urgent) == 2
    workbench.run("receipts", "import", str(receipts_file(workbench, urgent, u00001="refused")))
    workbench.run("tick")
    (found,) = workbench.json("status")["notices"]
    assert (found["state"], found["channels"]["email"]["refused"]) == ("complete", 1)


def test_too_many_refusals_of_an_incident_are_told_and_pause_nothing(workbench: Workbench) -> None:
    released(workbench, OUT, users=120)
    everyone = written(workbench.folder, INCIDENT)
    workbench.run("notice", "send", "incident", everyone, "--users", "all", "--by", "Ada", "--by", "Ben", "--yes")
    workbench.run("deliver")
    urgent = [batch for batch in batches_in(workbench.folder / OUT) if batch["notice"] == "privacy-incident-1"]
    said = {f"u{at:05}": "refused" for at in range(10)} | {"u00050": "deferred"}
    done = workbench.invoke("receipts", "import", str(receipts_file(workbench, urgent, **said)), "--json")
    assert "bounces-many" in done.output
    assert query(workbench, "SELECT paused, closed FROM notice WHERE id = 'privacy-incident-1'") == [(0, None)]
    workbench.now = datetime(2026, 12, 2, tzinfo=UTC)
    assert workbench.json("deliver")["handed-over"] == 1
