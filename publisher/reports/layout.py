"""What a report shows and in which order: the changes where they stand, and the unchanged clauses between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, Edit, Op
from publisher.domain.clause import Clause, ClauseKind
from publisher.domain.comparison import Comparison
from publisher.domain.redline import Row, rows_of, stretches
from publisher.reports.phrases import AROUND, clause_number, findings_by_change


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report is laid out.

    Attributes:
        side_by_side: old and new words in two columns instead of one text.
        context: how many unchanged clauses stay in sight on each side of a change; None: all, and every clause whole.
    """

    side_by_side: bool = False
    context: int | None = 0

    @property
    def around(self) -> int | None:
        """How many characters of unchanged words stay in sight around an edit; None: all."""
        return None if self.context is None else AROUND


@dataclass(frozen=True, slots=True)
class Told:
    """One change in its place, counted from 1, with its findings."""

    number: int
    change: Change
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """The place that a moved clause left."""

    clause: Clause
    change: Change


@dataclass(frozen=True, slots=True)
class Same:
    """An unchanged clause and the number that it has in each text."""

    clause: Clause
    old_number: str
    new_number: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A run of unchanged clauses that are not in sight."""

    clauses: tuple[Same, ...]


Entry = Told | Left | Same | Folded


@dataclass(frozen=True, slots=True)
class Sequence:
    """A whole report: its entries in reading order, and the findings that stand on no change."""

    entries: tuple[Entry, ...]
    others: tuple[Finding, ...]

    @property
    def told(self) -> tuple[Told, ...]:
        """The changes alone."""
        return tuple(entry for entry in self.entries if isinstance(entry, Told))


def sequence(shown: Comparison | Assessment, layout: Layout) -> Sequence:
    """Everything that a report shows of a comparison; of an assessment alone, its changes."""
    assessment = shown if isinstance(shown, Assessment) else shown.assessment
    of_change, others = findings_by_change(assessment)
    findings = {id(change): tuple(found) for change, found in zip(assessment.changes, of_change, strict=True)}
    if isinstance(shown, Assessment):
        told = [Told(index, change, findings[id(change)]) for index, change in enumerate(assessment.changes, start=1)]
        return Sequence(tuple(told), tuple(others))
    entries = _entries(shown, layout, findings)
    return Sequence(_joined(entries), tuple(others))


def _entries(comparison: Comparison, layout: Layout, findings: Mapping[int, tuple[Finding, ...]]) -> list[Entry]:
    old_numbers = {placed.clause.id: clause_number(placed.clause) for placed in comparison.old.tree.walk()}
    entries: list[Entry] = []
    count = 0
    rows = rows_of(comparison.old.tree, comparison.new.tree, comparison.assessment.changes)
    for stretch in stretches(rows, layout.context, lead=False):
        if stretch.folded:
            entries.append(Folded(tuple(_same(row, old_numbers) for row in stretch.rows)))
            continue
        for row in stretch.rows:
            if row.change is None:
                entries.append(_same(row, old_numbers))
            elif row.changed:
                count += 1
                entries.append(Told(count, row.change, findings[id(row.change)]))
            elif layout.context != 0:
                entries.append(Left(row.clause, row.change))
    return entries


def sides(change: Change, edits: list[Edit]) -> tuple[list[Edit] | None, list[Edit] | None]:
    """The words of each text; None where a text has no such clause."""
    before = [edit for edit in edits if edit[0] is not Op.INSERT] if change.old else None
    after = [edit for edit in edits if edit[0] is not Op.DELETE] if change.new else None
    return before, after


def is_heading(clause: Clause) -> bool:
    """Whether the clause is a heading."""
    return clause.kind is ClauseKind.HEADING


def _same(row: Row, old_numbers: dict[str, str]) -> Same:
    number = clause_number(row.clause)
    return Same(row.clause, old_numbers.get(row.clause.id, number), number)


def _joined(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries with neighbouring folds as one, where the place of a moved clause between them is not shown."""
    joined: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Folded) and joined and isinstance(joined[-1], Folded):
            joined[-1] = Folded((*joined[-1].clauses, *entry.clauses))
        else:
            joined.append(entry)
    return tuple(joined)
