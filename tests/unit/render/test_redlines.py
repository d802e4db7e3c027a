from publisher import diff, parse
from publisher.domain.assessment import FindingKind
from publisher.domain.change import Op
from publisher.domain.notice import ToldChange
from publisher.render.redlines import Block, Line, redline_blocks

OLD = """# Policy

## 1. Scope

1.1 This applies to the website and to nothing else at all.

1.2 Children under fourteen should not use the website on their own.

## 2. Sharing

2.1 We will never share your data with advertisers or with brokers.

2.2 We keep cookies for as long as the session lasts and no longer.

2.3 You may write to us about any of this at the address given.
"""

NEW = """# Policy

## 1. Scope

1.1 This applies to the website and to nothing else at all.

1.2 We keep cookies for as long as the session lasts and no longer.

## 2. Sharing

2.1 We may share your data with advertisers or with brokers.

2.2 You may write to us about any of this at the address given.

2.3 Fees are shown before you buy anything that the website sells.
"""


def blocks(old: str = OLD, new: str = NEW, *told: ToldChange) -> tuple[Block, ...]:
    before, after = parse.parse(old, "en"), parse.parse(new, "en")
    alignment = diff.align(before, after)
    after = diff.carry_ids(alignment)
    changes = diff.compare(diff.align(before, after, identified=True)).changes
    return redline_blocks(before, after, changes, told)


def lines(found: tuple[Block, ...]) -> list[Line]:
    return [line for block in found for line in block.lines]


def test_without_what_was_removed_it_reads_as_the_new_text_in_order() -> None:
    here = [line for line in lines(blocks()) if line.id]
    kept = ["".join(text for op, text in line.edits if op is not Op.DELETE) for line in here]
    new = [placed.clause.text for placed in parse.parse(NEW, "en").walk()]
    assert [text for text in kept if text] == new


def test_every_change_is_counted_once_in_reading_order() -> None:
    changes = [line.change for line in lines(blocks()) if line.change]
    assert changes == list(range(1, len(changes) + 1))
    assert changes


def test_a_removed_clause_is_shown_where_it_stood() -> None:
    found = lines(blocks())
    removed = next(line for line in found if line.kinds and line.kinds[0] == "removed")
    position = found.index(removed)
    assert removed.edits[0][0] is Op.DELETE
    assert found[position - 1].id == "1.1"


def test_a_moved_clause_says_where_it_came_from_and_leaves_a_note() -> None:
    found = lines(blocks())
    keys = [note.key for line in found for note in line.notes]
    assert "redline.moved_here" in keys
    assert "redline.moved_away" in keys
    left = next(line for line in found if any(note.key == "redline.moved_away" for note in line.notes))
    assert left.id == ""
    assert left.change == 0


def test_reasons_stand_beside_their_change() -> None:
    told = ToldChange("2.1", "2.1", (FindingKind.NEW_RECIPIENT,), (), "", "A public word.")
    line = next(line for line in lines(blocks(OLD, NEW, told)) if line.id == "2.1")
    assert line.reasons == (FindingKind.NEW_RECIPIENT,)
    assert line.public_note == "A public word."


def test_unchanged_clauses_are_folded_under_their_headings_which_are_not() -> None:
    found = blocks(OLD, OLD.replace("2.1 We will never", "2.1 We will seldom"))
    shown = [(block.folded, [line.id for line in block.lines]) for block in found]
    assert shown == [
        (False, ["title"]),
        (False, ["1"]),
        (True, ["1.1", "1.2"]),
        (False, ["2"]),
        (False, ["2.1"]),
        (True, ["2.2", "2.3"]),
    ]


def test_a_clause_that_only_gained_or_lost_words_is_not_merely_called_reworded() -> None:
    def tags(old: str, new: str) -> list[tuple[str, ...]]:
        return [line.tags for line in lines(blocks(old, new)) if line.change]

    more = OLD.replace("or with brokers.", "or with brokers, now or later.")
    assert tags(OLD, more) == [("change.words-added",)]
    assert tags(more, OLD) == [("change.words-removed",)]
    assert tags(OLD, OLD.replace("never", "seldom")) == [("change.reworded",)]


def test_the_place_that_a_clause_left_leads_to_where_it_stands_now() -> None:
    found = lines(blocks())
    here = next(line for line in found if line.notes and line.notes[0].key == "redline.moved_here")
    assert [line.away for line in found if line.away] == [f"#{here.id}"]


def test_a_translations_labels_are_those_of_the_authoritative_text() -> None:
    before, after = parse.parse(OLD, "en"), parse.parse(NEW, "en")
    after = diff.carry_ids(diff.align(before, after))
    changes = diff.compare(diff.align(before, after, identified=True)).changes
    own = {line.id: line.tags for line in lines(redline_blocks(before, after, changes, ())) if line.change}
    judged = {"2.1": ("change.words-removed",)}
    found = {line.id: line.tags for line in lines(redline_blocks(before, after, changes, (), judged)) if line.change}
    assert own["2.1"] == ("change.reworded",)
    assert found == own | judged
