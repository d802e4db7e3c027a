"""`publisher adopt`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import tell
from publisher.cli.words import print_files_to_commit, print_json


@click.command("adopt")
@click.argument("policy", required=False)
@click.option("--through", help="The newest version that is in force already.")
@click.option("--by", required=True, help="Who states this.")
@click.option("--reason", default="", help="Why, for the public record.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, policy: str | None, through: str | None, by: str, reason: str, as_json: bool) -> None:
    """Enter versions of POLICY that were in force before this tool came, as stated and not witnessed.

    Without POLICY: bind the ledgers in the files to this store, when theirs is lost; needs --reason.
    """
    from publisher.workflow.adopt import adopt, adopt_ledgers

    if (policy is None) != (through is None):
        raise click.UsageError("Name POLICY and --through together, or neither.")
    if policy is None and not reason:
        raise click.UsageError("Binding ledgers to another store needs --reason.")
    workspace = desk.workspace()
    with desk.store(workspace.settings) as store:
        if policy is not None and through is not None:
            why = reason or "in force before adoption; stated, not witnessed"
            done = adopt(workspace, store, policy, through=through, by=by, reason=why, now=desk.now())
        else:
            done = adopt_ledgers(workspace, store, by=by, reason=reason, now=desk.now())
    if as_json:
        print_json({"adopted": list(done.versions), "files": list(done.files)})
        return
    tell(done.troubles)
    click.echo(f"Adopted: {', '.join(done.versions)}." if done.versions else "Nothing to adopt.")
    print_files_to_commit(done.files)
