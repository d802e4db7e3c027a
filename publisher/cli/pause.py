"""`publisher pause`."""

import click

from publisher.cli.context import Desk, pass_desk


@click.command("pause")
@click.argument("policy")
@click.argument("version")
@pass_desk
def command(desk: Desk, policy: str, version: str) -> None:
    """Stop the mails of VERSION; every sender stops within one batch."""
    from publisher.workflow.pausing import set_paused

    with desk.store(desk.settings()) as store:
        notice = set_paused(store, policy, version, paused=True)
    click.echo(f"{notice} is paused.")
