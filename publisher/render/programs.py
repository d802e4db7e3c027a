"""The files that programs read, by their paths: feeds, calendars, lists of versions, what search engines ask for."""

from collections.abc import Iterable, Iterator

from publisher.render.calendar import calendar
from publisher.render.crawlers import Listed, robots, sitemap
from publisher.render.feeds import atom, json_feed
from publisher.render.headers import FILE, headers_file
from publisher.render.timemap import timemap
from publisher.render.versions import SCHEMA_PATH, versions_json, versions_schema
from publisher.render.views import Series, Site
from publisher.render.wording import Strings


def files_of_policy(site: Site, series: Series, words: Strings) -> Iterator[tuple[str, bytes]]:
    """A policy's own, each by its path relative to the site's root; `words` are those of its authoritative language."""
    yield f"{series.name}/feed.atom", atom(site, series, words)
    yield f"{series.name}/feed.json", json_feed(site, series, words).encode("utf-8")
    yield f"{series.name}/calendar.ics", calendar(site, series, words)
    yield f"{series.name}/versions.json", versions_json(site, series).encode("utf-8")
    yield f"timemap/{series.name}", timemap(site, series).encode("utf-8")


def files_of_site(site: Site, languages: Iterable[str], pages: Iterable[Listed]) -> Iterator[tuple[str, bytes]]:
    """Those of the whole site, whose homepage has some languages and whose policies list some pages."""
    yield SCHEMA_PATH, versions_schema(site).encode("utf-8")
    yield "sitemap.xml", sitemap(site, languages, pages)
    yield FILE, headers_file(site).encode("utf-8")
    if (rules := robots(site)) is not None:
        yield "robots.txt", rules.encode("utf-8")
