"""`publisher check`."""

import sys

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import as_github, as_json, tell
from publisher.cli.words import count, print_lead_times
from publisher.errors import PublisherError, Severity


@click.command("check")
@click.argument("policy", required=False)
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--json", "as_json_too", is_flag=True, help="The same as --format json.")
@pass_desk
def command(desk: Desk, policy: str | None, strict: bool, form: str, as_json_too: bool) -> None:
    """Tell all faults of texts, ledger, dates, translations and reviews at once."""
    from publisher.workflow.check import check_workspace

    form = "json" if as_json_too else form
    try:
        workspace = desk.workspace()
    except PublisherError as fault:
        if form == "text":
            raise
        click.echo(as_json(fault.faults) if form == "json" else as_github(fault.faults))
        sys.exit(1)
    if policy is not None and not any(fault.place.file for fault in workspace.faults):
        workspace.policy(policy)
    faults = check_workspace(workspace, now=desk.now(), only=policy)
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    warnings = len(faults) - errors
    if form == "json":
        click.echo(as_json(faults))
    elif form == "github":
        if faults:
            click.echo(as_github(faults))
    else:
        tell(faults, err=False)
        checked = count(len(workspace.policies) if policy is None else 1, "policy", "policies")
        click.echo(f"{checked} checked: {count(errors, 'error')}, {count(warnings, 'warning')}.")
        print_lead_times(found for found in workspace.policies if policy in (None, found.name))
    sys.exit(1 if errors or (strict and warnings) else 0)
