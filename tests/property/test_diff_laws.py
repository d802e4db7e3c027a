"""Laws of the diff, for any texts."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.diff import align, carry_ids, compare, redline
from publisher.domain.change import ChangeKind, Op
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.languages.words import word_keys

WORDS = st.sampled_from(
    "we will may not share your data third-party “partners” 30 days 4.2 , . ; 不 会 共享 信息 。 don't don’t -".split()
)
SENTENCES = st.lists(WORDS, min_size=0, max_size=14).map(" ".join)
ANY_TEXT = st.one_of(SENTENCES, st.text(st.characters(exclude_categories=["Cs"]), max_size=60))


@st.composite
def trees(draw: st.DrawFn) -> ClauseTree:
    """A tree of up to three levels with a few repeated sentences and some numbers."""
    pool = draw(st.lists(SENTENCES, min_size=1, max_size=8))
    count = iter(range(10_000))

    def clause(depth: int, value: tuple[int, ...]) -> Clause:
        numbered = bool(value)
        below = draw(st.integers(0, 3 - depth)) if depth < 3 else 0
        return Clause(
            ClauseKind.HEADING if depth == 0 and below else ClauseKind.PARAGRAPH,
            f"c{next(count)}",
            " ".join(draw(st.sampled_from(pool)).split()),
            1,
            1,
            number=".".join(map(str, value)) if numbered else None,
            value=value,
            children=tuple(clause(depth + 1, (*value, place) if numbered else ()) for place in range(1, below + 1)),
        )

    return ClauseTree(
        "en",
        tuple(clause(0, (place,) if draw(st.booleans()) else ()) for place in range(1, draw(st.integers(0, 6)) + 1)),
    )


@given(trees())
def test_a_text_and_itself_differ_in_nothing(tree: ClauseTree) -> None:
    assert compare(align(tree, tree)).changes == ()
    assert carry_ids(align(tree, tree)) == tree


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
def test_edits_of_every_change_read_its_two_sides(old: ClauseTree, new: ClauseTree) -> None:
    for change in compare(align(old, new)).changes:
        before = change.old.text if change.old else ""
        after = change.new.text if change.new else ""
        assert "".join(text for op, text in change.edits if op is not Op.DELETE) == after
        assert word_keys("".join(text for op, text in change.edits if op is not Op.INSERT)) == word_keys(before)


@given(trees(), trees(), st.frozensets(st.integers(0, 30).map(lambda number: f"c{number}")))
def test_no_id_is_given_twice(old: ClauseTree, new: ClauseTree, used: frozenset[str]) -> None:
    alignment = align(old, new)
    ids = [placed.clause.id for placed in carry_ids(alignment, used).walk()]
    assert len(set(ids)) == len(ids)
    kept = {alignment.old.clause(match.old[0]).id for match in alignment.matches}
    former = {placed.clause.id for placed in old.walk()} | used
    assert not (set(ids) - kept) & former


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
