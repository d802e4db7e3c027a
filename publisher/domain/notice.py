"""Notices: what one audience must learn, by when, on which channel; and what became of each message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Edit
from publisher.domain.emergency import Early
from publisher.domain.predicate import EVERYONE, Reach


class Channel(StrEnum):
    """A way to reach users."""

    BANNER = "banner"
    EMAIL = "email"
    WEBHOOK = "webhook"


PERSONAL = (Channel.EMAIL, Channel.WEBHOOK)
"""The channels on which each user is told alone."""


class NoticeKind(StrEnum):
    """What a notice tells: a revision for the first time, or what became of one already told; or a statement.

    A follow-up tells of another date, a correction of other words that mean the same, a withdrawal that nothing comes.
    An incident is one of security, a transfer one of users' data to somebody else, as in a merger.
    """

    REVISION = "revision"
    FOLLOW_UP = "follow-up"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    INCIDENT = "incident"
    TRANSFER = "transfer"


STATEMENTS = (NoticeKind.INCIDENT, NoticeKind.TRANSFER)
"""Kinds that are about no version: what staff wrote, sent to the people on a list."""

URGENCY: Mapping[NoticeKind, int] = {NoticeKind.INCIDENT: 20, NoticeKind.TRANSFER: 10}
"""How urgent a notice is: the higher goes first, and nothing waits behind a lower one. The others' is 0."""


class MessageState(StrEnum):
    """Where a message to one recipient stands; the counts of all states add up to the audience."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


SETTLED = frozenset({MessageState.ACCEPTED, MessageState.REFUSED, MessageState.SKIPPED})
"""States that count as settled: reached, or left to the banner for good."""

TOLD = frozenset({MessageState.ACCEPTED, MessageState.IN_DOUBT, MessageState.SENDING})
"""States in which a recipient has been told, or may have been."""


@dataclass(frozen=True, slots=True)
class NoticeId:
    """`privacy-v2-1`: the policy, the version, and the notice's own revision, by which banners are dismissed.

    A statement has its kind in the place of a version: `privacy-incident-1`.
    """

    policy: str
    version: str
    revision: int

    def __str__(self) -> str:
        return f"{self.policy}-{self.version}-{self.revision}"

    @classmethod
    def parse(cls, text: str) -> "NoticeId":
        """Reads `privacy-v2-1` back.

        Raises:
            ValueError: the text is no notice id.
        """
        policy, version, revision = text.rsplit("-", 2)
        return cls(policy, version, int(revision))


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the store keeps it.

    `effective` is the announced date, of an incident the day on which it was sent; `deadline` the instant after which
    sending it would be false. `floor` is in days. `reach` is whom it tells.
    """

    id: NoticeId
    kind: NoticeKind
    channels: tuple[Channel, ...]
    effective: date
    floor: int
    created: datetime
    deadline: datetime
    reach: Reach = EVERYONE

    @property
    def audience(self) -> str:
        """`everyone`, or the names of the audiences whom it tells."""
        return self.reach.name

    @property
    def urgency(self) -> int:
        """The higher goes first."""
        return URGENCY.get(self.kind, 0)

    @property
    def personal(self) -> Channel | None:
        """The channel that counts its audience: the first of those that tell each user alone; None without any."""
        return next((channel for channel in PERSONAL if channel in self.channels), None)


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A notice rendered once for one language and variant: whole bytes, cut at the places for one recipient's values.

    `parts` has one element more than `slots`; a message is part, value, part, value, ..., part. `slots` names the value
    that goes between: `to`, `message-id`, `date`. `variant` is what its readers know already (`domain.telling`), in
    words for people `audience`.
    """

    notice: NoticeId
    kind: NoticeKind
    language: str
    audience: str
    parts: tuple[bytes, ...]
    slots: tuple[str, ...]
    digest: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to be reached: the key under which the record knows them, and where and how to write to them."""

    key: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message in the outbox, with what its sender needs to know."""

    notice: NoticeId
    kind: NoticeKind
    recipient: Recipient
    attempts: int
    doubts: int
    variant: str = ""


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One clause that changed materially, as a reader of one language is told of it.

    `where` names the clause (`4. Sharing › 4.1.3`), `clause` is its id in the version that `link` leads to, or in the
    old one when the clause is gone; `reasons` are finding kinds, to be named in the reader's language.
    """

    clause: str
    where: str
    reasons: tuple[FindingKind, ...]
    edits: tuple[Edit, ...]
    link: str
    public_note: str = ""


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What a notice says in one language, before it is laid out for a channel.

    `links` are absolute. `digest` is that of the text in this language; `effective` a date in `timezone`.
    `former_effective` is set when a follow-up tells of a new date; `applies` when the version is in force already, or
    for a withdrawal when another one stays in force. `also` is what the same mail says of other policies. `prevails`
    is the authoritative language's tag when this is a translation, else None. `early` says why the version takes effect
    before what the policy promises; its words are empty in translations, which hold one language. `follows` names the
    version before, and its date, while that version is still to take effect. `since` names the version that `changes`
    are shown against, where that is an older one than the version before. `consent_needed` is whether part of the
    version needs fresh consent, and `consents` are the kinds of change that do. `compared` names the version that
    `redline_link` compares with; None where it leads to the history.
    """

    notice: NoticeId
    kind: NoticeKind
    language: str
    organisation: str
    policy_title: str
    version: str
    summary: str
    effective: date
    timezone: str
    changes: tuple[ToldChange, ...]
    contact: str
    link: str
    redline_link: str
    notice_link: str
    digest: str
    former_effective: date | None = None
    applies: bool = False
    also: tuple["NoticeContent", ...] = ()
    reason: str = ""
    prevails: str | None = None
    early: Early | None = None
    follows: tuple[str, date] | None = None
    since: str | None = None
    consent_needed: bool = False
    consents: frozenset[FindingKind] = frozenset()
    compared: str | None = None


class Outcome(StrEnum):
    """What a far side made of a message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"
    SENDER_FAULT = "sender-fault"
    HOST_BUSY = "host-busy"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The far side's answer to one message, without addresses.

    `SENDER_FAULT` means that the fault is ours (login, sender address, TLS): the run stops and nobody is burnt by it.
    `HOST_BUSY` means that the host takes nothing now (connection refused, 421): the message waits, no attempt is lost.
    `code` is the reply code, 0 when there was none.
    """

    outcome: Outcome
    code: int = 0
    reply: str = ""


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many messages of a notice stand in a state."""

    notice: NoticeId
    state: MessageState
    count: int
