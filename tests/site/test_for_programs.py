"""What programs read of a site, read back with programs that others have written."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import jsonschema
import pytest
from lxml import etree

from publisher.domain.ledger import EventKind
from tests.site.building import Built, later

BASE = "https://lindenholt.example"
JANUARY = datetime(2027, 1, 14, tzinfo=UTC)


def _events(site: Built) -> dict[str, icalendar.Component]:
    held = icalendar.Calendar.from_ical((site.output / "privacy/calendar.ics").read_bytes())
    assert not held.errors
    return {str(event["UID"]): event for event in held.walk("VEVENT")}


def test_a_feed_reader_takes_the_atom_feed_as_well_formed(announced: Built) -> None:
    read = feedparser.parse((announced.output / "privacy/feed.atom").read_bytes())
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert read.feed.id == f"{BASE}/privacy/"
    assert [link.href for link in read.feed.links if link.rel == "self"] == [f"{BASE}/privacy/feed.atom"]
    assert [entry.id for entry in read.entries] == [
        f"{BASE}/privacy/v2/en/#announced",
        f"{BASE}/privacy/v1/en/#in-force",
    ]
    for entry in read.entries:
        assert entry.title
        assert entry.summary
        assert entry.published_parsed == entry.updated_parsed


@pytest.mark.parametrize("name", ["privacy", "cookies"])
def test_the_atom_feed_keeps_to_the_grammar_of_the_format(announced: Built, name: str) -> None:
    grammar = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    feed = etree.fromstring((announced.output / name / "feed.atom").read_bytes())
    grammar.assertValid(feed)
    for required in ("id", "updated", "title", "author"):
        without = etree.fromstring(etree.tostring(feed))
        without.remove(without.find(f"{{http://www.w3.org/2005/Atom}}{required}"))
        assert not grammar.validate(without), required


def test_the_json_feed_tells_the_same_under_the_same_ids(announced: Built) -> None:
    atom = feedparser.parse((announced.output / "privacy/feed.atom").read_bytes())
    held = json.loads(announced.text("privacy/feed.json"))
    assert held["version"] == "https://jsonfeed.org/version/1.1"
    assert held["feed_url"] == f"{BASE}/privacy/feed.json"
    assert [(item["id"], item["title"], item["url"]) for item in held["items"]] == [
        (entry.id, entry.title, entry.link) for entry in atom.entries
    ]
    assert all(item["content_text"] for item in held["items"])
    assert [datetime.fromisoformat(item["date_published"]).timetuple()[:6] for item in held["items"]] == [
        tuple(entry.published_parsed)[:6] for entry in atom.entries
    ]


@pytest.mark.parametrize("name", ["privacy", "cookies"])
def test_the_list_of_versions_keeps_to_the_schema_that_is_published(announced: Built, name: str) -> None:
    schema = json.loads(announced.text("versions.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    checked = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    held = json.loads(announced.text(f"{name}/versions.json"))
    checked.validate(held)
    assert held["$schema"] == schema["$id"] == f"{BASE}/versions.schema.json"
    held["versions"][0]["state"] = "perhaps"
    held["versions"][0]["announced"] = "soon"
    assert len(list(checked.iter_errors(held))) == 2


def test_every_state_of_a_version_keeps_to_the_schema(site_at: Callable[..., Built]) -> None:
    site = site_at(JANUARY, later(EventKind.WITHDRAW, datetime(2027, 1, 13, tzinfo=UTC)))
    schema = json.loads(site.text("versions.schema.json"))
    held = json.loads(site.text("privacy/versions.json"))
    jsonschema.Draft202012Validator(schema).validate(held)
    assert [entry["state"] for entry in held["versions"]] == ["in-force", "withdrawn"]
    assert held["versions"][1]["from"] is None


def test_a_calendar_has_each_version_on_its_effective_date(announced: Built) -> None:
    events = _events(announced)
    assert list(events) == ["privacy-v1@lindenholt.example", "privacy-v2@lindenholt.example"]
    coming = events["privacy-v2@lindenholt.example"]
    assert coming.decoded("DTSTART") == date(2027, 3, 1)
    assert (coming["STATUS"], coming.decoded("SEQUENCE")) == ("CONFIRMED", 0)
    assert str(coming["SUMMARY"]).endswith("version 2 takes effect")
    assert str(coming["URL"]) == f"{BASE}/privacy/v2/"
    raw = (announced.output / "privacy/calendar.ics").read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    raw.decode("utf-8")


def test_a_version_that_is_withdrawn_keeps_its_event_and_cancels_it(site_at: Callable[..., Built]) -> None:
    site = site_at(JANUARY, later(EventKind.WITHDRAW, datetime(2027, 1, 13, tzinfo=UTC)))
    gone = _events(site)["privacy-v2@lindenholt.example"]
    assert (gone["STATUS"], gone.decoded("SEQUENCE")) == ("CANCELLED", 1)
    assert gone.decoded("DTSTAMP") == datetime(2027, 1, 13, tzinfo=UTC)


def test_the_time_map_knows_what_applied_and_nothing_that_is_to_come(announced: Built) -> None:
    lines = announced.text("timemap/privacy").rstrip("\n").split(",\n")
    assert lines[0] == f'<{BASE}/privacy/>;rel="original"'
    mementos = [line for line in lines if "memento" in line]
    assert [line.partition(">")[0] for line in mementos] == [f"<{BASE}/privacy/v1/"]
    when = mementos[0].partition('datetime="')[2].rstrip('"')
    assert parsedate_to_datetime(when) == datetime(2024, 9, 30, 16, tzinfo=UTC)
    assert "v2" not in "".join(lines)


def test_once_the_next_version_applies_the_time_map_has_both(site_at: Callable[..., Built]) -> None:
    complete = later(EventKind.COMPLETE, JANUARY)
    lines = site_at(datetime(2027, 3, 2, tzinfo=UTC), complete).text("timemap/privacy").split(",\n")
    assert [line.partition("rel=")[2].split(";")[0] for line in lines if "memento" in line] == [
        '"first memento"',
        '"last memento"',
    ]


def test_search_engines_are_told_of_pages_that_may_be_listed_and_of_no_others(announced: Built) -> None:
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ET.fromstring(announced.text("sitemap.xml"))  # noqa: S314  our own bytes
    listed = [found.text or "" for found in root.iter(f"{name}loc")]
    assert len(set(listed)) == len(listed)
    for address in listed:
        page = announced.text(address.removeprefix(f"{BASE}/") + "index.html")
        assert 'name="robots"' not in page, address
        assert f'rel="canonical" href="{address}"' in page, address
    assert f"{BASE}/privacy/v2/zh-CN/" in listed
    assert not any("/v1/" in address or "..." in address for address in listed)
    assert announced.text("robots.txt").endswith(f"Sitemap: {BASE}/sitemap.xml\n")
