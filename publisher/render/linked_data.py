"""A version as search engines and other programs read it in its page: JSON-LD with the words of schema.org."""

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from publisher.domain.citation import Citation
from publisher.domain.days import local_date
from publisher.domain.life import State
from publisher.domain.policy import version_number
from publisher.render.banners import instant_text

if TYPE_CHECKING:
    from publisher.render.views import Edition, Published, Series, Site

_STATUS = {
    State.IN_FORCE: "In force",
    State.SUPERSEDED: "Superseded",
    State.HELD: "On hold",
    State.WITHDRAWN: "Withdrawn",
}


def linked_data(site: "Site", series: "Series", version: "Published", edition: "Edition", title: str) -> Markup:
    """The body of a `<script type="application/ld+json">`: data that no browser runs, and that cannot end the element.

    It is about the text at its own address, also where that is shown as the one in force.
    """
    base, standing = site.base_url.rstrip("/"), version.standing
    dated = standing.state not in (State.HELD, State.WITHDRAWN)

    def address(language: str) -> str:
        return base + Citation(series.name, version.name, language).path

    others = [name for name in version.languages if name != edition.language]
    original = edition.language == version.authoritative.language
    translations = [{"@id": address(name), "inLanguage": name} for name in others]
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "@id": address(edition.language),
        "url": address(edition.language),
        "name": title,
        "abstract": edition.text.front.summary,
        "version": str(version_number(version.name)),
        "inLanguage": edition.language,
        "datePublished": local_date(standing.announced, standing.timezone).isoformat() if standing.witnessed else None,
        "temporalCoverage": f"{instant_text(standing.starts)}/{instant_text(standing.ends) if standing.ends else '..'}"
        if dated
        else None,
        "expires": instant_text(standing.ends) if standing.ends else None,
        "creativeWorkStatus": _STATUS.get(standing.state, "Upcoming"),
        "identifier": edition.text.digest,
        "publisher": {"@type": "Organization", "name": site.name, "url": base + "/"},
        "workTranslation": translations if original else None,
        "translationOfWork": None if original else {"@id": address(version.authoritative.language)},
    }
    said = json.dumps({key: value for key, value in about.items() if value}, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(said)  # noqa: S704  no sign of markup is left in it
