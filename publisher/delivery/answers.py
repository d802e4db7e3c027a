"""What an SMTP server's answer means, by what it answers: for the message, for the host, for ourselves."""

import re
from collections.abc import Mapping

from publisher.domain.notice import Outcome, Receipt

_OUR_FAULT = frozenset({500, 502, 503, 504, 530, 534, 535, 538})
"""Refusals of how we speak or log in, at whatever stage: RFC 5321, section 4.2.2, and RFC 4954, section 6."""

_ANYONE = re.compile(r"\S*(?:@|%40)\S*", re.IGNORECASE)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST = 200


class Answered(Exception):  # noqa: N818  a turn in the dialogue, not a fault
    """The server's answer decides; `ends` when the connection must not be used again."""

    def __init__(self, outcome: Outcome, code: int, reply: bytes, *, ends: bool | None = None) -> None:
        super().__init__()
        self.outcome = outcome
        self.code = code
        self.reply = reply
        self.ends = outcome in (Outcome.HOST_BUSY, Outcome.SENDER_FAULT) if ends is None else ends

    def receipt(self, recipient: str) -> Receipt:
        """The answer as the record keeps it."""
        return Receipt(self.outcome, self.code, redacted(self.reply, recipient))


def of_greeting(code: int, text: bytes) -> Answered:
    """An answer before any mail is begun: a lasting no is our configuration, anything else passes."""
    return Answered(Outcome.SENDER_FAULT if code >= 500 else Outcome.HOST_BUSY, code, text)


def of_sender(code: int, text: bytes) -> Answered:
    """An answer to MAIL, where nobody has been named yet."""
    if code < 400 or code == 421:
        return Answered(Outcome.HOST_BUSY, code, text)
    return Answered(Outcome.SENDER_FAULT if code >= 500 else Outcome.DEFERRED, code, text)


def of_recipient(code: int, text: bytes) -> Answered:
    """An answer to RCPT: for this recipient, unless it is about the host or us."""
    if code == 421 or code < 400:
        return Answered(Outcome.HOST_BUSY, code, text)
    if code < 500:
        return Answered(Outcome.DEFERRED, code, text)
    return Answered(Outcome.SENDER_FAULT if code in _OUR_FAULT else Outcome.REFUSED, code, text)


of_message = of_recipient
"""An answer to DATA, or to the whole message, is read as one to RCPT."""


def final(code: int, text: bytes, recipient: str) -> Receipt:
    """What became of a message whose final dot the server has answered."""
    if 200 <= code < 300:
        return Receipt(Outcome.ACCEPTED, code, redacted(text, recipient))
    if code < 400:
        return Receipt(Outcome.IN_DOUBT, code, redacted(text, recipient))
    return of_message(code, text).receipt(recipient)


def needs_utf8(sender: str, recipient: str, features: Mapping[str, str]) -> bool:
    """Whether an envelope has to be written in UTF-8 (RFC 6531).

    Raises:
        Answered: it has to, and the server does not offer that.
    """
    utf8 = not (sender.isascii() and recipient.isascii())
    if utf8 and "smtputf8" not in features:
        raise Answered(Outcome.REFUSED, 553, b"5.6.7 the address needs SMTPUTF8, which the server does not offer")
    return utf8


def redacted(reply: bytes | str, recipient: str) -> str:
    """A reply as the record keeps it: one line, at most 200 characters, nobody's address in it."""
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    local, _, domain = recipient.casefold().rpartition("@")
    if len(text) <= _LONGEST and text.isprintable() and "@" not in text and "%40" not in text:
        folded = text.casefold()
        if not (local and local in folded) and "  " not in text:
            return text.strip()
    words = _BREAKS.sub(" ", text[:2000]).strip().split(" ")
    if len(text) > 2000:
        words.pop()

    def names_someone(word: str) -> bool:
        folded = word.casefold()
        if _ANYONE.fullmatch(word):
            return True
        return bool(local) and (folded.strip("<>\"'():;,.[]") == local or (local in folded and domain in folded))

    return " ".join("<address>" if names_someone(word) else word for word in words)[:_LONGEST]
