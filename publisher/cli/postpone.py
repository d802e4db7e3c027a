"""`publisher postpone`."""

from datetime import date

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.instants import DATE
from publisher.cli.sequels import print_sequel, print_sequel_json


@click.command("postpone")
@click.argument("policy")
@click.argument("version")
@click.option("--to", "to", type=DATE, required=True, help="The new effective date.")
@click.option("--by", required=True, help="Who decides this.")
@click.option("--reason", required=True, help="Why, for the public record.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str, version: str, to: date, by: str, reason: str, as_json: bool) -> None:
    """Set a new effective date after notice; those told get one follow-up, all others one notice."""
    from publisher.workflow.postpone import postpone

    workspace = desk.workspace()
    with desk.store(workspace.settings) as store:
        done = postpone(workspace, store, policy, version, to=to, by=by, reason=reason, now=desk.now())
    if as_json:
        print_sequel_json(done, {"former": done.former.isoformat(), "effective": done.effective.isoformat()})
    else:
        print_sequel(
            done,
            now=f"is postponed from {done.former} to {done.effective}",
            before=f"was postponed to {done.effective}",
        )
