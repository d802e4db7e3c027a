"""`publisher notice send`."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import audience_words
from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record as record_fault
from publisher.cli.faults import tell
from publisher.cli.instants import DATE
from publisher.cli.terminal import is_terminal
from publisher.cli.words import count, print_files_to_commit, print_json
from publisher.domain.notice import STATEMENTS, Channel, NoticeKind
from publisher.errors import one

if TYPE_CHECKING:
    from publisher.workflow.send_statement import SentReport, StatementPlan


@click.command("send")
@click.argument("kind", type=click.Choice([kind.value for kind in STATEMENTS]))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--users", required=True, metavar="LIST", help="CSV or JSON Lines of user ids, or: all")
@click.option("--by", "by", multiple=True, required=True, help="Who signs it; twice, for two people must.")
@click.option("--before", type=DATE, help="The first day on which the transfer may be; its notice is complete before.")
@click.option("--policy", help="Left out: privacy, or the only one.")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    type=click.Choice([channel.value for channel in Channel]),
    help="Left out: banner, email, and webhook where it is set up.",
)
@click.option("--skip-unknown", is_flag=True, help="Leave out ids that are no user's, and count them.")
@click.option("--dry-run", is_flag=True, help="Work everything out, write nothing.")
@click.option("--yes", is_flag=True, help="Send it without being asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def send(
    desk: Desk,
    kind: str,
    file: Path,
    users: str,
    by: tuple[str, ...],
    before: date | None,
    policy: str | None,
    channels: tuple[str, ...],
    skip_unknown: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Tell the people on LIST of a security incident, or of a transfer of their information, ahead of all other mail.

    FILE is one text of `incident.en.md`, `incident.zh-CN.md`, or a folder of `en.md`, `zh-CN.md`: every language of the
    policy. Run again with the same texts, it tells those alone who are new on the list.
    """
    from publisher.workflow.send_statement import Order, plan_statement, send_statement

    order = Order(
        kind=NoticeKind(kind),
        texts=file,
        users=users,
        by=by,
        policy=policy,
        before=before,
        channels=tuple(channel for channel in Channel if channel in channels),
        skip_unknown=skip_unknown,
    )
    settings = desk.settings()
    with desk.store(settings) as store:
        if dry_run:
            plan = plan_statement(settings, store, order, now=desk.now())
            if as_json:
                print_json(_plan_record(plan))
                return
            _print_plan(plan)
            click.echo("Nothing was written.")
            return
        report = send_statement(
            settings, store, order, now=desk.now(), agreed=lambda plan: yes or _agreed(plan, quiet=as_json)
        )
    if not report.agreed:
        raise one(
            "not-agreed", "It was not sent: nobody agreed to it.", "Look at it with --dry-run; with --yes it is sent."
        )
    if as_json:
        print_json({**_plan_record(report.plan), "queued": report.made, "files": list(report.files)})
        return
    _print_report(report, told=not yes)


def statement_kind(policy: str, version: str) -> NoticeKind | None:
    """The kind of a statement where somebody names one and its file, in place of a policy and a version."""
    known = next((kind for kind in STATEMENTS if kind.value == policy), None)
    return known if known is not None and Path(version).exists() else None


def _agreed(plan: "StatementPlan", *, quiet: bool) -> bool:
    """Shows everything and asks, at a terminal; elsewhere nobody can agree."""
    if quiet or not is_terminal(sys.stdin):
        return False
    _print_plan(plan)
    return click.confirm("Send it now?", default=False)


def _print_report(report: "SentReport", *, told: bool) -> None:
    plan = report.plan
    if not told:
        tell(plan.warnings)
    if not report.made and plan.known is not None:
        click.echo(f"Nothing new: these texts were sent as {report.notice}, and everybody on the list has it.")
    elif plan.notice.personal is None:
        click.echo(f"Announced {report.notice} on the website alone.")
    else:
        who = count(plan.new, "further user") if plan.known else count(plan.people, "user")
        click.echo(f"Queued {report.notice} for {who}, ahead of everything else. Run: publisher deliver")
    if plan.unknown:
        click.echo(f"{count(plan.unknown, 'unknown id')} left out: no user has it.")
    tell(report.unbuilt)
    if report.unbuilt:
        click.echo("The website could not be built: it does not announce this yet. Then run: publisher build")
    print_files_to_commit(report.files)


def _print_plan(plan: "StatementPlan") -> None:
    tell(plan.warnings)
    notice = plan.notice
    titles = "; ".join(each.tree.title for each in plan.texts)
    before = f", complete before {notice.effective}" if notice.kind is NoticeKind.TRANSFER else ""
    if plan.known is not None:
        click.echo(f"These texts were sent as {notice.id}: {count(plan.new, 'user')} on the list did not get them yet.")
    else:
        click.echo(f"Would send {notice.id} ({titles}){before}, signed by {' and '.join(plan.by)}:")
    for channel, rows in plan.channels:
        if channel == Channel.BANNER:
            continue
        audience_words.print_rows(f"{channel:7}", rows)
    for sample in plan.samples:
        click.echo(f"    for example {sample}")
    if plan.repeated:
        click.echo(f"  {count(plan.repeated, 'line')} of the list left out: their ids stood before, and are told once.")
    if plan.unknown:
        click.echo(f"  {count(plan.unknown, 'unknown id')} of the list left out: no user has it.")
    if any(channel == Channel.BANNER for channel, _ in plan.channels):
        click.echo(f"  Everybody sees the announcement, until {plan.until:%Y-%m-%d %H:%M} UTC; it names no user.")


def _plan_record(plan: "StatementPlan") -> dict[str, object]:
    return {
        "notice": str(plan.notice.id),
        "kind": plan.notice.kind.value,
        "policy": plan.policy.name,
        "before": plan.notice.effective.isoformat() if plan.notice.kind is NoticeKind.TRANSFER else None,
        "by": list(plan.by),
        "sent_before": plan.known is not None,
        "people": plan.people,
        "new": plan.new,
        "repeated": plan.repeated,
        "left_out": plan.unknown,
        "until": plan.until.isoformat(),
        "channels": {channel: audience_words.languages_record(rows) for channel, rows in plan.channels},
        "samples": list(plan.samples),
        "warnings": [record_fault(fault) for fault in plan.warnings],
    }
