"""`publisher resume`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import login_name, print_json


@click.command("resume")
@click.argument("policy")
@click.argument("version")
@click.option("--by", default=login_name, help="Who lets it go on; left out, the name you are logged in with.")
@click.option("--reason", default="", help="Why, for the record.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str, version: str, by: str, reason: str, as_json: bool) -> None:
    """Let the mails of a paused VERSION go on, or all others after the first were looked at."""
    from publisher.workflow.pausing import resume

    settings = desk.settings()
    with desk.store(settings) as store:
        done = resume(settings, store, policy, version, by=by, why=reason, now=desk.now())
    if as_json:
        print_json(
            {
                "notice": str(done.notice),
                "changed": done.changed,
                "others_may_go": done.let_go,
                "begun": done.out,
                "mails": done.mails,
            }
        )
        return
    if not done.changed:
        click.echo(f"{done.notice} was not paused.")
        return
    goes = f"{done.notice} goes on with the next delivery; {done.out:,} of its {done.mails:,} mails were begun"
    click.echo(f"{goes}, and all others may go now." if done.let_go else f"{goes}.")
