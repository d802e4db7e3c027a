"""Pages as HTML: from a view to the whole document."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from publisher.domain.citation import Citation, history_path
from publisher.domain.days import local_date
from publisher.domain.emergency import early_of
from publisher.domain.ledger import EventKind
from publisher.domain.life import APPLIED, DATED, Standing, State
from publisher.domain.policy import version_number
from publisher.render.banners import banner_label, banner_links
from publisher.render.frame import KNOWN_RELATIONS, Kit, Link, Relation, frame_of, laid_out, path_of, redline_of
from publisher.render.means import means_link
from publisher.render.notice_page import notice_page, notices_of
from publisher.render.points import Point, gravest, points_of, summary_html
from publisher.render.statement_page import statement_page
from publisher.render.status import announced_day, day_html, instant_html, readable_language, status
from publisher.render.text_pages import redline_page, text_page
from publisher.render.views import HistoryView, HomeView, NoticeView, Published, Series, StatementView, TextView, View
from publisher.render.wording import Strings, early_words

if TYPE_CHECKING:
    from publisher.domain.assessment import FindingKind
    from publisher.render.notice_page import Sent

__all__ = ["Card", "Front", "Kit", "banner_fragment", "card", "home", "page", "path_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """A version in a list of versions; `effective` and `announced` say what happens on their day."""

    version: Published
    name: str
    state: str
    status: "Markup"
    effective: "Markup"
    announced: "Markup | None"
    summary: "Markup"
    points: tuple[Point, ...]
    href: str
    means: Link | None
    redline: Link | None
    reasons: tuple["FindingKind", ...]
    notes: tuple[tuple[str, str], ...]
    events: tuple["Markup", ...]
    notices: tuple["Sent", ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A version on its way, on the homepage; `summary` is empty where a banner says it already.

    `redline` is the address of what `changes`, under its name; both are empty where nothing is compared.
    """

    state: str
    told: "Markup"
    summary: str
    href: str
    means: Link | None
    redline: str
    changes: str


@dataclass(frozen=True, slots=True)
class Card:
    """A policy on the homepage."""

    title: str
    href: str
    summary: str
    announced: "Markup | None"
    language: str
    applies: "Markup"
    upcoming: tuple[Coming, ...]
    history: str
    count: str


@dataclass(frozen=True, slots=True)
class Front:
    """What the homepage is made of: the policies' names, the site's languages, a card for each policy by language."""

    policies: tuple[str, ...]
    languages: tuple[str, ...]
    cards: Mapping[str, tuple[Card, ...]]


def page(view: View, kit: Kit) -> str:
    """The whole document for a view."""
    if isinstance(view, HomeView):
        languages = kit.site.languages
        cards = {view.language: tuple(card(series, view.language, kit) for series in kit.site.policies)}
        return home(view, Front(tuple(series.name for series in kit.site.policies), languages, cards), kit)
    if isinstance(view, TextView):
        return text_page(view, kit)
    if isinstance(view, HistoryView):
        return _history(view, kit)
    if isinstance(view, NoticeView):
        return notice_page(view, kit)
    if isinstance(view, StatementView):
        return statement_page(view, kit)
    return redline_page(view, kit)


def banner_fragment(kit: Kit, language: str) -> str:
    """The banners of the homepage alone, to be included into somebody else's page; links are absolute."""
    site = kit.site
    base = site.base_url.rstrip("/")

    def linked(path: str) -> str:
        return base + path

    return kit.templates.get_template("banner.html.j2").render(
        banners=kit.banners,
        words=kit.words(language),
        language=language,
        linked=linked,
        static=kit.statics,
        banner_label=banner_label,
        banner_links=banner_links,
    )


def home(view: HomeView, front: Front, kit: Kit) -> str:
    """The homepage."""
    words = kit.words(view.language)
    relations = [
        Relation(KNOWN_RELATIONS[name], kit.linked(Citation(name).path))
        for name in front.policies
        if name in KNOWN_RELATIONS
    ]
    frame = frame_of(view, kit, kit.site.name, front.languages, indexed=True, relations=relations)
    # What is about to change is what somebody comes for.
    cards = sorted(front.cards[view.language], key=lambda card: not card.upcoming)
    return laid_out("home.html.j2", kit, replace(frame, banners=kit.banners), words, cards=cards)


def card(series: Series, language: str, kit: Kit) -> Card:
    """A policy as the homepage shows it."""
    words = kit.words(language)
    shown = series.shown
    spoken = readable_language(shown, language)
    edition = shown.edition(spoken) or shown.authoritative
    applying = series.applying
    if applying is None:
        applies = words.html("home.applies_nothing")
    else:
        standing = applying.standing
        end = instant_html(standing.ends, series.settings.timezone, language) if standing.ends else ""
        key = "home.applies_until" if end else "home.applies"
        number = version_number(applying.name)
        applies = words.html(key, number=number, date=day_html(standing.effective, language), end=end)
    count = len(series.versions)
    return Card(
        title=series.title(spoken),
        href=kit.linked(Citation(series.name, language=language).path),
        summary=edition.text.front.summary,
        language=spoken,
        applies=applies,
        announced=announced_day(shown, language),
        upcoming=tuple(_coming(series, version, language, words, kit) for version in series.coming),
        history=kit.linked(history_path(series.name, language)),
        count=words["home.versions_one"] if count == 1 else words.say("home.versions", count=count),
    )


def _coming(series: Series, version: Published, language: str, words: Strings, kit: Kit) -> Coming:
    key = "home.upcoming_held" if version.standing.state is State.HELD else "home.upcoming"
    readable = readable_language(version, language)
    edition = version.edition(readable) or version.authoritative
    redline = redline_of(series, version, readable, words, kit)
    told = any(series.name in banner.policies and banner.version == version.name for banner in kit.banners)
    return Coming(
        version.standing.state.value,
        words.html(key, number=version_number(version.name), date=day_html(version.standing.effective, language)),
        "" if told else edition.text.front.summary,
        kit.linked(Citation(series.name, version.name, readable).path),
        means_link(series, version, language, words, kit),
        redline.href if redline else "",
        redline.name if redline else "",
    )


def _history(view: HistoryView, kit: Kit) -> str:
    series = view.series
    words = kit.words(view.language)
    titled = series.title(readable_language(series.shown, view.language))
    frame = frame_of(
        view,
        kit,
        words.say("history.title", policy=titled),
        series.languages,
        indexed=True,
        relations=[Relation("latest-version", kit.linked(Citation(series.name, language=view.language).path))],
        canonical=history_path(series.name, view.language),
    )
    rows = tuple(_row(series, version, view.language, words, kit) for version in reversed(series.versions))
    return laid_out(
        "history.html.j2",
        kit,
        frame,
        words,
        title=titled,
        policy=series.name,
        rows=rows,
        policy_path=kit.linked(Citation(series.name, language=view.language).path),
        feed=kit.linked(f"/{series.name}/feed.atom"),
        served=view.served,
        versions_json=kit.linked(f"/{series.name}/versions.json"),
    )


def _row(series: Series, version: Published, language: str, words: Strings, kit: Kit) -> Row:
    spoken = readable_language(version, language)
    edition = version.edition(spoken) or version.authoritative
    standing = version.standing
    href = kit.linked(Citation(series.name, version.name, spoken).path)
    return Row(
        version=version,
        name=words.say("page.version", number=version_number(version.name)),
        state=standing.state.value,
        status=status(series, version, words, language, kit.linked),
        effective=words.html(f"history.{_applies(standing)}", date=day_html(standing.effective, language)),
        announced=_announced(series, version, words, language),
        summary=summary_html(edition, href),
        points=points_of(version, edition, href),
        href=href,
        means=means_link(series, version, language, words, kit),
        redline=redline_of(series, version, spoken, words, kit),
        reasons=gravest(kind for change in edition.told for kind in change.reasons),
        notes=tuple((change.where, change.public_note) for change in edition.told if change.public_note),
        events=_happened(series, version, words, language),
        notices=notices_of(series, version, words, language, kit),
    )


def _applies(standing: Standing) -> str:
    """What a version's day is: that from which it applies or applied, one to come, or one that came to nothing."""
    if standing.state in DATED:
        return "coming"
    return "from" if standing.state in APPLIED and standing.ends != standing.starts else "planned"


def _announced(series: Series, version: Published, words: Strings, language: str) -> "Markup | None":
    """When it was; not known of a version that came before the record."""
    standing = version.standing
    if not standing.witnessed:
        return None
    return words.html(
        "history.announced", date=day_html(local_date(standing.announced, series.settings.timezone), language)
    )


def _happened(series: Series, version: Published, words: Strings, language: str) -> "tuple[Markup, ...]":
    """What followed the announcement, as far as the status does not say it already.

    Reasons are given in one language: a page in another one leaves them to the notice, which says in which.
    """
    told: list[Markup] = []
    spoken = language == version.settings.language
    early = early_of(series.events, version.name) if version.standing.state not in DATED else None
    for event in series.events:
        if event.version != version.name:
            continue
        at = day_html(local_date(event.at, series.settings.timezone), language)
        if event.kind is EventKind.POSTPONE and event.effective:
            sentence = words.html("history.postponed", at=at, date=day_html(event.effective, language))
        elif event.kind is EventKind.RELEASE and early is not None:
            told.append(Markup.escape(early_words(early if spoken else replace(early, reason=""), words)))
            continue
        elif event.kind is EventKind.WITHDRAW:
            sentence = words.html("history.withdrawn", at=at)
        elif event.kind is EventKind.CORRECT and event.texts:
            sentence = words.html("history.corrected", at=at)
        else:
            continue
        told.append(words.html("history.because", told=sentence, reason=event.reason) if spoken else sentence)
    return tuple(told)
