"""`publisher review`."""

import sys
from typing import TYPE_CHECKING

import click

from publisher.cli.audience_words import audiences_record, languages_record, print_told
from publisher.cli.context import Desk, pass_desk
from publisher.cli.faults import record, tell
from publisher.cli.terminal import is_terminal
from publisher.cli.words import count, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from publisher.domain.review import Decided, Review
    from publisher.workflow.audience import Shown
    from publisher.workflow.review import Sheet
    from publisher.workflow.workspace import Workspace


@click.command("review")
@click.argument("policy")
@click.argument("version")
@click.option("--by", help="Your name, as it goes on the record.")
@click.option("--role", help="Your role, beside your name; left out, the one you signed with before.")
@click.option("--accept-all", is_flag=True, help="Confirm every open finding at once; recorded as bulk.")
@click.option("--prefill", is_flag=True, help="Write review.toml with every decision left open, for an editor.")
@click.option("--note", default="", help="A private note; with --accept-all it goes on every finding.")
@click.option(
    "--emergency",
    "ground",
    type=click.Choice(["law", "security", "court-order"]),
    help="The ground on which it must take effect before what you promise; with --by and --reason.",
)
@click.option("--reason", default="", help="Why it must, in words that readers are shown.")
@click.option("--confirm-emergency", is_flag=True, help="Confirm the emergency that somebody else entered; with --by.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print findings and state for programs; signs only with --accept-all."
)
@pass_desk
def command(
    desk: Desk,
    policy: str,
    version: str,
    by: str | None,
    role: str | None,
    accept_all: bool,
    prefill: bool,
    note: str,
    ground: str | None,
    reason: str,
    confirm_emergency: bool,
    as_json: bool,
) -> None:
    """Decide on each finding of VERSION, freeze the audience, and sign."""
    from publisher.workflow.review import open_sheet

    if ground or confirm_emergency:
        if (ground and confirm_emergency) or accept_all or prefill or as_json:
            raise click.UsageError("--emergency and --confirm-emergency go alone, each by another person.")
        _emergency(desk, policy, version, ground, reason, by)
        return
    if prefill and accept_all:
        raise click.UsageError("--prefill leaves decisions open, --accept-all takes them: name one.")
    workspace = desk.workspace()
    sheet = open_sheet(workspace, policy, version, now=desk.now())
    told = _audience(desk, workspace, sheet)
    review: Review | None = None
    if accept_all:
        if not by or not note:
            raise click.UsageError("--accept-all needs --by NAME and --note TEXT.")
        review = _signed_in_bulk(desk, workspace, sheet, by, role, note)
    elif prefill:
        review = _prefilled(workspace, sheet, quiet=as_json)
    elif not as_json:
        if not is_terminal(sys.stdin):
            raise click.UsageError("Without a terminal: --accept-all --by NAME --note TEXT, --prefill, or --json.")
        from publisher.cli.review_dialogue import Dialogue

        review = Dialogue(workspace, sheet, told).held(by, role, desk.now)
    if as_json:
        print_json(_plain(sheet, review, told(_decisions(sheet, review))))
    elif review is not None and review.sign_offs:
        if accept_all and review.grade == "material":
            print_told(told(review.decisions), sheet.policy.settings.channels)
        _print_signed(sheet, review)


def _audience(desk: Desk, workspace: "Workspace", sheet: "Sheet") -> "Callable[[Iterable[Decided]], Shown]":
    """Whom the notice would tell under given decisions, counted when asked; unknown columns are told at once."""
    from publisher.workflow.audience import refuse_unknown_columns, shown

    with desk.store_if_any(workspace.settings) as store:
        refuse_unknown_columns(workspace, sheet.policy, store)

    def told(decisions: "Iterable[Decided]") -> "Shown":
        with desk.store_if_any(workspace.settings) as store:
            return shown(sheet.policy, sheet.version.name, sheet.reach(decisions), store)

    return told


def _decisions(sheet: "Sheet", review: "Review | None") -> "Iterable[Decided]":
    from publisher.workflow.review import kept

    return review.decisions if review is not None else kept(sheet).values()


def _emergency(desk: Desk, policy: str, version: str, ground: str | None, reason: str, by: str | None) -> None:
    from publisher.domain.emergency import Ground
    from publisher.workflow.emergency import confirm, declare

    if not by or (ground and not reason):
        raise click.UsageError("An emergency needs --by NAME and --reason TEXT; its confirmation --by NAME.")
    workspace, path = desk.workspace(), f"policies/{policy}/{version}/review.toml"
    if ground:
        declare(workspace, policy, version, ground=Ground(ground), reason=reason, by=by, now=desk.now())
        click.echo(f"{path}: the emergency is entered and does not count yet.")
        click.echo(f"Another person runs: publisher review {policy} {version} --confirm-emergency --by NAME")
        return
    found = confirm(workspace, policy, version, by=by, now=desk.now())
    click.echo(f"{path}: {found.by} and {found.confirmed_by} say that it must take effect early ({found.ground}).")


def _signed_in_bulk(
    desk: Desk, workspace: "Workspace", sheet: "Sheet", by: str, role: str | None, note: str
) -> "Review":
    from publisher.domain.review import Decision
    from publisher.workflow.review import decided, sign

    tell(fault for fault in sheet.warnings if fault.code.startswith(("translation-", "second-reader-")))
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


def _prefilled(workspace: "Workspace", sheet: "Sheet", *, quiet: bool) -> "Review":
    from publisher.workflow.review import prefill

    review = prefill(workspace, sheet)
    if not quiet:
        click.echo(f"{sheet.path}: {count(len(sheet.undecided), 'finding')} to decide in an editor; nobody has signed.")
    return review


def _print_signed(sheet: "Sheet", review: "Review") -> None:
    from publisher.workflow.review import outcome

    for line in outcome(sheet, review):
        click.echo(line)


def _plain(sheet: "Sheet", review: "Review | None", told: "Shown") -> dict[str, object]:
    current = review or sheet.review
    settled = review is not None and bool(review.sign_offs)
    return {
        "policy": sheet.policy.name,
        "version": sheet.version.name,
        "before": sheet.before,
        "grade": current.grade if current else sheet.assessment.grade,
        "signed": [person.name for person in current.sign_offs] if current else [],
        "reopened": [] if settled else list(sheet.reopened),
        "undecided": [] if settled else [_finding(finding) for finding in sheet.undecided],
        "findings": [_finding(finding) for finding in sheet.assessment.findings],
        "audience": {
            "name": told.name,
            "where": told.where,
            "channels": list(sheet.policy.settings.channels),
            "languages": languages_record(told.languages),
            "audiences": audiences_record(told),
            "samples": list(told.samples),
        },
        "warnings": [record(fault) for fault in sheet.warnings],
    }


def _finding(finding: object) -> dict[str, object]:
    names = ("limb", "kind", "grade", "clause", "side", "quote", "why", "rule")
    return {name: getattr(finding, name) for name in names}
