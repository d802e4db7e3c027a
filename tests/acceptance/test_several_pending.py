"""Several versions announced at once: each is compared with the one before it, and no page is false when read later."""

import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape

import pytest

from tests.acceptance.workspaces import V2, Workbench

WHO = ("--by", "Ada", "--reason", "A partner needs longer.")
V3 = {language: text.replace("24", "36") for language, text in V2.items()}


@pytest.fixture
def two(workbench: Workbench) -> Workbench:
    """v2 for 2027-01-15 and v3 for 2027-02-02 are announced, everybody has been told of both."""
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.now += timedelta(days=3)
    workbench.write_version("v3", V3, '"+60 days"')
    workbench.sign("v3")
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    return workbench


def page(bench: Workbench, name: str) -> str:
    text = (bench.folder / "site/public" / name / "index.html").read_text("utf-8")
    plain = " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", "", text))).split())
    return re.sub(r" ([.,;。，])", r"\1", plain)


def english_mail(bench: Workbench, subject: str) -> str:
    for path in (bench.folder / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        if subject in str(message["Subject"]) and body is not None:
            return " ".join(str(body.get_content()).split())
    raise AssertionError(subject)


def states(bench: Workbench) -> list[str]:
    return [entry["state"] for entry in bench.json("status")["versions"]]


def test_a_version_is_compared_with_the_pending_one_before_it_and_says_so(two: Workbench) -> None:
    assert "Compared with version 2" in page(two, "privacy/v3")
    assert "after version 2, which takes effect on 15 January 2027" in page(two, "privacy/v3")
    assert "Until then version 1 applies" not in page(two, "privacy/v3")
    assert (two.folder / "site/public/privacy/v2...v3/index.html").exists()
    mail = english_mail(two, "changing on 2 February 2027")
    assert "follows version 2, announced for 15 January 2027" in mail
    assert "https://acme.example/privacy/v2...v3/en/" in mail
    assert "Until then the version now in force applies" not in mail
    assert "Until then the version now in force applies" in english_mail(two, "changing on 15 January 2027")


def test_every_page_says_until_when_and_what_follows(two: Workbench) -> None:
    first = "until 15 January 2027, 00:00 (Beijing time, UTC+08:00)"
    assert f"{first}. Then version 2 applies." in page(two, "privacy/v1")
    assert f"{first}. Then version 2 applies." in page(two, "privacy")
    assert first in page(two, ".")
    assert f"{first}. Then version 2 applies." in page(two, "privacy/history")
    assert "It applies until 2 February 2027, 00:00 (Beijing time, UTC+08:00). Then version 3 applies." in page(
        two, "privacy/v2"
    )
    told = json.loads((two.folder / "site/public/privacy/versions.json").read_text("utf-8"))
    assert told["in_force_until"] == "2027-01-14T16:00:00Z"
    assert [(entry["from"], entry["until"]) for entry in told["versions"]] == [
        ("2024-09-30T16:00:00Z", "2027-01-14T16:00:00Z"),
        ("2027-01-14T16:00:00Z", "2027-02-01T16:00:00Z"),
        ("2027-02-01T16:00:00Z", None),
    ]
    banners = json.loads((two.folder / "site/public/banners.json").read_text("utf-8"))
    assert [banner["until"] for banner in banners] == ["2027-01-14T16:00:00Z", "2027-02-01T16:00:00Z"]
    two.now = datetime(2027, 1, 20, tzinfo=UTC)
    two.run("tick")
    assert "That version applies until 2 February 2027" in page(two, "privacy/v1")


def test_one_takes_effect_after_the_other(two: Workbench) -> None:
    two.now = datetime(2027, 1, 20, tzinfo=UTC)
    two.run("tick")
    assert states(two) == ["superseded", "in-force", "complete"]
    two.now = datetime(2027, 2, 2, tzinfo=UTC)
    two.run("tick")
    assert states(two) == ["superseded", "superseded", "in-force"]
    assert "agree" in two.run("verify")


def test_the_first_is_never_postponed_past_the_second(two: Workbench) -> None:
    before = two.ledger()
    told = two.refused("postpone", "privacy", "v2", "--to", "2027-03-20", *WHO)
    assert "privacy v3 follows it and is announced for 2027-02-02, before 2027-03-20." in told
    assert "Postpone v3 first." in told
    assert two.ledger() == before

    two.run("postpone", "privacy", "v3", "--to", "2027-04-01", *WHO)
    two.run("postpone", "privacy", "v2", "--to", "2027-03-20", *WHO)
    assert [entry["effective"] for entry in two.json("status")["versions"]] == [
        "2024-10-01",
        "2027-03-20",
        "2027-04-01",
    ]
    assert "after version 2, which takes effect on 20 March 2027" in page(two, "privacy/v3")


def test_the_first_is_withdrawn_only_after_the_second(two: Workbench) -> None:
    assert "Withdraw v3 first." in two.refused("withdraw", "privacy", "v2", *WHO)

    two.run("withdraw", "privacy", "v3", *WHO)
    two.run("withdraw", "privacy", "v2", *WHO)
    assert states(two) == ["in-force", "withdrawn", "withdrawn"]
    assert two.json("deliver")["accepted"] == 6


def test_two_of_one_day_take_effect_together_and_the_later_one_applies(workbench: Workbench) -> None:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    workbench.write_version("v3", V3, "2027-01-15")
    workbench.sign("v3")
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    assert "At the same time version 3 takes effect" in page(workbench, "privacy/v2")
    assert "until 15 January 2027" in page(workbench, "privacy/v1")

    workbench.now = datetime(2027, 1, 15, tzinfo=UTC)
    workbench.run("tick")
    assert states(workbench) == ["superseded", "superseded", "in-force"]
    assert "version 3 took effect at the same time" in page(workbench, "privacy/v2")
    assert workbench.json("asof", "privacy", "2027-01-15")["version"] == "v3"


def test_a_held_one_keeps_those_after_it_waiting(two: Workbench) -> None:
    two.run("postpone", "privacy", "v3", "--to", "2027-06-01", *WHO)
    two.run("postpone", "privacy", "v2", "--to", "2027-04-01", *WHO)
    two.now = datetime(2027, 3, 10, tzinfo=UTC)
    two.run("tick")
    assert states(two) == ["in-force", "held", "postponed"]
    assert "follows version 2, whose date is not fixed yet" in page(two, "privacy/v3").replace("It f", "f")

    two.run("deliver")
    two.run("tick")
    assert states(two) == ["in-force", "held", "complete"]
    two.now = datetime(2027, 7, 1, tzinfo=UTC)
    two.run("tick")
    assert states(two) == ["in-force", "held", "complete"]
    assert "it waits for the version before it" in two.state_of("v3")["due"]
    assert "Postpone v3 first" in two.refused("postpone", "privacy", "v2", "--to", "2027-09-01", *WHO)
    two.run("postpone", "privacy", "v3", "--to", "2027-09-01", *WHO)
    two.run("postpone", "privacy", "v2", "--to", "2027-09-01", *WHO)


def test_a_clock_that_jumps_back_takes_nothing_out_of_force(two: Workbench) -> None:
    two.now = datetime(2027, 1, 20, tzinfo=UTC)
    two.run("tick")
    pages = {name: page(two, name) for name in ("privacy", "privacy/v1", "privacy/v2", "privacy/history")}
    lines = len(two.ledger())

    two.now = datetime(2026, 6, 1, tzinfo=UTC)
    two.run("tick")
    two.run("build")

    assert states(two) == ["superseded", "in-force", "complete"]
    assert {name: page(two, name) for name in pages} == pages
    assert len(two.ledger()) == lines
    assert two.json("asof", "privacy", "2027-01-20")["version"] == "v2"
