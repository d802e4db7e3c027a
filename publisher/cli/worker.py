"""`publisher worker`."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.ending import Ending
from publisher.cli.faults import tell
from publisher.cli.log import log_option
from publisher.cli.words import named_outcomes, print_files_to_commit, print_json

if TYPE_CHECKING:
    from publisher.workflow.hand import Tally
    from publisher.workflow.tick import TickReport

MOST = 12


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    help="Batches at once, each over [email] connections of its own. One fills a processor core.",
)
@click.option("--rate", type=click.IntRange(min=0), help="Mails a second of all workers together; 0 is no limit.")
@click.option(
    "--lease",
    type=click.IntRange(5, 3600),
    default=40,
    show_default=True,
    help="Seconds after which others take over from a worker that stands still.",
)
@click.option("--no-tick", is_flag=True, help="Leave what `publisher tick` does to others.")
@click.option("--json", "as_json", is_flag=True, help="Print the report at the end for programs.")
@log_option
@pass_desk
def command(desk: Desk, concurrency: int, rate: int | None, lease: int, no_tick: bool, as_json: bool) -> None:
    """Send what is due until interrupted, together with workers on other machines; the store is PostgreSQL."""
    from publisher.workflow.worker import Wishes, work

    settings = desk.settings()
    wishes = Wishes(concurrency, rate, timedelta(seconds=lease), not no_tick)
    with Ending() as asked, desk.store(settings) as store:
        tally = work(
            settings,
            store,
            wishes,
            now=desk.now,
            stopping=asked.is_asked,
            wait=asked.wait,
            told=tell,
            ticked=_tell_tick,
        )
    if as_json:
        print_json(_plain(tally))
    else:
        facts = _facts(_mails(tally))
        called = _facts(named_outcomes(tally.called))
        told = "; ".join(part for part in (facts, f"webhook: {called}" if called else "") if part)
        click.echo(f"Ended: {told or 'nothing was due'}.")


def _tell_tick(report: "TickReport") -> None:
    for entry in report.happened:
        click.echo(f"{entry.policy} {entry.version}: {entry.kind} ({entry.reason})")
    print_files_to_commit(report.files)


def _facts(counted: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('-', ' ')}" for name, number in counted.items() if number)


def _mails(tally: "Tally") -> dict[str, int]:
    outcomes = {outcome.value: number for outcome, number in tally.outcomes.items()}
    named = {name: outcomes[name] for name in ("accepted", "refused", "deferred", "in-doubt")}
    return named | {
        "handed-over": tally.handed,
        "skipped": tally.skipped,
        "interrupted": tally.interrupted,
        "taken-over-by-others": tally.lost,
    }


def _plain(tally: "Tally") -> dict[str, object]:
    return {**_mails(tally), "batches": tally.batches, "webhook": named_outcomes(tally.called)}
