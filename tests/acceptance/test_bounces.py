"""Mails that come back: sent over SMTP, returned as a mail server would, and read from a Maildir or a pipe."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from publisher.config import read_settings
from publisher.store import schema
from publisher.store.engine import open_store
from publisher.workflow.answering import still_to_show
from tests.acceptance.deliver_values import Server, serving
from tests.acceptance.test_cumulative import V3
from tests.acceptance.test_keep_receipts import released
from tests.acceptance.workspaces import SETTINGS, Workbench

CASES = Path(__file__).parents[1] / "cases" / "bounces"
BOUNCES = 'bounces = "bounce@acme.example"\n'
MAILDIR = "maildir:var/bounces"
LATE = b"1 message came back after the notice was complete; it stays complete.\n"


@dataclass
class Relay(Server):
    """A server that remembers the envelope sender of each mail too."""

    senders: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the name that is looked for
        address = envelope.rcpt_tos[0]
        self.senders[address] = envelope.mail_from
        line = next(line for line in envelope.content.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        self.ids[address] = line.partition(b"<")[2].partition(b"@")[0].decode("ascii")
        return await super().handle_DATA(server, session, envelope)


class Post:
    """A workbench whose mails were accepted by a relay, which returns some."""

    def __init__(self, bench: Workbench, relay: Relay) -> None:
        self.bench = bench
        self.relay = relay
        self.folder = bench.folder / "var/bounces"
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self._number = 0

    def notification(self, address: str, case: str = "postfix") -> bytes:
        raw = (CASES / f"{case}.eml").read_bytes()
        raw = raw.replace(b"n.privacy-v2-1.0123456789abcdef0123456789abcdef", self.relay.ids[address].encode("ascii"))
        return raw.replace(b"bounce+TOKEN@example.com", self.relay.senders[address].encode("ascii"))

    def arrive(self, raw: bytes) -> None:
        self._number += 1
        (self.folder / "new" / f"1793610000.M{self._number:05}.mx").write_bytes(raw)

    def read(self, code: int = 0) -> dict[str, Any]:
        """What `bounces` tells, without what is nothing and whether the notice was complete."""
        done = self.bench.invoke("bounces", MAILDIR, "--json")
        assert done.exit_code == code, done.output
        assert "@" not in done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return {name: value for name, value in found.items() if value and name != "late"}

    def seen(self) -> list[str]:
        return sorted(path.name.partition(":")[2] for path in (self.folder / "cur").iterdir())

    def waiting(self) -> int:
        return len(list((self.folder / "new").iterdir()))


def posted(workbench: Workbench, *, email: str = BOUNCES, users: int = 5) -> Post:
    relay = Relay()
    workbench.write("publisher.toml", SETTINGS.replace("[email]\n", f"[email]\n{email}"))
    workbench.import_users(users)
    workbench.sign()
    workbench.run("publish")
    with serving(relay) as transports:
        port = transports()._address.port  # type: ignore[attr-defined]
        workbench.environment = {"PUBLISHER_EMAIL__TRANSPORT": f"smtp://127.0.0.1:{port}?tls=off"}
        workbench.run("deliver")
    return Post(workbench, relay)


def first(post: Post) -> str:
    return min(post.relay.senders)


def test_each_mail_has_an_envelope_sender_of_its_own_that_names_nobody(workbench: Workbench) -> None:
    post = posted(workbench)
    senders = post.relay.senders
    assert len(set(senders.values())) == len(senders) == 5
    for address, sender in senders.items():
        local, _, domain = sender.partition("@")
        assert domain == "acme.example"
        assert local.startswith("bounce+")
        assert len(local) <= 64
        assert address.partition("@")[0] not in sender


@pytest.mark.parametrize("email", [BOUNCES, ""], ids=["by its envelope", "by its Message-ID"])
def test_a_bounce_turns_the_message_to_refused_and_leaves_the_reader_to_the_banner(
    workbench: Workbench, email: str
) -> None:
    post = posted(workbench, email=email)
    post.arrive(post.notification(first(post)))
    assert post.read() == {"bounced": 1}
    assert (post.seen(), post.waiting()) == (["2,S"], 0)
    messages = workbench.state_of("v2")["messages"]
    assert (messages["accepted"], messages["refused"]) == (4, 1)
    store = open_store(read_settings(workbench.folder).store_url)
    try:
        shown = still_to_show(store, first(post).partition("@")[0], ("privacy-v2-1",))
        with store.read() as connection:
            row = connection.execute(select(schema.outbox).where(schema.outbox.c.state == "refused")).one()
            (attempt,) = connection.execute(select(schema.attempt)).all()
    finally:
        store.close()
    assert shown is not None
    assert "privacy-v2-1" in shown
    assert (row.reason, row.code) == ("bounced", 550)
    assert (attempt.outcome, attempt.no) == ("bounced", 2)
    assert attempt.reply.startswith("5.1.1 smtp; 550 5.1.1 <address> Recipient address rejected")


def test_the_same_bounce_again_is_known(workbench: Workbench) -> None:
    post = posted(workbench)
    for _ in range(2):
        post.arrive(post.notification(first(post)))
    assert post.read() == {"bounced": 1, "known": 1}
    post.arrive(post.notification(first(post), "exim"))
    assert post.read() == {"known": 1}
    assert post.read() == {}
    assert workbench.run("bounces", MAILDIR) == "Nothing is new.\n"


def test_forged_and_foreign_mails_change_nothing_and_stay_unread_for_people(workbench: Workbench) -> None:
    post = posted(workbench)
    genuine = post.notification(first(post))
    sender = post.relay.senders[first(post)].encode("ascii")
    other = sender[:20] + (b"a" if sender[20:21] != b"a" else b"b") + sender[21:]
    post.arrive(genuine.replace(sender, other))
    post.arrive(genuine.replace(sender, b"bounce@acme.example"))
    post.arrive(post.notification(first(post), "qmail"))
    post.arrive(post.notification(first(post), "away"))
    assert post.read() == {"foreign": 2, "unreadable": 2}
    assert post.seen() == ["2,"] * 4
    assert workbench.state_of("v2")["messages"]["accepted"] == 5


def test_a_delay_is_no_failure_and_a_block_is_told_as_nothing_about_the_person(workbench: Workbench) -> None:
    post = posted(workbench)
    one, two, three, *_ = sorted(post.relay.senders)
    post.arrive(post.notification(one, "postfix-delayed"))
    post.arrive(post.notification(two, "gmail"))
    post.arrive(post.notification(three, "postfix-given-up"))
    found = post.read()
    assert [fault["code"] for fault in found.pop("troubles")] == ["bounces-blocked", "bounces-given-up"]
    assert found == {"delayed": 1, "blocked": 1, "given-up": 1}
    messages = workbench.state_of("v2")["messages"]
    assert (messages["accepted"], messages["refused"]) == (3, 2)


@pytest.mark.parametrize("email", [BOUNCES, ""], ids=["by its envelope", "by its Message-ID"])
def test_a_bounce_of_a_message_that_is_in_a_count_says_so_and_changes_no_count(
    workbench: Workbench, email: str
) -> None:
    post = posted(workbench, email=email)
    workbench.environment = {}
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    released(workbench, "v3", dict(V3), workbench.now)
    workbench.now = datetime(2027, 6, 1, tzinfo=UTC)
    workbench.run("tick")
    settings = (workbench.folder / "publisher.toml").read_text("utf-8")
    workbench.write("publisher.toml", settings + '[store]\nkeep_receipts = "400 days"\n')
    workbench.now = datetime(2028, 9, 1, tzinfo=UTC)
    assert "5 receipts reduced to counts." in workbench.run("tick")
    messages = workbench.state_of("v2")["messages"]
    assert messages["accepted"] == 5
    post.arrive(post.notification(first(post)))
    assert post.read() == {"reduced": 1}
    assert (post.seen(), post.waiting()) == (["2,S"], 0)
    assert workbench.state_of("v2")["messages"] == messages


def test_a_complete_notice_stays_complete(workbench: Workbench) -> None:
    post = posted(workbench)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
    post.arrive(post.notification(first(post)))
    assert "1 message came back after the notice was complete; it stays complete." in workbench.run("bounces", MAILDIR)
    workbench.run("tick")
    workbench.run("verify")
    assert workbench.state_of("v2")["state"] == "complete"


def test_too_many_bounces_pause_what_is_unsent_and_whoever_resumes_has_the_last_word(workbench: Workbench) -> None:
    post = posted(workbench, users=120)
    workbench.import_users(121)
    workbench.run("tick")
    addresses = sorted(post.relay.senders)
    for address in addresses[:6]:
        post.arrive(post.notification(address))
    assert post.read() == {"bounced": 6}
    post.arrive(post.notification(addresses[6]))
    found = post.read(code=1)
    assert (found["bounced"], found["paused"]) == (1, ["privacy-v2-1"])
    assert found["troubles"][0]["code"] == "bounces-many"
    workbench.run("resume", "privacy", "v2")
    post.arrive(post.notification(addresses[7]))
    assert post.read() == {"bounced": 1}


def piped(bench: Workbench, mail: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "publisher", "-C", str(bench.folder), "bounces", "-"],
        input=mail,
        capture_output=True,
        check=False,
        env={**os.environ, **bench.environment},
    )


def test_a_mail_handed_over_is_read_and_kept_by_the_server_while_anything_is_wrong(workbench: Workbench) -> None:
    post = posted(workbench)
    mail = post.notification(first(post))
    settings = (workbench.folder / "publisher.toml").read_text("utf-8")
    workbench.write("publisher.toml", "[email\n")
    assert piped(workbench, mail).returncode == 75
    workbench.write("publisher.toml", settings)
    done = piped(workbench, mail + b"x" * 3_000_000)
    assert (done.returncode, done.stdout) == (0, b"1 came back for good.\n" + LATE)
    assert piped(workbench, mail).stdout == b"1 known already.\n"
    assert piped(workbench, b"").returncode == 0
    assert workbench.state_of("v2")["messages"]["refused"] == 1


def test_a_folder_that_is_no_maildir_is_told(workbench: Workbench) -> None:
    assert "no Maildir" in workbench.refused("bounces", "maildir:policies")
    assert workbench.invoke("bounces", "mbox:var/mail").exit_code == 2
