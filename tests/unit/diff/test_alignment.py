from publisher.diff import Alignment, align, carry_ids, compare
from publisher.domain.change import Change, ChangeKind, Grade
from publisher.domain.clause import Clause, ClauseKind, ClauseTree, Mark, MarkKind
from publisher.parse import parse

K = ChangeKind


def between(old: str, new: str, language: str = "en") -> Alignment:
    return align(parse(old, language), parse(new, language))


def changes(old: str, new: str, language: str = "en") -> tuple[Change, ...]:
    return compare(between(old, new, language)).changes


def ids(old: str, new: str, used: frozenset[str] = frozenset()) -> dict[str, str]:
    return {placed.clause.text: placed.clause.id for placed in carry_ids(between(old, new), used).walk()}


def test_a_text_and_itself_differ_in_nothing() -> None:
    text = "# Title\n\n## 1. A\n\n1.1 One.\n\n- item\n- item\n\n| a | b |\n|---|---|\n| c | d |\n"
    assert changes(text, text) == ()


def test_empty_texts_differ_in_nothing() -> None:
    assert changes("", "") == ()


def test_everything_is_added_to_an_empty_text() -> None:
    assert [change.kind for change in changes("", "One.\n\nTwo.")] == [K.ADDED, K.ADDED]


def test_a_clause_keeps_its_id_when_it_is_renumbered_and_the_newcomer_takes_another() -> None:
    old = "## 1. A\n\n1.1 The first clause speaks of cats.\n\n1.2 The second clause speaks of dogs.\n"
    new = "## 1. A\n\n1.1 Elephants never came up before today.\n\n" + old.removeprefix("## 1. A\n\n").replace(
        "1.2", "1.3"
    ).replace("1.1", "1.2")
    assert ids(old, new) == {
        "A": "1",
        "Elephants never came up before today.": "1.1~2",
        "The first clause speaks of cats.": "1.1",
        "The second clause speaks of dogs.": "1.2",
    }


def test_an_id_of_a_clause_long_gone_is_not_given_again() -> None:
    old = "1.1 The first clause speaks of cats.\n"
    new = old + "\n1.2 Elephants never came up before today.\n"
    assert ids(old, new, frozenset({"1.2", "1.2~2"}))["Elephants never came up before today."] == "1.2~3"


def test_the_first_part_of_a_split_keeps_the_id() -> None:
    old = "4.1 We keep letters for a year. We keep parcels for two years.\n"
    new = "4.1 We keep letters for a year.\n\n4.2 We keep parcels for two years.\n"
    assert ids(old, new) == {"We keep letters for a year.": "4.1", "We keep parcels for two years.": "4.2"}


def test_a_matched_clause_keeps_its_id_though_an_anchor_appears() -> None:
    assert ids("## Sharing\n\nWe share.\n", "## Sharing {#share}\n\nWe share.\n")["Sharing"] == "h1"


def test_carried_ids_are_carried_again_unchanged() -> None:
    old, new = parse("## 1. A\n\n1.1 Cats.\n", "en"), parse("## 1. A\n\n1.1 Dogs bark.\n\n1.2 Cats.\n", "en")
    carried = carry_ids(align(old, new))
    assert carry_ids(align(old, carried, identified=True)) == carried


def test_known_identities_match_whatever_the_words_say() -> None:
    def tree(text: str) -> ClauseTree:
        return ClauseTree("en", (Clause(ClauseKind.PARAGRAPH, "p7", text, 1, 1),))

    one, other = tree("Cats sleep."), tree("Invoices are due.")
    assert [change.kind for change in compare(align(one, other)).changes] == [K.REMOVED, K.ADDED]
    assert [change.kind for change in compare(align(one, other, identified=True)).changes] == [K.REWORDED]


def test_a_note_is_still_found_after_its_id_was_carried() -> None:
    def tree(note: str) -> ClauseTree:
        mark = Mark(0, 4, MarkKind.NOTE, note)
        return ClauseTree(
            "en",
            (
                Clause(ClauseKind.PARAGRAPH, "p1", "Cats sleep.", 1, 1, marks=(mark,)),
                Clause(ClauseKind.PARAGRAPH, note, "By day, that is.", 3, 3),
            ),
        )

    carried = carry_ids(align(tree("note-1"), tree("note-9")))
    assert carried.clauses[0].marks[0].target == "note-1" == carried.clauses[1].id


def test_the_id_of_a_change_is_the_one_that_the_clause_keeps() -> None:
    old = "1.1 The first clause speaks of cats.\n"
    new = "1.1 Elephants never came up before today.\n\n1.2 The first clause speaks of cats.\n"
    assert [(change.id, change.kind) for change in changes(old, new)] == [("1.1~2", K.ADDED), ("1.1", K.RENUMBERED)]


def test_a_split_has_its_parts_and_their_words_joined() -> None:
    (change,) = changes(
        "We keep letters for a year. We keep parcels for two years.",
        "We keep letters for a year.\n\nWe keep parcels for two years.",
    )
    assert change.kinds == (K.SPLIT,)
    assert change.grade is Grade.EDITORIAL
    assert change.new is not None
    assert [part.text for part in change.new.parts] == ["We keep letters for a year.", "We keep parcels for two years."]
    assert change.new.text == "We keep letters for a year. We keep parcels for two years."
    assert change.new.id == change.new.parts[0].id == change.id


def test_a_clause_that_becomes_a_list_is_split() -> None:
    (change,) = changes(
        "4.1 We collect the following: your full name, your postal address and your telephone number.",
        "4.1 We collect the following:\n\n- your full name\n- your postal address\n- your telephone number\n",
    )
    assert K.SPLIT in change.kinds


def test_a_heading_that_becomes_a_paragraph_of_the_same_words_is_formatted_and_moves_nothing() -> None:
    seen = changes("## Cookies and similar tools\n\nWe set some.\n", "Cookies and similar tools\n\nWe set some.\n")
    assert [change.kinds for change in seen] == [(K.FORMAT,)]


def test_ids_that_the_ledger_keeps_are_told_as_they_are() -> None:
    def tree(name: str) -> ClauseTree:
        return ClauseTree("en", (Clause(ClauseKind.PARAGRAPH, name, "Cats sleep by day.", 1, 1),))

    alignment = align(tree("4.2"), tree("4.2~2"), identified=True)
    assert compare(alignment).changes == ()
    assert carry_ids(alignment) == tree("4.2~2")


def test_a_link_that_leads_elsewhere_is_told_though_the_words_changed_too() -> None:
    (change,) = changes(
        "Write to [our office](https://example.com/a) at any time.",
        "Write to [our office](https://example.com/b) by day.",
    )
    assert change.kinds == (K.REWORDED, K.FORMAT)


def test_a_link_within_the_text_may_follow_its_clause() -> None:
    old = "## 1. A\n\n1.1 See [the other](#1.2) one.\n\n1.2 This is the other one.\n"
    new = "## 1. A\n\n1.1 See [the other](#1.3) one.\n\n1.2 Elephants never came up.\n\n1.3 This is the other one.\n"
    assert [change.kind for change in changes(old, new)] == [K.ADDED, K.RENUMBERED]


def test_removing_a_heading_moves_none_of_its_clauses() -> None:
    old = "## A\n\nCats sleep by day.\n\n## B\n\nDogs bark by night.\n\nHorses eat hay.\n"
    assert [change.kind for change in changes(old, old.replace("## B\n\n", ""))] == [K.REMOVED]


def test_a_moved_block_is_told_once_and_its_inner_edits_on_their_own_clauses() -> None:
    cats = "## Cats\n\nCats sleep by day and hunt by night.\n\nCats drink milk.\n\n"
    dogs = "## Dogs\n\nDogs bark by night and sleep by day.\n\nDogs eat bones and bread and anything else.\n\n"
    cows = "## Cows\n\nCows stand in the meadow.\n\nCows give milk to the farmer each morning and evening.\n\n"
    seen = changes(cats + dogs + cows, dogs + cows + cats.replace("milk", "water"))
    assert [(change.kinds, change.new and change.new.text) for change in seen] == [
        ((K.MOVED,), "Cats"),
        ((K.REWORDED,), "Cats drink water."),
    ]


def test_only_the_topmost_of_a_renumbered_subtree_is_told() -> None:
    old = "## 1. A\n\n1.1 Cats.\n\n1.1.1 Black cats.\n\n## 2. B\n\n2.1 Dogs.\n\n2.1.1 Black dogs.\n"
    new = "## 1. C\n\n1.1 Fresh.\n\n" + old.replace("2.", "3.").replace("1.1", "2.1").replace("## 1.", "## 2.").replace(
        "3.2.1", "3.1.1"
    )
    assert [change.id for change in changes(old, new) if change.kind is K.RENUMBERED] == ["1", "2"]


def test_a_reference_in_a_clause_with_other_edits_is_still_shown() -> None:
    old = "1.1 As clause 1.2 says, cats sleep.\n\n1.2 Cats are animals of the night.\n"
    new = "1.1 As clause 1.3 says, dogs sleep.\n\n1.2 Elephants never came up.\n\n1.3 Cats are animals of the night.\n"
    (reworded,) = (change for change in changes(old, new) if change.kind is K.REWORDED)
    assert ("delete", "1.2") in reworded.edits


def test_days_are_no_reference_even_when_a_section_of_that_number_is_renumbered() -> None:
    old = "".join(f"## {number}. Part {'abcde'[number - 1] * 3}\n\nWithin {number} days.\n\n" for number in range(1, 6))
    new = "## 1. Fresh\n\n" + "".join(
        f"## {number + 1}. Part {'abcde'[number - 1] * 3}\n\nWithin {number + 1} days.\n\n" for number in range(1, 6)
    )
    assert sum(K.REWORDED in change.kinds for change in changes(old, new)) == 5
