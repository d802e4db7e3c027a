"""The page that a static host shows in place of one that is not there: without it, some show the homepage with 200."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.render.wording import text_direction

if TYPE_CHECKING:
    from publisher.render.frame import Kit

FILE = "404.html"
"""Where static hosts look for it."""

_SHEETS = ("site.css", "theme.css")


def missing_page(kit: "Kit", languages: Sequence[str]) -> bytes:
    """Says in every language of the site that there is no such page, with the way to the policies.

    It is shown at any address, so that its links begin at the root of the host.
    """
    template = kit.templates.get_template("missing.html.j2")
    spoken = [
        (language, text_direction(language), kit.words(language), kit.linked(f"/{language}/")) for language in languages
    ]
    sheets = tuple(kit.linked(f"/{kit.statics[name]}") for name in _SHEETS if name in kit.statics)
    icon = kit.linked(f"/{kit.statics['icon.svg']}")
    return template.render(site=kit.site, spoken=spoken, sheets=sheets, icon=icon).encode("utf-8")
