"""The review at a terminal: redline, finding and reason on one screen, and all of it once more before the signature."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from publisher.cli.audience_words import print_told
from publisher.cli.faults import tell
from publisher.cli.words import count
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.domain.assessment import Assessment, Finding
    from publisher.domain.review import Decided, FindingKey, Review
    from publisher.workflow.audience import Shown
    from publisher.workflow.review import Sheet
    from publisher.workflow.workspace import Workspace


class Dialogue:
    """One person's sitting over one version; nothing is written before they sign."""

    def __init__(self, workspace: "Workspace", sheet: "Sheet", told: "Callable[[Iterable[Decided]], Shown]") -> None:
        self._workspace = workspace
        self._sheet = sheet
        self._told = told
        self._taken: dict[FindingKey, Decided] = {}
        """Decisions of this sitting; those of others stay as they are until somebody decides anew."""

    def held(self, by: str | None, role: str | None, clock: Callable[[], datetime]) -> "Review | None":
        """Asks for everything that a signature needs, and writes it; None when the person leaves without signing."""
        from publisher import reports
        from publisher.workflow.review import sign

        tell(self._sheet.warnings)
        name = by or click.prompt("Your name")
        click.echo(reports.terminal(self._sheet.assessment, colour=True))
        if self._sheet.reopened:
            click.echo(f"Edited since the last signature: {', '.join(self._sheet.reopened)}.")
        if not self._decide_all(self._sheet.undecided, name) or not self._looked_over(name):
            click.echo("Nothing was written.")
            return None
        translations = [language for language in self._sheet.policy.settings.languages if self._says_the_same(language)]
        if role is None:
            role = click.prompt("Your role", default=self._former_role(name), show_default=True)
        self._show_audience()
        if not click.confirm(f"Sign as {name}{f', {role}' if role else ''}?", default=False):
            click.echo("Nothing was written.")
            return None
        return sign(
            self._workspace,
            self._sheet,
            tuple(self._taken.values()),
            by=name,
            role=role,
            now=clock(),
            translations=translations,
        )

    def _show_audience(self) -> None:
        from publisher.domain.change import Grade
        from publisher.domain.review import graded
        from publisher.workflow.review import kept

        decisions = (kept(self._sheet) | self._taken).values()
        if graded(self._sheet.assessment, decisions) is Grade.MATERIAL:
            print_told(self._told(decisions), self._sheet.policy.settings.channels)

    def _former_role(self, name: str) -> str:
        signed = self._sheet.review.sign_offs if self._sheet.review else ()
        return next((entry.role for entry in signed if entry.name.casefold() == name.casefold()), "")

    def _decide_all(self, findings: "tuple[Finding, ...]", name: str) -> bool:
        """Goes through findings, forwards and back; False when the person leaves."""
        click.echo(f"{count(len(findings), 'finding')} to decide.\n")
        index = 0
        while index < len(findings):
            answer = self._decide(findings[index], f"{index + 1}/{len(findings)}", name, back=index > 0)
            if answer == "q":
                return False
            index += -1 if answer == "b" else 1
        return True

    def _decide(self, finding: "Finding", place: str, name: str, *, back: bool) -> str:
        from publisher.domain.review import Decision
        from publisher.workflow.review import decided

        self._show(finding, place)
        keys = ["c", "o", *(["b"] if back else []), "q"]
        words = "confirm, override" + (", back" if back else "") + ", quit"
        answer: str = click.prompt(f"  {words}", type=click.Choice(keys), default="c")
        if answer in ("b", "q"):
            return answer
        decision = Decision.CONFIRMED if answer == "c" else Decision.OVERRIDDEN
        note = click.prompt(
            "  why (private)", default="" if decision is Decision.CONFIRMED else None, show_default=False
        )
        public = click.prompt("  note for readers (may be empty)", default="", show_default=False)
        entry = decided(finding, decision, name, note=note, public_note=public)
        self._taken[entry.key] = entry
        return answer

    def _show(self, finding: "Finding", place: str) -> None:
        """The change that the finding is about, as a redline, with what fired and why."""
        from publisher import reports

        change = next(
            (
                entry
                for entry in self._sheet.assessment.changes
                for side in (entry.old, entry.new)
                if side is not None and finding.clause in (entry.id, side.id, *(part.id for part in side.parts))
            ),
            None,
        )
        click.secho(f"[{place}] {finding.clause}: {finding.kind} (limb {finding.limb})", bold=True)
        alone = replace(self._sheet.assessment, changes=(change,) if change else (), findings=(finding,))
        click.echo(reports.terminal(alone, colour=True))

    def _looked_over(self, name: str) -> bool:
        """Shows every decision, by whomever, until the person goes on; False when they leave."""
        while True:
            standing = self._standing()
            click.secho("Decided so far:", bold=True)
            if not standing:
                click.echo("  nothing: no rule found anything material.")
            for index, entry in enumerate(standing, start=1):
                _print_decision(index, entry)
            answer: str = click.prompt(
                "Number to decide again, add a finding, go on, quit",
                type=click.Choice([*(str(number) for number in range(1, len(standing) + 1)), "a", "g", "q"]),
                show_choices=False,
                default="g",
            )
            if answer == "q":
                return False
            if answer == "g":
                return True
            if answer == "a":
                self._add(name)
            else:
                self._again(standing[int(answer) - 1], name)

    def _standing(self) -> "tuple[Decided, ...]":
        from publisher.workflow.review import kept

        return tuple((kept(self._sheet) | self._taken).values())

    def _again(self, entry: "Decided", name: str) -> None:
        from publisher.domain.review import Decision, key_of

        finding = next((found for found in self._sheet.assessment.findings if key_of(found) == entry.key), None)
        if finding is not None:
            self._decide(finding, "again", name, back=False)
            return
        if click.confirm(f"Is the finding that {' and '.join(entry.by)} added material?", default=True):
            self._taken[entry.key] = replace(entry, decision=Decision.CONFIRMED, by=(name,))
        else:
            note = click.prompt("  why not (private)")
            self._taken[entry.key] = replace(entry, decision=Decision.OVERRIDDEN, by=(name,), note=note)

    def _add(self, name: str) -> None:
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
        try:
            added = missed(self._workspace, self._sheet, entry, name)
        except PublisherError as fault:
            tell(fault.faults)
            return
        self._taken[added.key] = added

    def _says_the_same(self, language: str) -> bool:
        """Shows a translation's own redline, what it lacks, and asks."""
        from publisher import reports
        from publisher.workflow.review import translated

        shown: Assessment | None = translated(self._workspace, self._sheet, language)
        if shown is None:
            return False
        click.secho(f"The {language} translation", bold=True)
        click.echo(reports.terminal(replace(shown, findings=()), colour=True))
        tell(
            fault
            for fault in self._sheet.warnings
            if fault.code.startswith("translation-") and (fault.place.file or "").endswith(f"/{language}.md")
        )
        return click.confirm(f"Does the {language} translation say the same?", default=False)


def _print_decision(index: int, entry: "Decided") -> None:
    lowered = entry.decision == "overridden"
    click.secho(
        f"  {index}. {entry.clause} {entry.kind}: {entry.decision} by {', '.join(entry.by)}"
        f"{' (added)' if entry.added else ''}{' (in bulk)' if entry.bulk else ''}",
        fg="yellow" if lowered else None,
    )
    click.echo(f"     “{entry.words}”")
    if entry.note:
        click.echo(f"     {entry.note}")
