"""An explained assessment as a page for the file: what was judged material and why, what not and why not."""

from collections.abc import Iterable
from html import escape

from publisher.domain.explanation import Explained, Explanation, Weighed
from publisher.domain.review import Decided
from publisher.reports.html_style import PAGE, REPORT
from publisher.reports.in_html import marked
from publisher.reports.phrases import LIMBS, counted, heading, runs_of, summary, title, visible

_AROUND = 160
_STYLE = """
.policy-diff h2.part { font: 600 1.25rem/1.3 var(--serif); margin: 2.5rem 0 .75rem; }
.policy-diff .decided { font: .9375rem/1.55 var(--sans); margin-top: .25rem; }
.policy-diff .lowered { color: var(--grave); }
.policy-diff .whynot { font: .9375rem/1.55 var(--sans); color: var(--faint); margin-top: .5rem; }
"""


def explanation_page(explanation: Explanation, *, notes: bool) -> str:
    """A whole page that needs nothing but itself.

    Args:
        explanation: what is shown.
        notes: whether the private notes of reviewers are part of it.
    """
    head = escape(f"{explanation.policy} {explanation.version}: what was judged, and why")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{head}</title>\n<style>{REPORT}{PAGE}{_STYLE}</style>\n</head>\n<body>\n"
        f'<main class="policy-diff" lang="en">\n{_opening(explanation, head)}'
        f"{_part('Judged material', explanation.material, explanation, notes)}"
        f"{_added(explanation, notes)}"
        f"{_part('Not judged material', explanation.others, explanation, notes)}"
        "</main>\n</body>\n</html>\n"
    )


def _opening(explanation: Explanation, head: str) -> str:
    assessment, review = explanation.comparison.assessment, explanation.review
    signed = "; ".join(
        f"{person.name}{f', {person.role}' if person.role else ''} ({person.at:%Y-%m-%d %H:%M} UTC)"
        for person in (review.sign_offs if review else ())
    )
    packs = ", ".join(f"{pack.name} of {pack.dated}" for pack in assessment.rules)
    facts = (
        ("Compared", title(explanation.comparison)),
        ("Old text", assessment.old_digest),
        ("New text", assessment.new_digest),
        ("Rule packs", packs),
        ("Grade by the rules", str(assessment.grade)),
        ("Grade that stands", str(explanation.grade)),
        ("Lead times", "; ".join(found.told for found in explanation.lead_times) or "none"),
        ("Signed by", signed or "nobody yet"),
        ("Written on", explanation.day.isoformat()),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{_shown(value)}</dd>\n" for name, value in facts)
    return (
        f'<header>\n<h1>{head}</h1>\n<p class="summary">{escape(summary(assessment))}</p>\n'
        f'<dl class="texts">\n{listed}</dl>\n</header>\n'
    )


def _part(name: str, entries: Iterable[Explained], explanation: Explanation, notes: bool) -> str:
    shown = "".join(_entry(entry, explanation, notes) for entry in entries)
    return f'<h2 class="part">{name}</h2>\n{shown or "<p>Nothing.</p>"}\n'


def _entry(entry: Explained, explanation: Explanation, notes: bool) -> str:
    change = entry.change
    language = escape(explanation.comparison.new.tree.language)
    words = "".join(map(marked, runs_of(change.edits, _AROUND)))
    shown = f'<div class="words" lang="{language}" dir="auto">{words}</div>\n' if words else ""
    found = "".join(_weighed(weighed, language, notes) for weighed in entry.found)
    why = f'<p class="whynot">{_shown(entry.why_not)}</p>\n' if entry.why_not else ""
    listed = f'<ul class="findings">\n{found}</ul>\n' if found else ""
    return f'<article class="change">\n<h2>{escape(heading(change))}</h2>\n{shown}{listed}{why}</article>\n'


def _weighed(weighed: Weighed, language: str, notes: bool) -> str:
    finding = weighed.finding
    side = ", in the old text" if finding.side == "old" else ""
    return (
        f"<li><strong>{escape(finding.kind)}</strong> ({escape(LIMBS[finding.limb])}): {_shown(finding.why)} "
        f'<span class="rule">rule {_shown(finding.rule)}{side}</span>'
        f'<q lang="{language}" dir="auto">“{_shown(finding.quote)}”</q>{_decision(weighed.decided, notes)}</li>\n'
    )


def _decision(decided: Decided | None, notes: bool) -> str:
    if decided is None:
        return '<p class="decided">Nobody has decided on it.</p>'
    lowered = " lowered" if decided.decision == "overridden" else ""
    by = " and ".join(decided.by)
    note = f" {_shown(decided.note)}" if notes and decided.note else ""
    public = f" For readers: {_shown(decided.public_note)}" if decided.public_note else ""
    bulk = ", with all others at once" if decided.bulk else ""
    return f'<p class="decided{lowered}">{escape(decided.decision)} by {_shown(by)}{bulk}.{note}{public}</p>'


def _added(explanation: Explanation, notes: bool) -> str:
    if not explanation.elsewhere:
        return ""
    items = "".join(
        f"<li><strong>{escape(entry.kind)}</strong> ({escape(LIMBS[entry.limb])}) in clause {_shown(entry.clause)}"
        f"<q>“{_shown(entry.words)}”</q>{_decision(entry, notes)}</li>\n"
        for entry in explanation.elsewhere
    )
    count = counted(len(explanation.elsewhere), "finding")
    return f'<h2 class="part">Added by people: {count}</h2>\n<ul class="findings">\n{items}</ul>\n'


def _shown(text: str) -> str:
    return escape(visible(text))
