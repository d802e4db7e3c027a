"""`publisher withdraw`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.sequels import print_sequel, print_sequel_json


@click.command("withdraw")
@click.argument("policy")
@click.argument("version")
@click.option("--by", required=True, help="Who decides this.")
@click.option("--reason", required=True, help="Why, for the public record; readers who were told see it too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str, version: str, by: str, reason: str, as_json: bool) -> None:
    """Take an announced VERSION back: those told get one message, unsent mails are cancelled."""
    from publisher.workflow.withdraw import withdraw

    workspace = desk.workspace()
    with desk.store(workspace.settings) as store:
        done = withdraw(workspace, store, policy, version, by=by, reason=reason, now=desk.now())
    if as_json:
        print_sequel_json(done, {})
    else:
        print_sequel(done, now="is withdrawn", before="was withdrawn")
