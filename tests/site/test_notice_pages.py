"""The notices online: a reader who holds a mail finds out whether it was really sent, and what became of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from publisher.domain.ledger import EventKind, LedgerEvent
from tests.site.building import Built, later

FIRST, SECOND = "privacy/notices/privacy-v2-1", "privacy/notices/privacy-v2-2"
NOW = datetime(2027, 2, 1, tzinfo=UTC)


def _event(kind: EventKind, effective: date | None = None) -> LedgerEvent:
    return later(kind, datetime(2027, 1, 20, 9, tzinfo=UTC), effective=effective, notice="privacy-v2-2")


def test_a_notice_says_what_was_sent_when_how_and_by_whom(announced: Built) -> None:
    page = announced.text(f"{FIRST}/index.html")
    assert page.partition("<main")[2] == announced.text(f"{FIRST}/en/index.html").partition("<main")[2]
    digest = next(part for part in announced.text("privacy/v2/en/index.html").split('"digest">')[1:])[:71]
    for words in (
        "Our Privacy Policy is changing on 1 March 2027",
        "Lindenholt Cloud published this notice on",
        '<time datetime="2027-01-10T09:00:00Z">10 January 2027, ',
        '<time datetime="2027-03-01">1 March 2027</time>',
        "By banner on our homepage and e-mail",
        "<code>privacy@example.com</code>",
        "<q>Our Privacy Policy is changing on 1 March 2027</q>",
        "<code>https://lindenholt.example/</code>",
        digest,
        "/privacy/v1...v2/en/",
        "https://lindenholt.example/privacy/notices/privacy-v2-1/en/",
    ):
        assert words in page, words


def test_a_notice_exists_in_each_language_of_its_version(announced: Built) -> None:
    page = announced.text(f"{FIRST}/zh-CN/index.html")
    assert '<html lang="zh-CN"' in page
    assert "如何识别真实的通知" in page
    assert 'hreflang="en" rel="alternate" href="/privacy/notices/privacy-v2-1/en/"' in page


def test_the_banner_leads_to_its_notice(announced: Built) -> None:
    assert 'href="/privacy/notices/privacy-v2-1/en/"' in announced.text("index.html")
    assert 'href="https://lindenholt.example/privacy/notices/privacy-v2-1/zh-CN/"' in announced.text(
        "zh-CN/banner.html"
    )


def test_a_postponement_names_both_dates_and_both_notices_name_each_other(site_at: Callable[..., Built]) -> None:
    built = site_at(NOW, _event(EventKind.POSTPONE, date(2027, 4, 1)))
    page, first = built.text(f"{SECOND}/index.html"), built.text(f"{FIRST}/index.html")
    assert "The change to our Privacy Policy now takes effect on 1 April 2027" in page
    assert "<q>Our Privacy Policy is changing on 1 April 2027</q>" in page
    assert 'It was announced before for <time datetime="2027-03-01">' in page
    assert "the reason given" in page
    assert "<dt>Takes effect</dt>" in page
    assert "<dt>Was announced to take effect</dt>" in first
    assert "Our Privacy Policy is changing on 1 March 2027" in first
    assert 'href="/privacy/notices/privacy-v2-2/en/"' in first
    assert 'href="/privacy/notices/privacy-v2-1/en/"' in page


def test_a_withdrawal_shows_no_changes_that_will_never_come(site_at: Callable[..., Built]) -> None:
    page = site_at(NOW, _event(EventKind.WITHDRAW)).text(f"{SECOND}/index.html")
    assert "The change to our Privacy Policy will not take effect" in page
    assert "the reason given" in page
    assert "<dt>Was announced to take effect</dt>" in page
    assert "v1...v2" not in page
    assert "Announced on" in page


def test_only_what_the_ledger_names_has_a_page(announced: Built) -> None:
    found = sorted(path.name for path in (announced.output / "privacy/notices").iterdir())
    assert found == ["privacy-v2-1"]
    assert {path.parent.name for path in announced.output.rglob("notices")} == {"privacy"}
