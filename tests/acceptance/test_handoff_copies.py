"""Copies for the organisation's own people, and test mails, through a provider."""

import json

from tests.acceptance.test_handoff import (
    SECRET,
    TAKEN,
    batches_in,
    handed_to,
    receipts_file,
    released,
    settings,
    states,
)
from tests.acceptance.workspaces import Workbench
from tests.contract.called import Call, Said, far_side
from tests.contract.providers_spoken import API_KEY, mailgun, sendgrid

SEEDS = '\n[delivery]\nseeds = ["legal@example.com", "ceo@example.com"]\n'


def add(bench: Workbench, more: str, **instead: str) -> None:
    """More settings, and words in place of others."""
    text = (bench.folder / "publisher.toml").read_text("utf-8")
    for words, others in instead.items():
        text = text.replace(words, others)
    bench.write("publisher.toml", text + more)


def test_copies_go_ahead_in_each_language_and_are_nobody_of_the_audience(workbench: Workbench) -> None:
    with far_side(TAKEN) as side:
        released(workbench, side.url)
        add(workbench, SEEDS)
        report = workbench.json("deliver")
        assert (report["copies"], report["handed-over"]) == (4, 6)
        workbench.run("deliver")
    copies, (batch,) = handed_to(side)[:4], handed_to(side)[4:]
    assert all(len(copy["messages"]) == 1 for copy in copies)
    assert {copy["messages"][0]["address"] for copy in copies} == {"legal@example.com", "ceo@example.com"}
    assert [copy["messages"][0]["user"] for copy in copies] == [""] * 4
    assert {copy["contents"][0]["language"] for copy in copies} == {"en", "zh-CN"}
    assert {copy["notice"] for copy in copies} == {batch["notice"]}
    assert not any("address" in message for message in batch["messages"])
    assert len({call.headers["idempotency-key"] for call in side.calls}) == 5
    assert states(workbench) == {"sending": 6}
    said = workbench.run("receipts", "import", str(receipts_file(workbench, handed_to(side))))
    assert states(workbench) == {"accepted": 6}
    assert "6" in said


def test_a_copy_that_the_provider_refuses_is_told_and_holds_nobody_up(workbench: Workbench) -> None:
    def answer(call: Call) -> Said:
        odd = [entry["id"] for entry in call.data["messages"] if entry.get("address") == "ceo@example.com"]
        results = [{"id": name, "status": "refused", "reply": "no such mailbox"} for name in odd]
        return Said(422 if odd else 202, json.dumps({"results": results}).encode())

    with far_side(answer) as side:
        released(workbench, side.url)
        add(workbench, SEEDS)
        report = workbench.json("deliver")
    assert (report["copies"], report["handed-over"]) == (2, 6)
    assert sum("for seed 2 was refused" in fault["message"] for fault in report["reasons"]) == 2


def test_a_test_mail_goes_through_the_provider_as_a_batch_of_one(workbench: Workbench) -> None:
    settings(workbench, "var/out")
    told = workbench.run("notice", "test", "privacy", "v2", "--to", "ada@acme.example")
    assert "A test mail of privacy v2 in en was taken: the provider has it" in told
    (batch,) = batches_in(workbench.folder / "var/out")
    shown = workbench.json("notice", "show", "privacy", "v2")
    assert batch["contents"][0]["subject"] == f"[Test] {shown['subject']}"
    assert batch["messages"][0]["address"] == "ada@acme.example"
    refused = workbench.refused("notice", "test", "privacy", "v2", "--to", "ada")
    assert "--to is no address." in refused


def test_both_providers_take_a_test_mail_in_their_own_format(workbench: Workbench) -> None:
    for name, opened in (("sendgrid", sendgrid), ("mailgun", mailgun)):
        with opened() as spoken:
            more = f'provider = "{name}"\nsend_addresses = true\n'
            settings(workbench, spoken.side.url, more)
            add(workbench, "", **{SECRET: API_KEY})
            workbench.run("notice", "test", "privacy", "v2", "--to", "ada@acme.example", "--lang", "zh-CN")
            (taken,) = spoken.taken
        assert (taken.address, taken.subject[:7]) == ("ada@acme.example", "[Test] ")
        assert spoken.refused == []
