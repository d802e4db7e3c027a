"""The files that programs read, by their paths: feeds, calendars, lists of versions, what search engines ask for."""

from collections.abc import Callable, Iterator

from publisher.render.calendar import calendar
from publisher.render.crawlers import robots, sitemap
from publisher.render.feeds import atom, json_feed
from publisher.render.headers import FILE, headers_file
from publisher.render.timemap import timemap
from publisher.render.versions import SCHEMA_PATH, versions_json, versions_schema
from publisher.render.views import Site
from publisher.render.wording import Strings


def files_for_programs(site: Site, words: Callable[[str], Strings]) -> Iterator[tuple[str, bytes]]:
    """Each file by its path relative to the site's root."""
    for series in site.policies:
        own = words(series.settings.language)
        yield f"{series.name}/feed.atom", atom(site, series, own)
        yield f"{series.name}/feed.json", json_feed(site, series, own).encode("utf-8")
        yield f"{series.name}/calendar.ics", calendar(site, series, own)
        yield f"{series.name}/versions.json", versions_json(site, series).encode("utf-8")
        yield f"timemap/{series.name}", timemap(site, series).encode("utf-8")
    yield SCHEMA_PATH, versions_schema(site).encode("utf-8")
    yield "sitemap.xml", sitemap(site)
    yield FILE, headers_file(site).encode("utf-8")
    if (rules := robots(site)) is not None:
        yield "robots.txt", rules.encode("utf-8")
