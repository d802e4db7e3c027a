"""An assessment as staff and their programs read it: terminal, Markdown, HTML, JSON, annotations for GitHub."""

from publisher.reports.for_github import github
from publisher.reports.in_html import html_fragment, html_page
from publisher.reports.in_json import json_report
from publisher.reports.in_markdown import markdown
from publisher.reports.on_terminal import terminal

__all__ = ["github", "html_fragment", "html_page", "json_report", "markdown", "terminal"]
