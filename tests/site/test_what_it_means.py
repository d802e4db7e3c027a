"""What readers are told of a coming version, on every page that speaks of it and in every language."""

import re

from publisher.render.templates import strings
from tests.site.building import Built


def _called(page: str, language: str) -> list[tuple[str, list[str]]]:
    """The list of changes: the place of each in the text, and the keys of the labels that it has."""
    labels = strings(language)
    known = {label: key for key, label in labels.items() if key.startswith(("change.", "kinds."))}
    listed = re.findall(r'<li><a href="#_c(\d+)"><span>.*?</span> <span class="small">(.*?)</span></a>', page)
    said = [(place, " · ".join(re.findall(r">([^<>\s][^<>]*)<", told))) for place, told in listed]
    return [(place, [known[each] for each in re.split(rf"{labels['site.comma']}| · ", told)]) for place, told in said]


def test_every_language_calls_a_change_by_the_same_kinds(announced: Built) -> None:
    english, chinese = (_called(announced.text(f"privacy/v1...v2/{name}/index.html"), name) for name in ("en", "zh-CN"))
    assert len(english) == 10
    assert english == chinese
    assert english[0][1] == ["change.words-added", "kinds.new-recipient"]


def test_every_page_of_a_coming_version_leads_to_what_it_means(announced: Built) -> None:
    box = announced.text("privacy/v2/en/index.html").partition('aria-labelledby="_means"')[2].partition("</section>")[0]
    assert "Advertising and analytics partners will receive" in box.partition("<li>")[2].partition("</li>")[0]
    assert "1 March 2027, 00:00</time> (Beijing\u00a0time, UTC+08:00)" in box
    assert 'href="mailto:privacy@lindenholt.example"' in box
    link = 'href="/privacy/v2/en/#_means"'
    for page in ("index.html", "privacy/v1...v2/en", "privacy/notices/privacy-v2-1/en", "privacy/history/en"):
        name = page if page.endswith(".html") else f"{page}/index.html"
        found = re.findall(rf"<a [^>]*{re.escape(link)}>([^<]+)</a>", announced.text(name))
        assert set(found) == {"What this means for you"}, name


def test_clause_numbers_lead_to_the_clause_in_its_version(announced: Built) -> None:
    redline = announced.text("privacy/v1...v2/en/index.html")
    assert '<a class="n" href="/privacy/v2/en/#4.1.3">4.1.3</a>' in redline
    assert '<a class="n" href="/privacy/v2/en/#1.1">1.1</a>' in redline
    for page in ("privacy/v1...v2/en", "privacy/notices/privacy-v2-1/en", "privacy/history/en"):
        assert '(<a href="/privacy/v2/en/#4.1.3">4.1.3</a>)' in announced.text(f"{page}/index.html"), page


def test_once_in_force_there_is_nothing_left_to_decide(gallery: Built) -> None:
    page = gallery.text("privacy/v2/en/index.html")
    assert "_means" in gallery.text("privacy/v3/en/index.html")
    assert 'id="_means"' not in page
    assert "What you can do until" not in page


def test_the_homepage_names_the_version_that_applies_and_puts_first_what_will_change(announced: Built) -> None:
    for path, version in (("index.html", "Version 1, in force since"), ("zh-CN/index.html", "第1版，自")):
        applies = re.findall(r'<p class="applies">([^<]*)<time', announced.text(path))
        assert [each.startswith(version) for each in applies] == [True, True]
    titles = re.findall(r"<h2><a [^>]*>([^<]+)</a>", announced.text("index.html"))
    assert titles == ["Privacy Policy", "Cookie Policy"]


def test_what_can_be_done_and_whom_to_write_to_stand_above_all_that_changes(announced: Built) -> None:
    for language, offer in (("en", "What you can do until <time"), ("zh-CN", "<time")):
        page = announced.text(f"privacy/v2/{language}/index.html")
        box = page.partition('aria-labelledby="_means"')[2].partition("</section>")[0]
        above, _, below = box.partition("<ul>")
        assert f'<a class="strong" href="#_choices">{offer}' in above
        assert 'href="mailto:privacy@lindenholt.example"' in above
        assert '<h3 id="_choices">' in below


def test_every_change_that_is_counted_is_named(announced: Built) -> None:
    for language in ("en", "zh-CN"):
        said = strings(language)
        page = announced.text(f"privacy/v2/{language}/index.html")
        box = page.partition('aria-labelledby="_changes"')[2].partition("</section>")[0]
        told, _, also = box.partition('<p class="also">')
        alike = [int(count) for count in re.findall(r"[(（](\d+)[^)）\d]*[)）]", also)]
        named = len(re.findall(r"<span><a ", also)) + sum(alike) - len(alike)
        important = told.count('<p class="where">')
        assert (important, alike) == (4, [2])
        assert said["page.changes_count"].format(count=important + named) in box


def test_days_of_the_history_say_what_happened_on_them(gallery: Built) -> None:
    page = gallery.text("privacy/history/en/index.html")
    found = re.findall(r'<div class="when">(.*?)</div>', page)
    assert [" ".join(re.sub("<[^>]+>", " ", each).split()) for each in found] == [
        "Takes effect on 1 June 2027 Announced on 1 April 2027",
        "In force from 1 March 2027 Announced on 10 January 2027",
        "In force from 1 October 2024",
    ]


def test_contents_begin_with_what_a_reader_sees_first(announced: Built) -> None:
    def first(path: str) -> str:
        contents = announced.text(path).partition('<nav class="contents"')[2]
        found = re.search(r'<li><a href="(#[^"]+)">', contents)
        assert found is not None
        return found[1]

    assert first("privacy/v2/en/index.html") == "#_means"
    assert first("privacy/index.html") == "#_summary"
    assert first("privacy/v1...v2/zh-CN/index.html") == "#_summary"
