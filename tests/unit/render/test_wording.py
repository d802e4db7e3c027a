from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from markupsafe import Markup

from publisher.domain.assessment import FindingKind
from publisher.domain.change import ChangeKind, Grade
from publisher.domain.life import State
from publisher.errors import PublisherError
from publisher.render.templates import packaged_site, strings
from publisher.render.wording import (
    instant_parts,
    language_name,
    language_named,
    long_date,
    long_instant,
    text_direction,
)


def test_every_language_has_the_same_labels_with_the_same_places() -> None:
    import re

    def places(text: str) -> list[str]:
        return sorted(set(re.findall(r"{(\w*)}", text)))

    english = strings("en")
    for path in (packaged_site() / "strings").glob("*.toml"):
        other = strings(path.stem)
        assert set(other) == set(english), path.stem
        assert [key for key in english if places(other[key]) != places(english[key])] == []


def test_every_kind_state_and_grade_has_a_label() -> None:
    words = strings("zh-CN")
    shown = [state for state in State if state not in (State.DRAFT, State.REVIEWED)]
    wanted = [
        *(f"kinds.{kind}" for kind in FindingKind),
        *(f"change.{kind}" for kind in ChangeKind),
        *(f"grade.{grade}" for grade in Grade),
        *(f"state.{state}" for state in shown),
    ]
    assert [key for key in wanted if key not in words] == []


@pytest.mark.parametrize(
    ("wanted", "served"), [("zh-CN", "zh-CN"), ("zh-TW", "zh-CN"), ("zh", "zh-CN"), ("en-GB", "en"), ("fr", "en")]
)
def test_a_reader_is_served_the_nearest_language_and_that_alone(wanted: str, served: str) -> None:
    assert strings(wanted).language == served


def test_a_missing_label_is_an_error_that_names_the_file() -> None:
    with pytest.raises(KeyError, match=r"strings/en\.toml has no 'page\.nothing'"):
        strings("en")["page.nothing"]


def test_a_workspace_replaces_single_labels_and_adds_languages(tmp_path: Path) -> None:
    (tmp_path / "strings").mkdir()
    (tmp_path / "strings/en.toml").write_text('[page]\nsummary = "At a glance"\n', "utf-8")
    (tmp_path / "strings/fr.toml").write_text('[page]\nsummary = "En bref"\n', "utf-8")
    assert strings("en", tmp_path)["page.summary"] == "At a glance"
    assert strings("en", tmp_path)["page.contents"] == "Contents"
    assert strings("fr", tmp_path)["page.summary"] == "En bref"
    assert "page.contents" not in strings("fr", tmp_path)


def test_a_broken_file_of_labels_is_a_fault_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "strings").mkdir()
    (tmp_path / "strings/en.toml").write_text("[page\n", "utf-8")
    with pytest.raises(PublisherError) as told:
        strings("en", tmp_path)
    assert told.value.faults[0].code == "strings-unreadable"


def test_values_in_an_html_label_are_escaped_unless_they_are_html() -> None:
    words = strings("en")
    assert "&lt;b&gt;" in words.html("status.in_force", date="<b>")
    assert "<b>" in words.html("status.in_force", date=Markup("<b>x</b>"))


def test_dates_are_written_as_readers_of_the_language_write_them() -> None:
    day = date(2027, 3, 1)
    assert [long_date(day, tag) for tag in ("en", "en-US", "zh-CN", "de")] == [
        "1 March 2027",
        "1 March 2027",
        "2027年3月1日",
        "1. März 2027",
    ]


def test_an_instant_names_its_offset() -> None:
    instant = datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert long_instant(instant, "Asia/Shanghai", "en") == "1 March 2027, 00:00 (Beijing time, UTC+08:00)"
    assert (
        long_instant(instant, "America/St_Johns", "en")
        == "28 February 2027, 12:30 (Newfoundland Standard Time, UTC-03:30)"
    )
    assert long_instant(instant, "UTC", "zh-CN") == "2027年2月28日 16:00（UTC）"


def test_a_zone_has_the_name_that_its_readers_know_it_by_where_there_is_one() -> None:
    instant = datetime(2027, 2, 28, 16, tzinfo=UTC)
    zones = ("Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Etc/GMT-8")
    assert [instant_parts(instant, zone, "en")[1] for zone in zones] == [
        " (Beijing time, UTC+08:00)",
        " (Central European Standard Time, UTC+01:00)",
        " (India Time, UTC+05:30)",
        " (UTC+08:00)",
    ]
    assert [instant_parts(instant, zone, "zh-CN")[1] for zone in zones] == [
        "（北京时间，UTC+08:00）",
        "（中欧标准时间，UTC+01:00）",
        "（印度时间，UTC+05:30）",
        "（UTC+08:00）",
    ]


def test_languages_are_named_in_their_own_words_and_in_the_readers() -> None:
    assert [language_name(tag) for tag in ("en", "zh-CN", "fr", "xx")] == ["English", "简体中文", "français", "xx"]
    assert language_named("en", "zh-CN") == "英语"
    assert text_direction("ar") == "rtl"
