import re
from dataclasses import replace

import pytest

from publisher.domain.change import Grade, Op
from publisher.reports import Layout, html_fragment, html_page
from tests.unit.reports.compared import BESIDE, FINDING, INLINE, NEW, OLD, WHOLE, Tags, assessed, shown


@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_html_is_well_formed_and_escapes_every_word_of_the_texts(layout: Layout) -> None:
    attack = '<script>alert("1")</script>'
    finding = replace(FINDING, clause="p1", quote=attack, why=f"Why {attack}", rule="rule<b>")
    hostile = shown((Op.EQUAL, attack * 20), (Op.DELETE, attack), (Op.INSERT, attack), findings=(finding,))
    named = replace(hostile, old=replace(hostile.old, name=f"{attack} & more"))
    tags = Tags()
    tags.feed(html_page(named, layout))
    tags.close()
    assert tags.open == []
    assert "script" not in tags.seen
    assert "<b>" not in html_page(named, layout)


def test_html_says_deleted_and_inserted_in_words_too() -> None:
    for layout in (INLINE, BESIDE):
        seen = html_fragment(assessed(), layout)
        assert '<del><span class="hidden" lang="en">Deleted: </span>will</del>' in seen
        assert '<ins><span class="hidden" lang="en">Inserted: </span>may</ins>' in seen


def test_html_folds_unchanged_clauses_and_long_unchanged_runs_without_losing_a_word() -> None:
    words = "several plain words that nobody touched " * 20
    old = f"1. First of all.\n\n2. {words} end.\n"
    seen = html_fragment(assessed(old, old.replace("end", "ending")), INLINE)
    assert "<summary>1 clause unchanged</summary>" in seen
    assert "First of all." in seen
    assert re.search(r'<details class="rest"><summary>⋯ [\d,]+ characters unchanged</summary>', seen)
    assert seen.count("nobody touched") == 20
    assert "<details" not in html_fragment(assessed(old, old.replace("end", "ending")), WHOLE)


def test_html_lists_the_material_changes_with_links_to_them() -> None:
    grave = assessed(OLD, NEW, FINDING)
    change = replace(grave.assessment.changes[0], grade=Grade.MATERIAL)
    grave = replace(grave, assessment=replace(grave.assessment, changes=(change, *grave.assessment.changes[1:])))
    seen = html_page(grave, INLINE)
    assert "<h2>1 material change</h2>" in seen
    assert 'href="#policy-diff-1"' in seen
    assert 'id="policy-diff-1" data-clause="4.1"' in seen


def test_a_fragment_is_no_page_and_styles_nothing_but_itself() -> None:
    seen = html_fragment(assessed(), INLINE)
    assert "<html" not in seen
    assert "<body" not in seen
    sheet = seen[seen.index("<style>") + 7 : seen.index("</style>")]
    selectors = re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]+\{", "", sheet))
    assert selectors
    assert all(part.strip().startswith(".policy-diff") for rule in selectors for part in rule.split("\n, "))


def test_the_html_page_needs_nothing_else() -> None:
    page = html_page(assessed(), INLINE)
    assert not re.search(r"\bsrc=|@import|url\(|href=\"(?!#)", page)
