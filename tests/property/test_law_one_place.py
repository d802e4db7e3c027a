"""Every word of either text is in exactly one place."""

from collections import Counter

from hypothesis import given, settings

from publisher.diff import align, carry_ids, compare
from publisher.domain.change import ChangeKind
from publisher.domain.clause import ClauseTree
from publisher.languages.words import word_keys
from tests.property.clause_trees import trees


@given(trees(), trees())
@settings(max_examples=200)
def test_each_clause_is_in_exactly_one_match_or_added_or_removed(old: ClauseTree, new: ClauseTree) -> None:
    alignment = align(old, new)
    changes = compare(alignment).changes
    matched_old = [place for match in alignment.matches for place in match.old]
    matched_new = [place for match in alignment.matches for place in match.new]
    assert len(set(matched_old)) == len(matched_old)
    assert len(set(matched_new)) == len(matched_new)
    assert len(matched_old) + sum(change.kind is ChangeKind.REMOVED for change in changes) == len(list(old.walk()))
    assert len(matched_new) + sum(change.kind is ChangeKind.ADDED for change in changes) == len(list(new.walk()))


@given(trees(), trees())
@settings(max_examples=200)
def test_every_difference_in_words_is_told(old: ClauseTree, new: ClauseTree) -> None:
    alignment = align(old, new)
    told = {change.id for change in compare(alignment).changes}
    for match in alignment.matches:
        before = " ".join(alignment.old.clause(place).text for place in match.old)
        after = " ".join(alignment.new.clause(place).text for place in match.new)
        if word_keys(before) != word_keys(after):
            assert alignment.old.clause(match.old[0]).id in told


@given(trees(), trees())
@settings(max_examples=200)
def test_every_word_is_in_one_change_or_in_an_unchanged_clause(old: ClauseTree, new: ClauseTree) -> None:
    """The words of each text are those of the sides of its changes and of the clauses that no change names."""
    alignment = align(old, new)
    changes = compare(alignment).changes
    in_old = [part for change in changes if change.old for part in change.old.parts or (change.old,)]
    in_new = [part for change in changes if change.new for part in change.new.parts or (change.new,)]
    assert len({part.id for part in in_old}) == len(in_old)
    assert len({part.id for part in in_new}) == len(in_new)
    for tree, parts in ((old, in_old), (carry_ids(alignment), in_new)):
        told = {part.id: part.text for part in parts}
        texts = {placed.clause.id: placed.clause.text for placed in tree.walk()}
        assert told.items() <= texts.items()
    unchanged_old = Counter(
        word_keys(placed.clause.text) for placed in old.walk() if placed.clause.id not in {part.id for part in in_old}
    )
    unchanged_new = Counter(
        word_keys(placed.clause.text)
        for placed in carry_ids(alignment).walk()
        if placed.clause.id not in {part.id for part in in_new}
    )
    assert unchanged_old == unchanged_new
