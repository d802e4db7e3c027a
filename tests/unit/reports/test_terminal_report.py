import pytest
from rich.cells import cell_len

from publisher.domain.change import Op
from publisher.reports import Layout, terminal
from tests.unit.reports.compared import BESIDE, FINDING, INLINE, NEW, OLD, WHOLE, assessed, plain, shown


def test_the_terminal_marks_words_without_colour() -> None:
    assert plain(assessed(OLD, NEW, FINDING)) == (
        "old.md → new.md · en\n"
        "\n"
        "  ⋯ 1 clause unchanged\n"
        "\n"
        "Reworded 4.1 (4. Sharing) · clarification\n"
        "  We [-will-]{+may+} ask you first.\n"
        "  ! obligation-weakened: A firm duty became a permission. (reduces users' rights; rule modal-weakened)\n"
        "    clause 4.1: “We may”\n"
        "\n"
        "Added 4.2 (4. Sharing) · clarification\n"
        "  {+Auditors see nothing at all.+}\n"
        "\n"
        "Renumbered 4.2 → 4.3 (4. Sharing) · editorial\n"
        "  Our accountants may see your invoices once a year.\n"
        "\n"
        "3 changes: 1 added, 1 reworded, 1 renumbered. Grade: material, with 1 finding.\n"
    )


def test_the_terminal_colours_words_instead_of_bracketing_them() -> None:
    seen = terminal(assessed(), INLINE, colour=True, width=None)
    assert "[-" not in seen
    assert "\x1b[9;31mwill\x1b[0m\x1b[4;32mmay\x1b[0m" in seen


def test_an_assessment_alone_is_shown_without_what_stands_between() -> None:
    seen = terminal(assessed().assessment, colour=False)
    assert seen.startswith("Reworded 4.1 (4. Sharing)")
    assert "unchanged" not in seen


def test_a_single_change_is_counted_in_the_singular() -> None:
    assert "1 change: 1 reworded." in plain(assessed("We ask.", "We ask you."))


def test_long_unchanged_stretches_are_folded_and_shown_on_demand() -> None:
    words = "several plain words that nobody touched " * 20
    long = shown((Op.EQUAL, words), (Op.INSERT, "new"), (Op.EQUAL, words))
    seen = plain(long)
    assert seen.count("…") == 2
    assert len(seen) < 400
    assert "nobody touched {+new+}several plain" in seen
    assert "…" not in plain(long, WHOLE)
    assert plain(long, WHOLE).count("nobody touched") == 40


def test_unchanged_clauses_around_a_change_are_shown_on_demand() -> None:
    old = "".join(f"{number}. Clause number {number} of this text.\n\n" for number in range(1, 10))
    changed = assessed(old, old.replace("number 5", "number five"))
    assert "⋯ 4 clauses unchanged" in plain(changed)
    near = plain(changed, Layout(context=1))
    assert near.count("⋯ 3 clauses unchanged") == 2
    assert "  4. Clause number 4 of this text." in near
    assert "3. Clause" not in near
    assert "unchanged" not in plain(changed, WHOLE)
    assert "  9. Clause number 9 of this text." in plain(changed, WHOLE)


def test_the_place_that_a_moved_clause_left_is_shown_with_its_surroundings() -> None:
    one, two = "1. We keep letters in the cellar for a year.", "2. You may ask for a copy of any letter at any time."
    three = "3. Letters that nobody asks for are burnt in the spring."
    moved = assessed(f"{one}\n\n{two}\n\n{three}", f"{two}\n\n{three}\n\n{one}")
    assert "stood here; now" in plain(moved, WHOLE)
    assert "stood here" not in plain(moved)


def test_words_that_look_like_marks_are_told_apart_from_marks() -> None:
    seen = plain(shown((Op.EQUAL, "We {+never+} "), (Op.DELETE, "sell-] [-no"), (Op.EQUAL, " data.")))
    assert "We {\\+never+\\} [-sell-\\] [\\-no-] data." in seen


def test_old_and_new_stand_side_by_side_in_columns_of_equal_width() -> None:
    seen = plain(assessed(OLD, NEW, FINDING), BESIDE, 75).splitlines()
    rows = [line for line in seen if " │ " in line or line.endswith(" │")]
    assert {line.index("│") for line in rows} == {37}
    assert any(line.startswith("We [-will-] ask you first.") and "We {+may+} ask you" in line for line in rows)
    assert any(line.startswith(" " * 37 + "│ {+Auditors") for line in rows)


def test_side_by_side_becomes_one_above_the_other_where_two_columns_do_not_fit() -> None:
    seen = plain(assessed(OLD, NEW), BESIDE, 40)
    assert "│" not in seen
    assert "  - We [-will-] ask you first.\n  + We {+may+} ask you first.\n" in seen


@pytest.mark.parametrize("width", [20, 40, 80, 160])
@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_no_line_is_wider_than_the_terminal(width: int, layout: Layout) -> None:
    old = "## 一、共享\n\n1.1 " + "我们会事先征得您的同意，" * 20 + "\n\n1.2 " + "x" * 300 + " end.\n"
    new = old.replace("会事先", "可以事先", 3).replace("end", "ends")
    for line in plain(assessed(old, new, FINDING, language="zh-CN"), layout, width).splitlines():
        assert cell_len(line) <= width
