"""Bounces: what mail servers say of mails that they had accepted, read from a Maildir or handed over one by one.

Only what proves to be about a message of this installation counts: by the envelope sender that each mail had of its
own, or, where none is set up, by its Message-ID, which nobody else can make either.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery.envelope import message_id
from publisher.delivery.verp import handles, is_genuine, read_token
from publisher.domain.bounce import FINAL, BounceReport, Fate
from publisher.domain.notice import NoticeId, NoticeKind
from publisher.errors import Fault, Place, Severity, one
from publisher.importers.dsn import LARGEST, read_report
from publisher.workflow import hooks
from publisher.workflow.secret_key import secret_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

BOUNCES_JUDGED = 100
BOUNCES_SHARE = 0.05
"""When more than this share of a notice's messages come back, something is wrong with the list or with the sender."""

_TOGETHER = 500
"""Mails to a transaction."""


class Reading(StrEnum):
    """What became of one mail.

    `BOUNCED`, `BLOCKED`, `GIVEN_UP`, `DELAYED`, `ARRIVED`: as the server said. `KNOWN`: the store said so already.
    `EARLY`: the message's own answer is still to be recorded, so that it has to be read again. `REDUCED`: it names a
    notice of which receipts have become counts, and changes none. `FOREIGN`: it proves to be about no message of ours.
    `UNREADABLE`: it is no delivery status notification.
    """

    BOUNCED = "bounced"
    BLOCKED = "blocked"
    GIVEN_UP = "given-up"
    DELAYED = "delayed"
    ARRIVED = "arrived"
    KNOWN = "known"
    EARLY = "early"
    REDUCED = "reduced"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


FOR_PEOPLE = frozenset({Reading.FOREIGN, Reading.UNREADABLE})
"""Mails that stay unread in the Maildir, for somebody to look at."""


@dataclass(slots=True)
class BounceSummary:
    """How many mails became what.

    `late` are those of `bounced` and `blocked` whose notice was complete already, and stays so; `paused` the notices
    that were paused; `troubles` what a person should see to.
    """

    read: Counter[Reading] = field(default_factory=Counter)
    late: int = 0
    paused: list[NoticeId] = field(default_factory=list)
    troubles: list[Fault] = field(default_factory=list)


def read_maildir(settings: Settings, store: "Store", folder: Path, *, now: datetime) -> BounceSummary:
    """Reads the new mails of a Maildir; each is put among the read ones when what it says has been recorded.

    Raises:
        PublisherError: the folder is no Maildir, or the key or the store cannot be used.
    """
    new, cur = folder / "new", folder / "cur"
    if not new.is_dir() or not cur.is_dir():
        raise one(
            "bounces-maildir",
            "This is no Maildir: it has no folders new and cur.",
            "Name the folder that your mail server delivers bounces into.",
            Place(str(folder)),
        )
    summary = BounceSummary()
    matching = _Matching(settings)
    names = sorted(path.name for path in new.iterdir() if not path.name.startswith("."))
    for start in range(0, len(names), _TOGETHER):
        mails = dict(_mails(new, names[start : start + _TOGETHER]))
        for name, reading in zip(mails, _apply(matching, store, list(mails.values()), summary, now), strict=True):
            if reading is not Reading.EARLY:
                with suppress(FileNotFoundError):  # another process has put it there
                    (new / name).rename(cur / f"{name.partition(':')[0]}:2,{'' if reading in FOR_PEOPLE else 'S'}")
    summary.troubles.extend(hooks.alert(settings, summary.troubles, now=now))
    return summary


def read_one(settings: Settings, store: "Store", mail: bytes, *, now: datetime) -> BounceSummary:
    """Reads one mail, as a mail server hands it over.

    Raises:
        PublisherError: the key or the store cannot be used.
    """
    summary = BounceSummary()
    _apply(_Matching(settings), store, [mail], summary, now)
    summary.troubles.extend(hooks.alert(settings, summary.troubles, now=now))
    return summary


def _mails(new: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        path = new / name
        if path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                yield name, file.read(LARGEST)
        except FileNotFoundError:  # another process has put it away
            continue


@dataclass(frozen=True, slots=True)
class _Ours:
    """The message that a notification is about; without a recipient one that is no longer there, but in a count."""

    notice: NoticeId
    recipient: str | None


class _Matching:
    """Finds the messages that notifications are about."""

    def __init__(self, settings: Settings) -> None:
        self._key = secret_key(settings.path(settings.secrets.key_file))
        self._bounces = settings.email.bounces

    def ours(self, connection: "Connection", reports: Sequence[BounceReport]) -> list[_Ours | None]:
        """For each report, its message; None when it proves to be about none."""
        from publisher.store import bounces

        notices = bounces.notice_ids(connection)
        if not self._bounces:
            known = self._by_identity(connection, reports, notices)
            return [
                next((known[name] for name in report.identities if name in known), None)
                or self._counted(connection, report, notices)
                for report in reports
            ]
        by_handle = handles(self._key, notices)
        return [self._by_sender(connection, report, by_handle) for report in reports]

    def _by_sender(
        self, connection: "Connection", report: BounceReport, notices: Mapping[bytes, NoticeId]
    ) -> _Ours | None:
        from publisher.store import bounces

        for address in report.senders:
            token = read_token(address, self._bounces)
            notice = notices.get(token.handle) if token is not None else None
            if token is None or notice is None:
                continue
            for recipient in bounces.recipients(connection, notice, token.prefix):
                if is_genuine(self._key, token, notice, recipient):
                    return _Ours(notice, recipient)
            if bounces.has_counts(connection, notice):
                return _Ours(notice, None)
        return None

    def _counted(self, connection: "Connection", report: BounceReport, notices: Sequence[NoticeId]) -> _Ours | None:
        from publisher.store import bounces

        named = (each for each in notices if any(name.startswith(f"n.{each}.") for name in report.identities))
        return next((_Ours(each, None) for each in named if bounces.has_counts(connection, each)), None)

    def _by_identity(
        self, connection: "Connection", reports: Sequence[BounceReport], notices: Sequence[NoticeId]
    ) -> Mapping[str, _Ours]:
        """By Message-ID: nothing in one leads to the recipient, so each notice that is named is gone through once."""
        from publisher.store import bounces

        asked = {name for report in reports for name in report.identities}
        found: dict[str, _Ours] = {}
        for notice in notices:
            if not any(name.startswith(f"n.{notice}.") for name in asked):
                continue
            for recipient in bounces.recipients(connection, notice):
                name = message_id(self._key, notice, recipient, "localhost").strip("<>").partition("@")[0]
                if name in asked:
                    found[name] = _Ours(notice, recipient)
        return found


def _apply(
    matching: _Matching, store: "Store", mails: Sequence[bytes], summary: BounceSummary, now: datetime
) -> list[Reading]:
    """Records what some mails say, in one transaction, and what became of each."""
    reports = [read_report(mail) for mail in mails]
    told = [report for report in reports if report is not None]
    if not told:
        summary.read[Reading.UNREADABLE] += len(reports)
        return [Reading.UNREADABLE] * len(reports)
    with store.read() as connection:
        found = iter(matching.ours(connection, told))
    ours = [next(found) if report is not None else None for report in reports]
    with store.begin() as connection:
        readings = [_recorded(connection, *each, now) for each in zip(reports, ours, strict=True)]
        done = Counter[NoticeId]()
        for report, message, reading in zip(reports, ours, readings, strict=True):
            if (
                report is None
                or message is None
                or reading
                in (
                    Reading.KNOWN,
                    Reading.EARLY,
                    Reading.REDUCED,
                )
            ):
                continue
            if report.fate in FINAL:
                done[message.notice] += 1
            _tell(summary, message.notice, report)
        paused, troubles, late = judge_returns(connection, done, now)
    summary.read.update(readings)
    summary.late += late
    summary.paused.extend(paused)
    summary.troubles.extend(troubles)
    return readings


def _recorded(connection: "Connection", report: BounceReport | None, message: _Ours | None, now: datetime) -> Reading:
    from publisher.store import bounces

    if report is None:
        return Reading.UNREADABLE
    if message is None:
        return Reading.FOREIGN
    if message.recipient is None:
        return Reading.REDUCED
    if report.fate in (Fate.DELAYED, Fate.ARRIVED):
        return Reading(report.fate)
    said = " ".join(part for part in (str(report.status or ""), report.said) if part)
    bounce = bounces.Bounce(message.notice, message.recipient, report.fate, report.code, said)
    effect = bounces.record(connection, bounce, now)
    return Reading(report.fate) if effect is bounces.Effect.RECORDED else Reading(effect)


def judge_returns(
    connection: "Connection", done: Mapping[NoticeId, int], now: datetime
) -> tuple[list[NoticeId], list[Fault], int]:
    """Notices of which too many came back: paused when that begins, so that whoever resumes one has the last word.

    One of an incident goes on: it is told to everybody whatever comes.
    """
    from publisher.store import batches, bounces, handling, notices

    paused: list[NoticeId] = []
    troubles: list[Fault] = []
    late = 0
    for notice, new in sorted(done.items(), key=lambda entry: str(entry[0])):
        late += new if bounces.is_complete(connection, notice) else 0
        bounced, judged = bounces.share(connection, notice)
        if not _is_much(bounced, judged) or _is_much(bounced - new, judged):
            continue
        found = notices.find(connection, notice)
        may_pause = found is not None and found.kind is not NoticeKind.INCIDENT
        unsent = may_pause and notices.is_open(connection, notice) and batches.is_unsent(connection, notice)
        fault = _too_many(notice, bounced, judged, paused=unsent)
        if unsent and handling.pause_of_itself(connection, notice, fault.message, now):
            paused.append(notice)
        troubles.append(fault)
    return paused, troubles, late


def _is_much(bounced: int, judged: int) -> bool:
    return judged >= BOUNCES_JUDGED and bounced > BOUNCES_SHARE * judged


def _tell(summary: BounceSummary, notice: NoticeId, report: BounceReport) -> None:
    """What is nothing about one person is told, once for each notice and status."""
    fault: Fault | None = None
    status = report.status or report.code
    if report.fate is Fate.BLOCKED:
        fault = Fault(
            "bounces-blocked",
            f"{notice}: a mail server refused mails for what they are or whom they are from ({status}).",
            "Look at SPF, DKIM, DMARC and the reputation of your relay. These readers are left to the banner.",
            severity=Severity.WARNING,
        )
    elif report.fate is Fate.GIVEN_UP:
        fault = Fault(
            "bounces-given-up",
            f"{notice}: a mail server gave up over a fault that may pass ({status}).",
            "These readers are left to the banner: nothing more is tried for them by mail.",
            severity=Severity.WARNING,
        )
    if fault is not None and fault not in summary.troubles:
        summary.troubles.append(fault)


def _too_many(notice: NoticeId, bounced: int, judged: int, *, paused: bool) -> Fault:
    return Fault(
        "bounces-many",
        f"{notice}{' is paused' if paused else ''}: {bounced:,} of {judged:,} messages came back for good.",
        "Look at the addresses and at what the servers say"
        + (f", then: publisher resume {notice.policy} {notice.version}" if paused else "."),
    )
