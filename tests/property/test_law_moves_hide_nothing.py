"""Moving never hides an edit inside what moved."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.diff import align, compare
from publisher.domain.change import Op
from publisher.domain.clause import Clause, ClauseTree
from tests.property.clause_trees import trees


@given(trees(), st.data())
def test_a_move_never_hides_an_edit_inside(tree: ClauseTree, data: st.DataObject) -> None:
    if len(tree.clauses) < 3:
        return
    place = data.draw(st.integers(0, len(tree.clauses) - 1))
    target = tree.clauses[place]
    edited = Clause(
        target.kind,
        target.id,
        f"{target.text} zebra".strip(),
        1,
        1,
        target.number,
        value=target.value,
        children=target.children,
    )
    rest = [clause for clause in tree.clauses if clause is not target]
    where = data.draw(st.integers(0, len(rest)))
    new = ClauseTree("en", (*rest[:where], edited, *rest[where:]))
    words = [
        text
        for change in compare(align(tree, new, identified=True)).changes
        for op, text in change.edits
        if op is Op.INSERT
    ]
    assert any("zebra" in text for text in words)
