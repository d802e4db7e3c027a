"""A redline without its insertions reads old, without its deletions new."""

from itertools import pairwise

from hypothesis import given, settings

from publisher.diff import align, compare, redline
from publisher.domain.change import Op
from publisher.domain.clause import ClauseTree
from publisher.languages.words import word_keys
from tests.property.clause_trees import ANY_TEXT, trees


@given(ANY_TEXT, ANY_TEXT)
@settings(max_examples=300)
def test_a_redline_reads_both_texts(old: str, new: str) -> None:
    edits = redline(old, new, "en")
    composed = redline(new, new, "en")
    assert "".join(text for op, text in edits if op is not Op.DELETE) == "".join(text for _, text in composed)
    assert word_keys("".join(text for op, text in edits if op is not Op.INSERT)) == word_keys(old)
    assert all(text for _, text in edits)
    assert all(before[0] is not after[0] for before, after in pairwise(edits))


@given(trees(), trees())
@settings(max_examples=200)
def test_edits_of_every_change_read_its_two_sides(old: ClauseTree, new: ClauseTree) -> None:
    for change in compare(align(old, new)).changes:
        before = change.old.text if change.old else ""
        after = change.new.text if change.new else ""
        assert "".join(text for op, text in change.edits if op is not Op.DELETE) == after
        assert word_keys("".join(text for op, text in change.edits if op is not Op.INSERT)) == word_keys(before)
