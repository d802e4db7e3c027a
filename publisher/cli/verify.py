"""`publisher verify`."""

import sys

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_json


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, as_json: bool) -> None:
    """Compare ledger, store and texts; exit 1 when they disagree."""
    from publisher.workflow.verify import verify

    workspace = desk.workspace()
    with desk.store_if_any(workspace.settings) as store:
        found = verify(workspace, store)
    if as_json:
        print_json(
            {
                "ok": not found.faults,
                "policies": found.policies,
                "lines": found.lines,
                "texts": found.texts,
                "faults": [record(fault) for fault in found.faults],
            }
        )
    else:
        tell(found.faults)
        compared = f"{count(found.lines, 'ledger line')} and {count(found.texts, 'released text')}"
        where = f"of {count(found.policies, 'policy', 'policies')}"
        verdict = "agree" if not found.faults else f"{count(len(found.faults), 'disagreement')} found"
        click.echo(f"{compared} {where}: {verdict}.")
    sys.exit(1 if found.faults else 0)
