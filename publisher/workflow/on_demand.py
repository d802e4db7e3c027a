"""Pages that no build writes, made when a reader asks: any two versions compared, and the form that asks for them."""

import re
from collections.abc import Mapping
from datetime import datetime

from publisher.config import Settings
from publisher.domain.citation import Citation, redline_path
from publisher.domain.policy import is_version, version_number
from publisher.render.headers import TYPES
from publisher.render.views import HistoryView, View
from publisher.website.build import rendered
from publisher.workflow.build import site_of
from publisher.workflow.cumulative import redline_view
from publisher.workflow.encoded import Encoded, encoded
from publisher.workflow.snapshot import Snapshot
from publisher.workflow.workspace import open_workspace

_COMPARED = re.compile(
    r"/(?P<policy>[a-z0-9-]{1,64})/(?P<old>v[0-9]{1,9})\.\.\.(?P<new>v[0-9]{1,9})/(?:(?P<language>[A-Za-z0-9-]{1,35})/)?"
)
_HISTORY = re.compile(r"/(?P<policy>[a-z0-9-]{1,64})/history/(?:(?P<language>[A-Za-z0-9-]{1,35})/)?")


def is_made(path: str, pages: Snapshot) -> bool:
    """Whether a path names a page that must be made, of versions that this build has."""
    named = _COMPARED.fullmatch(path)
    if named is None:
        return _HISTORY.fullmatch(path) is not None and pages.find(path) is not None
    old, new = named["old"], named["new"]
    return (
        pages.find(path) is None
        and all(pages.speaks(named["policy"], version, named["language"]) for version in (old, new))
        and (version_number(old) < version_number(new))
    )


def made(settings: Settings, path: str, *, now: datetime) -> Encoded | None:
    """The page at a path; None when there is none.

    Raises:
        PublisherError: the texts cannot be read.
    """
    named = _COMPARED.fullmatch(path) or _HISTORY.fullmatch(path)
    if named is None:
        return None
    site = site_of(open_workspace(settings, only=(named["policy"],)), now=now)
    series = next((series for series in site.policies if series.name == named["policy"]), None)
    if series is None:
        return None
    language = named["language"]
    view: View | None
    if named.re is _HISTORY:
        shown = language or series.settings.language
        view = HistoryView(series, shown, language is not None, served=True) if shown in series.languages else None
    else:
        view = redline_view(series, named["old"], named["new"], language)
    if view is None:
        return None
    return encoded(rendered(site, settings.path("site"), view), TYPES[".html"].encode("ascii"))


def sides(path: str) -> tuple[Citation, Citation] | None:
    """The two texts that the path of a comparison names; None for any other path."""
    named = _COMPARED.fullmatch(path)
    if named is None:
        return None
    old, new = (Citation(named["policy"], named[side], named["language"]) for side in ("old", "new"))
    return old, new


def is_itself(path: str, pages: Snapshot) -> bool:
    """Whether a path asks for the comparison of a version of this build with itself."""
    named = _COMPARED.fullmatch(path)
    return (
        named is not None
        and named["old"] == named["new"]
        and pages.speaks(named["policy"], named["new"], named["language"])
    )


def asked_for(path: str, query: Mapping[str, list[str]]) -> str | None:
    """The path of the comparison that a reader asked for in the form of a history; None when nothing was asked.

    One version chosen twice leads there too, to be told so.
    """
    named = _HISTORY.fullmatch(path)
    pair = [name for key in ("old", "new") for name in query.get(key, [])[:1] if is_version(name)]
    if named is None or len(pair) != 2:
        return None
    old, new = sorted(pair, key=version_number)
    return redline_path(named["policy"], old, new, named["language"])
