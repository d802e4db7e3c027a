"""`publisher status`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import tell
from publisher.cli.words import print_json, print_lead_times


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(desk: Desk, as_json: bool) -> None:
    """Show where each version stands, its messages and what is due."""
    from publisher.workflow.status import status

    workspace = desk.workspace()
    with desk.store_if_any(workspace.settings) as store:
        found = status(workspace, store, now=desk.now())
    if as_json:
        print_json(
            {
                "versions": [
                    {
                        "policy": entry.policy,
                        "version": entry.version,
                        "state": entry.state,
                        "effective": entry.effective,
                        "floor": entry.floor,
                        "messages": {state.value: number for state, number in entry.messages.items()},
                        "due": entry.due,
                        "early": entry.early,
                    }
                    for entry in found
                ],
                "lead_times": [
                    {
                        "policy": policy.name,
                        "regime": entry.regime.name,
                        "days": entry.days,
                        "law_days": entry.regime.law_days,
                        "source": entry.regime.source,
                        "dated": entry.regime.dated,
                        "confirmed_by": entry.counsel.by if entry.counsel else None,
                        "confirmed_at": entry.counsel.at.isoformat() if entry.counsel else None,
                    }
                    for policy in workspace.policies
                    for entry in policy.settings.lead_times
                ],
            }
        )
        return
    tell(fault for policy in workspace.policies for fault in workspace.ledger_faults(policy.name))
    if not found:
        click.echo("There is no version of any policy yet.")
    for entry in found:
        sent = ", ".join(f"{number:,} {state}" for state, number in entry.messages.items() if number)
        floor = f"floor {entry.floor}" if entry.floor else ""
        facts = "; ".join(fact for fact in (f"effective {entry.effective}", floor, sent) if fact)
        click.echo(f"{click.style(f'{entry.policy} {entry.version}', bold=True)}  {entry.state}  {facts}")
        if entry.early:
            click.echo(f"    takes effect early: {entry.early}")
        if entry.due:
            click.echo(f"    {entry.due}")
    print_lead_times(workspace.policies)
