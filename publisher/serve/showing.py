"""Pages of the server's own, for people: in their language, with a way on. Programs get the same answers as JSON."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.config import Settings
from publisher.domain.citation import Citation, history_path
from publisher.domain.policy import version_number
from publisher.languages import best_match
from publisher.render.templates import environment, strings, text_direction
from publisher.serve.replies import GUARDED, JSON, Headers, Reply, Scope, header
from publisher.workflow.on_demand import sides
from publisher.workflow.snapshot import Snapshot

if TYPE_CHECKING:
    import jinja2

_DEFAULT = "en"
_LONGEST = 500
"""Characters of Accept-Language that are looked at."""

_TROUBLES = {404: "absent", 429: "often", 503: "busy"}
"""What a page says of each status; other refusals are met by programs alone."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as that decides how they are answered.

    Attributes:
        path: of the request, below the site's own.
        accepts: the header Accept.
        languages: the header Accept-Language.
    """

    path: str
    accepts: str
    languages: str

    @property
    def is_person(self) -> bool:
        """Whether a page is wanted: what browsers say where somebody follows a link or sends a form."""
        return "text/html" in self.accepts


def asker_of(scope: Scope, path: str) -> Asker:
    """Who sent a request."""
    accepts, languages = (header(scope, name) or b"" for name in (b"accept", b"accept-language"))
    return Asker(path, accepts.decode("latin-1"), languages.decode("latin-1"))


def for_people(settings: Settings, pages: Snapshot, asker: Asker, reply: Reply) -> Reply:
    """A refusal as a page, where a person meets it; any other answer as it is."""
    what = _TROUBLES.get(reply.status)
    if what is None or not asker.is_person or (b"content-type", JSON) not in reply.headers:
        return reply
    return trouble(settings, pages, asker, what, reply.status, _lasting(reply))


def uncompared(settings: Settings, pages: Snapshot, asker: Asker, why: str) -> Reply:
    """That two versions are too `long` to be compared by a server, or the `same` one; with the way to each."""
    compared = dict.fromkeys(sides(asker.path) or ())
    links = [(citation.path, version_number(citation.version or "")) for citation in compared]
    return trouble(settings, pages, asker, why, 404, (), versions=links)


def undated(settings: Settings, pages: Snapshot, asker: Asker, policy: str, given: str, language: str) -> Reply:
    """The box of a history once more, for a day that was no date."""
    return trouble(settings, pages, asker, "date", 400, (), wanted=language, policy=policy, given=given[:40])


def trouble(
    settings: Settings,
    pages: Snapshot,
    asker: Asker,
    what: str,
    status: int,
    headers: Headers,
    *,
    wanted: str = "",
    **values: object,
) -> Reply:
    """A page that says what went wrong and where to go on.

    Args:
        settings: the workspace's settings.
        pages: the website, for its languages, its style sheet and what there is to go on to.
        asker: who asks.
        what: which words it says.
        status: of the answer.
        headers: more of them, such as Retry-After.
        wanted: the language that the request named; left out, one that the path names, else the asker's.
        values: what else the template needs.
    """
    spoken = pages.languages or (_DEFAULT,)
    named = next((part for part in (wanted, *asker.path.split("/")[:5]) if part in spoken), None)
    language = named or best_language(asker.languages, spoken)
    policy = asker.path.strip("/").partition("/")[0]
    history = next((path for path in (history_path(policy, language),) if pages.find(path) is not None), None)
    links = {"home": f"/{language}/", "history": history, "text": Citation(policy).path if history else None}
    known = {"versions": (), "policy": "", "given": "", **values}
    return shown(settings, pages, language, "trouble.html.j2", status, headers, what=what, **links, **known)


def shown(
    settings: Settings,
    pages: Snapshot,
    language: str,
    template: str,
    status: int,
    headers: Headers = (),
    **values: object,
) -> Reply:
    """A page of a template; nobody keeps it, since it is about one request."""
    overrides = settings.path("site")
    body = _template(overrides, pages.digest, template).render(
        words=strings(language, overrides),
        language=language,
        direction=text_direction(language),
        site=settings.site,
        below=urlsplit(settings.site.base_url).path.rstrip("/"),
        styles=pages.styles,
        **values,
    )
    about = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode("ascii")),
        (b"cache-control", b"private, no-store"),
        (b"vary", b"accept, accept-language"),
    )
    return Reply(status, (*about, *headers, *GUARDED), body.encode("utf-8"))


def best_language(languages: str, available: tuple[str, ...]) -> str:
    """The first language that a reader names and that there is; else the first there is."""
    for part in languages[:_LONGEST].split(","):
        wanted = part.partition(";")[0].strip()
        if wanted and (found := best_match(wanted, available, "")):
            return found
    return available[0]


def _lasting(reply: Reply) -> Headers:
    """What a page keeps of an answer in JSON: all but what says what its body is, and who may keep it."""
    said = dict(reply.headers)
    return tuple((name, said[name]) for name in (b"retry-after", b"allow") if name in said)


@lru_cache(maxsize=8)
def _template(overrides: Path, _build: bytes, name: str) -> "jinja2.Template":
    """Compiled once for each build, which may come with other templates."""
    return environment(overrides).get_template(name)
