"""A statement as a mail."""

import email
import email.policy
from datetime import date
from email.message import EmailMessage

import pytest

from publisher import parse
from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind
from publisher.render.statements import StatementContent, statement_mail
from publisher.render.templates import environment, strings

BASE = "https://acme.example/site"
ENVIRONMENT = environment(None)


def mail(text: str, *, kind: NoticeKind = NoticeKind.INCIDENT, language: str = "en") -> MailTemplate:
    content = StatementContent(
        notice=NoticeId("privacy", kind.value, 1),
        kind=kind,
        language=language,
        organisation="Acme & <Sons>",
        tree=parse.parse(text, language),
        before=date(2027, 2, 1) if kind is NoticeKind.TRANSFER else None,
        base=BASE,
        notice_link=f"{BASE}/privacy/notices/x/",
        digest="sha256:0",
        prevails="en" if language != "en" else None,
    )
    words = strings(language)
    return statement_mail(content, words, ENVIRONMENT, sender="Acme <p@acme.example>", audience="listed")


def read(given: MailTemplate) -> tuple[EmailMessage, str, str]:
    values = {"to": "a@b.example", "message-id": "<1@b.example>", "date": "Thu, 01 Jan 1970 00:00:00 +0000"}
    pairs = zip(given.parts, (*given.slots, ""), strict=True)
    raw = b"".join(part + values.get(slot, "").encode() for part, slot in pairs)
    found = email.message_from_bytes(raw, policy=email.policy.default)
    bodies = [str(part.get_content()) for kind in ("plain", "html") if (part := found.get_body((kind,))) is not None]
    return found, bodies[0], bodies[1]


def test_the_subject_is_its_title_and_the_headers_are_those_of_every_notice() -> None:
    found, _, _ = read(mail("# 关于 “A & B”\n\nX.\n", language="zh-CN"))
    assert found["Subject"] == "关于 “A & B”"
    assert found["Content-Language"] == "zh-CN"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Feedback-ID"] == "privacy-incident-1:zh-CN:privacy:acme.example"


def test_links_lead_out_of_the_mail_and_stand_in_the_plain_text() -> None:
    _, text, html = read(
        mail("# T\n\n[policy](/privacy/) [part](#x) [a@b.example](mailto:a@b.example) [w](https://w.example)\n")
    )
    assert f'href="{BASE}/privacy/"' in html
    assert f'href="{BASE}/privacy/notices/x/#x"' in html
    assert f"policy ({BASE}/privacy/) part ({BASE}/privacy/notices/x/#x) a@b.example w (https://w.example)" in text


def test_hostile_text_stays_words() -> None:
    given = "# T\n\n`<script>alert(1)</script>` {{ 7 * 7 }} [x](javascript:alert(1)) ![i](https://spy.example/i.png)\n"
    _, text, html = read(mail(given))
    assert "<script" not in html
    assert "javascript:" not in html
    assert "spy.example" not in html
    assert "{{ 7 * 7 }}" in html
    assert "<script>alert(1)</script>" in text
    assert "Acme &amp; &lt;Sons&gt;" in html


def test_every_piece_is_there_in_order_in_both_bodies() -> None:
    given = """# T

zk1.

## zk2

- zk3
  - zk4

    zk5
- zk6

1. zk7
2. zk8

| a | b |
|---|---|
| c | zk9 |

> zk0
"""
    _, text, html = read(mail(given))
    for body in (text.lower(), html.lower()):
        places = [body.index(f"zk{number}") for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)]
        assert places == sorted(places)
    assert "1. zk7" in text
    assert "a | b\r\nc | zk9" in text
    assert "* zk6\r\n\r\n1. zk7" in text
    assert "<th" in html


@pytest.mark.parametrize(("language", "day"), [("en", "1 February 2027"), ("zh-CN", "2027年2月1日")])
def test_a_transfer_says_from_which_day_on(language: str, day: str) -> None:
    _, text, html = read(mail("# T\n\nX.\n", kind=NoticeKind.TRANSFER, language=language))
    assert day in text
    assert day in html


def test_a_title_that_fits_no_header_is_refused() -> None:
    with pytest.raises(ValueError, match="Subject"):
        mail(f"# {'x' * 400}\n\nX.\n")
