"""Statements: what staff write for an incident or a transfer, and what its notice is on record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from publisher.domain.digest import digest_of
from publisher.domain.notice import Channel, NoticeId, NoticeKind

TRIED = timedelta(days=5)
"""For how long a notice of an incident is tried again where a server puts it off (RFC 5321, section 4.5.4.1)."""

SHOWN = timedelta(days=30)
"""For how long the banner of an incident is shown, unless its statement says until when."""


@dataclass(frozen=True, slots=True)
class StatementText:
    """A statement in one language, as its file has it.

    Attributes:
        language: its tag.
        path: the file as staff know it.
        source: the whole file, LF line ends.
        summary: one plain paragraph for banner and push message.
        until: the last day of the banner; None when the file does not say.
        body: the Markdown below the front matter.
        body_line: the line of the file on which that begins.
    """

    language: str
    path: str
    source: str
    summary: str
    until: date | None
    body: str
    body_line: int

    @property
    def digest(self) -> str:
        """`sha256:` of the whole file."""
        return digest_of(self.source)


@dataclass(frozen=True, slots=True)
class Statement:
    """A notice that tells a statement, as the workspace keeps it; it names none of those whom it is for.

    `sent` is when it was queued, `until` when its banner goes, `before` the day of a transfer. `by` are the people who
    signed; `everyone` says that it was for all users. `texts` begin with the authoritative language.
    """

    id: NoticeId
    kind: NoticeKind
    sent: datetime
    until: datetime
    before: date | None
    channels: tuple[Channel, ...]
    everyone: bool
    by: tuple[str, ...]
    texts: tuple[StatementText, ...]

    def text(self, language: str) -> StatementText:
        """Its text in a language; in the authoritative one where there is none."""
        return next((text for text in self.texts if text.language == language), self.texts[0])

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it exists in, the authoritative one first."""
        return tuple(text.language for text in self.texts)
