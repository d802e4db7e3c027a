"""No id is given twice."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.diff import align, carry_ids
from publisher.domain.clause import ClauseTree
from tests.property.clause_trees import trees


@given(trees(), trees(), st.frozensets(st.integers(0, 30).map(lambda number: f"c{number}")))
def test_no_id_is_given_twice(old: ClauseTree, new: ClauseTree, used: frozenset[str]) -> None:
    alignment = align(old, new)
    ids = [placed.clause.id for placed in carry_ids(alignment, used).walk()]
    assert len(set(ids)) == len(ids)
    kept = {alignment.old.clause(match.old[0]).id for match in alignment.matches}
    former = {placed.clause.id for placed in old.walk()} | used
    assert not (set(ids) - kept) & former
