"""`publisher asof`."""

from datetime import date

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.instants import DATE
from publisher.cli.words import print_json


@click.command("asof")
@click.argument("policy")
@click.argument("day", type=DATE, metavar="DATE")
@click.option("--language", help="Left out: the authoritative one.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@pass_desk
def command(desk: Desk, policy: str, day: date, language: str | None, as_json: bool) -> None:
    """Print the text of POLICY that applied on DATE, from the files alone."""
    from publisher.workflow.status import applied

    found = applied(desk.workspace(), policy, day, language=language, now=desk.now())
    standing, text = found.standing, found.text
    if as_json:
        print_json(
            {
                "policy": policy,
                "date": day.isoformat(),
                "version": standing.version,
                "effective": standing.effective.isoformat(),
                "state": standing.state,
                "witnessed": standing.witnessed,
                "language": text.language,
                "digest": text.digest,
                "file": text.path,
                "text": text.body.strip(),
            }
        )
        return
    click.echo(
        f"{policy} {standing.version} ({text.language}), effective {standing.effective}, {text.digest}", err=True
    )
    click.echo(text.body.strip())
