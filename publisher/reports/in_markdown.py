"""The report in Markdown, for pull requests and files."""

import html
import re

from publisher.domain.assessment import Finding
from publisher.domain.change import Change, Edit, Op
from publisher.domain.comparison import Comparison
from publisher.reports.layout import Folded, Layout, Left, Same, Told, is_heading, sequence, sides
from publisher.reports.phrases import (
    LIMBS,
    folded,
    heading,
    passage_label,
    summary,
    title,
    unchanged,
    visible,
)

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$!])")
_LEADING = re.compile(r"^(\s*)(\d{0,9})([-+=.):])")
"""What would begin a list or a definition, or underline a heading, at the start of a line."""
_LINK = re.compile(r"(?<=\w)(?=://)|(?<=\bwww)(?=\.)", re.IGNORECASE)
"""Where an address would become a link by itself."""
_MENTION = re.compile(r"(?<![\w/])@(?=\w)|(?<=#)(?=\d)")
"""Where a forge would call somebody, or point to an issue, even in words that are escaped."""


def markdown(comparison: Comparison, layout: Layout) -> str:
    """The comparison as Markdown; deleted and inserted words stand in `<del>` and `<ins>`."""
    found = sequence(comparison, layout)
    blocks = [f"## {_plain(title(comparison))}", f"**{_plain(summary(comparison.assessment))}**"]
    for entry in found.entries:
        if isinstance(entry, Told):
            blocks.extend(_told(entry, layout))
        elif isinstance(entry, Folded):
            blocks.append(f"*{unchanged(len(entry.clauses))}*")
        elif isinstance(entry, Left):
            label, now = passage_label(entry.change.old), passage_label(entry.change.new)
            blocks.append(f"*{_plain(f'{label} stood here; now {now}')}*")
        else:
            blocks.append(_same(entry, layout))
    if found.others:
        blocks.append("\n".join(map(_finding, found.others)))
    return "\n\n".join(blocks) + "\n"


def _told(told: Told, layout: Layout) -> list[str]:
    change = told.change
    blocks = [f"### {_plain(heading(change))} · {change.grade}"]
    edits = folded(change.edits, layout.around)
    if layout.side_by_side:
        blocks.append(_table(change, edits))
    elif edits:
        blocks.append(_quoted("".join(map(_run, edits))))
    if told.findings:
        blocks.append("\n".join(map(_finding, told.findings)))
    return blocks


def _same(same: Same, layout: Layout) -> str:
    old, new = (
        f"{_plain(visible(number))} {_plain(visible(same.clause.text))}".strip()
        for number in (same.old_number, same.new_number)
    )
    if is_heading(same.clause):
        old, new = f"**{old}**", f"**{new}**"
    return f"| Old | New |\n|---|---|\n| {old} | {new} |" if layout.side_by_side else _quoted(new)


def _table(change: Change, edits: list[Edit]) -> str:
    before, after = ("".join(map(_run, side or ())) for side in sides(change, edits))
    return f"| Old | New |\n|---|---|\n| {before} | {after} |"


def _quoted(words: str) -> str:
    return "> " + _LEADING.sub(r"\1\2\\\3", words)


def _run(edit: Edit) -> str:
    op, text = edit[0], _plain(visible(edit[1]))
    if op is Op.EQUAL:
        return text
    return f"<del>{text}</del>" if op is Op.DELETE else f"<ins>{text}</ins>"


def _finding(finding: Finding) -> str:
    where = " (old text)" if finding.side == "old" else ""
    rule = visible(finding.rule).replace("`", "")
    return (
        f"- **{_plain(finding.kind)}** {_plain(visible(finding.why))} ({LIMBS[finding.limb]}): "
        f"“{_plain(visible(finding.quote))}”{where} `{rule}`"
    )


def _plain(text: str) -> str:
    """Words that mean nothing to Markdown, HTML or a forge, on one line."""
    shown = _SPECIAL.sub(r"\\\1", html.escape(re.sub(r"[\n\t ]+", " ", text), quote=False))
    shown = _MENTION.sub(lambda found: f"{found[0]}<!-- -->", shown)
    return _LINK.sub(r"\\", shown)
