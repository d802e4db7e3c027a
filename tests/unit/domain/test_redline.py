from publisher.diff import align, carry_ids, compare
from publisher.domain.change import ChangeKind
from publisher.domain.redline import Row, Stretch, rows_of, stretches
from publisher.parse import parse

OLD = "".join(f"{number}. Clause number {number} speaks of {word}.\n\n" for number, word in enumerate("abcdefghi", 1))


def rows(old: str, new: str) -> tuple[Row, ...]:
    before, after = parse(old, "en"), parse(new, "en")
    alignment = align(before, after)
    return rows_of(before, carry_ids(alignment), compare(alignment).changes)


def shape(found: tuple[Stretch, ...]) -> list[tuple[int, bool]]:
    return [(len(stretch.rows), stretch.folded) for stretch in found]


def test_unchanged_rows_are_gathered_between_changes() -> None:
    found = rows(OLD, OLD.replace("of e", "of everything"))
    assert shape(stretches(found)) == [(4, True), (1, False), (4, True)]


def test_context_keeps_neighbours_in_sight_on_both_sides() -> None:
    found = rows(OLD, OLD.replace("of e", "of everything"))
    assert shape(stretches(found, 2)) == [(2, True), (5, False), (2, True)]
    assert shape(stretches(found, 50)) == [(9, False)]
    assert shape(stretches(found, None)) == [(9, False)]


def test_no_row_is_lost_or_shown_twice() -> None:
    found = rows(OLD, OLD.replace("of c", "of cats").replace("2. Clause number 2 speaks of b.\n\n", ""))
    for context in (0, 1, 3, None):
        assert [row for stretch in stretches(found, context) for row in stretch.rows] == list(found)


def test_every_change_has_one_row_of_its_own() -> None:
    moved = "6. Clause number 6 speaks of f.\n\n"
    found = rows(OLD, moved + OLD.replace(moved, ""))
    changes = [row.change for row in found if row.changed]
    assert len(changes) == len({id(change) for change in changes})
    left = [row for row in found if row.change and not row.changed]
    assert all(row.gone and ChangeKind.MOVED in row.change.kinds for row in left if row.change)


def test_a_removed_clause_has_its_row_where_it_stood() -> None:
    found = rows(OLD, OLD.replace("5. Clause number 5 speaks of e.\n\n", ""))
    texts = [row.clause.text for row in found]
    assert texts == [f"Clause number {number} speaks of {word}." for number, word in enumerate("abcdefghi", 1)]
    (gone,) = (row for row in found if row.gone)
    assert gone.change is not None
    assert gone.change.kinds == (ChangeKind.REMOVED,)


def test_equal_texts_are_one_folded_stretch_and_empty_ones_none() -> None:
    assert shape(stretches(rows(OLD, OLD))) == [(9, True)]
    assert stretches(rows("", "")) == ()
