"""The sample policies as a website: everything that readers and programs rely on, on every page."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from publisher.domain.ledger import EventKind, event_of
from publisher.errors import PublisherError
from tests.site.building import Built, build_at, later, make_workspace

BASE = "https://lindenholt.example"


class Page(HTMLParser):
    """What the tests want to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.relations: dict[str, list[str]] = {}
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        data = (tag, attrs) == ("script", [("type", "application/ld+json")])  # what no browser runs
        self.tags["data" if data else tag] += 1
        self.attributes.update(given)
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("a", "link") and "href" in given:
            self.links.append(given["href"])
        if tag == "link":
            self.relations.setdefault(given["rel"], []).append(given["href"])


def documents(site: Built) -> dict[str, Page]:
    return {
        "/" + path.relative_to(site.output).as_posix(): Page(path.read_text("utf-8"))
        for path in site.pages()
        if path.name == "index.html"
    }


@pytest.mark.parametrize("which", ["announced", "gallery"])
def test_every_internal_link_and_fragment_resolves(which: str, request: pytest.FixtureRequest) -> None:
    site: Built = request.getfixturevalue(which)
    pages = documents(site)
    broken = []
    for name, page in pages.items():
        own = BASE + name.removesuffix("index.html")
        for link in page.links:
            target = urlsplit(urljoin(own, link))
            if target.scheme == "mailto" or f"{target.scheme}://{target.netloc}" != BASE:
                continue
            path = unquote(target.path)
            file = path + "index.html" if path.endswith("/") else path
            there = (site.output / file.lstrip("/")).is_file()
            if not there or (target.fragment and unquote(target.fragment) not in pages[file].ids):
                broken.append((name, link))
    assert broken == []


def test_every_id_is_unique_on_its_page(announced: Built, gallery: Built) -> None:
    for name, page in (*documents(announced).items(), *documents(gallery).items()):
        assert [key for key, count in Counter(page.ids).items() if count > 1] == [], name


def test_the_same_input_gives_the_same_bytes(announced: Built, tmp_path: Path) -> None:
    again = build_at(make_workspace(tmp_path / "again"), datetime(2027, 1, 12, tzinfo=UTC))
    first = {p.relative_to(announced.output): p.read_bytes() for p in announced.output.rglob("*") if p.is_file()}
    second = {p.relative_to(again.output): p.read_bytes() for p in again.output.rglob("*") if p.is_file()}
    assert first == second


def test_building_again_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "workspace")
    now = datetime(2027, 1, 12, tzinfo=UTC)
    first = build_at(root, now)
    times = {path: path.stat().st_mtime_ns for path in first.pages()}
    second = build_at(root, now)
    assert second.report.changed == 0
    assert {path: path.stat().st_mtime_ns for path in second.pages()} == times


def test_the_pages_of_the_contract_exist(announced: Built) -> None:
    expected = [
        "index.html",
        "en/index.html",
        "zh-CN/index.html",
        "privacy/index.html",
        "privacy/zh-CN/index.html",
        "privacy/v1/index.html",
        "privacy/v2/index.html",
        "privacy/v2/zh-CN/index.html",
        "privacy/history/index.html",
        "privacy/history/zh-CN/index.html",
        "privacy/v1...v2/index.html",
        "privacy/v1...v2/zh-CN/index.html",
        "privacy/feed.atom",
        "privacy/versions.json",
        "cookies/index.html",
        "banners.json",
        "banner.html",
        "banner.js",
        "banner.css",
        "404.html",
    ]
    assert [name for name in expected if not (announced.output / name).is_file()] == []


def test_a_version_page_carries_date_state_digest_and_every_clause_of_the_ledger(announced: Built) -> None:
    lines = (announced.root / "policies/privacy/ledger.jsonl").read_text("utf-8").splitlines()
    for event in map(event_of, lines):
        for language, digest in event.texts:
            text = announced.text(f"privacy/{event.version}/{language}/index.html")
            assert f'<time datetime="{event.effective}">' in text
            assert digest in text
            ids = Page(text).ids
            assert [entry.id for entry in event.clauses if entry.id not in ids] == []
            unlinked = [entry.id for entry in event.clauses if f'href="#{entry.id}"' not in text]
            assert [name for name in unlinked if name != "title"] == []


def test_ids_of_earlier_versions_still_lead_somewhere(announced: Built) -> None:
    lines = (announced.root / "policies/privacy/ledger.jsonl").read_text("utf-8").splitlines()
    first = event_of(lines[0])
    for language in ("en", "zh-CN"):
        ids = Page(announced.text(f"privacy/v2/{language}/index.html")).ids
        assert [entry.id for entry in first.clauses if entry.id not in ids] == []


def test_state_is_told_in_words_and_until_when(announced: Built) -> None:
    current, upcoming = announced.text("privacy/index.html"), announced.text("privacy/v2/index.html")
    assert "In force since" in current
    assert '<time datetime="2027-02-28T16:00:00Z">1 March 2027, 00:00</time> (Beijing\u00a0time, UTC+08:00)' in current
    assert "Takes effect on" in upcoming
    assert "即将生效" in announced.text("privacy/v2/zh-CN/index.html")


def test_old_versions_and_redlines_are_not_indexed_and_current_ones_name_their_translations(announced: Built) -> None:
    assert 'content="noindex' in announced.text("privacy/v1...v2/index.html")
    assert 'content="noindex' in announced.text("privacy/v1/index.html")
    current = Page(announced.text("privacy/index.html"))
    assert f"{BASE}/privacy/zh-CN/" in current.relations["alternate"]
    assert current.relations["canonical"] == [f"{BASE}/privacy/en/"]
    assert current.relations["latest-version"] == ["/privacy/en/"]
    assert current.relations["successor-version"] == ["/privacy/v2/en/"]
    assert "/privacy/" in Page(announced.text("index.html")).relations["privacy-policy"]


def test_one_stylesheet_of_less_than_15_kilobytes_is_all_that_a_page_loads(announced: Built) -> None:
    loaded = [link for link in Page(announced.text("privacy/v2/en/index.html")).links if "static/" in link]
    assert [link.rpartition("/")[2].partition(".")[0] for link in loaded] == ["icon", "site"]
    assert sum((announced.output / link.replace("../", "")).stat().st_size for link in loaded[1:]) < 15_000


def test_a_text_before_its_correction_says_so_first_and_claims_nothing_of_changes(gallery: Built) -> None:
    page = gallery.text("privacy/v2/en/r1/index.html")
    assert "Please raed it with care." in page
    assert '<span class="state state-corrected">Corrected since</span>' in page
    assert re.findall(r'<p class="status">(.*?)</p>', page) == [
        'Words of this text were corrected since. <a href="/privacy/v2/en/">Read the text as it is now.</a>'
    ]
    assert 'class="changed"' not in page
    assert "In force" in gallery.text("privacy/v2/en/r2/index.html")


def test_no_page_needs_or_holds_a_script_or_an_inline_style(announced: Built) -> None:
    for name, page in documents(announced).items():
        assert not {"script", "style", "iframe", "form", "object", "img"} & set(page.tags), name
        assert [key for key in page.attributes if key == "style" or key.startswith("on")] == [], name


def test_every_change_stands_in_ins_or_del_with_a_label(announced: Built) -> None:
    for language, removed, inserted in (("en", "Deleted:", "Inserted:"), ("zh-CN", "删除：", "新增：")):
        text = announced.text(f"privacy/v1...v2/{language}/index.html")
        labels = {"del": removed, "ins": inserted}
        found = re.findall(r"<(ins|del)>(.*?)</\1>", text, re.DOTALL)
        assert found
        assert all(body.startswith(f'<span class="vh">{labels[tag]} </span>') for tag, body in found)
        listed = len(re.findall(r'<li><a href="#_c\d+">', text))
        assert listed == len(re.findall(r'id="_c\d+"', text)) > 5


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_comparison_and_a_notice_have_one_name_wherever_a_link_leads_there(gallery: Built, language: str) -> None:
    names: dict[str, set[str]] = {}
    for path in gallery.pages():
        if path.parent.name != language:
            continue
        for attributes, said in re.findall(r"<a ([^>]*)>(.*?)</a>", path.read_text("utf-8"), re.DOTALL):
            href = re.findall(r'href="(/privacy/(?:v1\.\.\.|v2\.\.\.|notices/)[^"#]+)"', attributes)
            if href and "hreflang" not in attributes:
                names.setdefault(href[0], set()).add(re.sub("<.*?>", "", said).strip())
    assert len(names) == 5
    assert [(href, said) for href, said in names.items() if len(said) != 1] == []


def test_a_version_leads_on_to_what_changed_next(gallery: Built) -> None:
    for old, following in (("v1", "v1...v2"), ("v2", "v2...v3")):
        assert f'<a class="strong" href="/privacy/{following}/en/">' in gallery.text(f"privacy/{old}/en/index.html")
    assert 'class="strong"' not in gallery.text("privacy/v3/en/index.html").partition('<div class="columns">')[0]


def test_a_page_in_a_translation_gives_no_reason_in_another_language(gallery: Built) -> None:
    assert "words corrected. A word was misspelt." in gallery.text("privacy/history/en/index.html")
    assert "misspelt" not in gallery.text("privacy/history/zh-CN/index.html")
    notice = gallery.text("privacy/notices/privacy-v2-2/zh-CN/index.html")
    assert "原因（英语）" in notice
    assert '<p lang="en">A word was misspelt.</p>' in notice


def test_a_notice_names_the_digest_of_each_of_its_texts(gallery: Built) -> None:
    lines = (gallery.root / "policies/privacy/ledger.jsonl").read_text("utf-8").splitlines()
    texts = {digest for event in map(event_of, lines) if event.version == "v3" for _, digest in event.texts}
    assert len(texts) == 2
    for language in ("en", "zh-CN"):
        page = gallery.text(f"privacy/notices/privacy-v3-1/{language}/index.html")
        assert set(re.findall(r'<code class="digest">(.*?)</code>', page)) == texts


def test_the_banner_is_on_the_homepage_in_both_languages(announced: Built) -> None:
    banners = json.loads(announced.text("banners.json"))
    assert len(banners) == 1
    banner = banners[0]
    assert set(banner) == {
        "id", "policies", "version", "revision", "from", "until", "title", "text", "href", "audience",
        "words",
    }  # fmt: skip
    assert (banner["id"], banner["policies"], banner["version"], banner["revision"]) == (
        "privacy-v2-1",
        ["privacy"],
        "v2",
        1,
    )
    assert (banner["from"], banner["until"]) == ("2027-01-10T09:00:00Z", "2027-02-28T16:00:00Z")
    assert (banner["href"], banner["audience"]) == ("/privacy/v2/", "everyone")
    for page, language in (("index.html", "en"), ("en/index.html", "en"), ("zh-CN/index.html", "zh-CN")):
        text = announced.text(page)
        assert 'data-banner="privacy-v2-1"' in text
        assert banner["title"][language] in text.replace("\u00a0", " ")
    assert f'href="{BASE}/privacy/v2/en/#_means"' in announced.text("banner.html")


def test_the_feed_is_atom_with_an_entry_when_announced_and_one_in_force(announced: Built) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(announced.text("privacy/feed.atom"))  # noqa: S314  our own bytes
    assert root.tag == f"{atom}feed"
    ids = [entry.findtext(f"{atom}id") for entry in root.iter(f"{atom}entry")]
    assert ids == [f"{BASE}/privacy/v2/en/#announced", f"{BASE}/privacy/v1/en/#in-force"]
    assert all(entry.findtext(f"{atom}updated") for entry in root.iter(f"{atom}entry"))


def test_versions_json_names_states_dates_and_digests(announced: Built) -> None:
    held = json.loads(announced.text("privacy/versions.json"))
    assert held["in_force"] == "v1"
    assert [(entry["version"], entry["state"], entry["effective"]) for entry in held["versions"]] == [
        ("v1", "in-force", "2024-10-01"),
        ("v2", "announced", "2027-03-01"),
    ]
    assert held["versions"][0]["until"] == held["versions"][1]["from"] == "2027-02-28T16:00:00Z"


def test_only_versions_in_the_ledger_are_shown(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "workspace")
    ledger = root / "policies/privacy/ledger.jsonl"
    ledger.write_text(ledger.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    site = build_at(root, datetime(2027, 1, 12, tzinfo=UTC))
    assert not (site.output / "privacy/v2").exists()
    assert json.loads(site.text("banners.json")) == []
    assert "v2" not in site.text("privacy/history/index.html")


def test_once_in_force_the_new_version_is_the_current_one_and_the_banner_is_gone(
    site_at: Callable[..., Built],
) -> None:
    complete = later(EventKind.COMPLETE, datetime(2027, 1, 14, tzinfo=UTC))
    site = site_at(datetime(2027, 3, 2, tzinfo=UTC), complete)
    assert json.loads(site.text("banners.json")) == []
    assert "data-banner" not in site.text("index.html")
    assert "Version 2" in site.text("privacy/index.html")
    assert "Now <a" in site.text("privacy/v1/index.html")


def test_a_held_version_says_that_its_date_is_open_and_shows_no_banner(site_at: Callable[..., Built]) -> None:
    site = site_at(datetime(2027, 2, 20, tzinfo=UTC))
    assert "The new date is not fixed yet" in site.text("privacy/v2/index.html")
    assert "新的生效日期尚未确定" in site.text("privacy/v2/zh-CN/index.html")
    assert "until" not in re.findall(r'<p class="status">(.*)</p>', site.text("privacy/index.html"))[0]
    assert json.loads(site.text("banners.json")) == []


def test_a_withdrawn_version_stays_readable_and_says_so(site_at: Callable[..., Built]) -> None:
    site = site_at(datetime(2027, 1, 22, tzinfo=UTC), later(EventKind.WITHDRAW, datetime(2027, 1, 20, tzinfo=UTC)))
    assert "It never applied" in site.text("privacy/v2/index.html")
    assert "the reason given" in site.text("privacy/history/index.html")
    assert "data-banner" not in site.text("index.html")


def test_a_postponed_version_shows_its_new_date_under_a_new_banner(site_at: Callable[..., Built]) -> None:
    moved = later(
        EventKind.POSTPONE, datetime(2027, 1, 20, tzinfo=UTC), effective=date(2027, 4, 15), notice="privacy-v2-2"
    )
    site = site_at(datetime(2027, 1, 22, tzinfo=UTC), moved)
    banner = json.loads(site.text("banners.json"))[0]
    assert (banner["id"], banner["revision"], banner["from"]) == ("privacy-v2-2", 2, "2027-01-20T00:00:00Z")
    assert "15 April 2027" in banner["title"]["en"]


def test_an_altered_released_text_stops_the_build_and_the_old_site_stays(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "workspace")
    now = datetime(2027, 1, 12, tzinfo=UTC)
    site = build_at(root, now)
    before = site.text("privacy/v1/index.html")
    text = root / "policies/privacy/v1/en.md"
    text.write_text(text.read_text("utf-8").replace("We", "They"), "utf-8")
    with pytest.raises(PublisherError) as told:
        build_at(root, now)
    assert [fault.code for fault in told.value.faults] == ["released-altered"]
    assert site.text("privacy/v1/index.html") == before


def test_hostile_words_are_shown_as_words(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    (policies / "terms/v1").mkdir(parents=True)
    (policies / "terms/policy.toml").write_text(
        'title = "Terms <b>&"\nlanguage = "en"\ncontact = "legal@example.com"\n', "utf-8"
    )
    (policies / "terms/v1/en.md").write_text(
        "---\neffective: 2024-10-01\nsummary: A <script>alert(1)</script> \"summary\" & more <!--</script>\n---\n"
        "# Terms\n\n## 1. Words <img src=x onerror=alert(1)>\n\n"
        "1.1 Text with <script>alert(2)</script> and [a link](javascript:alert(3)) and [one](//evil.example/x).\n",
        "utf-8",
    )  # fmt: skip
    site = build_at(make_workspace(tmp_path / "workspace", policies=policies), datetime(2027, 1, 12, tzinfo=UTC))
    for path in site.pages():
        page = Page(path.read_text("utf-8"))
        assert not {"script", "img", "b"} & set(page.tags), path
        assert [link for link in page.links if link.startswith(("javascript", "//"))] == [], path
    shown = site.text("terms/index.html")
    assert "&lt;script&gt;alert(1)" in shown
    data = shown.partition('ld+json">')[2].partition("</script>")[0]
    assert json.loads(data)["abstract"] == 'A <script>alert(1)</script> "summary" & more <!--</script>'
    assert not set("<>&") & set(data)


def test_a_version_tells_programs_what_it_is_from_when_until_when_and_in_which_language(gallery: Built) -> None:
    def told(path: str) -> dict[str, object]:
        data = gallery.text(f"{path}index.html").partition('<script type="application/ld+json">')[2]
        found: dict[str, object] = json.loads(data.partition("</script>")[0])
        return found

    shown = told("privacy/en/")
    assert shown == told("privacy/v2/en/")
    assert shown | {"abstract": "", "identifier": ""} == {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "@id": f"{BASE}/privacy/v2/en/",
        "url": f"{BASE}/privacy/v2/en/",
        "name": "Privacy Policy",
        "abstract": "",
        "version": "2",
        "inLanguage": "en",
        "datePublished": "2027-01-10",
        "temporalCoverage": "2027-02-28T16:00:00Z/2027-05-31T16:00:00Z",
        "expires": "2027-05-31T16:00:00Z",
        "creativeWorkStatus": "In force",
        "identifier": "",
        "publisher": {"@type": "Organization", "name": "Lindenholt Cloud", "url": f"{BASE}/"},
        "workTranslation": [{"@id": f"{BASE}/privacy/v2/zh-CN/", "inLanguage": "zh-CN"}],
    }
    assert str(shown["identifier"]) in gallery.text("privacy/v2/en/index.html").partition("<main")[2]
    coming = told("privacy/v3/zh-CN/")
    assert coming["translationOfWork"] == {"@id": f"{BASE}/privacy/v3/en/"}
    assert (coming["temporalCoverage"], coming["creativeWorkStatus"]) == ("2027-05-31T16:00:00Z/..", "Upcoming")
    assert "datePublished" not in told("privacy/v1/en/")
    assert "ld+json" not in gallery.text("privacy/v2/en/r1/index.html")
