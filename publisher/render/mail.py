"""A notice as a mail: rendered once for a language and an audience, cut open where one recipient's values go."""

import base64
import hashlib
import quopri
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from publisher.domain.change import Op
from publisher.domain.days import local_midnight
from publisher.domain.notice import MailTemplate, NoticeContent, NoticeKind
from publisher.domain.policy import version_number
from publisher.render.excerpts import Excerpt, excerpt

if TYPE_CHECKING:
    import jinja2

SLOTS = ("date", "to", "message-id")
"""The values that differ from one recipient to the next, in the order of the message."""

_TEMPLATES: Mapping[NoticeKind, str] = {
    NoticeKind.REVISION: "notice",
    NoticeKind.FOLLOW_UP: "follow-up",
    NoticeKind.CORRECTION: "correction",
    NoticeKind.WITHDRAWAL: "withdrawal",
}
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\\?")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_SENDER = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>|(?P<bare>[^<>\s]+))\s*")
_POLICY = SMTP.clone(max_line_length=998)
_LONGEST_HEADER = 300


@dataclass(frozen=True, slots=True)
class Section:
    """What a mail says of one policy; `title` stands above it when there are several.

    `since` says against which version the changes are shown, when that is not the version before.
    """

    title: str
    content: NoticeContent
    changes: tuple["Told", ...]
    since: str


@dataclass(frozen=True, slots=True)
class Told:
    """One change as the templates lay it out; `reasons` are in the reader's words, `clause` is its link's anchor."""

    where: str
    reasons: tuple[str, ...]
    excerpt: Excerpt
    link: str
    public_note: str


def mail(
    content: NoticeContent,
    strings: Mapping[str, str],
    environment: "jinja2.Environment",
    *,
    sender: str,
    copy: str = "inline",
    attachment: bytes | None = None,
    audience: str = "everyone",
) -> MailTemplate:
    """Renders a notice as a mail in text and HTML.

    The same values always give the same bytes.

    Args:
        content: what the notice says in one language.
        strings: the labels of that language.
        environment: where the templates are.
        sender: `Name <address>` for the From line.
        copy: `inline` quotes the changed clauses, `link` only names them, `attachment` also attaches the whole text.
        attachment: the very bytes of the text, for `copy="attachment"`.
        audience: whom the template is for.

    Raises:
        ValueError: a value does not belong into a header, or an attachment is wanted and missing.
    """
    if copy == "attachment" and attachment is None:
        raise ValueError("a mail with an attachment needs the text's bytes")
    file_name = f"{content.notice.policy}-{content.version}-{content.language}.md"
    head = _head(content, subject(content, strings), sender)
    values = _values(content, strings, copy=copy, file_name=file_name if copy == "attachment" else "")
    stem = _TEMPLATES[content.kind]
    text = _tidy(environment.get_template(f"mail/{stem}.txt.j2").render(values))
    html = _tidy(environment.get_template(f"mail/{stem}.html.j2").render(values))
    body = _body(text, html, attachment if copy == "attachment" else None, file_name)
    parts = (b"Date: ", b"\r\nTo: ", b"\r\nMessage-ID: ", b"\r\n" + head + body)
    return MailTemplate(
        notice=content.notice,
        kind=content.kind,
        language=content.language,
        audience=audience,
        parts=parts,
        slots=SLOTS,
        digest="sha256:" + hashlib.sha256(b"\0".join(parts)).hexdigest(),
    )


def subject(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """The subject line: what changes, and when."""
    return strings[f"mail.subject{_suffix(content, content.former_effective is not None)}"].format(
        policy=_titles(content, strings), date=_day(content.effective, content.language)
    )


def _titles(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """The names of the policies that a mail is about."""
    return strings["mail.join"].join(entry.policy_title for entry in (content, *content.also))


def _heading(content: NoticeContent) -> str:
    later = content.former_effective is not None and content.former_effective < content.effective
    return f"mail.heading{_suffix(content, later)}"


def _suffix(content: NoticeContent, later: bool) -> str:
    """Which wording of subject and heading a mail has."""
    if content.kind is NoticeKind.FOLLOW_UP:
        return "_later" if later else "_update"
    several = "_several" if content.also else ""
    return {NoticeKind.CORRECTION: "_correction", NoticeKind.WITHDRAWAL: "_withdrawal"}.get(content.kind, several)


def _values(content: NoticeContent, strings: Mapping[str, str], *, copy: str, file_name: str) -> dict[str, object]:
    from publisher.render.wording import early_words, text_direction

    language = content.language
    return {
        "content": content,
        "strings": strings,
        "language": language,
        "direction": text_direction(language),
        "subject": subject(content, strings),
        "heading": strings[_heading(content)].format(policy=_titles(content, strings)),
        "effective": _day(content.effective, language),
        "applies": content.applies,
        "until_then": _until_then(content, strings),
        "early": early_words(content.early, strings),
        "effective_from": _hour(content, strings),
        "former": _day(content.former_effective, language) if content.former_effective else "",
        "prevails": _language_in(content.prevails, language) if content.prevails else "",
        "changes": _told(content, strings),
        "since": _since(content, strings),
        "sections": tuple(
            Section(e.policy_title, e, _told(e, strings), _since(e, strings)) for e in (content, *content.also)
        ),
        "inline": copy != "link",
        "file_name": file_name,
        "contact_link": _contact_link(content.contact),
        "Op": Op,
    }


def _until_then(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """What applies before the date, or which version comes first and is the one that changes are shown against."""
    if content.follows is None:
        return strings["mail.until_then"]
    version, day = content.follows
    words = strings["mail.until_then_after" if content.since is None else "mail.until_then_follows"]
    return words.format(number=version_number(version), date=_day(day, content.language))


def _since(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """Since which version a reader is told of the changes who was not told of those between, or joined before them."""
    return strings["mail.since"].format(number=version_number(content.since)) if content.since else ""


def _told(content: NoticeContent, strings: Mapping[str, str]) -> tuple[Told, ...]:
    return tuple(
        Told(
            where=change.where,
            reasons=tuple(dict.fromkeys(strings[f"kinds.{reason}"] for reason in change.reasons)),
            excerpt=excerpt(change.edits, strings["mail.fold"]),
            link=change.link,
            public_note=change.public_note,
        )
        for change in content.changes
    )


def _day(day: date, language: str) -> str:
    from publisher.render.wording import long_date

    return long_date(day, language)


def _hour(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """From which hour, in which zone: the name that readers know it by, and its distance from UTC."""
    from zoneinfo import ZoneInfo

    from babel.dates import format_time, get_timezone_name

    from publisher.render.wording import locale_of, zone_name

    locale = locale_of(content.language)
    local = local_midnight(content.effective, content.timezone).astimezone(ZoneInfo(content.timezone))
    distance = zone_name(local)
    name = get_timezone_name(local, locale=locale)
    known = distance == "UTC" or name.startswith(("GMT", "UTC")) or name == content.timezone
    separator = "，" if content.language.startswith("zh") else ", "
    zone = distance if known else f"{name}{separator}{distance}"
    return strings["mail.effective_from"].format(time=format_time(local, "HH:mm", locale=locale), zone=zone)


def _language_in(tag: str, language: str) -> str:
    """A language's name as readers of another say it: English is 英语 to readers of Chinese."""
    from babel import Locale

    from publisher.render.wording import locale_of

    name = Locale.parse(locale_of(language)).languages.get(tag.partition("-")[0])
    return str(name) if name else tag


def _contact_link(contact: str) -> str:
    """Where a click on the contact leads; nowhere when it is neither an address nor a page."""
    if _ADDRESS.fullmatch(contact):
        return f"mailto:{contact}"
    return contact if re.fullmatch(r"https?://[^\s\"<>]+", contact) else ""


def _tidy(rendered: str) -> str:
    """Without NUL and lone halves of characters, LF line ends, at most one empty line in a row."""
    if re.search("[\x00\ud800-\udfff]", rendered):
        raise ValueError("the mail holds NUL or half a character")
    lines = [line.rstrip() for line in rendered.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _head(content: NoticeContent, line: str, sender: str) -> bytes:
    name, local, domain = _sender(sender)
    address = f"{local}@{domain}"
    notice = content.notice
    headers = (
        ("From", f"{_phrase(name)} <{address}>" if name else address),
        ("Subject", _unstructured("Subject", line)),
        ("Content-Language", _token("Content-Language", content.language)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Feedback-ID", _token("Feedback-ID", f"{notice}:{content.language}:{notice.policy}:{domain}")),
    )
    return b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in headers)


def _sender(sender: str) -> tuple[str, str, str]:
    """Display name, local part and ASCII domain of `Name <address>` or a bare address."""
    _check("From", sender)
    match = _SENDER.fullmatch(sender)
    if match is None:
        raise ValueError("the sender is not written as Name <name@example.com>")
    name = match["name"] or ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    local, _, domain = (match["address"] or match["bare"]).rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("the sender's domain cannot be written in a header") from None
    if not _ADDRESS.fullmatch(f"{local}@{domain}"):
        raise ValueError("the sender has no address that a header can hold")
    return name, local, domain


def _phrase(name: str) -> str:
    """A display name: quoted when ASCII, else in encoded words of at most 75 characters (RFC 2047)."""
    if name.isascii():
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return Header(name, "utf-8", header_name="From", maxlinelen=75).encode(linesep="\r\n")


def _unstructured(header: str, value: str) -> str:
    _check(header, value)
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, header_name=header, maxlinelen=75).encode(linesep="\r\n")


def _token(header: str, value: str) -> str:
    _check(header, value)
    if not value.isascii() or " " in value:
        raise ValueError(f"the value of {header} is not plain ASCII")
    return value


def _check(header: str, value: str) -> None:
    if _UNFIT.search(value) or not value.strip() or len(value) > _LONGEST_HEADER:
        raise ValueError(
            f"the value of {header} is empty, too long, or holds a control character, a line break or '=?'"
        )


def _body(text: str, html: str, attachment: bytes | None, file_name: str) -> bytes:
    """The MIME headers and parts, with boundaries that follow from the content."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(text, cte=_shorter(text))
    message.add_alternative(html, subtype="html", cte=_shorter(html))
    if attachment is not None:
        message.add_attachment(
            attachment, maintype="text", subtype="markdown", filename=file_name, params={"charset": "utf-8"}
        )
    seed = hashlib.sha256(text.encode() + b"\0" + html.encode() + b"\0" + (attachment or b"")).hexdigest()
    for index, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{index}_{seed[:40]}")
    return message.as_bytes()


def _shorter(text: str) -> str:
    data = text.encode("utf-8")
    quoted = quopri.encodestring(data)
    return "quoted-printable" if len(quoted) <= len(base64.encodebytes(data)) else "base64"
