"""A policy's feeds: Atom (RFC 4287) and JSON Feed (version 1.1). Both tell the same entries under the same ids."""

import json
from xml.etree import ElementTree as ET

from publisher.domain.citation import Citation
from publisher.render.banners import instant_text
from publisher.render.entries import entries
from publisher.render.views import Series, Site
from publisher.render.wording import Strings

_ATOM = "http://www.w3.org/2005/Atom"
_JSON_FEED = "https://jsonfeed.org/version/1.1"


def atom(site: Site, series: Series, words: Strings) -> bytes:
    """The policy's Atom feed in its authoritative language."""
    base = site.base_url.rstrip("/")
    language = series.settings.language
    told = entries(base, series, words)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    own = f"{base}/{series.name}/feed.atom"
    _add(root, "id", f"{base}{Citation(series.name).path}")
    _add(root, "title", words.say("feed.title", policy=series.title(language), site=site.name))
    _add(root, "updated", instant_text(told[0].at if told else series.events[0].at))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    page = f"{base}{Citation(series.name, language=language).path}"
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "hreflang": language, "href": page})
    _add(ET.SubElement(root, "author"), "name", site.name)
    for entry in told:
        element = ET.SubElement(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "published", instant_text(entry.at))
        _add(element, "updated", instant_text(entry.at))
        ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.href})
        _add(element, "summary", entry.summary)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def json_feed(site: Site, series: Series, words: Strings) -> str:
    """The same as JSON Feed."""
    base = site.base_url.rstrip("/")
    language = series.settings.language
    plain = {
        "version": _JSON_FEED,
        "title": words.say("feed.title", policy=series.title(language), site=site.name),
        "home_page_url": f"{base}{Citation(series.name, language=language).path}",
        "feed_url": f"{base}/{series.name}/feed.json",
        "language": language,
        "authors": [{"name": site.name, "url": f"{base}/"}],
        "items": [
            {
                "id": entry.id,
                "url": entry.href,
                "title": entry.title,
                # an item has to have content, and some say nothing beyond their title
                "content_text": entry.summary or entry.title,
                "date_published": instant_text(entry.at),
            }
            for entry in entries(base, series, words)
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _add(parent: ET.Element, name: str, text: str) -> None:
    # XML knows no control characters, not even escaped ones.
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    ET.SubElement(parent, name).text = kept.replace("\ufffe", "").replace("\uffff", "")
