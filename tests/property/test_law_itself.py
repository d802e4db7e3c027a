"""A text and itself differ in nothing."""

from hypothesis import given

from publisher.diff import align, carry_ids, compare
from publisher.domain.clause import ClauseTree
from tests.property.clause_trees import trees


@given(trees())
def test_a_text_and_itself_differ_in_nothing(tree: ClauseTree) -> None:
    assert compare(align(tree, tree)).changes == ()
    assert carry_ids(align(tree, tree)) == tree
