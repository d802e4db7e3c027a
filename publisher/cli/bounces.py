"""`publisher bounces`."""

import sys
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_json
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.workflow.bounces import BounceSummary

TRY_AGAIN = 75
"""EX_TEMPFAIL: by it a mail server that handed a mail over keeps it, and hands it over again."""


@click.command("bounces")
@click.argument("source", metavar="maildir:DIR|-")
@click.option("--json", "as_json", is_flag=True, help="Print the counts for programs.")
@pass_desk
def command(desk: Desk, source: str, as_json: bool) -> None:
    """Read bounces: the new mails of a Maildir, or with - the one that a mail server hands over.

    A mail that never arrives counts as refused, and its reader is left to the banner. With - whatever is wrong here
    exits 75, so that the mail server keeps the mail.
    """
    if source == "-":
        sys.exit(_from_pipe(desk, as_json))
    scheme, _, folder = source.partition(":")
    if scheme != "maildir" or not folder:
        raise click.BadParameter("write maildir:DIR, or - for one mail on standard input", param_hint="SOURCE")
    from publisher.workflow.bounces import read_maildir

    settings = desk.settings()
    with desk.store(settings) as store:
        summary = read_maildir(settings, store, settings.path(folder), now=desk.now())
    _print(summary, as_json)
    sys.exit(1 if summary.paused else 0)


def _from_pipe(desk: Desk, as_json: bool) -> int:
    from publisher.importers.dsn import LARGEST
    from publisher.workflow.bounces import Reading, read_one

    stream = sys.stdin.buffer
    mail = stream.read(LARGEST)
    while stream.read(LARGEST):
        pass  # a mail server that cannot write the rest would take that for a failure
    try:
        settings = desk.settings()
        with desk.store(settings) as store:
            summary = read_one(settings, store, mail, now=desk.now())
    except PublisherError as error:
        tell(error.faults)
        return TRY_AGAIN
    except OSError as error:
        click.echo(f"The system refused it: {error.strerror}.", err=True)
        return TRY_AGAIN
    _print(summary, as_json)
    return TRY_AGAIN if summary.read[Reading.EARLY] else 0


def _print(summary: "BounceSummary", as_json: bool) -> None:
    from publisher.workflow.bounces import Reading

    if as_json:
        print_json(
            {
                **{reading.value: summary.read[reading] for reading in Reading},
                "late": summary.late,
                "paused": [str(notice) for notice in summary.paused],
                "troubles": [record(fault) for fault in summary.troubles],
            }
        )
        return
    words = {
        Reading.BOUNCED: "came back for good",
        Reading.BLOCKED: "refused for good, but not for the address",
        Reading.GIVEN_UP: "given up by a server, over a fault that may pass",
        Reading.DELAYED: "delayed",
        Reading.ARRIVED: "arrived",
        Reading.KNOWN: "known already",
        Reading.EARLY: "to be read again, once the message's own answer is recorded",
        Reading.REDUCED: "about a notice whose receipts are counts by now; the counts stay as they are",
        Reading.FOREIGN: "about none of our messages",
        Reading.UNREADABLE: "no delivery report",
    }
    for reading, what in words.items():
        if summary.read[reading]:
            click.echo(f"{summary.read[reading]:,} {what}.")
    if not summary.read.total():
        click.echo("Nothing is new.")
    if summary.late:
        click.echo(f"{count(summary.late, 'message')} came back after the notice was complete; it stays complete.")
    tell(summary.troubles)
