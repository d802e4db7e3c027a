"""One real mail of a draft or a released version, to look at in a real mailbox."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.acceptance.deliver_values import Server, serving_at
from tests.acceptance.workspaces import SETTINGS, Workbench

TEST = ("notice", "test", "privacy", "v2", "--to", "ada@acme.example")


def mails(bench: Workbench) -> list[EmailMessage]:
    found = sorted((bench.folder / "var/mail/new").glob("*"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def files(bench: Workbench) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in bench.folder.rglob("*") if p.is_file() and "mail" not in p.parts}


def test_a_draft_is_sent_as_its_readers_would_get_it_and_nothing_is_recorded(workbench: Workbench) -> None:
    before = files(workbench)
    told = workbench.run(*TEST)
    assert "A test mail of privacy v2 in en was taken" in told
    assert "the links in the mail lead nowhere yet" in told
    (mail,) = mails(workbench)
    shown = workbench.json("notice", "show", "privacy", "v2")
    assert mail["Subject"] == f"[Test] {shown['subject']}"
    assert mail["To"] == "ada@acme.example"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == shown["text"].splitlines()
    assert files(workbench) == before


def test_a_subject_in_another_script_is_marked_too_and_each_test_is_a_new_mail(workbench: Workbench) -> None:
    workbench.run(*TEST, "--lang", "zh-CN")
    workbench.run(*TEST, "--lang", "zh-CN")
    first, second = mails(workbench)
    assert str(first["Subject"]).startswith("[Test] 我们的《隐私政策》")
    assert first["Message-ID"] != second["Message-ID"]


def test_a_released_version_tells_nobody_by_it(workbench: Workbench) -> None:
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    assert "lead nowhere" not in workbench.run(*TEST)
    assert workbench.state_of("v2")["messages"]["queued"] == 3
    assert workbench.json("deliver")["accepted"] == 3


@pytest.mark.parametrize("address", ["ada", "Ada <ada@acme.example>", "a@x.example,b@x.example", "a@x\r\nBcc: b@x"])
def test_what_is_no_address_is_refused(workbench: Workbench, address: str) -> None:
    told = workbench.refused(*TEST[:-1], address)
    assert "--to is no address.\n  Write one address: --to name@example.com" in told
    assert mails(workbench) == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"RCPT ada": ["550 5.1.1 <ada@acme.example> unknown"]}, "refuses it: 550 5.1.1 <address> unknown."),
        ({"RCPT ada": ["451 4.7.1 later"]}, "puts it off: 451 4.7.1 later."),
        ({"MAIL": ["550 5.7.1 not you"]}, "does not take mail from this sender: 550 5.7.1 not you."),
        ({"DATA ada": ["lost"]}, "The connection broke while the mail was handed over"),
    ],
)
def test_what_the_server_says_is_told(workbench: Workbench, rules: dict[str, list[str]], words: str) -> None:
    with serving_at(Server(rules)) as url:
        workbench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", url))
        assert words in workbench.refused(*TEST)


def test_a_server_that_is_not_there_is_told(workbench: Workbench) -> None:
    with serving_at(Server()) as url:
        gone = url
    workbench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", gone))
    assert "The mail server takes nothing now: no connection" in workbench.refused(*TEST)


def test_a_transport_that_cannot_be_is_told_without_its_password(workbench: Workbench) -> None:
    workbench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", "smtp://ada:geheim@:99999"))
    told = workbench.refused(*TEST)
    assert "The address of the mail server cannot be used." in told
    assert "geheim" not in told
