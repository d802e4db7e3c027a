"""The site's files as bytes: identical for identical input."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.render.banners import banner_css, banners, banners_json
from publisher.render.notice_page import NoticeWords, notice_words
from publisher.render.pages import Kit, banner_fragment, page, path_of
from publisher.render.programs import files_for_programs
from publisher.render.statement_page import statement_words
from publisher.render.templates import environment, hashed_name, static_files, strings
from publisher.render.views import Banner, NoticeView, Site, StatementView, View
from publisher.website.plan import plan
from publisher.website.redirects import redirect_files
from publisher.website.squeezing import squeezed
from publisher.website.swap import Swapped, swap

if TYPE_CHECKING:
    from publisher.render.wording import Strings


def build(site: Site, output: Path, overrides: Path | None, *, redlines: bool = True) -> Swapped:
    """Writes the whole website into `output`, which readers see change from whole old to whole new.

    Raises:
        PublisherError: the folder holds things that are not ours, or cannot be written.
    """
    return swap(output, files(site, overrides, redlines=redlines))


def files(site: Site, overrides: Path | None, *, redlines: bool = True) -> Iterator[tuple[str, bytes]]:
    """Every file of the website by its path relative to the output folder."""
    held = dict(static_files(overrides))
    script = held.pop("banner.js")
    statics = {name: f"static/{hashed_name(name, content)}" for name, content in held.items()}
    kit = _kit(site, overrides, statics, redlines=redlines)
    for name, content in held.items():
        yield statics[name], content
    for view in plan(site, redlines=redlines):
        yield _file_of(path_of(view)), page(view, kit).encode("utf-8")
    yield from files_for_programs(site, kit.words)
    yield "banners.json", banners_json(kit.banners, kit.words).encode("utf-8")
    yield "banner.js", squeezed(script.decode("utf-8")).encode("utf-8")
    yield "banner.css", banner_css(held["banner.css"], kit.banners)
    yield "banner.html", banner_fragment(kit, site.languages[0]).encode("utf-8")
    for language in site.languages:
        yield f"{language}/banner.html", banner_fragment(kit, language).encode("utf-8")
    yield from redirect_files(kit)


def rendered(site: Site, overrides: Path | None, view: View) -> bytes:
    """One page as a build would write it, such as a comparison of two versions that are no neighbours."""
    statics = {name: f"static/{hashed_name(name, content)}" for name, content in static_files(overrides).items()}
    return page(view, _kit(site, overrides, statics, redlines=True)).encode("utf-8")


def shown_banners(site: Site, overrides: Path | None) -> tuple[Banner, ...]:
    """The banners that the website shows now, with their words in every language."""
    return banners(site, cache(lambda language: strings(language, overrides)))


def words_of_notices(site: Site, overrides: Path | None) -> dict[str, NoticeWords]:
    """What each notice of the website says, by its id."""
    kit = _kit(site, overrides, {}, redlines=True)
    views = plan(site)
    found = {str(view.notice): notice_words(view, kit) for view in views if isinstance(view, NoticeView)}
    return found | {
        str(view.told.statement.id): statement_words(view, kit) for view in views if isinstance(view, StatementView)
    }


def _kit(site: Site, overrides: Path | None, statics: Mapping[str, str], *, redlines: bool) -> Kit:
    words: Callable[[str], Strings] = cache(lambda language: strings(language, overrides))
    return Kit(site, environment(overrides), words, statics, banners(site, words), redlines)


def _file_of(path: str) -> str:
    return unquote(path).lstrip("/") + "index.html"
