"""What is around every page: titles, relations to other pages, the language switch; and what all pages share."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup

from publisher.domain.citation import Citation, history_path, notice_path, redline_path
from publisher.render.banners import banner_label, banner_links
from publisher.render.clauses import Pieces
from publisher.render.views import (
    Banner,
    HistoryView,
    HomeView,
    NoticeView,
    Published,
    RedlineView,
    Series,
    Site,
    StatementView,
    TextView,
    View,
)
from publisher.render.wording import Strings, comparison_name, language_name, text_direction

if TYPE_CHECKING:
    import jinja2

KNOWN_RELATIONS: Mapping[str, str] = {"privacy": "privacy-policy", "terms": "terms-of-service"}
"""Policies whose pages have a link relation of their own (RFC 6903)."""


Former = Callable[[str, str, Markup, Callable[[Markup], str]], str]
"""Makes a page from its former self: its path, the digest of all that it is made of but for one passage, that passage,
and what lays it out anew around a passage."""


def _made_anew(path: str, key: str, passage: Markup, made: Callable[[Markup], str]) -> str:
    del path, key
    return made(passage)


@dataclass(frozen=True, slots=True)
class Kit:
    """What every page is laid out with.

    `statics` gives each static file's path by its plain name; `up` stands for the way from a page to the top, where
    one layout serves pages at several depths; `pieces` are clauses as they were written on other pages.
    """

    site: Site
    templates: "jinja2.Environment"
    words: Callable[[str], Strings]
    statics: Mapping[str, str]
    banners: tuple[Banner, ...]
    redlines: bool = True
    former: Former = _made_anew
    up: str = ""
    pieces: Pieces = field(default_factory=dict)

    def linked(self, path: str) -> str:
        """A path of this site as pages link to it, below the base address's own path."""
        return urlsplit(self.site.base_url).path.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Relation:
    """A `<link>` in a page's head."""

    rel: str
    href: str
    hreflang: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A line of the language switch."""

    language: str
    name: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around a page's own content.

    `printed` and `proof` stand at the top and at the bottom of every sheet: what it is, and how to check it.
    """

    title: str
    language: str
    direction: str
    path: str
    up: str
    canonical: str
    indexed: bool
    relations: tuple[Relation, ...]
    switches: tuple[Switch, ...]
    printed: str
    proof: str
    banners: tuple[Banner, ...] = ()


def path_of(view: View) -> str:
    """The path under which a view is found."""
    language = view.language if view.named else None
    if isinstance(view, HomeView):
        return f"/{language}/" if language else "/"
    if isinstance(view, HistoryView):
        return history_path(view.series.name, language)
    if isinstance(view, NoticeView):
        return notice_path(view.series.name, str(view.notice), language)
    if isinstance(view, StatementView):
        return notice_path(view.series.name, str(view.told.statement.id), language)
    if isinstance(view, RedlineView):
        return redline_path(view.series.name, view.version.before or "", view.version.name, language)
    return Citation(view.series.name, None if view.current else view.version.name, language, view.revision).path


def frame_of(
    view: View,
    kit: Kit,
    title: str,
    languages: tuple[str, ...],
    *,
    indexed: bool,
    relations: Sequence[Relation],
    canonical: str | None = None,
    printed: str = "",
    proof: str = "",
) -> Frame:
    """What surrounds a page that exists in some languages, the first of which is the one without a name."""
    path = path_of(view)
    base = kit.site.base_url.rstrip("/")
    switches = tuple(
        Switch(
            language,
            language_name(language),
            kit.linked(path_of(replace(view, language=language, named=True))),
            language == view.language,
        )
        for language in languages
    )
    related = list(relations)
    lasting = isinstance(view, HomeView) or (isinstance(view, TextView) and view.current)
    if lasting:
        # Search engines are told of translations where the address stays and the text follows.
        for language in languages:
            there = path_of(replace(view, language=language, named=True))
            related.append(Relation("alternate", base + there, language))
        unnamed = path_of(replace(view, language=languages[0], named=False))
        related.append(Relation("alternate", base + unnamed, "x-default"))
    return Frame(
        title=title,
        language=view.language,
        direction=text_direction(view.language),
        path=path,
        up=kit.up or up_from(path),
        canonical=base + (canonical or path),
        indexed=indexed,
        relations=tuple(related),
        switches=switches,
        printed=printed or title,
        proof=proof or base + (canonical or path),
    )


def up_from(path: str) -> str:
    """The way from a page to the top of the site."""
    return "../" * (path.count("/") - 1)


def laid_out(template: str, kit: Kit, frame: Frame, words: Strings, **values: Any) -> str:
    """A page through its template."""
    return kit.templates.get_template(template).render(
        frame=frame,
        words=words,
        site=kit.site,
        linked=kit.linked,
        static=kit.statics,
        banner_label=banner_label,
        banner_links=banner_links,
        **values,
    )


def laid_out_again(
    template: str, kit: Kit, frame: Frame, words: Strings, *, of: str, passage: tuple[str, Markup], **values: Any
) -> str:
    """As `laid_out`, from the page's former self where only one passage of it differs.

    Args:
        template: the template's name.
        kit: what all pages share.
        frame: what is around the page.
        words: its labels.
        of: a digest of all that is not among the values as it is: values that are functions are called, for their
            result, only when the page is laid out anew.
        passage: the name of the value that may differ, and the value.
        values: what the template is given.
    """
    given = {name: value for name, value in values.items() if not callable(value)}
    made_of = repr(
        (template, replace(frame, path="", up=""), words.language, of, passage[0], sorted(given.items()), kit.redlines)
    )

    def made(standing: Markup) -> str:
        found = {name: value() if callable(value) else value for name, value in values.items()}
        return laid_out(template, kit, frame, words, **found, **{passage[0]: standing})

    if " at 0x" in made_of:
        return made(passage[1])
    return kit.former(frame.path, hashlib.sha256(made_of.encode()).hexdigest(), passage[1], made)


@dataclass(frozen=True, slots=True)
class Link:
    """What a page is called wherever a link leads there, and its address."""

    name: str
    href: str


def redline_of(series: Series, version: Published, language: str, words: Strings, kit: Kit) -> Link | None:
    """The comparison with the version before, for readers of a language; None when there is none."""
    edition = version.edition(language)
    if not kit.redlines or version.before is None or edition is None or edition.comparison is None:
        return None
    path = redline_path(series.name, version.before, version.name, language)
    return Link(comparison_name(version.before, version.name, words), kit.linked(path))
