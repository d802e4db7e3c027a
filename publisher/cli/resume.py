"""`publisher resume`."""

import click

from publisher.cli.context import Desk, pass_desk


@click.command("resume")
@click.argument("policy")
@click.argument("version")
@pass_desk
def command(desk: Desk, policy: str, version: str) -> None:
    """Let the mails of a paused VERSION go on."""
    from publisher.workflow.pausing import set_paused

    with desk.store(desk.settings()) as store:
        notice = set_paused(store, policy, version, paused=False)
    click.echo(f"{notice} goes on with the next delivery.")
