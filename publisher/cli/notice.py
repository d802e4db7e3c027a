"""`publisher notice`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import print_json


@click.group("notice")
def command() -> None:
    """Notices as their readers get them."""


@command.command("show")
@click.argument("policy")
@click.argument("version")
@click.option("--language", help="Left out: the authoritative one.")
@click.option("--since", help="The version that the readers know. Left out: the one before.")
@click.option("--audience", "audiences", multiple=True, help="An audience that they belong to. Left out: all.")
@click.option("--format", "form", type=click.Choice(["text", "html", "eml"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Subject, text and HTML for programs.")
@pass_desk
def show(
    desk: Desk,
    policy: str,
    version: str,
    language: str | None,
    since: str | None,
    audiences: tuple[str, ...],
    form: str,
    as_json: bool,
) -> None:
    """Print the mail of a version, released or not, as readers get it who know the same version before it."""
    from publisher.workflow.showing import show_notice

    shown = show_notice(
        desk.workspace(), policy, version, language=language, now=desk.now(), since=since, audiences=audiences
    )
    if as_json:
        print_json(
            {
                "notice": shown.notice,
                "language": shown.language,
                "subject": shown.subject,
                "text": shown.text,
                "html": shown.html,
            }
        )
    elif form == "html":
        click.echo(shown.html)
    elif form == "eml":
        click.echo(shown.message)
    else:
        click.echo(f"Subject: {shown.subject}\n")
        click.echo(shown.text)
