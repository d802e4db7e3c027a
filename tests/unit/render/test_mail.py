"""A notice as a mail."""

import email
import email.policy
import hashlib
import re
from dataclasses import replace
from datetime import date
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import cast

import pytest

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Op
from publisher.domain.notice import MailTemplate, NoticeContent, NoticeId, NoticeKind, ToldChange
from publisher.render.mail import mail, subject
from publisher.render.templates import environment, strings

ENVIRONMENT = environment(None)
SENDER = "Lindenholt Privacy <privacy@lindenholt.example>"
BASE = "https://lindenholt.example/privacy"
REWORDED = ToldChange(
    clause="4.1.3",
    where="4. Sharing › 4.1.3",
    reasons=(FindingKind.OBLIGATION_WEAKENED, FindingKind.NEW_RECIPIENT),
    edits=((Op.EQUAL, "We "), (Op.DELETE, "will"), (Op.INSERT, "may"), (Op.EQUAL, " engage <partners> & others.")),
    link=f"{BASE}/v2/en/#4.1.3",
    public_note="Nothing is shared before that day.",
)
ADDED = replace(REWORDED, where="4.4 Partners", edits=((Op.INSERT, "We share figures."),), public_note="")
REMOVED = replace(REWORDED, where="6.5", edits=((Op.DELETE, "You may ask for paper."),), link=f"{BASE}/v1/en/#6.5")
CONTENT = NoticeContent(
    notice=NoticeId("privacy", "v2", 1),
    kind=NoticeKind.REVISION,
    language="en",
    organisation="Lindenholt Cloud",
    policy_title="Privacy Policy",
    version="v2",
    summary="We will share usage figures with analytics partners.",
    effective=date(2027, 3, 1),
    timezone="Asia/Shanghai",
    changes=(REWORDED, ADDED, REMOVED),
    contact="privacy@lindenholt.example",
    link=f"{BASE}/v2/en/",
    redline_link=f"{BASE}/v1...v2/en/",
    notice_link=f"{BASE}/notices/privacy-v2-1/en/",
    digest="sha256:" + "9f" * 32,
    compared="v1",
)
CHINESE = replace(
    CONTENT,
    language="zh-CN",
    organisation="林登霍尔特云",
    policy_title="隐私政策",
    summary="我们将与分析合作方共享使用数据。",
    changes=(
        replace(
            REWORDED,
            where="4. 共享 › 4.1.3",
            edits=((Op.EQUAL, "我们"), (Op.DELETE, "将"), (Op.INSERT, "可能"), (Op.EQUAL, "委托合作方。")),
            link=f"{BASE}/v2/zh-CN/#4.1.3",
            public_note="",
        ),
    ),
    link=f"{BASE}/v2/zh-CN/",
    redline_link=f"{BASE}/v1...v2/zh-CN/",
    notice_link=f"{BASE}/notices/privacy-v2-1/zh-CN/",
    prevails="en",
)
HEADERS = [
    *("Date", "To", "Message-ID", "From", "Subject", "Content-Language", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "Feedback-ID", "MIME-Version", "Content-Type"),
]


def rendered(
    content: NoticeContent, sender: str = SENDER, copy: str = "inline", text: bytes | None = None
) -> MailTemplate:
    return mail(content, strings(content.language), ENVIRONMENT, sender=sender, copy=copy, attachment=text)


def whole(template: MailTemplate) -> bytes:
    values = {
        "date": b"Mon, 23 Nov 2026 10:00:00 +0000",
        "to": b"ann@example.com",
        "message-id": b"<n.1@lindenholt.example>",
    }
    pieces = [template.parts[0]]
    for slot, part in zip(template.slots, template.parts[1:], strict=True):
        pieces += [values[slot], part]
    return b"".join(pieces)


def opened(template: MailTemplate) -> EmailMessage:
    message = email.message_from_bytes(whole(template), policy=email.policy.default)
    assert [type(defect).__name__ for part in message.walk() for defect in part.defects] == []
    return message


def part(template: MailTemplate, subtype: str) -> str:
    found = opened(template).get_body((subtype,))
    assert found is not None
    return cast("str", cast("EmailMessage", found).get_content()).replace("\r\n", "\n")


def text_of(template: MailTemplate) -> str:
    return part(template, "plain")


def html_of(template: MailTemplate) -> str:
    return part(template, "html")


@pytest.mark.parametrize("content", [CONTENT, CHINESE], ids=["en", "zh-CN"])
def test_the_bytes_hold_exactly_the_headers_that_a_legal_notice_needs(content: NoticeContent) -> None:
    message = opened(rendered(content))
    assert message.keys() == HEADERS
    assert message["To"] == "ann@example.com"
    assert message["Message-ID"] == "<n.1@lindenholt.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == content.language
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["From"].addresses[0].addr_spec == "privacy@lindenholt.example"
    assert message["From"].addresses[0].display_name == "Lindenholt Privacy"
    assert message["Subject"] == subject(content, strings(content.language))


def test_every_line_is_ascii_ends_with_cr_lf_and_is_short_enough_for_the_wire() -> None:
    template = rendered(replace(CHINESE, summary="很长" * 2000), text=b"x" * 5000 + b"\n", copy="attachment")
    message = whole(template)
    assert message.isascii()
    assert message.count(b"\n") == message.count(b"\r\n") == message.count(b"\r")
    assert max(map(len, message.split(b"\r\n"))) <= 998


def test_chinese_headers_are_encoded_words_of_a_length_that_mail_programs_read() -> None:
    name = "林登霍尔特云服务隐私保护委员会办公室与数据安全部门"
    content = replace(CHINESE, policy_title="关于本公司全部产品与服务的个人信息保护与隐私政策")
    template = rendered(content, sender=f"{name} <privacy@lindenholt.example>")
    words = re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", whole(template))
    assert len(words) > 2
    assert max(map(len, words)) <= 75
    message = email.message_from_bytes(whole(template))
    # The plain reader: the newer one leaves the space between two encoded words of a name, which RFC 2047 drops.
    read = {key: str(make_header(decode_header(message[key]))) for key in ("From", "Subject")}
    assert read == {
        "From": f"{name} <privacy@lindenholt.example>",
        "Subject": subject(content, strings("zh-CN")),
    }


def test_the_same_notice_is_the_same_bytes_and_digest() -> None:
    first, second = (rendered(CONTENT, copy="attachment", text=b"# Text\n") for _ in range(2))
    assert first == second
    assert first.digest == "sha256:" + hashlib.sha256(b"\0".join(first.parts)).hexdigest()
    assert rendered(replace(CONTENT, summary="Another.")).digest != first.digest


def test_the_text_tells_what_when_where_and_whom_to_ask() -> None:
    text = text_of(rendered(CONTENT))
    for wanted in (
        "Our Privacy Policy is changing",
        "Takes effect: 1 March 2027, from 00:00 (Beijing time, UTC+08:00)",
        CONTENT.summary,
        "4. Sharing › 4.1.3",
        "We promise you less than before",
        "New recipients of your data",
        "Before: We [will] engage <partners> & others.",
        "From 1 March 2027: We [may] engage <partners> & others.",
        "New: We share figures.",
        "Removed: You may ask for paper.",
        "Note: Nothing is shared before that day.",
        f"{BASE}/v2/en/#4.1.3",
        CONTENT.redline_link,
        CONTENT.link,
        CONTENT.digest,
        CONTENT.contact,
    ):
        assert wanted in text
    assert "\n\n\n" not in text


def test_the_html_marks_removed_and_inserted_words_and_escapes_all_of_them() -> None:
    html = html_of(rendered(CONTENT))
    assert re.search(r"<del style=[^>]*line-through[^>]*>will</del> <ins style=[^>]*underline[^>]*>may</ins>", html)
    assert "engage &lt;partners&gt; &amp; others." in html
    assert 'href="mailto:privacy@lindenholt.example"' in html
    assert '<html lang="en" dir="ltr">' in html


class Shape(HTMLParser):
    """Which elements and addresses a page has, and whether every element is closed in order."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "background")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("content", [CONTENT, CHINESE], ids=["en", "zh-CN"])
@pytest.mark.parametrize("copy", ["inline", "link"])
def test_the_html_is_whole_and_loads_and_tracks_nothing(content: NoticeContent, copy: str) -> None:
    shape = Shape()
    html = html_of(rendered(content, copy=copy))
    shape.feed(html)
    shape.close()
    assert shape.open == []
    assert shape.tags.isdisjoint({"img", "script", "link", "iframe", "form", "object", "video", "base"})
    assert "url(" not in html
    wanted = {
        content.link,
        content.redline_link,
        content.notice_link,
        "mailto:" + content.contact,
        *(c.link for c in content.changes),
    }
    assert set(shape.addresses) == wanted


def test_a_mail_speaks_one_language_only() -> None:
    template = rendered(CHINESE)
    allowed = {"privacy", "lindenholt", "example", "https", "zh", "cn", "sha", "utc", "v", "notices"}
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", text_of(template))} - {"f"}
    assert words <= allowed
    assert "如与英语文本不一致，以英语文本为准" in text_of(template)
    visible = re.sub(r"<style>.*?</style>|<[^>]*>", " ", html_of(template), flags=re.DOTALL)
    assert {word.lower() for word in re.findall(r"[A-Za-z]+", visible)} - {"f"} <= allowed
    assert (
        re.search(
            r"[\u4e00-\u9fff]",
            text_of(rendered(CONTENT)) + html_of(rendered(CONTENT)).partition("<body")[2].replace("Songti", ""),
        )
        is None
    )


def test_only_a_translation_says_which_language_prevails() -> None:
    assert "prevails" not in text_of(rendered(CONTENT))
    assert "the Chinese text prevails" in text_of(rendered(replace(CONTENT, prevails="zh-CN")))


def test_a_link_copy_names_the_clauses_and_quotes_none() -> None:
    template = rendered(CONTENT, copy="link")
    for shown in (text_of(template), html_of(template)):
        assert "4. Sharing › 4.1.3" in shown
        assert "We share figures." not in shown
        assert "engage" not in shown


def test_an_attachment_is_the_texts_very_bytes() -> None:
    source = "---\nsummary: ü\n---\n# Text\n\r\n. dot\nno end".encode()
    template = rendered(CONTENT, copy="attachment", text=source)
    (attached,) = opened(template).iter_attachments()
    assert attached.get_payload(decode=True) == source
    assert attached.get_filename() == "privacy-v2-en.md"
    assert attached.get_content_type() == "text/markdown"
    assert attached.get_content_disposition() == "attachment"
    assert "attached to this mail as privacy-v2-en.md" in text_of(template)
    assert "We share figures." in text_of(template)


def test_an_attachment_that_is_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="attachment"):
        rendered(CONTENT, copy="attachment")


HOSTILE = [
    "=?UTF-8?Q?x=0ABcc:_e@e.com?=",
    "=?utf-8?q?e=40e=2Ecom=3E=2C?=",
    "x\r\nBcc: e@e.com",
    "x\nBcc: e@e.com",
    "x\n",
    "x\r",
    "x\x00",
    "x\x1b[31m",
    "x\x85y",
    "x\u2028y",
    "x\u2029y",
    "\ud800",
    "",
    "x" * 400,
]


@pytest.mark.parametrize("title", [title for title in HOSTILE if title])
def test_a_title_that_could_make_a_header_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="Subject"):
        rendered(replace(CONTENT, policy_title=title))


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip() == name and name])
def test_a_sender_that_could_make_a_header_is_refused_or_rendered_harmless(name: str) -> None:
    try:
        template = rendered(CONTENT, sender=f"{name} <privacy@lindenholt.example>")
    except ValueError:
        return
    message = opened(template)
    assert message.keys() == HEADERS
    assert [entry.addr_spec for entry in message["From"].addresses] == ["privacy@lindenholt.example"]


@pytest.mark.parametrize("sender", ["", "Lindenholt", "a@b@c", "privacy@exa mple.com", "pri\x00vacy@example.com", "<>"])
def test_a_sender_without_an_address_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match=r"sender|From"):
        rendered(CONTENT, sender=sender)


def test_a_name_with_quotes_and_commas_stays_one_name() -> None:
    template = rendered(CONTENT, sender=r'"Lindenholt, \"the\" Cloud" <privacy@lindenholt.example>')
    (address,) = opened(template)["From"].addresses
    assert address.display_name == 'Lindenholt, "the" Cloud'


@pytest.mark.parametrize(
    "value", ["{{ 7*7 }}", "{0.__class__}", "%s%n", "<b>&amp;</b>", "{organisation}", "<script>x</script>"]
)
def test_values_stay_values(value: str) -> None:
    content = replace(
        CONTENT,
        organisation=value,
        policy_title=value,
        summary=value,
        contact=value,
        changes=(replace(REWORDED, where=value, public_note=value, edits=((Op.INSERT, value),)),),
    )
    template = rendered(content)
    assert text_of(template).count(value) >= 6
    assert value in str(opened(template)["Subject"])
    html = html_of(template)
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count(value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) >= 6


def test_a_contact_that_is_a_script_is_no_link() -> None:
    html = html_of(rendered(replace(CONTENT, contact="javascript:alert(1)")))
    assert 'href="javascript' not in html
    assert "javascript:alert(1)" in html


def test_nul_and_half_characters_in_the_body_are_refused() -> None:
    for summary in ("x\x00", "\ud800"):
        with pytest.raises(ValueError, match="NUL"):
            rendered(replace(CONTENT, summary=summary))


def test_a_line_of_one_dot_and_a_long_line_survive() -> None:
    content = replace(CONTENT, summary="first\n.\n" + "long " * 2000)
    assert "first\n.\nlong long" in text_of(rendered(content))


def test_a_follow_up_tells_the_new_date_the_old_one_and_why() -> None:
    content = replace(
        CONTENT,
        kind=NoticeKind.FOLLOW_UP,
        former_effective=date(2027, 2, 1),
        reason="Not everyone could be told in time.",
        changes=(),
    )
    template = rendered(content)
    assert opened(template)["Subject"] == "The change to our Privacy Policy now takes effect on 1 March 2027"
    for shown in (text_of(template), html_of(template)):
        for wanted in ("takes effect later", "1 March 2027", "1 February 2027", content.reason, CONTENT.link):
            assert wanted in shown
    assert template.kind is NoticeKind.FOLLOW_UP


def test_a_follow_up_to_an_earlier_date_does_not_say_later() -> None:
    content = replace(CONTENT, kind=NoticeKind.FOLLOW_UP, former_effective=date(2027, 4, 1), changes=())
    assert "later" not in text_of(rendered(content))


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_has_a_name_in_every_language(kind: FindingKind, language: str) -> None:
    assert strings(language)[f"kinds.{kind}"]


def test_both_languages_have_the_same_labels() -> None:
    english, chinese = strings("en"), strings("zh-CN")
    ours = ("mail.", "kinds.")
    assert {key for key in english if key.startswith(ours)} == {key for key in chinese if key.startswith(ours)}
