"""`publisher publish`."""

import sys
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import tell
from publisher.cli.terminal import is_terminal
from publisher.cli.words import count, print_files_to_commit, print_json

if TYPE_CHECKING:
    from publisher.errors import Fault


@click.command("publish")
@click.option("--dry-run", is_flag=True, help="Work everything out, write nothing.")
@click.option(
    "--yes", is_flag=True, help="Release it though its audience is empty or grew to more than twice the last."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Release every signed version, queue its notices in one transaction, and build the site.

    Run again, it does nothing new; cut off anywhere, the next run finishes it.
    """
    from publisher.cli import publish_report

    settings = desk.settings()
    if dry_run:
        from publisher.workflow.rehearsal import rehearse

        with desk.store_if_any(settings) as store:
            rehearsal = rehearse(settings, store, now=desk.now())
        if as_json:
            print_json(publish_report.rehearsal_record(rehearsal))
        else:
            publish_report.print_rehearsal(rehearsal)
        return
    from publisher.workflow.publish import publish

    with desk.store(settings) as store:
        report = publish(settings, store, now=desk.now(), agreed=lambda asked: yes or _agreed(asked))
    if as_json:
        print_json(publish_report.record(report))
        return
    tell(report.warnings)
    for entry in report.released:
        click.echo(publish_report.line(entry))
    for skipped in report.skipped:
        click.echo(f"Skipped {skipped.version}: {skipped.reason}.")
    for name in report.completed:
        click.echo(f"Completed the ledger file of {name} from the store.")
    if not report.released:
        click.echo("Nothing new to publish.")
    click.echo(f"Site: {count(report.pages, 'page')} in {settings.site.output}.")
    print_files_to_commit(report.files)


def _agreed(asked: "tuple[Fault, ...]") -> bool:
    """Asks at a terminal; elsewhere nobody can agree."""
    if not is_terminal(sys.stdin):
        return False
    tell(asked)
    return click.confirm("Release it so?", default=False)
