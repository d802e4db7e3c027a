"""What search engines are told: which pages there are, and where that list lies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from publisher.domain.citation import Citation
from publisher.domain.life import DATED
from publisher.render.banners import instant_text
from publisher.render.views import Series, Site

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page in all its languages: its paths below the site's address, by language; when what it says last changed.

    `changed` is an instant as text, empty where that is not told.
    """

    paths: Mapping[str, str]
    changed: str = ""


def listed(series: Series) -> tuple[Listed, ...]:
    """A policy's pages for the sitemap: its own address, then the versions in force or to come beside that."""
    shown = series.shown
    own = {edition.language: Citation(series.name, language=edition.language).path for edition in shown.editions}
    return (
        Listed(own, instant_text(max(shown.standing.starts, shown.standing.announced))),
        *(
            Listed(
                {language: Citation(series.name, version.name, language).path for language in version.languages},
                instant_text(version.standing.announced),
            )
            for version in series.versions
            if version.standing.state in DATED and version is not shown
        ),
    )


def sitemap(site: Site, languages: Iterable[str], pages: Iterable[Listed]) -> bytes:
    """The pages that stay where they are while what they say follows: home, policies in force, and what is to come.

    Superseded texts and comparisons ask not to be listed, so they are not here (sitemaps.org, protocol 0.9).
    """
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    base = site.base_url.rstrip("/")
    homes = Listed({language: f"/{language}/" for language in languages})
    for page in (homes, *pages):
        for path in page.paths.values():
            url = ET.SubElement(root, "url")
            ET.SubElement(url, "loc").text = base + path
            if page.changed:
                ET.SubElement(url, "lastmod").text = page.changed
            for language, other in page.paths.items():
                ET.SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": base + other})
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def robots(site: Site) -> str | None:
    """`robots.txt` (RFC 9309), which names the list; None where the site does not lie at its host's root."""
    if urlsplit(site.base_url).path.rstrip("/"):
        return None
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.base_url.rstrip('/')}/sitemap.xml\n"
