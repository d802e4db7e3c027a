"""A reader who last knew an older version gets one comparison, not several."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import read_settings
from publisher.domain.assessment import FindingKind
from publisher.domain.change import ChangeKind, Grade
from publisher.domain.ledger import EventKind
from publisher.domain.notice import ToldChange
from publisher.render.frame import path_of
from publisher.render.views import RedlineView, Series, Site
from publisher.website.build import rendered
from publisher.workflow.build import site_of
from publisher.workflow.cumulative import redline_view, since
from publisher.workflow.workspace import open_workspace
from tests.unit.workflow.checking import Desk
from tests.unit.workflow.test_comparing import ALONE, FRONT, TEXTS

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def series(tmp_path: Path) -> Series:
    desk = Desk(tmp_path)
    (tmp_path / "publisher.toml").write_text('[site]\nname = "Acme"\n', "utf-8")
    desk.write("policy.toml", ALONE)
    for number, (version, text) in enumerate(TEXTS.items(), start=1):
        desk.write(f"{version}/en.md", FRONT.format(f"202{number}-01-01") + text)
    desk.record("v1")
    for version in ("v2", "v3", "v4"):
        desk.record(version, EventKind.RELEASE, grade=Grade.CLARIFICATION)
    (found,) = site_of(open_workspace(read_settings(tmp_path, {})), now=NOW).policies
    return found


def view_of(series: Series, old: str, new: str, language: str | None = None) -> RedlineView:
    view = redline_view(series, old, new, language)
    assert view is not None
    return view


def test_a_clause_that_moved_twice_has_moved_once(series: Series) -> None:
    edition = view_of(series, "v1", "v4").version.authoritative
    assert edition.comparison is not None
    moved = [change for change in edition.comparison.changes().changes if ChangeKind.MOVED in change.kinds]
    assert [change.id for change in moved] == ["1.1"]
    assert moved[0].old is not None
    assert moved[0].old.number == "1.1"


def test_a_clause_that_came_and_went_is_nothing(series: Series) -> None:
    edition = view_of(series, "v1", "v4").version.authoritative
    assert edition.comparison is not None
    assert {ChangeKind.ADDED, ChangeKind.REMOVED}.isdisjoint(
        kind for change in edition.comparison.changes().changes for kind in change.kinds
    )


def test_neighbours_are_compared_as_they_are_built(series: Series) -> None:
    built = series.version("v3")
    assert built is not None
    for ours, theirs in zip(view_of(series, "v2", "v3").version.editions, built.editions, strict=True):
        assert ours.comparison is not None
        assert theirs.comparison is not None
        assert ours.comparison.changes() == theirs.comparison.changes()
        assert ours.comparison.key() == theirs.comparison.key()
        assert ours.told == theirs.told


def test_the_addresses_are_those_of_the_contract(series: Series) -> None:
    assert path_of(view_of(series, "v1", "v4")) == "/privacy/v1...v4/"
    assert path_of(view_of(series, "v1", "v4", "en")) == "/privacy/v1...v4/en/"


def test_the_page_tells_what_each_version_on_the_way_said_of_itself(series: Series) -> None:
    site = Site("Acme", "https://acme.example", (series,))
    page = rendered(site, None, view_of(series, "v1", "v4", "en")).decode()
    assert "Changes from version 1 to version 4" in page
    assert [f"<h3>version {number}</h3><p>One more version." in page for number in (1, 2, 3, 4)] == [
        False,
        True,
        True,
        True,
    ]
    assert '<ins><span class="vh">' in page
    neighbours = rendered(site, None, view_of(series, "v1", "v2", "en")).decode()
    assert "<p>One more version.</p>" in neighbours


@pytest.mark.parametrize(
    ("old", "new", "language"), [("v1", "v9", "en"), ("v4", "v1", "en"), ("v2", "v2", None), ("v1", "v2", "fr")]
)
def test_there_is_no_page_for_what_cannot_be_compared(series: Series, old: str, new: str, language: str | None) -> None:
    assert redline_view(series, old, new, language) is None


def test_what_was_told_of_the_versions_between_is_kept_for_clauses_that_still_differ(series: Series) -> None:
    def telling(name: str, clause: str, kind: FindingKind) -> Series:
        version = series.version(name)
        assert version is not None
        told = ToldChange(clause, clause, (kind,), (), "", f"A note of {name}.")
        edition = replace(version.authoritative, told=(told,))
        versions = tuple(
            replace(version, editions=(edition,)) if entry.name == name else entry for entry in series.versions
        )
        return replace(series, versions=versions)

    series = telling("v2", "1.1", FindingKind.RIGHT_WEAKENED)
    series = telling("v4", "1.1", FindingKind.RETENTION_LONGER)
    series = telling("v3", "2.3", FindingKind.OTHER)
    published = since(series, series.version("v1"), series.version("v4"))
    assert published is not None
    comparison = published.authoritative.comparison
    assert comparison is not None
    assert comparison.told is not None
    (told,) = comparison.told()
    assert told.reasons == (FindingKind.RIGHT_WEAKENED, FindingKind.RETENTION_LONGER)
    assert told.public_note == "A note of v2. A note of v4."
    assert any(text == "decade" for _, text in told.edits)
