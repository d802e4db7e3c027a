"""A mail's bytes from its rendered text and HTML, cut open where one recipient's values go."""

import base64
import hashlib
import quopri
import re
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind

SLOTS = ("date", "to", "message-id")
"""The values that differ from one recipient to the next, in the order of the message."""

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\\?")
_SENDER = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>|(?P<bare>[^<>\s]+))\s*")
_POLICY = SMTP.clone(max_line_length=998)
_LONGEST_HEADER = 300


@dataclass(frozen=True, slots=True)
class Head:
    """What a mail's headers say; `sender` is `Name <address>`, `audience` whom the template is for."""

    notice: NoticeId
    kind: NoticeKind
    language: str
    subject: str
    sender: str
    audience: str = "everyone"


def written(head: Head, *, text: str, html: str, attachment: tuple[str, bytes] | None = None) -> MailTemplate:
    """The mail; the same values always give the same bytes.

    Args:
        head: what its headers say.
        text: the plain text as rendered.
        html: the HTML as rendered.
        attachment: a name and the bytes of a Markdown text.

    Raises:
        ValueError: a value does not belong into a header.
    """
    file_name, attached = attachment if attachment is not None else ("", None)
    headers = _head(head)
    parts = (
        b"Date: ",
        b"\r\nTo: ",
        b"\r\nMessage-ID: ",
        b"\r\n" + headers + _body(_tidy(text), _tidy(html), attached, file_name),
    )
    return MailTemplate(
        notice=head.notice,
        kind=head.kind,
        language=head.language,
        audience=head.audience,
        parts=parts,
        slots=SLOTS,
        digest="sha256:" + hashlib.sha256(b"\0".join(parts)).hexdigest(),
    )


def _tidy(rendered: str) -> str:
    """Without NUL and lone halves of characters, LF line ends, at most one empty line in a row."""
    if re.search("[\x00\ud800-\udfff]", rendered):
        raise ValueError("the mail holds NUL or half a character")
    lines = [line.rstrip() for line in rendered.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _head(given: Head) -> bytes:
    name, local, domain = _sender(given.sender)
    address = f"{local}@{domain}"
    notice = given.notice
    headers = (
        ("From", f"{_phrase(name)} <{address}>" if name else address),
        ("Subject", _unstructured("Subject", given.subject)),
        ("Content-Language", _token("Content-Language", given.language)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Feedback-ID", _token("Feedback-ID", f"{notice}:{given.language}:{notice.policy}:{domain}")),
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
    if not ADDRESS.fullmatch(f"{local}@{domain}"):
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
