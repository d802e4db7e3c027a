"""`publisher tick`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.log import log_option
from publisher.cli.words import count, print_files_to_commit, print_json


@click.command("tick")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@log_option
@pass_desk
def command(desk: Desk, as_json: bool) -> None:
    """Record what time and completion bring, and rebuild the site; for cron or a timer."""
    from publisher.workflow.tick import tick

    settings = desk.settings()
    with desk.store(settings) as store:
        report = tick(settings, store, now=desk.now())
    if as_json:
        print_json(
            {
                "happened": [
                    {"policy": entry.policy, "version": entry.version, "kind": entry.kind, "reason": entry.reason}
                    for entry in report.happened
                ],
                "waiting": list(report.waiting),
                "troubles": [record(fault) for fault in report.troubles],
                "notices": [{"notice": str(entry.notice), "reason": entry.reason} for entry in report.statements],
                "joined": report.joined,
                "reduced": report.reduced,
                "files": list(report.files),
                "pages": report.pages,
            }
        )
        return
    for entry in report.happened:
        click.echo(f"{entry.policy} {entry.version}: {entry.kind} ({entry.reason})")
    for turn in report.statements:
        click.echo(f"{turn.notice}: complete ({turn.reason})")
    if report.joined:
        click.echo(f"Queued for {count(report.joined, 'user')} who came later.")
    if report.reduced:
        click.echo(f"{count(report.reduced, 'receipt')} reduced to counts.")
    tell(report.troubles)
    for line in report.waiting:
        click.echo(f"waiting: {line}")
    if not report.happened and not report.statements:
        click.echo("Nothing new to record.")
    click.echo(f"Site: {count(report.pages, 'page')} in {settings.site.output}.")
    print_files_to_commit(report.files)
