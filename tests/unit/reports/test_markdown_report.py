import html
import re

import pytest
from markdown_it import MarkdownIt

from publisher.domain.change import Op
from publisher.reports import Layout, markdown
from tests.unit.reports.compared import BESIDE, INLINE, WHOLE, Tags, assessed, shown


@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_markdown_lets_no_word_of_the_texts_become_markup(layout: Layout) -> None:
    attack = "a *b* [c](d) <i> `x` | y | https://evil.example www.evil.example ![z](q) &amp; # h"
    seen = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(
        markdown(shown((Op.EQUAL, attack), (Op.DELETE, attack), (Op.INSERT, attack)), layout)
    )
    tags = Tags()
    tags.feed(seen)
    assert tags.seen <= {
        "h2",
        "h3",
        "p",
        "strong",
        "em",
        "blockquote",
        "del",
        "ins",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert html.escape(attack, quote=False) in seen.replace("&quot;", '"')


def test_markdown_calls_nobody_and_links_to_no_issue() -> None:
    seen = markdown(shown((Op.INSERT, "Ask @octocat about #12, or mail a@example.com.")), INLINE)
    assert "@octocat" not in seen
    assert not re.search(r"#12", seen)
    assert "a@example.com" in seen


def test_markdown_starts_no_list_with_the_words_of_a_text() -> None:
    assert "\n> 1\\. a" in markdown(shown((Op.EQUAL, "1. a "), (Op.INSERT, "b")), INLINE)
    assert "\n> \\- a" in markdown(shown((Op.EQUAL, "- a "), (Op.INSERT, "b")), INLINE)


def test_markdown_shows_old_and_new_in_a_table() -> None:
    seen = markdown(assessed(), BESIDE)
    assert "| We <del>will</del> ask you first. | We <ins>may</ins> ask you first. |" in seen
