"""`publisher status`."""

import sys

import click

from publisher.cli import status_report
from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import tell
from publisher.cli.words import print_json, print_lead_times


@click.command("status")
@click.option("--watch", is_flag=True, help="Go on looking, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs; with --watch a line a change.")
@pass_desk
def command(desk: Desk, watch: bool, as_json: bool) -> None:
    """Show where each version stands, its messages and what is due."""
    if watch:
        from publisher.cli.status_watch import watch_status

        watch_status(desk, as_json=as_json)
        return
    from publisher.workflow.mail_state import last_halt
    from publisher.workflow.statement_life import statement_status
    from publisher.workflow.status import status

    workspace = desk.workspace()
    with desk.store_if_any(workspace.settings) as store:
        found, halt = status(workspace, store, now=desk.now()), last_halt(store)
        statements = statement_status(workspace, store, now=desk.now())
    if as_json:
        print_json(status_report.record(workspace, found, halt, statements))
        return
    faults = [fault for policy in workspace.policies for fault in workspace.ledger_faults(policy.name)]
    tell(faults)
    if not found:
        click.echo("There is no version of any policy yet.")
    for entry in found:
        for line in status_report.lines(entry):
            click.echo(line)
    for each in statements:
        for line in status_report.statement_lines(each):
            click.echo(line)
    for line in status_report.halt_lines(halt):
        click.echo(line)
    print_lead_times(workspace.policies)
    if faults:
        sys.exit(1)
