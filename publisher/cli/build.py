"""`publisher build`."""

from datetime import datetime

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.instants import INSTANT
from publisher.cli.words import count, print_json


@click.command("build")
@click.option("--at", "instant", type=INSTANT, help="As the site stood or will stand at this instant.")
@click.option("--no-redlines", is_flag=True, help="Leave the comparisons of neighbouring versions out.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, instant: datetime | None, no_redlines: bool, as_json: bool) -> None:
    """Build the site alone, from the files; the store is never opened."""
    from publisher.workflow.build import build

    workspace = desk.workspace()
    report = build(workspace, now=instant or desk.now(), redlines=not no_redlines)
    if as_json:
        print_json({"pages": report.pages, "output": str(workspace.settings.output)})
    else:
        click.echo(f"{count(report.pages, 'page')} in {workspace.settings.site.output}.")
