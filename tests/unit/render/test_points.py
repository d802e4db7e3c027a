"""A summary as points: its own sentences, the worst change first."""

import pytest

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Op
from publisher.domain.notice import ToldChange
from publisher.render.points import (
    WORST_FIRST,
    gravest,
    in_new_words,
    instead,
    points_of,
    shortened,
    summary_html,
    worst_first,
    worst_told,
)
from tests.unit.render.readers import OLD, SUMMARY, edition, version


def _said(summary: str = SUMMARY, base: str = "") -> list[str]:
    shown = edition(summary)
    return [str(point.said) for point in points_of(version(shown), shown, base)]


def test_numbers_in_brackets_lead_to_clauses_that_are_there() -> None:
    told = summary_html(edition("It is kept (1.1), sold（1.2）, at 1.1 percent; (9.9) is gone & <b>."))
    assert told == (
        'It is kept (<a href="#1.1">1.1</a>), sold（<a href="#1.2">1.2</a>）, at 1.1 percent; '
        "(9.9) is gone &amp; &lt;b&gt;."
    )


def test_elsewhere_they_lead_to_the_page_of_the_version() -> None:
    assert '<a href="/terms/v2/en/#1.1">1.1</a>' in summary_html(edition("Kept (1.1)."), "/terms/v2/en/")


def test_a_summary_is_told_the_worst_change_first_each_with_its_reasons() -> None:
    shown = edition()
    points = points_of(version(shown), shown)
    assert [point.clauses for point in points] == [("1.2",), ("1.1",), ("2.1",)]
    assert points[0].said == 'Brokers get your data (<a href="#1.2">1.2</a>).'
    assert points[0].reasons == (FindingKind.NEW_RECIPIENT, FindingKind.OBLIGATION_WEAKENED)


def test_what_is_not_important_comes_last() -> None:
    said = _said("A table is new (1). " + SUMMARY)
    assert said[-1].startswith("A table is new")


def test_a_sentence_that_names_nothing_leaves_the_summary_as_it_was_written() -> None:
    assert _said(f"{SUMMARY} That is all.") == []


def test_a_summary_that_passes_over_an_important_clause_is_left_as_it_was_written() -> None:
    assert _said("Brokers get your data (1.2). We keep it longer (1.1).") == []


def test_a_first_version_changes_nothing() -> None:
    shown = edition(reasons={})
    assert points_of(version(shown, before=None), shown) == ()
    assert points_of(version(shown), shown) != ()


def test_hostile_words_stay_words() -> None:
    said = _said("<script>x</script> (2.1). We keep <b>it</b> (1.1). Brokers (1.2).")
    assert said[-1].startswith("&lt;script&gt;x&lt;/script&gt;")


def test_a_banner_need_not_say_the_worst_again_where_the_summary_opens_with_it() -> None:
    assert worst_told(edition()) is FindingKind.NEW_RECIPIENT
    assert worst_told(edition("Brokers get your data (1.2). We keep it longer (1.1).")) is None
    assert worst_told(edition(reasons={})) is None


def test_every_kind_of_finding_has_its_place() -> None:
    assert sorted(WORST_FIRST) == sorted(FindingKind)
    assert gravest([FindingKind.OTHER, FindingKind.NEW_RECIPIENT, FindingKind.OTHER]) == (
        FindingKind.NEW_RECIPIENT,
        FindingKind.OTHER,
    )
    assert [change.clause for change in worst_first(edition().told)] == ["1.2", "1.1", "2.1"]


def test_two_quantities_that_took_each_others_place_are_known() -> None:
    told = {change.clause: change for change in edition().told}
    assert instead(told["1.1"]) == ("12 months", "24 months")
    assert instead(told["1.2"]) is None
    assert instead(told["2.1"]) is None


@pytest.mark.parametrize(
    ("edits", "pair"),
    [
        (((Op.DELETE, "12"), (Op.INSERT, "24"), (Op.EQUAL, " 个月")), ("12 个月", "24 个月")),
        (((Op.INSERT, "二十"), (Op.DELETE, "十"), (Op.EQUAL, "天")), None),
        (((Op.DELETE, "30 days"), (Op.INSERT, "1 year")), ("30 days", "1 year")),
        (((Op.DELETE, "12 months or 3 days"), (Op.INSERT, "24 months")), None),
        (((Op.DELETE, "clause 5"), (Op.INSERT, "clause 6"), (Op.EQUAL, " applies")), None),
        (
            (
                (Op.DELETE, "1 day"),
                (Op.INSERT, "2 days"),
                (Op.EQUAL, " and "),
                (Op.DELETE, "3 days"),
                (Op.INSERT, "4 days"),
            ),
            None,
        ),
        (((Op.DELETE, "12 months"), (Op.EQUAL, " and "), (Op.INSERT, "24 months")), None),
    ],
)
def test_quantities_are_told_only_where_nothing_else_can_be_meant(
    edits: tuple[tuple[Op, str], ...], pair: tuple[str, str] | None
) -> None:
    kinds = (FindingKind.RETENTION_LONGER,)
    assert instead(ToldChange("1", "1", kinds, edits, "#1")) == pair
    assert instead(ToldChange("1", "1", (*kinds, FindingKind.NEW_RECIPIENT), edits, "#1")) is None


def test_the_old_text_is_where_a_clause_that_is_gone_has_its_number() -> None:
    gone = edition(
        "Your right to deletion is gone (2.1). Nothing else changes (1).",
        new=OLD.replace("2.1 You can have your data deleted.\n", ""),
        reasons={"2.1": (FindingKind.RIGHT_REMOVED,)},
    )
    assert points_of(version(gone), gone)[0].reasons == (FindingKind.RIGHT_REMOVED,)


def _change(*edits: tuple[Op, str]) -> ToldChange:
    return ToldChange("1", "1", (FindingKind.OTHER,), edits, "#1")


def test_a_change_in_its_own_words_is_what_came_and_else_what_went() -> None:
    came = _change((Op.DELETE, "a long part that goes away"), (Op.INSERT, ", for a fee; "), (Op.INSERT, "or"))
    assert in_new_words(came) == (Op.INSERT, "for a fee")
    assert in_new_words(_change((Op.EQUAL, "We "), (Op.DELETE, "never "))) == (Op.DELETE, "never")
    assert in_new_words(_change((Op.EQUAL, "We sell."))) is None


def test_long_words_are_cut_after_a_word_and_wide_ones_sooner() -> None:
    assert shortened("word " * 50) == f"{'word ' * 35}word…"
    assert shortened("字" * 80) == "字" * 60 + "…"
    assert shortened("short") == "short"
