"""How `publisher status` says where versions and their mails stand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from publisher.cli.faults import record as record_fault
from publisher.cli.words import count
from publisher.errors import Fault

if TYPE_CHECKING:
    from publisher.domain.notice import MessageState
    from publisher.workflow.mail_state import MailState
    from publisher.workflow.statement_life import StatementStatus
    from publisher.workflow.status import VersionStatus
    from publisher.workflow.workspace import Workspace

_NAMES = {"email": "mail", "webhook": "webhook"}


def lines(entry: "VersionStatus") -> Iterator[str]:
    """One version in words: a line of facts, and below it what it waits for."""
    facts = facts_of(entry)
    yield f"{click.style(f'{entry.policy} {entry.version}', bold=True)}  {entry.state}  {facts}"
    yield from waits_of(entry)


def facts_of(entry: "VersionStatus") -> str:
    """Dates and counts of a version on one line."""
    several = len(entry.channels) > 1
    sent = [
        (f"{_NAMES[channel]}: " if several else "")
        + ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
        for channel, counts in entry.channels.items()
        if any(counts.values())
    ]
    floor = f"floor {entry.floor}" if entry.floor else ""
    return "; ".join(fact for fact in (f"effective {entry.effective}", floor, *sent) if fact)


def waits_of(entry: "VersionStatus") -> Iterator[str]:
    """What comes next for a version and what it waits for, a line each."""
    if entry.early:
        yield f"    takes effect early: {entry.early}"
    if entry.due:
        yield f"    {entry.due}"
    for line in entry.mails.lines:
        yield f"    {line}"


def statement_lines(entry: "StatementStatus") -> Iterator[str]:
    """The notice of an incident or a transfer in words."""
    yield f"{click.style(str(entry.notice), bold=True)}  {entry.state}  {statement_facts(entry)}"
    if entry.due:
        yield f"    {entry.due}"
    for line in entry.mails.lines:
        yield f"    {line}"


def statement_facts(entry: "StatementStatus") -> str:
    """Dates and counts of such a notice on one line."""
    before = f"before {entry.before}" if entry.before else ""
    people = f"{entry.settled:,} of {entry.people:,} users settled"
    channels = (
        f"{channel}: {', '.join(f'{number:,} {state}' for state, number in counted.items() if number) or 'none'}"
        for channel, counted in entry.channels.items()
    )
    unknown = f"{count(entry.unknown, 'unknown id')} left out" if entry.unknown else ""
    facts = (f"sent {entry.sent:%Y-%m-%d %H:%M} UTC", before, people, *channels, unknown)
    return "; ".join(fact for fact in facts if fact)


def statement_record(entry: "StatementStatus") -> dict[str, object]:
    """The notice of an incident or a transfer as plain JSON values."""
    return {
        "notice": str(entry.notice),
        "kind": entry.kind.value,
        "policy": entry.notice.policy,
        "state": entry.state.value,
        "sent": entry.sent.isoformat(),
        "before": entry.before.isoformat() if entry.before else None,
        "deadline": entry.deadline.isoformat(),
        "by": list(entry.by),
        "people": entry.people,
        "settled": entry.settled,
        "left_out": entry.unknown,
        "channels": {
            channel.value: {state.value: number for state, number in counted.items()}
            for channel, counted in entry.channels.items()
        },
        "due": entry.due,
        "mails": _mails(entry.mails),
    }


def halt_lines(halt: tuple[datetime, Fault] | None) -> Iterator[str]:
    """Why delivery stopped of itself the last time, and how to go on."""
    if halt is not None:
        at, fault = halt
        yield f"Delivery stopped at {at:%Y-%m-%d %H:%M} UTC: {fault.message}"
        yield f"    {fault.remedy} Then: publisher deliver"


def record(
    workspace: "Workspace",
    found: "Sequence[VersionStatus]",
    halt: tuple[datetime, Fault] | None,
    statements: "Sequence[StatementStatus]",
) -> dict[str, object]:
    """The report as plain JSON values."""
    return {
        "versions": [version_record(entry) for entry in found],
        "notices": [statement_record(entry) for entry in statements],
        "faults": [
            record_fault(fault) for policy in workspace.policies for fault in workspace.ledger_faults(policy.name)
        ],
        "delivery": {"stopped": {"at": halt[0].isoformat(), **record_fault(halt[1])} if halt else None},
        "lead_times": [
            {
                "policy": policy.name,
                "regime": entry.regime.name,
                "days": entry.days,
                "law_days": entry.regime.law_days,
                "source": entry.regime.source,
                "dated": entry.regime.dated,
                "confirmed_by": entry.counsel.by if entry.counsel else None,
                "confirmed_at": entry.counsel.at.isoformat() if entry.counsel else None,
            }
            for policy in workspace.policies
            for entry in policy.settings.lead_times
        ],
    }


def version_record(entry: "VersionStatus") -> dict[str, object]:
    """One version as plain JSON values."""
    return {
        "policy": entry.policy,
        "version": entry.version,
        "state": entry.state,
        "effective": entry.effective,
        "floor": entry.floor,
        "messages": _counts(entry.messages),
        "channels": {channel.value: _counts(counts) for channel, counts in entry.channels.items()},
        "due": entry.due,
        "early": entry.early,
        "mails": _mails(entry.mails),
    }


def _counts(counts: "Mapping[MessageState, int]") -> dict[str, int]:
    return {state.value: number for state, number in counts.items()}


def _mails(mails: "MailState") -> dict[str, object]:
    paused, wait = mails.paused, mails.wait
    handled = paused.handled if paused else None
    return {
        "paused": {
            "by": handled.by if handled else None,
            "at": handled.at.isoformat() if handled else None,
            "reason": handled.why if handled else None,
        }
        if paused
        else None,
        "waits": {
            "until": wait.until.isoformat() if wait.until else None,
            "out": wait.out,
            "left": wait.left,
            "reason": wait.reason,
        }
        if wait
        else None,
        "next_at": mails.next_at.isoformat() if mails.next_at else None,
        "handed_over": {
            "unanswered": mails.unanswered.count,
            "since": mails.unanswered.since.isoformat() if mails.unanswered.since else None,
        }
        if mails.unanswered
        else None,
        "seeds": {
            "copies": mails.copies,
            "failed": [
                {"language": copy.key.language, "state": copy.state, "code": copy.code, "reply": copy.reply}
                for copy in mails.failed
            ],
        },
    }
