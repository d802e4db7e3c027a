"""How far the notice of an incident or a transfer has come: until it is complete, or its time is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import SETTLED, Channel, MessageState, NoticeId, NoticeKind
from publisher.errors import Fault, PublisherError, Severity
from publisher.workflow.build import site_of
from publisher.workflow.homepage import look_for
from publisher.workflow.journal import note
from publisher.workflow.mail_state import NO_MAILS, MailState, mail_state
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.render.views import Banner
    from publisher.store.engine import Store
    from publisher.store.statements import Sent

_WARNED = timedelta(days=2)
"""Staff are told of a transfer's notice that is not complete from so long before its day."""


class StatementState(StrEnum):
    """Where a statement's notice stands: being sent, complete, or over before everybody was told."""

    SENDING = "sending"
    COMPLETE = "complete"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class StatementStatus:
    """A notice that tells a statement, as staff see it.

    `settled` of `people` were reached, or are left to the banner for good; `channels` count every state of each
    channel that tells people one by one; `due` says what it waits for.
    """

    notice: NoticeId
    kind: NoticeKind
    state: StatementState
    sent: datetime
    before: date | None
    deadline: datetime
    by: tuple[str, ...]
    people: int
    settled: int
    unknown: int
    channels: Mapping[Channel, Mapping[MessageState, int]]
    due: str
    mails: MailState


@dataclass(frozen=True, slots=True)
class Turn:
    """A statement's notice that is complete now, and why."""

    notice: NoticeId
    reason: str


@dataclass(frozen=True, slots=True)
class Turns:
    """The notices that are complete now, what others wait for in words, and what a person should see to."""

    complete: tuple[Turn, ...]
    waiting: tuple[str, ...]
    troubles: tuple[Fault, ...]


def statement_status(workspace: Workspace, store: "Store | None", *, now: datetime) -> tuple[StatementStatus, ...]:
    """Every statement that was sent from the store, the oldest first."""
    if store is None:
        return ()
    from publisher.store import outbox, statements

    found: list[StatementStatus] = []
    with store.read() as connection:
        for sent in statements.all_sent(connection):
            notice, state = sent.notice, _state(sent)
            channels: dict[Channel, Mapping[MessageState, int]] = {
                channel: {entry.state: entry.count for entry in outbox.counts(connection, notice.id, channel)}
                for channel in notice.channels
                if channel is not Channel.BANNER
            }
            people = sum(event.made for event in sent.events)
            settled = people
            if state is StatementState.SENDING:
                settled, _ = outbox.settled_share(connection, notice.id)
            elif state is StatementState.OVER:
                settled -= min(map(_unsettled, channels.values()), default=0)
            found.append(
                StatementStatus(
                    notice=notice.id,
                    kind=notice.kind,
                    state=state,
                    sent=notice.created,
                    before=notice.effective if notice.kind is NoticeKind.TRANSFER else None,
                    deadline=notice.deadline,
                    by=tuple(dict.fromkeys(name for event in sent.events for name in event.by)),
                    people=people,
                    settled=settled,
                    unknown=sum(event.unknown for event in sent.events),
                    channels=channels,
                    due=_due(sent, state, settled, people),
                    mails=mail_state(workspace.settings, connection, notice.id, now)
                    if state is StatementState.SENDING
                    else NO_MAILS,
                )
            )
    return tuple(found)


def turn_statements(workspace: Workspace, store: "Store", *, now: datetime) -> Turns:
    """Records each notice that is complete by now, or whose time is over; once."""
    from publisher.store import outbox, statements

    complete: list[Turn] = []
    waiting: list[str] = []
    troubles: list[Fault] = []
    with store.read() as connection:
        sending = [sent for sent in statements.all_sent(connection) if _state(sent) is StatementState.SENDING]
    banners = _banners(workspace, now) if any(Channel.BANNER in sent.notice.channels for sent in sending) else {}
    for sent in sending:
        name = sent.notice.id
        with store.begin() as connection:
            current = statements.find(connection, name)
            if current is None or _state(current) is not StatementState.SENDING:
                continue
            settled, people = outbox.settled_share(connection, name)
            lacks = [f"{settled:,} of {people:,} users are settled"] if settled < people else []
            unseen = _unseen(workspace.settings, current, banners, now)
            lacks.extend(unseen)
            if lacks and now < current.notice.deadline:
                waiting.append(f"{name}: {'; '.join(lacks)}")
                troubles.extend(_troubles(current, lacks, unseen, now))
                continue
            if lacks:
                outbox.cancel(connection, name, now=now, reason="too-late")
                statements.reopen(connection, name, current.notice.deadline)  # its banner is still put away by readers
                act, reason = statements.StatementAct.OVER, "; ".join(lacks)
                troubles.append(_over(current, reason))
            else:
                act = statements.StatementAct.COMPLETE
                reason = f"{settled:,} of {people:,} users are settled"
                complete.append(Turn(name, reason))
            statements.note(connection, name, statements.StatementEvent(act, now, reason=reason))
        note("statement.recorded", notice=str(name), act=act.value, reason=reason)
    return Turns(tuple(complete), tuple(waiting), tuple(troubles))


def _unsettled(counted: Mapping[MessageState, int]) -> int:
    return sum(number for state, number in counted.items() if state not in SETTLED)


def _state(sent: "Sent") -> StatementState:
    known = {"complete": StatementState.COMPLETE, "over": StatementState.OVER}
    return known.get(sent.last.value, StatementState.SENDING)


def _due(sent: "Sent", state: StatementState, settled: int, people: int) -> str:
    notice = sent.notice
    if state is StatementState.COMPLETE:
        return ""
    left = people - settled
    if state is StatementState.OVER:
        return f"over: {sent.events[-1].reason}; {_otherwise(notice.kind)}"
    who = "the announcement is not seen yet" if not left else f"{left:,} of {people:,} users are not settled yet"
    if notice.kind is NoticeKind.TRANSFER:
        return f"{who}; it must be complete before {notice.effective}, or the transfer has to wait"
    return f"{who}; tried until {notice.deadline:%Y-%m-%d %H:%M} UTC. Run: publisher deliver" if left else who


def _otherwise(kind: NoticeKind) -> str:
    if kind is NoticeKind.TRANSFER:
        return "the transfer has to wait: send the notice anew with a later --before"
    return "reach the others in another way; the announcement stays on the website"


def _over(sent: "Sent", reason: str) -> Fault:
    return Fault("statement-over", f"{sent.notice.id} is over before everybody was told: {reason}.", _sentence(sent))


def _sentence(sent: "Sent") -> str:
    words = _otherwise(sent.notice.kind)
    return f"{words[0].upper()}{words[1:]}."


def _troubles(sent: "Sent", lacks: list[str], unseen: list[str], now: datetime) -> list[Fault]:
    name = sent.notice.id
    found = [
        Fault(
            "banner-unseen",
            f"{name}: {what}.",
            "Show the banner there, as banner.html or banners.json have it.",
            severity=Severity.WARNING,
        )
        for what in unseen
    ]
    if sent.notice.kind is NoticeKind.TRANSFER and now >= sent.notice.deadline - _WARNED:
        message = f"{name} must be complete before {sent.notice.effective}: {'; '.join(lacks)}."
        remedy = "Run: publisher deliver; if it cannot be done in time, the transfer has to wait."
        found.append(Fault("notice-late", message, remedy, severity=Severity.WARNING))
    return found


def _unseen(settings: Settings, sent: "Sent", banners: Mapping[str, "Banner"], now: datetime) -> list[str]:
    """Where the announcement is not to be seen, as long as it is to be shown."""
    until = next((event.until for event in sent.events if event.until is not None), None)
    if Channel.BANNER not in sent.notice.channels or until is None or now >= until:
        return []
    banner = banners.get(str(sent.notice.id))
    if banner is None:
        return [f"the website shows no banner {sent.notice.id}"]
    return list(look_for(settings, banner).missing)


def _banners(workspace: Workspace, now: datetime) -> Mapping[str, "Banner"]:
    from publisher.website.build import shown_banners

    try:
        site = site_of(workspace, now=now)
    except PublisherError:  # a site that cannot be built shows nothing
        return {}
    return {banner.id: banner for banner in shown_banners(site, workspace.settings.path("site"))}
