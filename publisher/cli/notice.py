"""`publisher notice`."""

from datetime import date
from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.instants import DATE
from publisher.cli.notice_send import send, statement_kind
from publisher.cli.words import print_json


@click.group("notice")
def command() -> None:
    """Notices as their readers get them."""


command.add_command(send)


@command.command("test")
@click.argument("policy")
@click.argument("version")
@click.option("--to", required=True, help="Your own address.")
@click.option("--language", "--lang", help="Left out: the authoritative one.")
@click.option("--before", type=DATE, help="Of a transfer: the first day on which it may be.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def test(
    desk: Desk, policy: str, version: str, to: str, language: str | None, before: date | None, as_json: bool
) -> None:
    """Send one mail of a version, released or not, to your own address: [Test] in its subject, recorded nowhere.

    In place of POLICY and VERSION: incident or transfer, and the file or folder of its text.
    """
    kind = statement_kind(policy, version)
    if kind is not None:
        from publisher.workflow.statement_showing import send_statement_trial

        sent = send_statement_trial(
            desk.workspace(), kind, Path(version), to=to, language=language, before=before, now=desk.now
        )
    else:
        from publisher.workflow.trial_mail import send_trial

        sent = send_trial(desk.workspace(), policy, version, to=to, language=language, now=desk.now)
    if as_json:
        print_json({"notice": sent.notice, "language": sent.language, "released": sent.released, "answer": sent.said})
        return
    click.echo(f"A test mail of {policy} {version} in {sent.language} was taken: {sent.said}.")
    if not sent.released:
        click.echo(f"It is not {'sent' if kind else 'released'}: the links in the mail lead nowhere yet.")
    click.echo("Nobody counts as told by it.")


@command.command("show")
@click.argument("policy")
@click.argument("version")
@click.option("--language", "--lang", help="Left out: the authoritative one.")
@click.option("--since", help="The version that the readers know. Left out: the one before.")
@click.option("--audience", "audiences", multiple=True, help="An audience that they belong to. Left out: all.")
@click.option("--before", type=DATE, help="Of a transfer: the first day on which it may be.")
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
    before: date | None,
    form: str,
    as_json: bool,
) -> None:
    """Print the mail of a version, released or not, as readers get it who know the same version before it.

    In place of POLICY and VERSION: incident or transfer, and the file or folder of its text.
    """
    kind = statement_kind(policy, version)
    if kind is not None:
        from publisher.workflow.statement_showing import show_statement

        shown = show_statement(desk.workspace(), kind, Path(version), language=language, before=before, now=desk.now())
    else:
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
