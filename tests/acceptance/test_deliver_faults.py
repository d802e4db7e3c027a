"""A whole pass against a server that answers one thing at one stage: nobody is lost, or pays for a fault of ours."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import MessageState
from publisher.store.engine import Store, open_store
from tests.acceptance.deliver_values import Clock, queue, run, states_of
from tests.contract.scripted_smtp import DROP, GOOD, PATIENCE, PIPELINING, Server, scripted

READERS = 8
TEMPORARY = (b"421 closing\r\n", b"450 later\r\n", b"451 later\r\n", b"452 full\r\n")
PERMANENT = (b"530 log in\r\n", b"550 no\r\n", b"551 no\r\n", b"552 no\r\n", b"553 no\r\n", b"554 no\r\n")
NONSENSE = (
    DROP,
    b"what?\r\n",
    b"250-a\r\n550 b\r\n",
    b"250 a\r\n550 b\r\n",
    b"250 " + b"a" * 5000 + b"\r\n",
    b"999 x\r\n",
)
ANSWERS = (*TEMPORARY, *PERMANENT, *NONSENSE)
STAGES = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT")
ALL_OF_US = ("banner", "EHLO", "STARTTLS", "AUTH", "MAIL")
"""Stages at which nobody has been named: whatever is said there is about the host or about us."""

OFFERS = {"pipelined": PIPELINING, "one by one": b"250-here\r\n250 8BITMIME\r\n"}


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a notice for everybody, to be copied."""
    path = tmp_path_factory.mktemp("queued") / "publisher.db"
    opened = open_store(f"sqlite:///{path}")
    queue(opened, READERS)
    opened.close()
    return path


@pytest.fixture
def store(queued: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(queued, tmp_path / "publisher.db")
    opened = open_store(f"sqlite:///{tmp_path}/publisher.db")
    yield opened
    opened.close()


def _pass(store: Store, server: Server, login: str = "", query: str = "?tls=off") -> list[str]:
    """One pass over two connections; gives the codes of what ended it early."""
    url = f"smtp://{login}127.0.0.1:{server.port}{query}"
    report = run(
        store,
        lambda: SmtpTransport(url, deadline=PATIENCE, patience=PATIENCE),
        Clock(),
        connections=2,
        sleep=lambda _: None,
        seconds=_Hurried(),
    )
    counted = states_of(store)
    assert sum(counted.values()) == READERS
    assert not counted.keys() & {MessageState.SENDING, MessageState.CANCELLED, MessageState.SKIPPED}
    assert counted.get(MessageState.IN_DOUBT, 0) == report.held
    if counted.get(MessageState.QUEUED):
        assert report.stopped is not None
    return [report.stopped.code] if report.stopped else []


class _Hurried:
    """A clock on which every look is a quarter of a minute later, so that no rest lasts."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 15.0
        return self.at


def _copies(server: Server) -> Counter[bytes]:
    return Counter(message.partition(b"\r\n")[0] for message in server.messages if message)


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda value: value[:12].decode().strip() or "drop")
def test_answered_once_everybody_else_gets_it_and_answered_always_nobody_is_lost(
    store: Store, offer: str, stage: str, answer: bytes
) -> None:
    ordinary = OFFERS[offer] if stage == "EHLO" else GOOD[stage]
    with scripted({"EHLO": OFFERS[offer], stage: answer}) as server:
        stopped = _pass(store, server)
        counted = states_of(store)
        if stage in ALL_OF_US and answer not in TEMPORARY[1:]:
            assert set(counted) == {MessageState.QUEUED}, "nobody is burnt before anybody was named"
            assert stopped
        if stage == "QUIT":
            assert counted == {MessageState.ACCEPTED: READERS}
        assert max(_copies(server).values(), default=0) <= 2
        server.script[stage] = [ordinary]
        if stopped:
            _pass(store, server)
        left = states_of(store)
    told = left.get(MessageState.ACCEPTED, 0)
    assert not left.get(MessageState.QUEUED, 0)
    assert told >= counted.get(MessageState.QUEUED, 0)
    assert max(_copies(server).values(), default=0) <= 2


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda value: value[:12].decode().strip() or "drop")
def test_one_bad_answer_in_the_middle_touches_one_message_at_most(
    store: Store, offer: str, stage: str, answer: bytes
) -> None:
    with scripted({"EHLO": OFFERS[offer], stage: [GOOD[stage]] * 3 + [answer, GOOD[stage]]}) as server:
        if _pass(store, server):
            _pass(store, server)
        counted = states_of(store)
        copies = _copies(server)
    assert counted[MessageState.ACCEPTED] >= READERS - 1
    assert max(copies.values()) <= 2
    assert sum(copies.values()) <= READERS + 1


@pytest.mark.parametrize("answer", [*TEMPORARY, *PERMANENT, *NONSENSE], ids=lambda value: value[:12].decode() or "drop")
def test_what_goes_wrong_with_tls_or_login_stops_the_pass_with_everybody_still_queued(
    store: Store, answer: bytes
) -> None:
    offers = b"250-here\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"
    with scripted({"EHLO": offers, "AUTH": answer}) as server:
        assert _pass(store, server, login="user:secret@")
        assert server.messages == []
    with scripted({"EHLO": b"250-here\r\n250 STARTTLS\r\n", "STARTTLS": answer}) as server:
        assert _pass(store, server, query="")
        assert server.messages == []
    assert states_of(store) == {MessageState.QUEUED: READERS}
