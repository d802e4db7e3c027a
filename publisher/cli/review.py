"""`publisher review`."""

import sys
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.words import count, print_json

if TYPE_CHECKING:
    from publisher.domain.review import Decided, Review
    from publisher.workflow.review import Sheet
    from publisher.workflow.workspace import Workspace


@click.command("review")
@click.argument("policy")
@click.argument("version")
@click.option("--by", help="Your name, as it goes on the record.")
@click.option("--role", default="", help="Your role, beside your name.")
@click.option("--accept-all", is_flag=True, help="Confirm every open finding at once; recorded as bulk.")
@click.option("--note", default="", help="A private note; with --accept-all it goes on every finding.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print findings and state for programs; signs only with --accept-all."
)
@pass_desk
def command(
    desk: Desk, policy: str, version: str, by: str | None, role: str, accept_all: bool, note: str, as_json: bool
) -> None:
    """Decide on each finding of VERSION, freeze the audience, and sign."""
    from publisher.workflow.review import open_sheet

    workspace = desk.workspace()
    sheet = open_sheet(workspace, policy, version, now=desk.now())
    if accept_all:
        if not by or not note:
            raise click.UsageError("--accept-all needs --by NAME and --note TEXT.")
        review = _signed_in_bulk(desk, workspace, sheet, by, role, note)
    elif as_json:
        review = None
    elif not sys.stdin.isatty():
        raise click.UsageError("Without a terminal: --accept-all --by NAME --note TEXT, or --json to look.")
    else:
        review = _asked(desk, workspace, sheet, by, role)
    if as_json:
        print_json(_plain(sheet, review))
    elif review is not None:
        _print_signed(sheet, review)


def _signed_in_bulk(desk: Desk, workspace: "Workspace", sheet: "Sheet", by: str, role: str, note: str) -> "Review":
    from publisher.domain.review import Decision
    from publisher.workflow.review import decided, sign

    decisions = [decided(finding, Decision.CONFIRMED, by, note=note, bulk=True) for finding in sheet.undecided]
    return sign(
        workspace,
        sheet,
        decisions,
        by=by,
        role=role,
        now=desk.now(),
        translations=sheet.policy.settings.languages,
    )


def _asked(desk: Desk, workspace: "Workspace", sheet: "Sheet", by: str | None, role: str) -> "Review | None":
    """The review at a terminal: each finding with its redline and its reason on one screen."""
    from publisher import reports
    from publisher.workflow.review import sign

    tell(sheet.warnings)
    name = by or click.prompt("Your name")
    click.echo(reports.terminal(sheet.assessment, colour=True))
    if sheet.reopened:
        click.echo(f"Edited since the last signature: {', '.join(sheet.reopened)}.")
    click.echo(f"{count(len(sheet.undecided), 'finding')} to decide.\n")
    decisions: list[Decided] = [_decision(sheet, index, name) for index in range(len(sheet.undecided))]
    while click.confirm("Add a finding that the rules missed?", default=False):
        decisions.append(_missed(name))
    translations = [
        language
        for language in sheet.policy.settings.languages
        if click.confirm(f"Does the {language} translation say the same?", default=True)
    ]
    if not click.confirm(f"Sign as {name}?", default=False):
        click.echo("Nothing was written.")
        return None
    return sign(workspace, sheet, decisions, by=name, role=role, now=desk.now(), translations=translations)


def _decision(sheet: "Sheet", index: int, name: str) -> "Decided":
    from publisher.domain.review import Decision
    from publisher.workflow.review import decided

    finding = sheet.undecided[index]
    click.secho(
        f"[{index + 1}/{len(sheet.undecided)}] {finding.clause}: {finding.kind} (limb {finding.limb})", bold=True
    )
    where = "gone from" if finding.side == "old" else "in"
    click.echo(f"  {where} the {finding.side} text: “{finding.quote}”")
    click.echo(f"  {finding.why} ({finding.rule})")
    answer = click.prompt("  confirm or override", type=click.Choice(["c", "o"]), default="c")
    decision = Decision.CONFIRMED if answer == "c" else Decision.OVERRIDDEN
    note = click.prompt("  why (private)", default="" if decision is Decision.CONFIRMED else None)
    public = click.prompt("  note for readers (may be empty)", default="", show_default=False)
    return decided(finding, decision, name, note=note, public_note=public)


def _missed(name: str) -> "Decided":
    from publisher.domain.assessment import FindingKind, Limb, Side
    from publisher.workflow.review import Missed, missed

    entry = Missed(
        limb=Limb(click.prompt("  limb", type=click.Choice([limb.value for limb in Limb]))),
        kind=FindingKind(click.prompt("  kind", type=click.Choice([kind.value for kind in FindingKind]))),
        clause=click.prompt("  clause"),
        side=Side(click.prompt("  side", type=click.Choice([side.value for side in Side]), default="new")),
        words=click.prompt("  the words"),
        note=click.prompt("  why (private)"),
    )
    return missed(entry, name)


def _print_signed(sheet: "Sheet", review: "Review") -> None:
    from publisher.workflow.review import people_missing

    lowered = sum(entry.decision == "overridden" for entry in review.decisions)
    found = count(len(review.decisions), "finding")
    click.echo(f"{sheet.path}: {review.grade}, {found} decided, {lowered} of them overridden.")
    missing = people_missing(sheet, review)
    if missing:
        click.echo(f"{count(missing, 'more person', 'more people')} must sign before it can be published.")
    else:
        click.echo(f"Signed. Commit {sheet.path}, then: publisher publish")


def _plain(sheet: "Sheet", review: "Review | None") -> dict[str, object]:
    current = review or sheet.review
    return {
        "policy": sheet.policy.name,
        "version": sheet.version.name,
        "before": sheet.before,
        "grade": current.grade if current else sheet.assessment.grade,
        "signed": [person.name for person in current.sign_offs] if current else [],
        "reopened": [] if review else list(sheet.reopened),
        "undecided": [] if review else [_finding(finding) for finding in sheet.undecided],
        "findings": [_finding(finding) for finding in sheet.assessment.findings],
        "warnings": [record(fault) for fault in sheet.warnings],
    }


def _finding(finding: object) -> dict[str, object]:
    names = ("limb", "kind", "grade", "clause", "side", "quote", "why", "rule")
    return {name: getattr(finding, name) for name in names}
