"""`publisher pause`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import login_name, print_json


@click.command("pause")
@click.argument("policy")
@click.argument("version")
@click.option("--by", default=login_name, help="Who pauses it; left out, the name you are logged in with.")
@click.option("--reason", default="", help="Why, for whoever looks at status.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str, version: str, by: str, reason: str, as_json: bool) -> None:
    """Stop the mails of VERSION; every sender stops within one batch."""
    from publisher.workflow.pausing import pause

    with desk.store(desk.settings()) as store:
        done = pause(store, policy, version, by=by, why=reason, now=desk.now())
    if as_json:
        print_json({"notice": str(done.notice), "changed": done.changed, "begun": done.out, "mails": done.mails})
        return
    out = f"{done.out:,} of its {done.mails:,} mails were begun"
    click.echo(f"{done.notice} is paused; {out}." if done.changed else f"{done.notice} was paused before; {out}.")
    click.echo(f"To go on: publisher resume {policy} {version}")
