"""A version's page, and the page that compares it with the version before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from publisher.domain.change import Grade
from publisher.domain.citation import Citation, history_path, redline_path
from publisher.domain.life import DATED, PENDING, State
from publisher.domain.policy import version_number
from publisher.render.clauses import contents, text_html
from publisher.render.frame import KNOWN_RELATIONS, Kit, Link, Relation, frame_of, laid_out, laid_out_again, redline_of
from publisher.render.glance import MOST_NAMED, changes_heading, named_changes, told_at_a_glance
from publisher.render.linked_data import linked_data
from publisher.render.means import means, means_link
from publisher.render.notice_page import notices_of
from publisher.render.points import Point, gravity, points_of, summary_html
from publisher.render.redlines import Block, Line, judged_tags, plain_changes, redline_blocks
from publisher.render.status import announced_day, contact_link, day_html, readable_language, status
from publisher.render.views import Edition, Published, RedlineView, Series, TextView
from publisher.render.wording import Strings, comparison_name, language_named, text_direction, version_name

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Step:
    """A link to a neighbour: what it is, what it is called, where it is."""

    role: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A version in the version picker; `redline` compares it with the one before."""

    name: str
    href: str
    here: bool
    state: str
    effective: "Markup"
    redline: Link | None


MOST_PICKED = 7
"""Versions that the picker offers: the newest, and the one that is shown; the history has them all."""


def text_page(view: TextView, kit: Kit) -> str:
    """A version in one language."""
    series, version = view.series, view.version
    words = kit.words(view.language)
    spoken = readable_language(version, view.language)
    revisions = version.revisions(spoken)
    edition = version.edition(spoken) or version.authoritative
    replaced = view.revision is not None and view.revision != edition.text.revision
    if replaced:
        edition = next(old for old in revisions if old.text.revision == view.revision)
    titled = edition.title or series.settings.title
    number = version_number(version.name)
    applying = series.applying
    at_present = applying is not None and applying.name == version.name
    frame = frame_of(
        view,
        kit,
        titled if view.current else words.say("page.version_of", policy=titled, number=number),
        _languages(view),
        indexed=view.revision is None and (view.current or version.standing.state in DATED),
        relations=_version_relations(series, version, view.language, kit),
        canonical=Citation(series.name, None if view.current else version.name, view.language, view.revision).path,
        printed=words.say("page.version_of", policy=titled, number=number),
        proof=edition.text.digest,
    )
    if at_present and view.revision is None:
        frame = replace(frame, banners=tuple(entry for entry in kit.banners if series.name in entry.policies))
    old_path = kit.linked(Citation(series.name, version.before, spoken).path) if version.before else ""
    # Old versions' changes are left to their redlines, so that a long history is not compared for them again.
    recent = version.standing.state in PENDING | {State.IN_FORCE}
    comparison = edition.comparison
    judged = _judged(version, edition) if recent else {}
    named = named_changes(comparison.changes(), edition.told, old_path, judged) if comparison and recent else ()
    compared = comparison is not None and (kit.redlines or recent or bool(edition.told))
    changed = comparison.count() if comparison and compared else 0
    previous, following = _neighbours(series, version, view.language, words, kit)
    prevails = version.authoritative.language
    return laid_out(
        "version.html.j2",
        kit,
        frame,
        words,
        title=titled,
        linked_data=linked_data(kit.site, series, version, edition, titled) if not replaced else "",
        state="corrected" if replaced else version.standing.state.value,
        number=number,
        status=status(series, version, words, view.language, kit.linked),
        effective=day_html(version.standing.effective, view.language),
        means=(meaning := None if replaced else means(series, version, edition, words, view.language, kit)),
        points=() if meaning and meaning.quoted else points_of(version, edition),
        summary=summary_html(edition),
        edition=edition,
        spoken=spoken,
        spoken_direction=text_direction(spoken),
        missing=language_named(view.language, view.language) if spoken != view.language else "",
        shown_language=language_named(spoken, view.language),
        prevails=language_named(prevails, view.language) if len(version.languages) > 1 else "",
        translated=spoken != prevails,
        body=text_html(edition.tree, words, edition.former(), kit.pieces),
        contents=contents(edition.tree),
        compared=compared,
        announced=announced_day(version, view.language),
        changes_heading=changes_heading(version, words, view.language),
        told=told_at_a_glance(edition.told, words, kit),
        named=named[:MOST_NAMED],
        more=max(0, changed - len(edition.told) - sum(each.count for each in named[:MOST_NAMED])) if named else 0,
        changes=changed,
        versions=_versions(view, words, kit),
        notices=notices_of(series, version, words, view.language, kit),
        before=version_name(version.before, words) if version.before else "",
        redline=redline_of(series, version, spoken, words, kit),
        after=_after(series, version, view.language, words, kit),
        permalink=kit.site.base_url.rstrip("/") + Citation(series.name, version.name, spoken, view.revision).path,
        replaced=kit.linked(Citation(series.name, version.name, spoken).path) if replaced else "",
        revisions=tuple(
            Step("", words.say("page.revision", number=old.text.revision), kit.linked(_revision_path(view, old)))
            for old in revisions
        ),
        revised=bool(revisions) and view.revision is None,
        steps=tuple(step for step in (previous, following, _current_step(view, words, kit)) if step),
        history=kit.linked(history_path(series.name, view.language)),
        contact=version.settings.contact,
        contact_link=contact_link(version.settings.contact),
        witnessed=version.standing.witnessed,
        harmless=version.standing.grade in (Grade.EDITORIAL, Grade.CLARIFICATION),
    )


def _judged(version: Published, edition: Edition) -> Mapping[str, tuple[str, ...]]:
    """What happened to each clause in the authoritative language, for a translation that is compared."""
    judged = version.authoritative.comparison
    return judged_tags(judged.changes().changes) if judged is not None and edition is not version.authoritative else {}


def _after(series: Series, version: Published, language: str, words: Strings, kit: Kit) -> Link | None:
    """What changed, or will change, in the version that follows this one; None while that has no date or none came."""
    following = series.version(version.standing.successor)
    unsure = (State.HELD, State.WITHDRAWN)
    if following is None or following.before != version.name or following.standing.state in unsure:
        return None
    return redline_of(series, following, readable_language(following, language), words, kit)


def _languages(view: TextView) -> tuple[str, ...]:
    """The languages that the page's address exists in."""
    if view.current:
        return view.series.languages
    if view.revision is None:
        return view.version.languages
    return tuple(
        language
        for language in view.version.languages
        if any(old.text.revision == view.revision for old in view.version.revisions(language))
    )


def _versions(view: TextView, words: Strings, kit: Kit) -> tuple[Picked, ...]:
    series = view.series
    newest = series.versions[-MOST_PICKED:]
    shown = newest if any(view.version.name == each.name for each in newest) else (view.version, *newest)
    return tuple(_picked(series, version, view, words, kit) for version in reversed(shown))


def _picked(series: Series, version: Published, view: TextView, words: Strings, kit: Kit) -> Picked:
    language = readable_language(version, view.language)
    return Picked(
        words.say("page.version", number=version_number(version.name)),
        kit.linked(Citation(series.name, version.name, language).path),
        version.name == view.version.name,
        version.standing.state.value,
        day_html(version.standing.effective, view.language),
        redline_of(series, version, language, words, kit),
    )


def _revision_path(view: TextView, old: Edition) -> str:
    return Citation(view.series.name, view.version.name, old.language, old.text.revision).path


def redline_page(view: RedlineView, kit: Kit) -> str:
    """The changes from the version before, or from an older one."""
    series, version = view.series, view.version
    words = kit.words(view.language)
    edition = version.edition(view.language)
    if edition is None or edition.comparison is None or version.before is None:
        raise ValueError(f"{series.name} {version.name} has nothing to compare in {view.language}")
    titled = edition.title or series.settings.title
    old, new = version_name(version.before, words), version_name(version.name, words)
    languages = tuple(entry.language for entry in version.editions if entry.comparison is not None)
    frame = frame_of(
        view,
        kit,
        words.say("redline.title", policy=titled, old=old, new=new),
        languages,
        indexed=False,
        relations=[
            Relation("version-history", kit.linked(history_path(series.name, view.language))),
            Relation("predecessor-version", kit.linked(Citation(series.name, version.before, view.language).path)),
            Relation("successor-version", kit.linked(Citation(series.name, version.name, view.language).path)),
        ],
        canonical=redline_path(series.name, version.before, version.name, view.language),
    )
    prevails = version.authoritative.language
    compared = edition.comparison
    judged = version.authoritative.comparison
    passed = _passed(series, version, view.language)

    @cache
    def marked() -> tuple[Block, ...]:
        labels = _judged(version, edition)
        told = compared.told() if compared.told is not None else edition.told
        return redline_blocks(compared.old(), edition.tree, compared.changes().changes, told, labels)

    def listed() -> tuple[Line, ...]:
        return tuple(line for block in marked() for line in block.lines if line.change)

    def worst() -> tuple[Line, ...]:
        return tuple(sorted(listed(), key=lambda line: gravity(line.reasons)))

    return laid_out_again(
        "redline.html.j2",
        kit,
        frame,
        words,
        title=titled,
        heading=comparison_name(version.before, version.name, words),
        prevails=language_named(prevails, view.language) if len(languages) > 1 else "",
        translated=view.language != prevails,
        of=f"{compared.key()} {judged.key() if judged else ''} {edition.told!r} {passed!r}",
        passage=("status", status(series, version, words, view.language, kit.linked)),
        state=version.standing.state.value,
        blocks=marked,
        listed=worst,
        means=means_link(series, version, view.language, words, kit),
        summaries=lambda: tuple(_summaries([name for name, _ in passed], series, view.language, words, kit)),
        old_href=kit.linked(Citation(series.name, version.before, view.language).path),
        new_href=kit.linked(Citation(series.name, version.name, view.language).path),
        old_digest=_digest(series, version.before, view.language),
        new_digest=edition.text.digest,
        old_name=old,
        new_name=new,
        history=kit.linked(history_path(series.name, view.language)),
        plain=lambda: plain_changes(listed(), words),
    )


def _passed(series: Series, version: Published, language: str) -> tuple[tuple[str, str], ...]:
    """Each version after the old one, and the digest of its text, which says of itself what it changes."""
    after = version_number(version.before) if version.before else 0
    return tuple(
        (entry.name, edition.text.digest)
        for entry in series.versions
        if after < version_number(entry.name) <= version_number(version.name)
        and (entry.name == version.name or entry.standing.state is not State.WITHDRAWN)
        and (edition := entry.edition(language)) is not None
    )


def _summaries(
    passed: Sequence[str], series: Series, language: str, words: Strings, kit: Kit
) -> "Iterator[tuple[str, Markup, tuple[Point, ...]]]":
    """What each of some versions says of itself, under its name where there are several."""
    for name in passed:
        entry = series.version(name)
        edition = entry.edition(language) if entry else None
        if entry is None or edition is None:
            continue
        base = kit.linked(Citation(series.name, name, language).path)
        named = version_name(name, words) if len(passed) > 1 else ""
        yield named, summary_html(edition, base), points_of(entry, edition, base)


def _digest(series: Series, version: str, language: str) -> str:
    found = series.version(version)
    edition = found.edition(language) if found else None
    return edition.text.digest if edition else ""


def _neighbours(
    series: Series, version: Published, language: str, words: Strings, kit: Kit
) -> tuple[Step | None, Step | None]:
    before, after = series.beside(version)
    return (
        _step("page.previous", series, before, language, words, kit),
        _step("page.next", series, after, language, words, kit),
    )


def _step(role: str, series: Series, version: Published | None, language: str, words: Strings, kit: Kit) -> Step | None:
    if version is None:
        return None
    path = Citation(series.name, version.name, readable_language(version, language)).path
    return Step(words[role], words.say("page.version", number=version_number(version.name)), kit.linked(path))


def _current_step(view: TextView, words: Strings, kit: Kit) -> Step | None:
    applying = view.series.applying
    if applying is None or (applying.name == view.version.name and view.current):
        return None
    path = Citation(view.series.name, language=view.language).path
    name = words.say("page.version", number=version_number(applying.name))
    return Step(words["page.current"], name, kit.linked(path))


def _version_relations(series: Series, version: Published, language: str, kit: Kit) -> list[Relation]:
    before, after = series.beside(version)
    relations = [
        Relation("latest-version", kit.linked(Citation(series.name, language=language).path)),
        Relation("version-history", kit.linked(history_path(series.name, language))),
    ]
    if before is not None:
        path = Citation(series.name, before.name, readable_language(before, language)).path
        relations.append(Relation("predecessor-version", kit.linked(path)))
    if after is not None:
        path = Citation(series.name, after.name, readable_language(after, language)).path
        relations.append(Relation("successor-version", kit.linked(path)))
    if series.name in KNOWN_RELATIONS:
        relations.append(Relation(KNOWN_RELATIONS[series.name], kit.linked(Citation(series.name).path)))
    return relations
