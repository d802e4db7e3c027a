"""`publisher deliver`."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.ending import Ending
from publisher.cli.faults import record, tell
from publisher.cli.log import log_option
from publisher.cli.words import count, named_outcomes, outcomes_of, print_files_to_commit, print_json
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.errors import Fault
    from publisher.workflow.delivery_report import DeliveryReport
    from publisher.workflow.tick import TickReport

WATCH_SECONDS = 30


@click.command("deliver")
@click.option("--watch", is_flag=True, help="Go on, a pass every half minute, until interrupted.")
@click.option("--rate", type=click.IntRange(min=0), help="Mails a second; 0 is no limit. Left out: the settings'.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@log_option
@pass_desk
def command(desk: Desk, watch: bool, rate: int | None, as_json: bool) -> None:
    """Send what is due, resuming where the last pass stopped; exit 1 when paused or stopped."""
    with Ending() as asked:
        done = _pass(desk, rate, as_json, asked, None)
        while watch and not done.stopped and not asked.wait(WATCH_SECONDS):
            done = _pass(desk, rate, as_json, asked, done)
    sys.exit(1 if done.stopped or done.waits else 0)


@dataclass(frozen=True, slots=True)
class _Done:
    """How a pass ended: stopped, or waiting for a person; and what it said."""

    stopped: bool
    waits: bool
    said: tuple[object, ...]


def _pass(desk: Desk, rate: int | None, as_json: bool, asked: Ending, before: _Done | None) -> _Done:
    """One pass; asked to end, it still records every answer. One that says what the last said is silent."""
    from publisher.cli.progress import bar
    from publisher.workflow.dispatch import dispatch
    from publisher.workflow.tick import TickReport, complete

    settings = desk.settings()
    broken: tuple[Fault, ...] = ()
    with desk.store(settings) as store:
        with bar("Delivering", unit="mails") as progress:
            report = dispatch(settings, store, now=desk.now, rate=rate, progress=progress, stopping=asked.is_asked)
        try:
            completion = complete(settings, store, now=desk.now())
        except PublisherError as error:
            broken = error.faults
            completion = TickReport((), (), ())
    said = (*_lines(report), report.reasons, report.stopped, broken, *completion.said)
    if before is None or said != before.said:
        if as_json:
            print_json(_plain(report, completion))
        else:
            _print(report, completion)
        tell(broken)
    return _Done(bool(report.stopped or broken), not report.done, said)


def _print(report: "DeliveryReport", completion: "TickReport") -> None:
    for line in _lines(report):
        click.echo(line)
    tell((*report.reasons, *([report.stopped] if report.stopped else [])))
    for entry in completion.happened:
        click.echo(f"{entry.policy} {entry.version}: {entry.kind} ({entry.reason})")
    for turn in completion.statements:
        click.echo(f"{turn.notice}: complete ({turn.reason})")
    tell(completion.troubles)
    print_files_to_commit(completion.files)


def _facts(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in outcomes.items() if number)


def _lines(report: "DeliveryReport") -> "Iterator[str]":
    facts = _facts({"handed over": report.handed, **outcomes_of(report)})
    if report.copies:
        yield f"{count(report.copies, 'copy', 'copies')} sent to [delivery] seeds."
    if facts:
        yield f"{'Mail: ' if report.called else ''}{facts}."
    if report.called:
        yield f"Webhook: {_facts(outcomes_of(report.called))}."
    if not (facts or report.called or report.copies):
        yield "Nothing is due."
    if report.interrupted:
        yield f"{count(report.interrupted, 'message')} of an interrupted pass may have been sent."
    if report.held:
        yield f"{count(report.held, 'message')} in doubt and held: look whether they arrived."
    if report.next_at is not None:
        yield f"Next try at {report.next_at:%Y-%m-%d %H:%M:%S} UTC."
    for wait in report.waits:
        if wait.until is not None:
            yield f"{wait.notice}: {wait.reason}."
    for notice in report.paused:
        yield f"{notice} is paused. To go on: publisher resume {notice.policy} {notice.version}"
    for notice in report.overdue:
        yield f"{notice}: its time is over, and what was not sent stays unsent. Run: publisher tick"


def _plain(report: "DeliveryReport", completion: "TickReport") -> dict[str, object]:
    return {
        "complete": [
            *(f"{entry.policy} {entry.version}" for entry in completion.happened),
            *(str(turn.notice) for turn in completion.statements),
        ],
        "files": list(completion.files),
        "handed-over": report.handed,
        **named_outcomes(report),
        "webhook": named_outcomes(report.called),
        "copies": report.copies,
        "interrupted": report.interrupted,
        "held": report.held,
        "next_at": report.next_at.isoformat() if report.next_at else None,
        "waiting": [
            {
                "notice": str(wait.notice),
                "until": wait.until.isoformat() if wait.until else None,
                "out": wait.out,
                "left": wait.left,
                "reason": wait.reason,
            }
            for wait in report.waits
        ],
        "paused": [str(notice) for notice in report.paused],
        "overdue": [str(notice) for notice in report.overdue],
        "stopped": record(report.stopped) if report.stopped else None,
        "reasons": [record(fault) for fault in report.reasons],
    }
