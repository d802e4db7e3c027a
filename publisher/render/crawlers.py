"""What search engines are told: which pages there are, and where that list lies."""

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from publisher.domain.citation import Citation
from publisher.domain.life import DATED
from publisher.render.banners import instant_text
from publisher.render.views import Series, Site

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(site: Site) -> bytes:
    """The pages that stay where they are while what they say follows: home, policies in force, and what is to come.

    Superseded texts and comparisons ask not to be listed, so they are not here (sitemaps.org, protocol 0.9).
    """
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    base = site.base_url.rstrip("/")
    _listed(root, {language: f"{base}/{language}/" for language in site.languages}, "")
    for series in site.policies:
        languages = tuple(edition.language for edition in series.shown.editions)
        paths = {language: base + Citation(series.name, language=language).path for language in languages}
        _listed(root, paths, _changed(series))
        for version in series.versions:
            if version.standing.state in DATED and version is not series.shown:
                there = {
                    language: base + Citation(series.name, version.name, language).path
                    for language in version.languages
                }
                _listed(root, there, instant_text(version.standing.announced))
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def robots(site: Site) -> str | None:
    """`robots.txt` (RFC 9309), which names the list; None where the site does not lie at its host's root."""
    if urlsplit(site.base_url).path.rstrip("/"):
        return None
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.base_url.rstrip('/')}/sitemap.xml\n"


def _changed(series: Series) -> str:
    """When what the policy's own address shows last became another."""
    return instant_text(max(series.shown.standing.starts, series.shown.standing.announced))


def _listed(root: ET.Element, paths: dict[str, str], changed: str) -> None:
    for path in paths.values():
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = path
        if changed:
            ET.SubElement(url, "lastmod").text = changed
        for language, other in paths.items():
            ET.SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": other})
