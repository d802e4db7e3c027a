"""Builds the website from the texts and ledgers alone; never opens the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.change import Grade
from publisher.domain.citation import Citation
from publisher.domain.ledger import LedgerEvent, recorded_texts
from publisher.domain.life import PENDING, Standing, State
from publisher.domain.policy import Audience, Manuscript, Policy, PolicySettings, Version
from publisher.domain.review import Review
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, PublisherError, errors_only
from publisher.notices.audience import reach
from publisher.notices.plan import Links, Reason, reasons, told_changes
from publisher.render.views import Edition, Published, Series, Site, Told
from publisher.website.build import build as build_site
from publisher.website.plan import aliases
from publisher.workflow.cumulative import since
from publisher.workflow.redirects import redirect_faults
from publisher.workflow.statement_texts import spoken
from publisher.workflow.telling import readers_know
from publisher.workflow.texts import Trees, assess_version, changes_between, former_tree, predecessor, released_trees
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.domain.clause import ClauseTree


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: pages and other files in all, how many differ from before, how many went."""

    pages: int
    changed: int
    removed: int
    output: str


def build(workspace: Workspace, *, now: datetime, redlines: bool = True) -> BuildReport:
    """Builds the whole website as it is at `now`.

    Raises:
        PublisherError: a released text is missing or not the one in the ledger, or a redirect leads to nothing; the
            old website stays then.
    """
    site = site_of(workspace, now=now)
    settings = workspace.settings
    wrong = redirect_faults(site, workspace)
    if wrong:
        raise PublisherError(wrong)
    done = build_site(site, settings.output, settings.path("site"), redlines=redlines)
    return BuildReport(done.files, done.changed, done.removed, str(settings.output))


def site_of(workspace: Workspace, *, now: datetime) -> Site:
    """Everything that the website shows at `now`.

    Raises:
        PublisherError: with every released text that is missing or altered.
    """
    faults = [fault for fault in errors_only(workspace.faults) if _hides_a_policy(fault)]
    series = [
        found
        for policy in workspace.policies
        if (found := _series(workspace, policy, workspace.standings(policy, now), faults, now)) is not None
    ]
    if faults:
        raise PublisherError(faults)
    settings = workspace.settings
    redirects = tuple(settings.site.redirects.items())
    return Site(settings.site.name, settings.site.base_url, tuple(series), settings.email.sender, redirects, now)


def _hides_a_policy(fault: Fault) -> bool:
    """Whether a fault would let a policy, or what its ledger says, vanish from the site unnoticed."""
    file = fault.place.file or ""
    return file == "policies" or file.endswith(("/policy.toml", "/ledger.jsonl")) or "/notices/" in file


def _series(
    workspace: Workspace, policy: Policy, found: Sequence[Standing], faults: list[Fault], now: datetime
) -> Series | None:
    events = workspace.events(policy.name)
    altered = [fault for standing in found for fault in _altered(policy, standing)]
    if altered or not found:
        faults.extend(altered)
        return None
    trees = {standing.version: released_trees(policy, events, standing.version) for standing in found}
    versions = tuple(_published(workspace, policy, events, standing, trees) for standing in found)
    told = tuple(
        Told(statement, {text.language: spoken(text).tree for text in statement.texts})
        for statement in workspace.statements.get(policy.name, ())
        if statement.sent <= now
    )
    series = Series(policy.settings, tuple(events), versions, statements=told)
    return replace(series, compared=tuple(_compared(series)))


def _compared(series: Series) -> Iterator[Published]:
    """The comparisons that mails link to, while their version comes or applies."""
    for version in series.versions:
        if version.standing.notice is None or version.standing.state not in PENDING | {State.IN_FORCE}:
            continue
        for known in readers_know(series.events, version.name)[1:]:
            found = since(series, series.version(known), version)
            if found is not None:
                yield found


def _altered(policy: Policy, standing: Standing) -> list[Fault]:
    """Released texts that are not there, or are not those that the ledger names."""
    version = policy.version(standing.version)
    faults: list[Fault] = []
    for language, digest in standing.texts:
        text = version.text(language) if version else None
        name = f"{policy.name} {standing.version}"
        if text is None:
            place = Place(f"{policy.folder}/{standing.version}/{language}.md")
            message = f"The text of {name} in {language} is in the ledger, but its file is not there."
            faults.append(Fault("released-missing", message, "Restore the file from version control.", place))
        elif text.digest != digest:
            message = f"This is not the text of {name} that was released: its digest is not the ledger's."
            remedy = "Restore the file from version control; a new wording is a new version."
            faults.append(Fault("released-altered", message, remedy, Place(text.path)))
    return faults


def _published(
    workspace: Workspace,
    policy: Policy,
    events: Sequence[LedgerEvent],
    standing: Standing,
    trees: dict[str, Trees],
) -> Published:
    version = policy.version(standing.version)
    event = release_of(events, standing.version)
    if version is None or event is None:
        raise LookupError(f"{policy.name} {standing.version} is not both in the ledger and in its folder")
    settings = event.settings or policy.settings
    before = predecessor(events, standing.version)
    review = library.read_review(workspace.settings.root / version.folder)[0] if before is not None else None
    reasoned = _reasons(policy, events, standing, before, review)
    released = dict(standing.texts)
    languages = [language for language in (settings.language, *released) if language in released]
    editions = []
    for language in dict.fromkeys(languages):
        text = version.text(language)
        if text is not None:
            editions.append(_edition(policy, text, before, trees, reasoned))
    former = _former(version, events, trees[standing.version])
    audiences = _audiences(settings, review, [trees[name] for name in (standing.version, before) if name])
    return Published(standing, settings, tuple(editions), before, former, audiences)


def _audiences(settings: PolicySettings, review: Review | None, texts: Sequence[Trees]) -> tuple[Audience, ...]:
    """The audiences whom a version's changes concern, as they were signed; none of them: everyone bound."""
    if not settings.audiences or review is None or review.audience is None:
        return ()
    told = reach(settings, review.audience.clauses, [trees[settings.language] for trees in texts])
    names = frozenset(member.name for member in told.audiences or ())
    return tuple(audience for audience in settings.audiences if audience.name in names)


def _former(version: Version, events: Sequence[LedgerEvent], trees: Trees) -> tuple[Edition, ...]:
    """The texts as they were before corrections, under the ids of those that took their place."""
    recorded = recorded_texts(events, version.name)
    found = [
        text
        for text in version.revisions
        if text.language in trees and text.digest in recorded.get(text.language, ())[:-1]
    ]
    return tuple(Edition(text, former_tree(text, trees[text.language])) for text in found)


def _reasons(
    policy: Policy, events: Sequence[LedgerEvent], standing: Standing, before: str | None, review: Review | None
) -> tuple[Reason, ...]:
    """Why a version is material, as people signed it; nothing for versions that are not."""
    if before is None or review is None or standing.grade is not Grade.MATERIAL:
        return ()
    assessment = assess_version(policy, events, standing.version, before)
    return reasons(assessment.findings, review) if assessment else ()


def _edition(
    policy: Policy, text: Manuscript, before: str | None, trees: dict[str, Trees], reasoned: Sequence[Reason]
) -> Edition:
    language = text.language
    tree = trees[text.version][language]
    earlier: list[ClauseTree] = []
    for version, found in trees.items():
        if version == text.version:
            break
        earlier.extend(found[name] for name in (policy.settings.language, language) if name in found)
    old = trees[before] if before else {}
    changes = changes_between(old, trees[text.version], language)
    links = Links(new="", old=Citation(policy.name, before, language).path if before else "")
    told = told_changes(reasoned, changes, tree, old.get(language), links) if reasoned else ()
    return Edition(text, tree, old.get(language), changes, told, aliases(tree, earlier))
