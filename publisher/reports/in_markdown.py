"""The report in Markdown, for pull requests and files."""

import html
import re

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, Edit, Op
from publisher.reports.phrases import LIMBS, findings_by_change, folded, heading, summary, visible

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$])")
_LEADING = re.compile(r"^(\d{0,9})([-+=.)])")
"""What would begin a list or underline a heading at the start of a line."""


def markdown(assessment: Assessment) -> str:
    """The assessment as Markdown; deleted and inserted words stand in `<del>` and `<ins>`."""
    of_change, others = findings_by_change(assessment)
    blocks = [f"**{_plain(summary(assessment))}**"]
    for change, findings in zip(assessment.changes, of_change, strict=True):
        blocks.extend(_change(change, findings))
    if others:
        blocks.append("\n".join(map(_finding, others)))
    return "\n\n".join(blocks) + "\n"


def _change(change: Change, findings: list[Finding]) -> list[str]:
    blocks = [f"### {_plain(heading(change))} · {change.grade}"]
    words = "".join(_run(edit) for edit in folded(change.edits))
    if words:
        blocks.append("> " + _LEADING.sub(r"\1\\\2", words))
    if findings:
        blocks.append("\n".join(map(_finding, findings)))
    return blocks


def _run(edit: Edit) -> str:
    op, text = edit[0], _plain(visible(edit[1]))
    if op is Op.EQUAL:
        return text
    return f"<del>{text}</del>" if op is Op.DELETE else f"<ins>{text}</ins>"


def _finding(finding: Finding) -> str:
    where = " (old text)" if finding.side == "old" else ""
    return (
        f"- **{_plain(finding.kind)}** {_plain(visible(finding.why))} ({LIMBS[finding.limb]}): "
        f"“{_plain(visible(finding.quote))}”{where} `{finding.rule}`"
    )


def _plain(text: str) -> str:
    """Words that mean nothing to Markdown or HTML, on one line."""
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split(" ")), quote=False).replace("\n", " "))
