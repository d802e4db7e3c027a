"""The changed words of a clause as a letter quotes them."""

from publisher.domain.change import Op
from publisher.render.excerpts import excerpt

LONG = "the quick brown fox jumps over the lazy dog and runs on " * 12
WIDE = "我们在收集您的个人信息之前会向您说明收集的目的方式和范围" * 8


def words(*edits: tuple[Op, str]) -> str:
    return "|".join(run for _, run in excerpt(edits, "…").edits)


def test_short_clauses_are_quoted_whole() -> None:
    assert words((Op.EQUAL, "We "), (Op.DELETE, "will"), (Op.INSERT, "may"), (Op.EQUAL, " go.")) == "We |will|may| go."


def test_a_long_beginning_keeps_its_end_a_long_end_its_beginning() -> None:
    shown = words((Op.EQUAL, LONG), (Op.INSERT, "new"), (Op.EQUAL, LONG))
    before, _, after = shown.split("|")
    assert before.startswith("… ")
    assert LONG.rstrip().endswith(before.removeprefix("… ").rstrip())
    assert after.endswith(" …")
    assert LONG.startswith(after.removesuffix(" …"))
    assert len(shown) < 250


def test_a_long_middle_keeps_both_sides_and_whole_words() -> None:
    _, middle, _ = words((Op.DELETE, "a"), (Op.EQUAL, LONG), (Op.INSERT, "b")).split("|")
    head, _, tail = middle.partition(" … ")
    assert LONG.startswith(head)
    assert LONG.rstrip().endswith(tail.rstrip())
    assert set(f"{head} {tail}".split()) <= set(LONG.split())


def test_chinese_is_shortened_by_characters_without_added_spaces() -> None:
    shown = words((Op.EQUAL, WIDE), (Op.INSERT, "新"), (Op.EQUAL, WIDE))
    assert " " not in shown
    assert len(shown) < 80


def test_what_changed_is_never_shortened() -> None:
    assert words((Op.DELETE, LONG), (Op.INSERT, WIDE)) == f"{LONG}|{WIDE}"


def test_new_and_removed_clauses_are_known_as_such() -> None:
    assert excerpt([(Op.INSERT, LONG)], "…").added
    assert excerpt([(Op.DELETE, LONG)], "…").removed
    mixed = excerpt([(Op.DELETE, "a"), (Op.INSERT, "b")], "…")
    assert (mixed.added, mixed.removed) == (False, False)


def test_the_two_readings_leave_the_other_ones_words_out() -> None:
    found = excerpt([(Op.EQUAL, "We "), (Op.DELETE, "will"), (Op.INSERT, "may"), (Op.EQUAL, " go.")], "…")
    assert found.before == ((False, "We "), (True, "will"), (False, " go."))
    assert found.now == ((False, "We "), (True, "may"), (False, " go."))


def test_runs_of_one_kind_are_joined_and_empty_ones_left_out() -> None:
    assert words((Op.EQUAL, "a"), (Op.EQUAL, "b"), (Op.INSERT, ""), (Op.EQUAL, "c")) == "abc"
