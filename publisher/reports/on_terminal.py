"""The report on a terminal."""

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, Edit, Grade, Op
from publisher.reports.phrases import LIMBS, findings_by_change, folded, heading, summary, visible

_PLAIN = "\x1b[0m"
_BOLD = "\x1b[1m"
_MATERIAL = "\x1b[1;33m"
_DELETED = "\x1b[9;31m"
_INSERTED = "\x1b[4;32m"


def terminal(assessment: Assessment, colour: bool) -> str:
    """The assessment as lines of text.

    Args:
        assessment: what to show.
        colour: mark deleted and inserted words with colour and line; else as `[-deleted-]` and `{+inserted+}`.
    """
    of_change, others = findings_by_change(assessment)
    blocks = [
        "\n".join(_change(change, findings, colour))
        for change, findings in zip(assessment.changes, of_change, strict=True)
    ]
    if others:
        blocks.append("\n".join(line for finding in others for line in _finding(finding, colour)))
    blocks.append(_styled(summary(assessment), _MATERIAL if assessment.material else _BOLD, colour))
    return "\n\n".join(blocks) + "\n"


def _change(change: Change, findings: list[Finding], colour: bool) -> list[str]:
    style = _MATERIAL if change.grade is Grade.MATERIAL else _BOLD
    lines = [f"{_styled(heading(change), style, colour)} · {change.grade}"]
    words = "".join(_run(edit, colour) for edit in folded(change.edits))
    if words:
        lines.append(f"  {words}")
    for finding in findings:
        lines.extend(_finding(finding, colour))
    return lines


def _run(edit: Edit, colour: bool) -> str:
    op, text = edit[0], visible(edit[1])
    if op is Op.EQUAL:
        return text
    if colour:
        return _styled(text, _DELETED if op is Op.DELETE else _INSERTED, colour)
    return f"[-{text}-]" if op is Op.DELETE else f"{{+{text}+}}"


def _finding(finding: Finding, colour: bool) -> list[str]:
    head = _styled(f"! {finding.kind}", _MATERIAL, colour)
    where = " in the old text" if finding.side == "old" else ""
    return [
        f"  {head}: {visible(finding.why)} ({LIMBS[finding.limb]}; rule {finding.rule})",
        f"    clause {visible(finding.clause)}: “{visible(finding.quote)}”{where}",
    ]


def _styled(text: str, style: str, colour: bool) -> str:
    return f"{style}{text}{_PLAIN}" if colour else text
