"""What really crossed the wire: no header and no recipient that was not meant, whatever stands in store and texts."""

import email
import email.policy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.delivery.transports import open_transport
from publisher.domain.notice import MailTemplate, MessageState
from publisher.store import outbox, schema
from publisher.store.engine import Store, open_store
from tests.acceptance.counting_sink import Sink, counting
from tests.acceptance.deliver_values import Clock, run, states_of
from tests.contract.store_values import add_users, notice, user
from tests.unit.render.test_mail import CHINESE, CONTENT, HEADERS, rendered

HOSTILE_ADDRESSES = [
    "reader@example.com\r\nBcc: all@example.com",
    "reader@example.com\nRCPT TO:<all@example.com>",
    "reader@example.com\r",
    "reader@example.com\x00",
    "reader@example.com> NOTIFY=NEVER",
    "reader@example.com,all@example.com",
    "Reader <reader@example.com>",
    "alice@x)bob@y.example",
    "=?UTF-8?Q?x=0ABcc:_e@e.com?=",
    "=?utf-8?q?e=40e=2Ecom=3E=2C?=",
    "reader@example.com\u2028Bcc: all@example.com",
    "reader@exämple.com",
    "x" * 65 + "@example.com",
]
HOSTILE_WORDS = [
    "{{7*7}} {% for x in y %} {u.__class__.__init__.__globals__} %s %(name)s ${x}",
    "<b>bold</b> <script>alert(1)</script> & \"quotes\" 'and' more",
    ".\r\n.\r\nQUIT\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<all@example.com>\r\nDATA",
    "..\n.\n...\n.end",
    "To: all@example.com\nBcc: all@example.com\n\nsecond body",
    "word " * 1200,
    "x" * 5000,
    "=?UTF-8?Q?x=0ABcc:_e@e.com?=",
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/publisher.db")
    yield opened
    opened.close()


def _sent(store: Store, templates: Sequence[MailTemplate], number: int = 2) -> Sink:
    with store.begin() as connection:
        add_users(connection, (user(i, language=templates[i % len(templates)].language) for i in range(number)))
        outbox.queue(connection, notice(), templates)
    return _delivered(store)


def _delivered(store: Store) -> Sink:
    with counting() as sink:
        run(store, lambda: open_transport(f"smtp://127.0.0.1:{sink.port}?tls=off", Path()), Clock(), connections=2)
    return sink


def _checked(sink: Sink) -> None:
    """Each mail as it came: only lines of CRLF and of lawful length, the headers that were meant, one reader."""
    for recipient, wire in zip(sink.recipients, sink.messages, strict=True):
        assert wire.count(b"\r\n") == wire.count(b"\n") == wire.count(b"\r")
        assert max(map(len, wire.split(b"\r\n"))) <= 998
        assert b"\x00" not in wire
        received = b"\r\n".join(line.removeprefix(b".") for line in wire.split(b"\r\n"))
        head = received.partition(b"\r\n\r\n")[0]
        names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
        assert names == HEADERS
        mail = email.message_from_bytes(received, policy=email.policy.default)
        assert [type(defect).__name__ for part in mail.walk() for defect in part.defects] == []
        assert mail["To"] == recipient
        assert mail["Auto-Submitted"] == "auto-generated"
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_of_hostile_addresses_in_the_store_none_reaches_the_wire_and_the_others_do(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, (user(i) for i in range(len(HOSTILE_ADDRESSES) + 2)))
        for number, address in enumerate(HOSTILE_ADDRESSES):
            of_user = schema.users.update().where(schema.users.c.id == f"u{number}")
            connection.execute(of_user.values(email=address))
        outbox.queue(connection, notice(), [rendered(CONTENT)])
    sink = _delivered(store)
    meant = {f"reader{len(HOSTILE_ADDRESSES)}@example.com", f"reader{len(HOSTILE_ADDRESSES) + 1}@example.com"}
    assert set(sink.recipients) == meant
    assert states_of(store) == {MessageState.ACCEPTED: 2, MessageState.SKIPPED: len(HOSTILE_ADDRESSES)}
    _checked(sink)


@pytest.mark.parametrize("words", HOSTILE_WORDS, ids=lambda words: repr(words[:12]))
def test_words_of_a_notice_stay_words(store: Store, words: str) -> None:
    change = replace(CONTENT.changes[0], public_note=words, where=words.replace("\r", " ").replace("\n", " "))
    content = replace(CONTENT, summary=words, organisation=words.partition("\n")[0], changes=(change,))
    sink = _sent(store, [rendered(content), rendered(CHINESE)], 4)
    assert sorted(sink.recipients) == [f"reader{i}@example.com" for i in range(4)]
    _checked(sink)
    texts = [_plain(wire) for wire in sink.messages]
    assert sum("".join(words.split()) in "".join(text.split()) for text in texts) == 2


def _plain(wire: bytes) -> str:
    received = b"\r\n".join(line.removeprefix(b".") for line in wire.split(b"\r\n"))
    mail = email.message_from_bytes(received, policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_lines_that_begin_with_a_dot_arrive_as_they_were_written(store: Store) -> None:
    plain = replace(rendered(CONTENT), parts=(*rendered(CONTENT).parts[:3], b"\r\nX: y\r\n\r\n.\r\n..a\r\n.b\nc\r.d"))
    sink = _sent(store, [plain])
    assert len(sink.messages) == 2
    for wire in sink.messages:
        assert wire.endswith(b"\r\n\r\n..\r\n...a\r\n..b\r\nc\r\n..d\r\n")
