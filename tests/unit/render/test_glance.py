"""What a version's page says of its changes before the text."""

from publisher import diff, parse
from publisher.domain.change import ChangeSet
from publisher.render.glance import Named, named_changes, told_at_a_glance
from publisher.render.templates import strings
from tests.unit.render.readers import edition, kit

OLD = "# Terms\n\n## 1. Contact\n\nWrite to us.\n\nChanged in May.\n\n## 2. Use\n\n2.1 You may use it.\n"
NEW = OLD.replace("Write to us.", "Write to them.").replace("May", "June").replace("use it", "use it all")


def _changes() -> ChangeSet:
    old, new = parse.parse(OLD, "en"), parse.parse(NEW, "en")
    new = diff.carry_ids(diff.align(old, new))
    return diff.compare(diff.align(old, new, identified=True))


def test_unnumbered_clauses_go_by_their_heading_once() -> None:
    found = named_changes(_changes(), (), "", {})
    assert found == (
        Named("1. Contact", "#1-p1", ("change.reworded",), 2),
        Named("2.1", "#2.1", ("change.words-added",)),
    )


def test_the_label_of_the_authoritative_text_goes_before_that_of_a_translation() -> None:
    found = named_changes(_changes(), (), "", {"2.1": ("change.retitled",)})
    assert [each.tags for each in found] == [("change.reworded",), ("change.retitled",)]


def test_important_changes_are_shown_the_worst_first_at_their_place() -> None:
    told = told_at_a_glance(edition().told, strings("en"), kit())
    assert [each.href for each in told] == ["#1.2", "#1.1", "#2.1"]
    elsewhere = told_at_a_glance(edition().told, strings("en"), kit(), "/terms/v2/en/")
    assert elsewhere[0].href == "/legal/terms/v2/en/#1.2"
