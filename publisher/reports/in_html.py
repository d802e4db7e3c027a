"""The report in HTML: a fragment for other pages, or a page of its own."""

from collections.abc import Iterable, Sequence
from html import escape

from publisher.domain.assessment import Finding
from publisher.domain.change import Change, Grade, Op
from publisher.domain.comparison import Comparison
from publisher.reports.html_style import PAGE, REPORT
from publisher.reports.layout import Folded, Layout, Left, Same, Told, is_heading, sequence
from publisher.reports.phrases import (
    LIMBS,
    Run,
    counted,
    kinds_label,
    numbers_label,
    passage_label,
    path_label,
    runs_of,
    summary,
    title,
    unchanged,
    visible,
)

_AROUND = 160
"""How many characters stay in sight around an edit: a page has more room than a terminal."""


def html_page(comparison: Comparison, layout: Layout) -> str:
    """A whole page that needs nothing but itself."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title(comparison))}</title>\n<style>{REPORT}{PAGE}</style>\n</head>\n<body>\n"
        f"{_report(comparison, layout, 'main')}</body>\n</html>\n"
    )


def html_fragment(comparison: Comparison, layout: Layout) -> str:
    """The comparison without a page around it; its style sheet comes with it and touches nothing else."""
    return f"<style>{REPORT}</style>\n{_report(comparison, layout, 'section')}"


def _report(comparison: Comparison, layout: Layout, tag: str) -> str:
    return _Writer(comparison, layout).report(tag)


class _Writer:
    """Writes one report; it holds what all its parts need. Every word of the texts is escaped."""

    def __init__(self, comparison: Comparison, layout: Layout) -> None:
        self._comparison = comparison
        self._layout = layout
        self._of_text = f' lang="{escape(comparison.new.tree.language)}" dir="auto"'
        self._around = None if layout.context is None else _AROUND

    def report(self, tag: str) -> str:
        found = sequence(self._comparison, self._layout)
        wide = " wide" if self._layout.side_by_side else ""
        return (
            f'<{tag} class="policy-diff{wide}" lang="en">\n{self._opening()}{self._gravest(found.told)}'
            f'<div class="changes">\n{self._heads()}{"".join(map(self._entry, found.entries))}</div>\n'
            f"{self._findings(found.others)}</{tag}>\n"
        )

    def _opening(self) -> str:
        assessment = self._comparison.assessment
        texts = "".join(
            f"<dt>{role} text: {_shown(text.name)}</dt><dd><code>{escape(digest)}</code></dd>\n"
            for role, text, digest in (
                ("Old", self._comparison.old, assessment.old_digest),
                ("New", self._comparison.new, assessment.new_digest),
            )
        )
        return (
            f"<header>\n<h1{self._of_text}>{_shown(self._comparison.new.tree.title) or 'What changed'}</h1>\n"
            f'<p class="names">{escape(title(self._comparison))}</p>\n'
            f'<p class="summary">{escape(summary(assessment))}</p>\n<dl class="texts">\n{texts}</dl>\n</header>\n'
        )

    def _gravest(self, told: Iterable[Told]) -> str:
        material = [entry for entry in told if entry.change.grade is Grade.MATERIAL]
        if not material:
            return ""
        lines = "".join(
            f'<li><a href="#policy-diff-{entry.number}"{self._of_text}>'
            f"{escape(passage_label(entry.change.new or entry.change.old))}</a>"
            + "".join(
                dict.fromkeys(f"<span>{escape(found.kind)}: {_shown(found.why)}</span>" for found in entry.findings)
            )
            + "</li>\n"
            for entry in material
        )
        count = counted(len(material), "material change")
        return f'<nav class="grave" aria-label="Material changes">\n<h2>{count}</h2>\n<ol>\n{lines}</ol>\n</nav>\n'

    def _heads(self) -> str:
        if not self._layout.side_by_side:
            return ""
        old, new = _shown(self._comparison.old.name), _shown(self._comparison.new.name)
        return f'<div class="pair heads" aria-hidden="true"><div>{old}</div><div>{new}</div></div>\n'

    def _entry(self, entry: Told | Left | Same | Folded) -> str:
        if isinstance(entry, Told):
            return self._told(entry)
        if isinstance(entry, Same):
            return self._same(entry)
        if isinstance(entry, Left):
            old, new = passage_label(entry.change.old), passage_label(entry.change.new)
            return f'<p class="left">{escape(old)} stood here; now {escape(new)}</p>\n'
        inside = "".join(map(self._same, entry.clauses))
        return f'<details class="fold"><summary>{unchanged(len(entry.clauses))}</summary>\n{inside}</details>\n'

    def _told(self, told: Told) -> str:
        change, number, place = told.change, numbers_label(told.change), path_label(told.change)
        head = " ".join(
            part
            for part in (
                f'<span class="kinds">{escape(kinds_label(change))}</span>',
                f'<span class="number">{_shown(number)}</span>' if number else "",
                f'<span class="place"{self._of_text}>· {_shown(place)}</span>' if place else "",
                f'<span class="grade">· {escape(change.grade)}</span>',
            )
            if part
        )
        runs = runs_of(change.edits, self._around)
        words = self._beside(change, runs) if self._layout.side_by_side else self._words(runs)
        return (
            f'<article class="change {escape(change.grade)}" id="policy-diff-{told.number}"'
            f' data-clause="{_shown(change.id)}">\n'
            f"<h2>{head}</h2>\n{words}{self._findings(told.findings)}</article>\n"
        )

    def _words(self, runs: Sequence[Run], number: str = "") -> str:
        if not any(run.text for run in runs):
            return ""
        return f'<div class="words"{self._of_text}>{_label(number)}{"".join(map(marked, runs))}</div>\n'

    def _beside(self, change: Change, runs: Sequence[Run]) -> str:
        before = [run for run in runs if run.op is not Op.INSERT]
        after = [run for run in runs if run.op is not Op.DELETE]
        cells = []
        for passage, side, words in ((change.old, "Old", before), (change.new, "New", after)):
            absent = f'<p class="none">Not in the {side.lower()} text</p>\n'
            inside = absent if passage is None else self._words(words, passage.number or "")
            cells.append(f'<div><h3 class="side">{side}</h3>\n{inside}</div>\n')
        return f'<div class="pair">\n{"".join(cells)}</div>\n'

    def _same(self, same: Same) -> str:
        kind = "same head" if is_heading(same.clause) else "same"
        words = _shown(same.clause.text)
        old, new = (_label(number) + words for number in (same.old_number, same.new_number))
        if not self._layout.side_by_side:
            return f'<div class="{kind}"{self._of_text}>{new}</div>\n'
        return (
            f'<div class="pair {kind}"><div{self._of_text}>{old}</div>'
            f'<div{self._of_text} aria-hidden="true">{new}</div></div>\n'
        )

    def _findings(self, findings: Sequence[Finding]) -> str:
        if not findings:
            return ""
        items = "".join(
            f"<li><strong>{escape(finding.kind)}</strong>: {_shown(finding.why)} ({escape(LIMBS[finding.limb])}) "
            f'<span class="rule">rule {_shown(finding.rule)}{", old text" if finding.side == "old" else ""}</span>'
            f"<q{self._of_text}>“{_shown(finding.quote)}”</q></li>\n"
            for finding in findings
        )
        return f'<ul class="findings">\n{items}</ul>\n'


def _label(number: str) -> str:
    return f'<span class="n">{_shown(number)}</span>' if number else ""


def marked(run: Run) -> str:
    """A run of words as HTML: what came and went is marked, labelled for those who hear it, and escaped."""
    text = _shown(run.text)
    if run.hidden:
        lead, trail = (" " if end.isspace() else "" for end in (run.text[:1], run.text[-1:]))
        count = f"{len(run.text):,} characters"
        return f'{lead}<details class="rest"><summary>⋯ {count} unchanged</summary>{text}</details>{trail}'
    if run.op is Op.DELETE:
        return f'<del><span class="hidden" lang="en">Deleted: </span>{text}</del>'
    if run.op is Op.INSERT:
        return f'<ins><span class="hidden" lang="en">Inserted: </span>{text}</ins>'
    return text


def _shown(text: str) -> str:
    return escape(visible(text))
