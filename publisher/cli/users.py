"""`publisher users`."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_json


@click.group("users")
def command() -> None:
    """The store's own users."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def import_(desk: Desk, file: Path, as_json: bool) -> None:
    """Insert or update users by id from FILE: CSV with a header, or JSON Lines.

    Columns: id, name, language, joined (YYYY-MM-DD), email, and any further ones that audiences may use.
    """
    from publisher.cli.progress import bar
    from publisher.workflow.ingest import import_users
    from publisher.workflow.people import no_import

    settings = desk.settings()
    refusal = no_import(settings)
    if refusal is not None:
        raise refusal
    with desk.store(settings) as store, bar("Importing", unit="users") as progress:
        report = import_users(store, file, progress=progress.advance)
    if as_json:
        print_json(
            {
                "imported": report.imported,
                "kept_aside": report.kept_aside,
                "warnings": [record(fault) for fault in report.warnings],
            }
        )
        return
    tell(report.warnings)
    aside = f"; {count(report.kept_aside, 'address', 'addresses')} kept aside" if report.kept_aside else ""
    click.echo(f"{count(report.imported, 'user')} imported{aside}.")


@command.command("token")
@click.argument("identity", metavar="ID")
@click.option("--hours", type=click.IntRange(1, 24 * 366), default=24, show_default=True, help="How long it is good.")
@pass_desk
def token(desk: Desk, identity: str, hours: int) -> None:
    """Print a token by which your website names this user to the API; it does not look whether there is one."""
    from publisher.workflow.secret_key import secret_key
    from publisher.workflow.tokens import token_key, token_of

    settings = desk.settings()
    key = token_key(secret_key(settings.path(settings.secrets.key_file)), settings.secrets.token_keys[-1])
    try:
        click.echo(token_of(key, identity, expires=desk.now() + timedelta(hours=hours)))
    except ValueError:
        raise click.UsageError("An id has from 1 to 255 characters.") from None


@command.command("key")
@pass_desk
def key(desk: Desk) -> None:
    """Print the key, in hexadecimal, with which your website makes tokens itself; keep it as you keep passwords.

    It is the one of the last name in [secrets] token_keys.
    """
    from publisher.workflow.secret_key import secret_key
    from publisher.workflow.tokens import token_key

    settings = desk.settings()
    installed = secret_key(settings.path(settings.secrets.key_file))
    click.echo(token_key(installed, settings.secrets.token_keys[-1]).hex())


@command.command("erase")
@click.argument("identity", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def erase(desk: Desk, identity: str, as_json: bool) -> None:
    """Erase a user and their address; ledger and counts stay whole and no longer know who it was."""
    from publisher.workflow.ingest import erase_user

    with desk.store(desk.settings()) as store:
        erased = erase_user(store, identity)
    if as_json:
        print_json({"erased": erased})
    elif erased:
        click.echo("Erased.")
    else:
        click.echo("There is no such user. Give the id as it was imported; capital letters count.", err=True)
    sys.exit(0 if erased else 1)
