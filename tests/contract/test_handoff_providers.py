"""What takes batches: each by the same rules, against a real folder or a server that speaks the published format."""

import errno
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from publisher.delivery.handoff import Provider, content_of
from publisher.delivery.handoff_folder import FolderProvider
from publisher.delivery.handoff_http import HttpProvider
from publisher.delivery.handoff_mailgun import MailgunProvider
from publisher.delivery.handoff_sendgrid import SendGridProvider
from publisher.domain.handoff import Attachment, Handoff, HandoffContent, HandoffMessage
from publisher.domain.notice import NoticeId, NoticeKind, Outcome
from tests.contract import providers_spoken
from tests.contract.called import FarSide, Said, far_side
from tests.contract.store_values import template

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SECRET = b"0123456789abcdef0123"
CONTENT = HandoffContent(
    NoticeKind.REVISION,
    "zh-CN",
    "",
    "everyone",
    "sha256:0",
    "Acme 隐私 <privacy@acme.example>",
    "我们的《隐私政策》将变更",
    "文字\n",
    "<p>文字 & more</p>\n",
    (("Auto-Submitted", "auto-generated"), ("Feedback-ID", "privacy-v2-1:zh-CN:privacy:acme.example")),
    (Attachment("privacy-v2-zh-CN.md", "text/markdown", "# 隐私\n".encode()),),
)


def handoff(number: int = 3, key: str = "batch_1") -> Handoff:
    messages = tuple(HandoffMessage(f"id{at:05}", f"u{at}", "zh-CN", 0, f"u{at}@example.com") for at in range(number))
    return Handoff(key, NoticeId("privacy", "v2", 1), (CONTENT,), messages)


SPOKEN: dict[
    str, tuple[Callable[[], AbstractContextManager[providers_spoken.Spoken]], Callable[[str, str], Provider]]
] = {
    "sendgrid": (providers_spoken.sendgrid, SendGridProvider),
    "mailgun": (providers_spoken.mailgun, MailgunProvider),
}


@dataclass
class Case:
    """A provider, and the ids of the messages that its far side has got, for each batch."""

    provider: Provider
    got: Callable[[], list[list[str]]]


def _of_folder(folder: Path) -> list[list[str]]:
    found = sorted((folder / "new").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [[message["id"] for message in json.loads(path.read_bytes())["messages"]] for path in found]


def _of_calls(side: FarSide) -> list[list[str]]:
    return [[message["id"] for message in call.data["messages"]] for call in side.calls]


def _of_spoken(spoken: providers_spoken.Spoken) -> list[list[str]]:
    ids = iter(taken.arguments["publisher_id"] for taken in spoken.taken)
    return [[next(ids) for _ in range(size)] for size in spoken.batches]


@pytest.fixture(params=["folder", "http", "sendgrid", "mailgun"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with ExitStack() as stack:
        if request.param == "folder":
            yield Case(FolderProvider(tmp_path), lambda: _of_folder(tmp_path))
        elif request.param == "http":
            side = stack.enter_context(far_side(lambda _: Said(200)))
            yield Case(HttpProvider(side.url, SECRET), lambda: _of_calls(side))
        else:
            opened, kind = SPOKEN[request.param]
            spoken = stack.enter_context(opened())
            yield Case(kind(spoken.side.url, providers_spoken.API_KEY), lambda: _of_spoken(spoken))
            assert spoken.refused == []


HTTP: dict[str, Callable[[str], Provider]] = {
    "http": lambda url: HttpProvider(url, SECRET, seconds=1),
    "sendgrid": lambda url: SendGridProvider(url, "key", seconds=1),
    "mailgun": lambda url: MailgunProvider(url, "key", seconds=1),
}
by_http = pytest.mark.parametrize("made", HTTP.values(), ids=HTTP.keys())


@pytest.mark.parametrize("number", [1, 3, 1000])
def test_a_batch_is_taken_whole_with_every_id(case: Case, number: int) -> None:
    assert case.provider.hand(handoff(number), NOW).outcome is Outcome.ACCEPTED
    assert case.got() == [[f"id{at:05}" for at in range(number)]]


def test_batches_of_different_keys_are_both_taken(case: Case) -> None:
    for key in ("batch_1", "batch_2"):
        assert case.provider.hand(handoff(2, key), NOW).outcome is Outcome.ACCEPTED
    assert len(case.got()) == 2


@by_http
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (429, Outcome.HOST_BUSY),
        (408, Outcome.HOST_BUSY),
        (503, Outcome.HOST_BUSY),
        (500, Outcome.HOST_BUSY),
        (502, Outcome.IN_DOUBT),
        (504, Outcome.IN_DOUBT),
        (301, Outcome.SENDER_FAULT),
        (400, Outcome.SENDER_FAULT),
        (401, Outcome.SENDER_FAULT),
        (413, Outcome.SENDER_FAULT),
    ],
)
def test_an_answer_is_about_the_batch_and_nobody_in_it(
    made: Callable[[str], Provider], status: int, outcome: Outcome
) -> None:
    with far_side(lambda _: Said(status, b'{"results": [{"id": "id00000", "status": "refused"}]}')) as side:
        handed = made(side.url).hand(handoff(), NOW)
    assert (handed.outcome, handed.code, handed.receipts) == (outcome, status, ())


@by_http
def test_who_is_busy_may_say_for_how_long(made: Callable[[str], Provider]) -> None:
    with far_side(lambda _: Said(429, headers={"Retry-After": "20"})) as side:
        assert made(side.url).hand(handoff(), NOW).wait == 20


@by_http
def test_an_answer_that_is_lost_leaves_a_batch_in_doubt(made: Callable[[str], Provider]) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}")

    with far_side(lambda _: hang_up) as side:
        assert made(side.url).hand(handoff(), NOW).outcome is Outcome.IN_DOUBT


@by_http
def test_where_nobody_listens_nothing_was_handed_over(made: Callable[[str], Provider]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert made(f"http://127.0.0.1:{port}/").hand(handoff(), NOW).outcome is Outcome.HOST_BUSY


def test_what_a_provider_calls_a_batch_is_kept() -> None:
    with providers_spoken.sendgrid() as spoken:
        provider = SendGridProvider(spoken.side.url, providers_spoken.API_KEY)
        assert provider.hand(handoff(), NOW).provider == "sg-batch-1"
    with providers_spoken.mailgun() as spoken:
        mailgun = MailgunProvider(spoken.side.url, providers_spoken.API_KEY)
        assert mailgun.hand(handoff(), NOW).provider == "20261201090000.1.1234@mg.example.com"


@pytest.mark.parametrize("name", ["sendgrid", "mailgun"])
def test_the_words_arrive_as_they_were_rendered(name: str) -> None:
    opened, kind = SPOKEN[name]
    with opened() as spoken:
        kind(spoken.side.url, providers_spoken.API_KEY).hand(handoff(1), NOW)
        (taken,) = spoken.taken
    assert (taken.address, taken.subject) == ("u0@example.com", CONTENT.subject)
    assert (taken.text, taken.html) == (CONTENT.text, CONTENT.html)
    assert dict(taken.headers) == dict(CONTENT.headers)
    assert b"\xe9\x9a\x90" in spoken.side.calls[0].body or b"IyDpmpDnp4EK" in spoken.side.calls[0].body


def test_a_key_is_written_once_while_its_file_lies_there_or_among_the_done(tmp_path: Path) -> None:
    provider = FolderProvider(tmp_path)
    for _ in range(2):
        assert provider.hand(handoff(), NOW).outcome is Outcome.ACCEPTED
    file = tmp_path / "new" / "batch_1.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "tmp").iterdir()) == []
    before = file.stat().st_mtime_ns
    file.rename(tmp_path / "done" / file.name)
    assert provider.hand(handoff(2), NOW).outcome is Outcome.ACCEPTED
    assert list((tmp_path / "new").iterdir()) == []
    assert (tmp_path / "done" / file.name).stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_is_our_fault_and_a_full_disk_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    assert FolderProvider(tmp_path / "file" / "out").hand(handoff(), NOW).outcome is Outcome.SENDER_FAULT

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert FolderProvider(tmp_path / "out").hand(handoff(), NOW).outcome is Outcome.HOST_BUSY
    assert [path for part in ("tmp", "new") for path in (tmp_path / "out" / part).iterdir()] == []


def test_addresses_that_stay_at_home_are_not_in_the_batch(tmp_path: Path) -> None:
    given = handoff()
    nameless = replace(given, messages=tuple(replace(message, address=None) for message in given.messages))
    FolderProvider(tmp_path).hand(nameless, NOW)
    assert b"u0@" not in (tmp_path / "new" / "batch_1.json").read_bytes()


def test_a_rendered_mail_is_taken_apart_without_anything_of_a_recipient() -> None:
    made = content_of(template())
    assert (made.kind, made.language, made.text) == (NoticeKind.REVISION, "en", "revision in en\n")
