"""The pages of the preview: values in, HTML out. Every word of a draft is escaped by the templates or the report."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.assessment import FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.domain.notice import Channel
from publisher.domain.review import graded, key_of
from publisher.errors import Fault
from publisher.render.banners import banner_label, banner_links, banners
from publisher.render.templates import environment, static_files, strings
from publisher.reports import Layout, html_fragment
from publisher.reports.phrases import LIMBS, summary
from publisher.workflow.preview import Draft, Listed
from publisher.workflow.preview_form import ADDED, added_before, field_of, mark_of, on_reader
from publisher.workflow.preview_reader import UNASKED
from publisher.workflow.review import kept, outcome

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

    from publisher.render.views import Banner, Site


def list_page(settings: Settings, listed: Sequence[Listed], faults: Sequence[Fault], *, state: int) -> str:
    """All drafts, as of a state of the files."""
    return _template(settings, "list").render(listed=listed, faults=faults, site=settings.site.name, state=state)


def draft_page(
    settings: Settings,
    draft: Draft,
    *,
    token: str,
    state: int,
    refused: Sequence[Fault] = (),
    given: Mapping[str, str] | None = None,
) -> str:
    """One draft whole; after a form that was sent and signed nothing, with the reasons and what had been filled in."""
    from markupsafe import Markup

    sheet = draft.sheet
    layout = Layout(context=1)
    signed = bool(sheet and sheet.review and sheet.review.sign_offs and not sheet.undecided and not sheet.reopened)
    return _template(settings, "draft").render(
        draft=draft,
        site=settings.site.name,
        token=token,
        state=state,
        reads=bool(settings.judge.command),
        on_reader=on_reader(sheet) if sheet else (),
        unasked=UNASKED,
        field_of=field_of,
        key_of=key_of,
        refused=refused,
        given=defaultdict(str, given or {}),
        redlines=[
            (language, Markup(html_fragment(comparison, layout)), summary(comparison.assessment))  # noqa: S704  escaped there
            for language, comparison in draft.compared
        ],
        standing=kept(sheet) if sheet else {},
        added=added_before(sheet) if sheet else (),
        mark=mark_of(sheet) if sheet else "",
        outcome=outcome(sheet, sheet.review) if sheet and sheet.review and signed else (),
        grade=graded(sheet.assessment, kept(sheet).values()) if sheet else None,
        material=Grade.MATERIAL,
        counts=[(name, draft.audience.of_channel(Channel(name))) for name in draft.policy.settings.channels]
        if draft.audience
        else [],
        new_ones=range(ADDED),
        limbs=LIMBS,
        kinds=tuple(FindingKind),
        sides=tuple(Side),
        limb_names=tuple(Limb),
        banner_languages=tuple(
            dict.fromkeys(
                language
                for banner in _banners(settings, draft.announced, draft.version.name)
                for language in banner.title
            )
        ),
    )


def banner_page(settings: Settings, site: "Site | None", version: str, language: str) -> str:
    """The banner of a version as it would be shown, alone on a page; empty when there would be none."""
    found = _banners(settings, site, version)
    if not found:
        return ""
    base = settings.site.base_url.rstrip("/")
    return _template(settings, "banner").render(
        banners=found,
        language=language,
        words=strings(language, settings.path("site")),
        linked=lambda path: base + path,
        banner_label=banner_label,
        banner_links=banner_links,
        css=_css(settings),
    )


def faults_page(settings: Settings | None, faults: Sequence[Fault], *, state: int) -> str:
    """Why nothing else can be shown."""
    return _template(settings, "faults").render(faults=faults, state=state)


def style(settings: Settings | None) -> str:
    """The preview's own style sheet."""
    return _template(settings, "preview.css").render()


def script() -> str:
    """The script that loads a page anew when a file was saved."""
    return _environment(None).get_template("preview/live.js").render()


def _banners(settings: Settings, site: "Site | None", version: str) -> "tuple[Banner, ...]":
    found = banners(site, lambda language: strings(language, settings.path("site"))) if site is not None else ()
    return tuple(banner for banner in found if banner.version == version)


def _css(settings: Settings) -> "Markup":
    from markupsafe import Markup

    return Markup(static_files(settings.path("site"))["banner.css"].decode("utf-8"))  # noqa: S704  our own file


def _template(settings: Settings | None, name: str) -> "jinja2.Template":
    file = name if "." in name else f"{name}.html"
    return _environment(settings).get_template(f"preview/{file}.j2")


def _environment(settings: Settings | None) -> "jinja2.Environment":
    return environment(settings.path("site") if settings is not None else None)
