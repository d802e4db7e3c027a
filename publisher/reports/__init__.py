"""A comparison as staff and their programs read it: terminal, Markdown, HTML, JSON, annotations for GitHub.

Each format is loaded when it is asked for.
"""

from typing import TYPE_CHECKING

from publisher.domain.assessment import Assessment
from publisher.domain.comparison import Comparison
from publisher.reports.layout import Layout

if TYPE_CHECKING:
    from publisher.domain.explanation import Explanation

__all__ = ["Layout", "explanation_page", "github", "html_fragment", "html_page", "json_report", "markdown", "terminal"]


def terminal(
    shown: Comparison | Assessment, layout: Layout | None = None, *, colour: bool, width: int | None = None
) -> str:
    """See `on_terminal`."""
    from publisher.reports.on_terminal import terminal as written

    return written(shown, layout or Layout(), colour=colour, width=width)


def markdown(comparison: Comparison, layout: Layout) -> str:
    """See `in_markdown`."""
    from publisher.reports.in_markdown import markdown as written

    return written(comparison, layout)


def html_page(comparison: Comparison, layout: Layout) -> str:
    """See `in_html`."""
    from publisher.reports.in_html import html_page as written

    return written(comparison, layout)


def html_fragment(comparison: Comparison, layout: Layout) -> str:
    """See `in_html`."""
    from publisher.reports.in_html import html_fragment as written

    return written(comparison, layout)


def github(comparison: Comparison) -> str:
    """See `for_github`."""
    from publisher.reports.for_github import github as written

    return written(comparison)


def explanation_page(explanation: "Explanation", *, notes: bool) -> str:
    """See `explanation`."""
    from publisher.reports.explanation import explanation_page as written

    return written(explanation, notes=notes)


def json_report(comparison: Comparison) -> str:
    """See `in_json`."""
    from publisher.reports.in_json import json_report as written

    return written(comparison.assessment)
