"""The site's files as bytes: identical for identical input, and made anew only where what they are made of changed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from publisher.render.banners import banner_css, banners, banners_json, in_order
from publisher.render.frame import up_from
from publisher.render.notice_page import NoticeWords, notice_words
from publisher.render.pages import Front, Kit, banner_fragment, home, page, path_of
from publisher.render.programs import files_of_policy, files_of_site
from publisher.render.statement_page import statement_words
from publisher.render.templates import environment, static_files, strings
from publisher.render.theme import hashed_name
from publisher.render.views import Banner, HistoryView, NoticeView, Site, StatementView, TextView, View
from publisher.website.briefs import Brief, brief_of, languages_of
from publisher.website.former import UP, Former
from publisher.website.manifest import Manifest, Part, Stamp
from publisher.website.missing import FILE as MISSING
from publisher.website.missing import missing_page
from publisher.website.plan import homes, pages_of, plan
from publisher.website.redirects import redirect_files
from publisher.website.squeezing import squeezed
from publisher.website.swap import Swapped, swap

if TYPE_CHECKING:
    from publisher.render.frame import Former as FormerPages
    from publisher.render.wording import Strings

SHARED = ""
"""The part of the website that all policies share."""

_UP = UP.encode("utf-8")

Content = bytes | Stamp
"""A file's bytes, or the stamp of a former one that stays as it is."""


@dataclass(frozen=True, slots=True)
class Made:
    """Policies to be made anew: the site with them alone, and what the next build is to know.

    That is the numbers of changes, those counted before among them, and why versions are material, as plain values.
    """

    site: Site
    counts: dict[str, int] = field(default_factory=dict)
    reasons: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Policies whose pages speak of each other.

    `facts` say what the group is made of and are kept with it; `make` reads it, and gives None where nothing is
    published; `versions` is about how much there is to do.
    """

    name: str
    facts: Mapping[str, Any]
    make: Callable[[Mapping[str, Any]], Made | None]
    kept: bool
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Common:
    """What every part of a website is made of.

    `digest` covers all of it but `redirects`, old paths with those they lead to; `languages` are those that any policy
    may speak; `advance` is told of versions done; `compiled` is a folder in which compiled templates are kept.
    """

    name: str
    base_url: str
    overrides: Path | None
    digest: str
    languages: tuple[str, ...]
    redlines: bool = True
    redirects: tuple[tuple[str, str], ...] = ()
    advance: Callable[[int], None] = lambda _: None
    compiled: Path | None = None


def build(common: Common, groups: Iterator[Group], output: Path, former: Manifest) -> tuple[Swapped, dict[str, Part]]:
    """Writes the whole website into `output`, which readers see change from whole old to whole new.

    Args:
        common: what every part is made of.
        groups: all that is published; a group that is `kept` is as `former` has it.
        output: the website's folder.
        former: what the last build made of what.

    Returns:
        What was done, and the manifest for the next build.

    Raises:
        PublisherError: the folder holds things that are not ours, or cannot be written.
    """
    building = _Building(common, output, former)
    done = swap(output, building.files(groups), building.written)
    return done, building.parts


class _Building:
    """One build: the parts so far, and the part whose files are being written."""

    def __init__(self, common: Common, output: Path, former: Manifest) -> None:
        self.parts: dict[str, Part] = {}
        self._common = common
        self._output = output
        self._former = former
        self._stamps: dict[str, Stamp] = {}
        self._places: Former | None = None
        self._words: Callable[[str], Strings] = cache(lambda language: strings(language, common.overrides))
        self._held = dict(static_files(common.overrides))
        self._script = self._held.pop("banner.js")
        self._statics = {name: f"static/{hashed_name(name, content)}" for name, content in self._held.items()}
        self._templates = cache(lambda: environment(common.overrides, common.compiled))

    def written(self, name: str, stamp: Stamp) -> None:
        """Takes note of a file as it was written."""
        self._stamps[name] = self._places.placed(name, stamp) if self._places is not None else stamp

    def files(self, groups: Iterator[Group]) -> Iterator[tuple[str, Content]]:
        """Every file of the website by its path relative to the output folder."""
        briefs: list[Brief] = []
        for group in groups:
            known = self._former.get(group.name)
            if known is not None and group.kept and known.intact(self._output):
                self.parts[group.name] = known
                yield from known.stamps.items()
            else:
                yield from self._anew(group, known)
            briefs.extend(Brief.of_record(record) for record in self.parts[group.name].facts["briefs"])
            self._common.advance(group.versions if group.kept else 0)
        briefs.sort(key=lambda brief: brief.policy)
        made_of = json.dumps(
            [self._common.digest, self._common.redirects, [brief.record() for brief in briefs]], sort_keys=True
        )
        key = hashlib.sha256(made_of.encode()).hexdigest()
        known = self._former.get(SHARED)
        if known is not None and known.key == key and known.intact(self._output):
            self.parts[SHARED] = known
            yield from known.stamps.items()
            return
        self._stamps, self._places = {}, None
        yield from self._shared(briefs)
        self.parts[SHARED] = Part(key, self._stamps)

    def _anew(self, group: Group, known: Part | None) -> Iterator[tuple[str, Content]]:
        made = group.make(known.facts if known is not None else {})
        facts = dict(group.facts)
        self._stamps = {}
        self._places = places = Former(self._output, known.stamps if known is not None else {})
        facts["briefs"] = []
        if made is not None:
            kit = self._kit(made.site, banners(made.site, self._words), places)
            yield from self._pages(made.site, kit)
            facts["briefs"] = [
                brief_of(series, self._common.languages, kit.banners, kit).record() for series in made.site.policies
            ]
            facts["counts"] = _counts_of(made)
            facts["reasons"] = dict(made.reasons)
        self.parts[group.name] = Part(str(facts["files"]), self._stamps, facts)

    def _pages(self, site: Site, kit: Kit) -> Iterator[tuple[str, Content]]:
        for series in site.policies:
            twins: dict[tuple[object, ...], bytes] = {}
            for view in _once(pages_of(site, series, redlines=kit.redlines)):
                path = path_of(view)
                yield _file_of(path), _paged(view, kit, twins).replace(_UP, up_from(path).encode())
                if isinstance(view, TextView) and not (view.named or view.current or view.revision):
                    self._common.advance(1)
            yield from files_of_policy(site, series, kit.words(series.settings.language))

    def _shared(self, briefs: Sequence[Brief]) -> Iterator[tuple[str, Content]]:
        languages = languages_of([brief.languages for brief in briefs])
        site = Site(self._common.name, self._common.base_url, (), redirects=self._common.redirects)
        kit = self._kit(site, in_order(banner for brief in briefs for banner in brief.banners), None)
        cards = {language: tuple(brief.cards[language] for brief in briefs) for language in languages}
        front = Front(tuple(brief.policy for brief in briefs), languages, cards)
        for name, content in self._held.items():
            yield self._statics[name], content
        for view in homes(languages):
            yield _file_of(path_of(view)), home(view, front, kit).encode("utf-8")
        yield from files_of_site(site, languages, [page for brief in briefs for page in brief.listed])
        yield "banners.json", banners_json(kit.banners, kit.words).encode("utf-8")
        yield "banner.js", squeezed(self._script.decode("utf-8")).encode("utf-8")
        yield "banner.css", banner_css(self._held["banner.css"], kit.banners)
        yield "banner.html", banner_fragment(kit, languages[0]).encode("utf-8")
        for language in languages:
            yield f"{language}/banner.html", banner_fragment(kit, language).encode("utf-8")
        yield MISSING, missing_page(kit, languages)
        yield from redirect_files(kit, languages[0])

    def _kit(self, site: Site, shown: tuple[Banner, ...], places: Former | None) -> Kit:
        made_of = f"{self._common.digest} {json.dumps(self._statics)}"
        redlines = self._common.redlines
        if places is None:
            return Kit(site, self._templates(), self._words, self._statics, shown, redlines)

        def former(path: str, key: str, passage: Any, made: Any) -> str:
            whole = hashlib.sha256(f"{made_of} {key}".encode()).hexdigest()
            return places.page(_file_of(path), up_from(path), whole, passage, made)

        again: FormerPages = former
        return Kit(site, self._templates(), self._words, self._statics, shown, redlines, again, UP)


def rendered(site: Site, overrides: Path | None, view: View) -> bytes:
    """One page as a build would write it, such as a comparison of two versions that are no neighbours."""
    statics = {name: f"static/{hashed_name(name, content)}" for name, content in static_files(overrides).items()}
    return page(view, _whole_kit(site, overrides, statics)).encode("utf-8")


def shown_banners(site: Site, overrides: Path | None) -> tuple[Banner, ...]:
    """The banners that the website shows now, with their words in every language."""
    return banners(site, cache(lambda language: strings(language, overrides)))


def words_of_notices(site: Site, overrides: Path | None) -> dict[str, NoticeWords]:
    """What each notice of the website says, by its id."""
    kit = _whole_kit(site, overrides, {})
    views = plan(site)
    found = {str(view.notice): notice_words(view, kit) for view in views if isinstance(view, NoticeView)}
    return found | {
        str(view.told.statement.id): statement_words(view, kit) for view in views if isinstance(view, StatementView)
    }


def _whole_kit(site: Site, overrides: Path | None, statics: Mapping[str, str]) -> Kit:
    words: Callable[[str], Strings] = cache(lambda language: strings(language, overrides))
    return Kit(site, environment(overrides), words, statics, banners(site, words))


def _counts_of(made: Made) -> dict[str, int]:
    """The numbers of changes that pages told, by the pair of texts."""
    pairs = [
        edition.comparison.key()
        for series in made.site.policies
        for version in series.versions
        for edition in version.editions
        if edition.comparison is not None
    ]
    return {pair: made.counts[pair] for pair in pairs if pair in made.counts}


def _paged(view: View, kit: Kit, twins: dict[tuple[object, ...], bytes]) -> bytes:
    """A page; where its twin under the address without a language was laid out just before, the same."""
    if not isinstance(view, (TextView, HistoryView)):
        return page(view, kit).encode("utf-8")
    where = (view.version.name, view.current, view.revision) if isinstance(view, TextView) else ()
    key = (type(view), *where, view.language)
    found = twins.pop(key, None)
    if found is None:
        found = page(view, kit).encode("utf-8")
        if not view.named:
            twins[key] = found
    return found


def _once(views: Iterator[View]) -> Iterator[View]:
    seen: set[str] = set()
    for view in views:
        path = path_of(view)
        if path not in seen:
            seen.add(path)
            yield view


def _file_of(path: str) -> str:
    return unquote(path).lstrip("/") + "index.html"
