"""`publisher receipts`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_files_to_commit, print_json

if TYPE_CHECKING:
    from publisher.workflow.receipts import ReceiptSummary
    from publisher.workflow.tick import TickReport

FORMATS = ("publisher", "sendgrid", "mailgun")


@click.group("receipts")
def command() -> None:
    """What a provider says of the messages that it was handed."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="publisher", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def import_(desk: Desk, file: Path, format_name: str, as_json: bool) -> None:
    """Record the receipts in FILE: CSV with a header, or JSON Lines; all of them, or none if one is wrong.

    Columns: id and status (accepted, refused, deferred, delayed), and any of at, code, reply, provider_id. With
    --format, a provider's own events, a line each.
    """
    from publisher.workflow.receipts import import_receipts
    from publisher.workflow.tick import complete

    settings = desk.settings()
    with desk.store(settings) as store:
        summary = import_receipts(settings, store, file, format_name=format_name, now=desk.now())
        completion = complete(settings, store, now=desk.now())
    if as_json:
        print_json(_plain(summary, completion))
    else:
        _print(summary, completion)
    sys.exit(1 if summary.paused else 0)


def _print(summary: "ReceiptSummary", completion: "TickReport") -> None:
    from publisher.store.handoffs import Effect

    words = {
        Effect.ACCEPTED: "accepted",
        Effect.REFUSED: "refused, and left to the banner",
        Effect.DEFERRED: "came back, and are handed over again later",
        Effect.DELAYED: "still tried by the provider",
        Effect.KNOWN: "known already",
    }
    for effect, what in words.items():
        if summary.read[effect]:
            click.echo(f"{summary.read[effect]:,} {what}.")
    if summary.foreign:
        click.echo(f"{summary.foreign:,} about none of our messages.")
    if not summary.read.total() and not summary.foreign:
        click.echo("Nothing is in it.")
    if summary.late:
        click.echo(f"{count(summary.late, 'message')} came back after the notice was complete; it stays complete.")
    tell(summary.troubles)
    for entry in completion.happened:
        click.echo(f"{entry.policy} {entry.version}: {entry.kind} ({entry.reason})")
    print_files_to_commit(completion.files)


def _plain(summary: "ReceiptSummary", completion: "TickReport") -> dict[str, object]:
    from publisher.store.handoffs import Effect

    return {
        **{effect.value: summary.read[effect] for effect in Effect},
        "foreign": summary.foreign,
        "late": summary.late,
        "paused": [str(notice) for notice in summary.paused],
        "troubles": [record(fault) for fault in summary.troubles],
        "complete": [f"{entry.policy} {entry.version}" for entry in completion.happened],
        "files": list(completion.files),
    }
