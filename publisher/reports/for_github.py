"""Annotations that GitHub shows beside the lines of a pull request."""

from publisher.domain.assessment import Finding, Side
from publisher.domain.change import Change, Grade, Op
from publisher.domain.comparison import Comparison
from publisher.reports.phrases import findings_by_change, folded, heading, summary, title, visible


def github(comparison: Comparison) -> str:
    """Workflow commands, one a line: a warning for each material change or finding, a notice for each other change.

    Each stands at the clause's lines in the file that it is in: a removed clause in the old one. The gravest come
    first, since GitHub shows only the first few of a step.
    """
    assessment = comparison.assessment
    of_change, others = findings_by_change(assessment)
    places = _Places(comparison)
    warnings: list[str] = []
    notices: list[str] = []
    for change, findings in zip(assessment.changes, of_change, strict=True):
        grave = change.grade is Grade.MATERIAL or bool(findings)
        message = "\n".join((_words(change), *map(_reason, findings)))
        command = _written("warning" if grave else "notice", places.of(change), heading(change), message)
        (warnings if grave else notices).append(command)
    for finding in others:
        place = places.lines(finding.side, finding.clause)
        warnings.append(_written("warning", place, finding.kind, _reason(finding)))
    last = "warning" if assessment.material else "notice"
    told = f"{title(comparison)}\n{summary(assessment)}"
    notices.append(_written(last, places.lines(Side.NEW, ""), "Assessment", told))
    return "\n".join((*warnings, *notices)) + "\n"


def _reason(finding: Finding) -> str:
    return f"{finding.kind}: {finding.why} “{finding.quote}”"


class _Places:
    """The file and lines of each clause."""

    def __init__(self, comparison: Comparison) -> None:
        self._texts = {Side.OLD: comparison.old, Side.NEW: comparison.new}
        self._clauses = {side: text.tree.by_id() for side, text in self._texts.items()}

    def of(self, change: Change) -> str:
        """Where a change is: in the new text, or in the old one when it is gone from there."""
        if change.new is not None:
            return self.lines(Side.NEW, change.new.id, change.new.line)
        return self.lines(Side.OLD, change.id, change.old.line if change.old else 0)

    def lines(self, side: Side, clause: str, line: int = 0) -> str:
        """The properties of an annotation; `line` when the clause cannot be found by its id."""
        file = self._texts[side].file
        placed = self._clauses[side].get(clause)
        first = line or (placed.clause.line if placed else 0)
        properties = [f"file={_property(file)}"] if file else []
        if first:
            properties.append(f"line={first}")
            if placed is not None and placed.clause.line == first < placed.clause.end_line:
                properties.append(f"endLine={placed.clause.end_line}")
        return ",".join(properties)


def _words(change: Change) -> str:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(marks[op].format(text) for op, text in folded(change.edits))


def _written(level: str, place: str, title: str, message: str) -> str:
    properties = ",".join(part for part in (place, f"title={_property(title)}") if part)
    return f"::{level} {properties}::{_data(message)}"


def _data(text: str) -> str:
    kept = "\n".join(map(visible, text.split("\n")))
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
