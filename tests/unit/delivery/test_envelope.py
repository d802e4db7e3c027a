"""Joining a template with one recipient's values."""

import pytest

from publisher.delivery.envelope import join, message_id
from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind

NOTICE = NoticeId("privacy", "v2", 1)
TEMPLATE = MailTemplate(
    notice=NOTICE,
    kind=NoticeKind.REVISION,
    language="en",
    audience="everyone",
    parts=(b"Date: ", b"\r\nTo: ", b"\r\nMessage-ID: ", b"\r\nSubject: x\r\n\r\nHello\r\n"),
    slots=("date", "to", "message-id"),
    digest="sha256:0",
)
VALUES = {"date": "Mon, 23 Nov 2026 10:00:00 +0000", "to": "ann@example.com", "message-id": "<n.1@example.com>"}


def test_values_go_between_the_parts() -> None:
    assert join(TEMPLATE, VALUES) == (
        b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nTo: ann@example.com\r\nMessage-ID: <n.1@example.com>\r\n"
        b"Subject: x\r\n\r\nHello\r\n"
    )


def test_an_internationalised_local_part_is_written_in_utf_8() -> None:
    assert "To: δοκιμή@example.com\r\n".encode() in join(TEMPLATE, VALUES | {"to": "δοκιμή@example.com"})


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("to", "ann@example.com\r\nBcc: evil@example.com"),
        ("to", "ann@example.com\n"),
        ("to", "ann@example.com\r"),
        ("to", "ann\x00@example.com"),
        ("to", "ann\u2028@example.com"),
        ("to", "ann\x85@example.com"),
        ("to", "=?utf-8?q?x=0ABcc:_e@e.com?=@example.com"),
        ("to", "ann@example.com, ben@example.com"),
        ("to", "Ann <ann@example.com>"),
        ("to", "ann@exämple.com"),
        ("to", "\ud800@example.com"),
        ("to", "ann"),
        ("to", ""),
        ("to", "a" * 65 + "@example.com"),
        ("message-id", "n.1@example.com"),
        ("message-id", "<n.1@example.com> x"),
        ("message-id", "<ñ@example.com>"),
        ("date", "Mon, 23 Nov 2026\r\n 10:00"),
        ("date", "２０２６"),
        ("date", "x" * 600),
    ],
)
def test_a_value_that_could_break_a_header_is_refused_by_the_name_of_its_slot(slot: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"'{slot}'") as refused:
        join(TEMPLATE, VALUES | {slot: value})
    assert not value or value not in str(refused.value)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ValueError, match="'message-id'"):
        join(TEMPLATE, {"date": VALUES["date"], "to": VALUES["to"]})


def test_a_message_id_is_the_same_at_every_attempt_and_names_nobody() -> None:
    made = message_id(b"key", NOTICE, "recipient-key", "example.com")
    assert made == message_id(b"key", NOTICE, "recipient-key", "example.com")
    assert made.startswith("<n.privacy-v2-1.")
    assert made.endswith("@example.com>")
    assert "recipient" not in made


def test_message_ids_differ_by_recipient_notice_and_key() -> None:
    made = {
        message_id(b"key", NOTICE, "a", "example.com"),
        message_id(b"key", NOTICE, "b", "example.com"),
        message_id(b"key", NoticeId("privacy", "v2", 2), "a", "example.com"),
        message_id(b"other", NOTICE, "a", "example.com"),
    }
    assert len(made) == 4


def test_a_message_id_fits_its_slot_even_for_the_longest_policy_name() -> None:
    made = message_id(b"key", NoticeId("p" * 64, "v100", 12), "a", "mail.example.com")
    assert made.encode() in join(TEMPLATE, VALUES | {"message-id": made})


def test_a_domain_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="domain"):
        message_id(b"key", NOTICE, "a", "example.com>\r\nX: y")
