"""The report in HTML: a fragment for other pages, or a page of its own."""

from html import escape

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, Edit, Op
from publisher.reports.phrases import (
    LIMBS,
    findings_by_change,
    kinds_label,
    numbers_label,
    path_label,
    summary,
    visible,
)

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --faint: #57606a; --line: #d5dae0; --paper: #fff;
  --gone: #8c1d18; --gone-back: #fdecea; --come: #0b5a2b; --come-back: #e6f4ea; --grave: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --faint: #a4adb6; --line: #3a424b; --paper: #14181c;
  --gone: #ffb4ab; --gone-back: #42130f; --come: #9be2b4; --come-back: #0f3520; --grave: #ffc46b; } }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.65 Charter, "Source Serif 4", Georgia, "Noto Serif CJK SC", "Songti SC", serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; }
.summary { font-weight: 600; }
.changes { list-style: none; margin: 2rem 0 0; padding: 0; }
.change { border-top: 1px solid var(--line); padding: 1rem 0; }
.change h2 { font: 600 .95rem/1.4 system-ui, sans-serif; margin: 0 0 .5rem; }
.change .place, .change .grade { color: var(--faint); font-weight: 400; }
.change.material .grade { color: var(--grave); font-weight: 600; }
.change p { margin: 0; }
del { background: var(--gone-back); color: var(--gone); text-decoration: line-through; }
ins { background: var(--come-back); color: var(--come); text-decoration: underline; }
.findings { font-size: .95rem; margin: .75rem 0 0; padding-left: 1.25rem; }
.findings q { font-style: italic; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print { body { max-width: none; padding: 0; } .change { break-inside: avoid; } }
"""


def html_page(assessment: Assessment, title: str = "What changed") -> str:
    """A whole page that needs nothing but itself."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{html_fragment(assessment)}</main>\n</body>\n</html>\n"
    )


def html_fragment(assessment: Assessment) -> str:
    """The assessment as HTML without a page around it; every word of the texts is escaped."""
    of_change, others = findings_by_change(assessment)
    parts = [f'<p class="summary">{escape(summary(assessment))}</p>\n']
    if assessment.changes:
        parts.append('<ol class="changes">\n')
        for index, (change, findings) in enumerate(zip(assessment.changes, of_change, strict=True), start=1):
            parts.append(_change(index, change, findings, assessment.language))
        parts.append("</ol>\n")
    if others:
        parts.append(_findings(others, assessment.language))
    return "".join(parts)


def _change(index: int, change: Change, findings: list[Finding], language: str) -> str:
    place = path_label(change)
    head = " ".join(
        part
        for part in (
            f'<span class="kinds">{escape(kinds_label(change))}</span>',
            f'<span class="number">{_shown(numbers_label(change))}</span>' if numbers_label(change) else "",
            f'<span class="place" lang="{escape(language)}">{_shown(place)}</span>' if place else "",
            f'<span class="grade">· {escape(change.grade)}</span>',
        )
        if part
    )
    words = "".join(map(_run, change.edits))
    return (
        f'<li class="change {escape(change.grade)}" id="change-{index}">\n<h2>{head}</h2>\n'
        + (f'<p class="redline" lang="{escape(language)}">{words}</p>\n' if words else "")
        + (_findings(findings, language) if findings else "")
        + "</li>\n"
    )


def _run(edit: Edit) -> str:
    op, text = edit[0], _shown(edit[1])
    if op is Op.DELETE:
        return f'<del><span class="hidden" lang="en">Deleted: </span>{text}</del>'
    if op is Op.INSERT:
        return f'<ins><span class="hidden" lang="en">Inserted: </span>{text}</ins>'
    return text


def _findings(findings: list[Finding], language: str) -> str:
    items = "".join(
        f"<li><strong>{escape(finding.kind)}</strong>: {_shown(finding.why)} ({escape(LIMBS[finding.limb])}). "
        f'<q lang="{escape(language)}">{_shown(finding.quote)}</q>'
        f"{' (old text)' if finding.side == 'old' else ''} <code>{escape(finding.rule)}</code></li>\n"
        for finding in findings
    )
    return f'<ul class="findings">\n{items}</ul>\n'


def _shown(text: str) -> str:
    return escape(visible(text))
