"""Annotations that GitHub shows beside the lines of a pull request."""

from publisher.domain.assessment import Assessment
from publisher.domain.change import Change, Grade, Op
from publisher.reports.phrases import findings_by_change, folded, heading, summary, visible


def github(assessment: Assessment, file: str) -> str:
    """Workflow commands, one a line: a warning for each material change or finding, a notice for each other change.

    Args:
        assessment: what to tell.
        file: the new text as the repository knows it.
    """
    of_change, others = findings_by_change(assessment)
    lines: list[str] = []
    for change, findings in zip(assessment.changes, of_change, strict=True):
        level = "warning" if change.grade is Grade.MATERIAL or findings else "notice"
        reasons = "".join(f"\n{finding.kind}: {finding.why} “{finding.quote}”" for finding in findings)
        lines.append(_command(level, file, _line(change), heading(change), _words(change) + reasons))
    lines.extend(_command("warning", file, 0, finding.kind, f"{finding.why} “{finding.quote}”") for finding in others)
    lines.append(_command("warning" if assessment.material else "notice", file, 0, "Assessment", summary(assessment)))
    return "\n".join(lines) + "\n"


def _line(change: Change) -> int:
    return change.new.line if change.new else 0


def _words(change: Change) -> str:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(marks[op].format(text) for op, text in folded(change.edits))


def _command(level: str, file: str, line: int, title: str, message: str) -> str:
    place = f"file={_property(file)}" + (f",line={line}" if line else "")
    return f"::{level} {place},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    kept = "\n".join(map(visible, text.split("\n")))
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
