"""`publisher consent`."""

import csv
import json
import sys

import click

from publisher.cli.context import Desk, pass_desk

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


@click.group("consent")
def command() -> None:
    """Who agreed to a version that needs fresh consent."""


@command.command("export")
@click.argument("policy")
@click.argument("version")
@click.option("--only", type=click.Choice(["accepted", "declined", "none"]), help="Only users with this answer.")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@pass_desk
def export(desk: Desk, policy: str, version: str, only: str | None, kind: str) -> None:
    """Print every user with their answer to VERSION, and whether it binds them.

    For those whom it does not bind, what the version newly allows may not start.
    """
    from publisher.domain.consent import Answer
    from publisher.workflow.answering import export as exported

    workspace = desk.workspace()
    rows = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
    names = ("id", "answer", "bound", "digest", "at")
    with desk.store(workspace.settings) as store:
        found = exported(workspace, store, policy, version, now=desk.now(), only=Answer(only) if only else None)
        for number, entry in enumerate(found):
            record = entry.record
            values = (
                record.user,
                record.answer.value,
                entry.bound,
                record.digest,
                record.at.isoformat() if record.at else None,
            )
            if kind == "jsonl":
                click.echo(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False))
                continue
            if number == 0:
                rows.writerow(names)
            rows.writerow([_cell(value) for value in values])


def _cell(value: object) -> str:
    """A value that no spreadsheet runs: what begins like a formula gets an apostrophe in front."""
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
