"""What came one way went the other way: the diff of two texts in either order is one and the same."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from publisher.diff import align, compare
from publisher.domain.change import Change, ChangeKind, Passage
from publisher.domain.clause import Clause, ClauseKind, ClauseTree

_TURNED = {
    ChangeKind.ADDED: ChangeKind.REMOVED,
    ChangeKind.REMOVED: ChangeKind.ADDED,
    ChangeKind.SPLIT: ChangeKind.MERGED,
    ChangeKind.MERGED: ChangeKind.SPLIT,
}


@st.composite
def edits(draw: st.DrawFn) -> tuple[ClauseTree, ClauseTree]:
    """A tree of distinct clauses, and the same with one clause reworded, gone, elsewhere, or a new one."""
    names = draw(st.lists(st.sampled_from(_SUBJECTS), min_size=3, max_size=7, unique=True))
    before = [
        _clause(at, f"The {name} keeps its own {name} ledger for the {name} season.") for at, name in enumerate(names)
    ]
    at = draw(st.integers(0, len(before) - 1))
    to = draw(st.integers(0, len(before) - 1))
    after = list(before)
    match draw(st.sampled_from(["reworded", "gone", "new", "moved"])):
        case "reworded":
            after[at] = replace(after[at], text=after[at].text.replace("season", "winter"))
        case "gone":
            after.pop(at)
        case "new":
            after.insert(at, _clause(99, "Nobody else writes anything down here."))
        case "moved":
            after.insert(to, after.pop(at))
    return ClauseTree("en", tuple(before)), ClauseTree("en", tuple(after))


_SUBJECTS = "fox bear tiger jackal leopard elephant crocodile".split()  # no two as long: a swap of equals is a tie


def _clause(at: int, text: str) -> Clause:
    return Clause(ClauseKind.PARAGRAPH, f"p{at}", text, 1, 1)


@given(edits())
def test_the_diff_backwards_mirrors_the_diff(pair: tuple[ClauseTree, ClauseTree]) -> None:
    old, new = pair
    forth = compare(align(old, new)).changes
    back = compare(align(new, old)).changes
    assert Counter(_seen(change) for change in forth) == Counter(_mirrored(change) for change in back)


def _seen(change: Change) -> tuple[frozenset[ChangeKind], str | None, str | None]:
    return frozenset(change.kinds), _text(change.old), _text(change.new)


def _mirrored(change: Change) -> tuple[frozenset[ChangeKind], str | None, str | None]:
    kinds = frozenset(_TURNED.get(kind, kind) for kind in change.kinds)
    return kinds, _text(change.new), _text(change.old)


def _text(passage: Passage | None) -> str | None:
    return passage.text if passage else None
