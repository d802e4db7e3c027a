"""A revision from draft to in force, as staff take it there."""

import re
from datetime import UTC, datetime, timedelta

from tests.acceptance.workspaces import NOW, POLICY, V1, V2, Workbench


def homepage(bench: Workbench, language: str = "") -> str:
    return (bench.folder / "site/public" / language / "index.html").read_text("utf-8")


def test_a_signed_version_is_announced_delivered_complete_and_in_force(workbench: Workbench) -> None:
    workbench.import_users(30)
    workbench.sign()
    report = workbench.json("publish")
    assert [entry["version"] for entry in report["released"]] == ["v2"]
    assert report["released"][0]["effective"] == "2027-01-15"
    assert report["files"] == ["policies/privacy/ledger.jsonl"]
    assert 'data-banner="privacy-v2-1"' in homepage(workbench)
    assert 'data-banner="privacy-v2-1"' in homepage(workbench, "zh-CN")
    assert workbench.state_of("v2")["messages"]["queued"] == 30

    workbench.run("deliver")
    assert workbench.state_of("v2")["messages"]["accepted"] == 30
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
    assert workbench.state_of("v1")["state"] == "in-force"

    workbench.now = datetime(2027, 1, 14, 15, 59, 59, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v1")["state"] == "in-force"
    workbench.now = datetime(2027, 1, 14, 16, 0, 0, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "in-force"
    assert workbench.state_of("v1")["state"] == "superseded"
    assert "data-banner" not in homepage(workbench)
    kinds = [event["kind"] for event in workbench.ledger()]
    assert kinds == ["adopt", "store", "release", "complete", "in-force"]
    assert "agree" in workbench.run("verify")


def test_publishing_again_queues_nothing_and_changes_no_file(workbench: Workbench) -> None:
    workbench.import_users(5)
    workbench.sign()
    workbench.run("publish")
    before = {
        path: path.read_bytes() for path in workbench.folder.rglob("*") if path.is_file() and "var" not in path.parts
    }
    assert "Nothing new to publish." in workbench.run("publish")
    after = {
        path: path.read_bytes() for path in workbench.folder.rglob("*") if path.is_file() and "var" not in path.parts
    }
    assert after == before
    assert workbench.state_of("v2")["messages"]["queued"] == 5


def test_each_reader_gets_one_mail_in_their_language_and_no_other(workbench: Workbench) -> None:
    workbench.import_users(9)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    mails = [path.read_text("utf-8") for path in (workbench.folder / "var/mail/new").iterdir()]
    addresses = sorted(match[1] for mail in mails if (match := re.search(r"^To: (.*)$", mail, re.MULTILINE)))
    assert addresses == [f"u{index:05}@example.com" for index in range(9)]
    chinese = [mail for mail in mails if "Content-Language: zh-CN" in mail]
    assert len(chinese) == 3


def test_a_version_that_nobody_signed_is_skipped_and_named(workbench: Workbench) -> None:
    assert "Skipped privacy v2: nobody has signed its review." in workbench.run("publish")
    assert [event["kind"] for event in workbench.ledger()] == ["adopt"]


def test_a_dry_run_counts_by_language_and_channel_and_writes_nothing(workbench: Workbench) -> None:
    workbench.import_users(6)
    workbench.sign()
    told = workbench.json("publish", "--dry-run")["released"][0]
    assert told["channels"]["email"] == [
        {"language": "en", "users": 4, "without_address": 0},
        {"language": "zh-CN", "users": 2, "without_address": 0},
    ]
    assert len(told["samples"]) == 5
    assert not any("u0000" in sample for sample in told["samples"])
    assert [event["kind"] for event in workbench.ledger()] == ["adopt"]
    assert not (workbench.folder / "site/public").exists()


def test_a_first_version_needs_no_review_and_no_notice(workbench: Workbench) -> None:
    workbench.write("policies/terms/policy.toml", 'title = "Terms"\nlanguage = "en"\ncontact = "a@acme.example"\n')
    workbench.write(
        "policies/terms/v1/en.md",
        "---\neffective: 2026-12-01\nsummary: Our first terms.\n---\n# Terms\n\n1. Be kind.\n",
    )
    report = workbench.json("publish")
    assert [(entry["policy"], entry["notice"]) for entry in report["released"]] == [("terms", None)]
    assert (workbench.folder / "site/public/terms/index.html").exists()
    assert "Be kind" in workbench.run("asof", "terms", "2026-12-02")


def test_notice_not_complete_in_time_holds_the_version_and_only_a_postponement_goes_on(workbench: Workbench) -> None:
    workbench.import_users(4)
    workbench.sign()
    workbench.run("publish")
    workbench.now = datetime(2026, 12, 16, 0, 0, tzinfo=UTC)
    told = workbench.run("tick")
    assert "hold" in told
    assert "2027-01-18" in told
    state = workbench.state_of("v2")
    assert state["state"] == "held"
    assert state["messages"]["cancelled"] == 4
    assert workbench.json("deliver")["accepted"] == 0

    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v1")["state"] == "in-force"
    assert workbench.state_of("v2")["state"] == "held"

    assert "30 days" in workbench.refused(
        "postpone", "privacy", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "late"
    )
    workbench.run("postpone", "privacy", "v2", "--to", "2027-03-10", "--by", "Ada", "--reason", "late")
    workbench.run("deliver")
    workbench.run("tick")
    state = workbench.state_of("v2")
    assert (state["state"], state["effective"]) == ("complete", "2027-03-10")
    assert state["messages"]["accepted"] == 4
    assert 'data-banner="privacy-v2-2"' in homepage(workbench)


def test_those_told_of_the_old_date_get_one_follow_up_and_nobody_is_told_twice(workbench: Workbench) -> None:
    workbench.import_users(10)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("postpone", "privacy", "v2", "--to", "2027-04-01", "--by", "Ada", "--reason", "more time")
    workbench.now = NOW + timedelta(hours=1)
    workbench.run("deliver")
    mails = [path.read_text("utf-8") for path in (workbench.folder / "var/mail/new").iterdir()]
    second = [mail for mail in mails if "n.privacy-v2-2." in mail]
    assert len(second) == 10
    addresses = [match[1] for mail in second if (match := re.search(r"^To: (.*)$", mail, re.MULTILINE))]
    assert len(set(addresses)) == 10
    workbench.run("deliver")
    assert len(list((workbench.folder / "var/mail/new").iterdir())) == 20


def test_a_clone_without_a_store_takes_the_ledger_over_and_queues_nothing(workbench: Workbench) -> None:
    for path in (workbench.folder / "var").rglob("publisher.db*"):
        path.unlink()
    workbench.run("publish")
    assert "agree" in workbench.run("verify")
    assert [event["kind"] for event in workbench.ledger()] == ["adopt"]


def test_another_store_sends_nothing_until_somebody_binds_the_ledger_to_it(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    for path in (workbench.folder / "var").rglob("publisher.db*"):
        path.unlink()
    assert "another store" in workbench.refused("publish")
    workbench.run("adopt", "--by", "Ada", "--reason", "the disk was lost")
    assert "Nothing new to publish." in workbench.run("publish")
    assert workbench.ledger()[-1]["kind"] == "store"
    assert workbench.json("deliver")["accepted"] == 0


def test_the_text_of_any_day_can_be_had(workbench: Workbench) -> None:
    assert "12 months" in workbench.run("asof", "privacy", "2025-06-01")
    assert "No version" in workbench.refused("asof", "privacy", "2023-01-01")


def test_a_clarification_needs_only_its_date(workbench: Workbench) -> None:
    reworded = {
        "en": V1["en"].replace("We collect your name", "What we collect is your name"),
        "zh-CN": V1["zh-CN"].replace("我们收集您的姓名和", "我们收集的是您的姓名和"),
    }
    workbench.write_version("v2", reworded, "2026-12-05")
    assert V2["en"] != reworded["en"]
    workbench.sign()
    released = workbench.json("publish")["released"][0]
    assert (released["grade"], released["notice"], released["floor"]) == ("clarification", None, 0)
    workbench.now = datetime(2026, 12, 5, 12, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "in-force"


def test_of_two_signed_versions_the_second_waits_for_a_review_that_knows_the_first(workbench: Workbench) -> None:
    third = {language: text.replace("24", "36") for language, text in V2.items()}
    workbench.write_version("v3", third, '"+60 days"')
    workbench.sign("v2")
    workbench.sign("v3")
    report = workbench.json("publish")
    assert [entry["version"] for entry in report["released"]] == ["v2"]
    assert report["skipped"] == ["privacy v3"]
    assert "review" in workbench.refused("publish")
    workbench.sign("v3")
    assert [entry["version"] for entry in workbench.json("publish")["released"]] == ["v3"]
    assert [workbench.state_of(name)["state"] for name in ("v1", "v2", "v3")] == ["in-force", "announced", "announced"]


def test_a_version_waits_for_the_one_before_it(workbench: Workbench) -> None:
    workbench.write_version("v3", {language: text.replace("24", "36") for language, text in V2.items()}, '"+60 days"')
    workbench.sign("v3")
    told = workbench.run("publish")
    assert "Skipped privacy v2: nobody has signed its review." in told
    assert "Skipped privacy v3: v2 before it is not released" in told


def test_a_held_version_keeps_the_one_after_it_waiting(workbench: Workbench) -> None:
    workbench.import_users(2)
    workbench.sign("v2")
    workbench.run("publish")
    clearer = {
        "en": V2["en"].replace("You may ask us", "You may request that we").replace("to delete", "delete"),
        "zh-CN": V2["zh-CN"].replace("您可以随时要求我们", "您随时可以要求我们"),
    }
    workbench.write_version("v3", clearer, "2027-01-20")
    workbench.sign("v3")
    workbench.run("publish")
    workbench.now = datetime(2027, 3, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "held"
    assert workbench.state_of("v1")["state"] == "in-force"
    assert workbench.state_of("v3")["state"] in ("announced", "held")


def test_a_delivery_pass_records_that_the_notice_is_complete(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    told = workbench.json("deliver")
    assert told["complete"] == ["privacy v2"]
    assert told["files"] == ["policies/privacy/ledger.jsonl"]
    workbench.now = datetime(2027, 1, 13, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"


def test_no_mail_of_a_version_that_must_be_held_goes_out_even_before_the_hold_is_recorded(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.now = datetime(2026, 12, 15, 16, 0, 5, tzinfo=UTC)
    assert workbench.state_of("v2")["state"] == "held"
    assert workbench.json("deliver")["accepted"] == 0


def test_a_clock_that_was_set_back_rewrites_nothing(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.now = NOW - timedelta(hours=3)
    workbench.run("deliver")
    workbench.run("tick")
    workbench.run("publish")
    events = workbench.ledger()
    assert [event["kind"] for event in events] == ["adopt", "store", "release", "complete"]
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert "agree" in workbench.run("verify")


def test_a_paused_version_sends_nothing_until_it_is_resumed(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.run("pause", "privacy", "v2")
    assert workbench.invoke("deliver").exit_code == 1
    assert workbench.state_of("v2")["messages"]["queued"] == 3
    workbench.run("resume", "privacy", "v2")
    workbench.run("deliver")
    assert workbench.state_of("v2")["messages"]["accepted"] == 3


def test_a_changed_time_zone_moves_no_announced_date(workbench: Workbench) -> None:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.write("policies/privacy/policy.toml", POLICY.replace("Asia/Shanghai", "Pacific/Kiritimati"))
    workbench.now = datetime(2027, 1, 14, 12, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"


def test_what_is_published_already_cannot_be_adopted(workbench: Workbench) -> None:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    workbench.write_version("v3", V1, "2026-11-01")
    assert "review" in workbench.refused("adopt", "privacy", "--through", "v3", "--by", "Mallory")


def test_users_who_come_between_announcement_and_effect_are_told_too(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.import_users(5)
    assert workbench.json("tick")["joined"] == 2
    assert workbench.json("tick")["joined"] == 0
    assert workbench.json("deliver")["accepted"] == 2
    assert len(list((workbench.folder / "var/mail/new").iterdir())) == 5
    workbench.now = datetime(2027, 1, 20, tzinfo=UTC)
    workbench.run("tick")
    workbench.import_users(6)
    assert workbench.json("tick")["joined"] == 0
