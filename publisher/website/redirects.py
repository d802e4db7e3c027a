"""Old addresses of an organisation's pages: a page in place of each, and rules for servers that can do better."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from publisher.domain.citation import Citation
from publisher.domain.policy import is_language, is_version
from publisher.render.pages import path_of
from publisher.render.views import TextView
from publisher.website.missing import FILE as MISSING
from publisher.website.plan import plan

if TYPE_CHECKING:
    from publisher.render.frame import Kit
    from publisher.render.views import Site

RULES = "_redirects"
"""Rules as Netlify, Cloudflare Pages and their like read them; `publisher serve` follows them too."""

NGINX = "redirects.nginx.conf"
"""The same rules, to be included into nginx's server block."""

_SHEETS = ("site.css", "theme.css")
_TAKEN = ("static/", "api/", "timegate/", "timemap/")
_FIXED = ("banners.json", "banner.html", "banner.js", MISSING, RULES, NGINX)
_OF_A_POLICY = ("feed.atom", "feed.json", "versions.json", "calendar.ics")


def redirect_files(kit: "Kit", language: str) -> Iterator[tuple[str, bytes]]:
    """The files for the site's redirects, whose pages speak one language; none where there are no redirects."""
    site = kit.site
    if not site.redirects:
        return
    template = kit.templates.get_template("redirect.html.j2")
    words, base = kit.words(language), site.base_url.rstrip("/")
    rules: list[str] = []
    blocks = ["# Include this into the server block.\n"]
    for old, new in site.redirects:
        href, there = kit.linked(_quoted(new)), base + _quoted(new)
        page = template.render(
            site=site,
            words=words,
            language=language,
            href=href,
            canonical=there,
            icon=kit.linked(f"/{kit.statics['icon.svg']}"),
            sheets=tuple(kit.linked(f"/{kit.statics[name]}") for name in _SHEETS if name in kit.statics),
            home=kit.linked(f"/{language}/"),
        )
        yield file_of(old), page.encode("utf-8")
        rules.append(f"{kit.linked(_quoted(old))} {href} 301\n")
        blocks.append(f'location = "{kit.linked(old)}" {{ return 301 "{href}"; }}\n')
    yield RULES, "".join(rules).encode("utf-8")
    yield NGINX, "".join(blocks).encode("utf-8")


def wrong_redirects(site: "Site", policies: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Redirects that stand where something else is, or lead to nothing: the old path, what is wrong, the remedy.

    `policies` are the names of all policies, those that are not published yet too.
    """
    if not site.redirects:
        return
    views = {unquote(path_of(view)): view for view in plan(site)}
    taken = {path.lstrip("/") + "index.html" for path in views} | {*_FIXED}
    taken.update(f"{language}/banner.html" for language in site.languages)
    files = {file_of(old): old for old, _ in reversed(site.redirects)}
    names = frozenset(policies)
    for old, new in site.redirects:
        file = file_of(old)
        if (
            file in taken
            or file.startswith(_TAKEN)
            or _ours(file, names)
            or any(part in taken for part in _above(file))
        ):
            yield old, f"At '{old}' there is a page of this site, or will be.", "Delete the line."
        elif files[file] != old:
            yield old, f"'{old}' and '{files[file]}' are the same page.", "Keep one of the two lines."
        elif any(part in files for part in _above(file)):
            yield old, f"'{old}' lies below another old page that is a file.", "Keep one of the two lines."
        target, _, clause = new.partition("#")
        view = views.get(target if target.endswith("/") else target + "/")
        if view is None:
            hint = Citation(site.policies[0].name).path if site.policies else "/"
            yield old, f"'{old}' leads to '{new}', and there is no such page.", f"Name a page, such as {hint}"
        elif clause and isinstance(view, TextView) and not _has(view, clause):
            yield old, f"'{old}' leads to '{new}', and that page has no such clause.", "Name a clause of that text."


def file_of(old: str) -> str:
    """The file, relative to the website's folder, that stands for an old path."""
    path = old.strip("/")
    named = "." in path.rpartition("/")[2] and not old.endswith("/")
    return path if named else f"{path}/index.html"


def _ours(file: str, policies: frozenset[str]) -> bool:
    """Whether a path below a policy is, or may become, one of its pages or files."""
    policy, _, rest = file.partition("/")
    part = rest.partition("/")[0]
    known = part in ("index.html", "history", "notices", *_OF_A_POLICY)
    return policy in policies and (known or "..." in part or is_version(part) or is_language(part))


def _has(view: TextView, clause: str) -> bool:
    edition = view.version.edition(view.language) or view.version.authoritative
    return clause in edition.tree.by_id() or any(clause in names for names in edition.former().values())


def _above(file: str) -> Iterator[str]:
    parts = file.split("/")
    yield from ("/".join(parts[:count]) for count in range(1, len(parts)))


def _quoted(path: str) -> str:
    return quote(path, safe="/#~().-_")
