"""`publisher deliver`."""

import signal
import sys
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_files_to_commit, print_json
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.workflow.deliver import DeliveryReport
    from publisher.workflow.tick import TickReport

WATCH_SECONDS = 30


@click.command("deliver")
@click.option("--watch", is_flag=True, help="Go on, a pass every half minute, until interrupted.")
@click.option("--rate", type=click.IntRange(min=0), help="Mails a second; 0 is no limit. Left out: the settings'.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, watch: bool, rate: int | None, as_json: bool) -> None:
    """Send what is due, resuming where the last pass stopped; exit 1 when paused or stopped."""
    asked = Event()
    if current_thread() is main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.set())
    halted = _pass(desk, rate, as_json, asked)
    while watch and not halted and not asked.wait(WATCH_SECONDS):
        halted = _pass(desk, rate, as_json, asked)
    sys.exit(1 if halted else 0)


def _pass(desk: Desk, rate: int | None, as_json: bool, asked: Event) -> bool:
    """One pass; asked to end, it still records every answer. Says whether it was paused or stopped."""
    from publisher.cli.progress import bar
    from publisher.workflow.dispatch import dispatch
    from publisher.workflow.tick import TickReport, complete

    settings = desk.settings()
    halted = False
    with desk.store(settings) as store, bar("Delivering", unit="mails") as progress:
        report = dispatch(settings, store, now=desk.now, rate=rate, progress=progress, stopping=asked.is_set)
        if not as_json:
            _print(report)
        try:
            completion = complete(settings, store, now=desk.now())
        except PublisherError as error:
            tell(error.faults)
            completion = TickReport((), (), ())
            halted = True
    if as_json:
        print_json(_plain(report, completion))
    else:
        for entry in completion.happened:
            click.echo(f"{entry.policy} {entry.version}: {entry.kind} ({entry.reason})")
        print_files_to_commit(completion.files)
    return bool(report.stopped or report.paused or halted)


def _print(report: "DeliveryReport") -> None:
    facts = [
        f"{number:,} {name}"
        for name, number in (
            ("accepted", report.accepted),
            ("refused", report.refused),
            ("deferred", report.deferred),
            ("in doubt", report.in_doubt),
            ("skipped", report.skipped),
        )
        if number
    ]
    click.echo(f"{', '.join(facts)}." if facts else "Nothing is due.")
    if report.interrupted:
        click.echo(f"{count(report.interrupted, 'message')} of an interrupted pass may have been sent.")
    if report.held:
        click.echo(f"{count(report.held, 'message')} in doubt and held: look whether they arrived.")
    if report.next_at is not None:
        click.echo(f"Next try at {report.next_at:%Y-%m-%d %H:%M:%S} UTC.")
    for notice in report.overdue:
        click.echo(f"{notice}: its time is over, and what was not sent stays unsent. Run: publisher tick")
    tell((*report.reasons, *([report.stopped] if report.stopped else [])))


def _plain(report: "DeliveryReport", completion: "TickReport") -> dict[str, object]:
    return {
        "complete": [f"{entry.policy} {entry.version}" for entry in completion.happened],
        "files": list(completion.files),
        "accepted": report.accepted,
        "refused": report.refused,
        "deferred": report.deferred,
        "in-doubt": report.in_doubt,
        "skipped": report.skipped,
        "interrupted": report.interrupted,
        "held": report.held,
        "next_at": report.next_at.isoformat() if report.next_at else None,
        "paused": [str(notice) for notice in report.paused],
        "overdue": [str(notice) for notice in report.overdue],
        "stopped": record(report.stopped) if report.stopped else None,
        "reasons": [record(fault) for fault in report.reasons],
    }
