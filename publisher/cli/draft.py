"""`publisher draft`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import count, print_json


@click.command("draft")
@click.argument("policy")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str, as_json: bool) -> None:
    """Begin the next version of POLICY as a copy of the newest; run again once it differs, for its open review."""
    from publisher.workflow.draft import draft

    done = draft(desk.workspace(), policy, now=desk.now())
    if as_json:
        print_json(
            {
                "policy": done.policy,
                "version": done.version,
                "before": done.before,
                "copied_from": done.source,
                "files": list(done.files),
                "undecided": done.findings,
            }
        )
        return
    name = f"{policy} {done.version}"
    if done.source is not None:
        what = f"{done.source}, which was withdrawn" if done.withdrawn else done.source
        click.echo(f"{name} is a copy of {what}. Write in:")
        for file in done.files:
            click.echo(f"  {file}")
        click.echo("Its summary is still the old one: tell readers in one paragraph what is new.")
        click.echo(f"Then: publisher check {policy}; publisher draft {policy} lists what people have to decide.")
    elif done.reviewed:
        click.echo(f"{name} is the draft, and has a review. Go on with: publisher review {name}")
    elif done.findings is None:
        click.echo(f"{name} is the draft, and does not differ from {done.before} yet.")
    else:
        click.echo(
            f"{name} differs from {done.before}; {count(done.findings, 'finding')} to decide on in {done.files[0]}"
        )
        click.echo(f"Decide there, or go through them with: publisher review {name}")
