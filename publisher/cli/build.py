"""`publisher build`."""

from datetime import datetime

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.instants import INSTANT
from publisher.cli.progress import bar
from publisher.cli.words import count, print_json


@click.command("build")
@click.option("--at", "instant", type=INSTANT, help="As the site stood or will stand at this instant.")
@click.option("--no-redlines", is_flag=True, help="Leave the comparisons of neighbouring versions out.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, instant: datetime | None, no_redlines: bool, as_json: bool) -> None:
    """Build the site alone, from the files; the store is never opened."""
    from publisher.workflow.build import build

    settings = desk.settings()
    with bar("Building", unit="versions") as progress:
        report = build(
            settings,
            now=instant or desk.now(),
            redlines=not no_redlines,
            begin=progress.begin,
            advance=progress.advance,
        )
    if as_json:
        print_json({"pages": report.pages, "changed": report.changed, "output": str(settings.output)})
    else:
        click.echo(f"{count(report.pages, 'page')} in {settings.site.output}.")
