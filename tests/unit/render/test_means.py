"""The box that says what a coming version means for a reader."""

from dataclasses import replace

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Grade
from publisher.domain.life import State
from publisher.domain.policy import Audience
from publisher.render.means import MOST, Means, means, means_link
from publisher.render.templates import strings
from publisher.render.text_pages import text_page
from publisher.render.views import Edition, Published, TextView
from tests.unit.render.readers import NEW, OLD, edition, kit, series, version

FILES = {name: f"static/{name}" for name in ("site.css", "icon.svg")}
PLAIN = "Some things change."


def told(published: Published, shown: Edition, language: str = "en") -> Means:
    found = means(series(published), published, shown, strings(language), language, kit())
    assert found is not None
    return found


def said(found: Means) -> str:
    return " ".join([*(str(point.said) for point in found.points), found.until, *found.choices])


def test_a_summary_of_points_is_quoted_and_not_said_again() -> None:
    found = told(version(edition()), edition())
    assert found.quoted
    assert [point.clauses for point in found.points] == [("1.2",), ("1.1",), ("2.1",)]


def test_no_more_than_five_points_are_read_at_once() -> None:
    shown = edition(
        "Brokers get your data (1.2). It is kept longer (1.1). Deleting needs paper (2.1). One (1). Two (1). Three (2)."
    )
    found = told(version(shown), shown)
    assert len(found.points) == MOST
    assert [str(point.said) for point in found.rest] == ["Three (2)."]


def test_without_points_it_says_what_the_findings_know_the_old_and_the_new_quantity() -> None:
    shown = edition(PLAIN, notes={"2.1": "Write us a letter."})
    found = told(version(shown), shown)
    assert not found.quoted
    assert [point.reasons[0] for point in found.points] == [
        FindingKind.NEW_RECIPIENT,
        FindingKind.RETENTION_LONGER,
        FindingKind.RIGHT_WEAKENED,
    ]
    assert "24 months instead of 12 months (" in found.points[1].said
    assert "Write us a letter. (" in found.points[2].said
    assert found.points[0].said == 'new words: “to brokers” (<a href="#1.2">1. Data\u00a0›\u00a01.2</a>)'


def test_a_note_in_the_authoritative_language_is_kept_from_a_translation() -> None:
    english, chinese = edition(PLAIN), edition(PLAIN, notes={"2.1": "In English."}, language="zh-CN")
    assert "In English." not in said(told(version(english, chinese), chinese, "zh-CN"))


def test_it_says_until_when_to_the_hour_and_what_can_be_done() -> None:
    found = told(version(edition()), edition())
    assert "1 March 2027, 00:00</time> (Beijing\u00a0time, UTC+08:00)" in found.until
    assert "What you can have deleted is said in the policy." in found.choices[0]
    assert found.choices[-1] == "If you do nothing, the new text applies to you from then on."


def test_whoever_is_told_of_an_important_change_without_findings_can_write_too() -> None:
    shown = edition("It is kept longer (1.1). Brokers have it (1.2).", reasons={})
    assert "write to us before then" in told(version(shown), shown).choices[0]


def test_whoever_loses_a_right_is_not_told_to_have_data_deleted() -> None:
    shown = edition(reasons={"2.1": (FindingKind.DISPUTE_FORUM,)})
    assert "delete" not in "".join(told(version(shown), shown).choices)
    assert "stop using the service" in told(version(shown), shown).choices[0]


def test_it_names_the_parts_that_need_consent_and_how_that_is_asked() -> None:
    published = version(edition(), consents=[FindingKind.NEW_RECIPIENT])
    choice = told(published, edition()).choices[0]
    assert '(<a href="#1.2">1.2</a>)' in choice
    assert "2.1" not in choice
    assert "if you say nothing, that counts as no" in choice
    assert "the rest of the new text" in told(published, edition()).choices[-1]


def test_where_no_part_is_known_to_need_consent_none_is_named() -> None:
    choice = told(version(edition(), consents=[]), edition()).choices[0]
    assert choice.startswith("Part of this change needs your consent.")


def test_whom_it_concerns_is_said_first() -> None:
    published = version(edition(), audiences=(Audience("buyers", ("2.1",), "TRUE"),))
    assert "It concerns you if" in told(published, edition()).concerned
    assert told(version(edition()), edition()).concerned == ""


def test_a_version_that_takes_nothing_away_says_so() -> None:
    shown = edition(PLAIN, new=NEW.replace("24", "6"), old=OLD, reasons={})
    found = told(version(shown, grade=Grade.CLARIFICATION), shown)
    assert "Nothing in this version reduces your rights" in said(found)
    assert "object" not in said(found)


def test_only_what_is_still_to_come_means_anything() -> None:
    for published in (version(edition(), state=State.IN_FORCE), version(edition(), state=State.HELD)):
        assert means(series(published), published, edition(), strings("en"), "en", kit()) is None
        assert means_link(series(published), published, "en", strings("en"), kit()) is None
    first = version(edition(), before=None)
    assert means_link(series(first), first, "en", strings("en"), kit()) is None


def test_every_page_leads_there_under_one_name() -> None:
    published = version(edition())
    link = means_link(series(published), published, "en", strings("en"), kit())
    assert link is not None
    assert (link.name, link.href) == ("What this means for you", "/legal/terms/v2/en/#_means")


def test_a_material_version_of_which_no_clause_is_told_shows_no_empty_list() -> None:
    published = version(edition(PLAIN, reasons={}))
    page = text_page(TextView(series(published), published, "en", named=True), replace(kit(), statics=FILES))
    assert 'id="_means"' in page
    assert "<ul></ul>" not in "".join(page.split())
