"""A policy's published versions as the website shows them: texts and changes are read when a page needs them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from publisher import library, parse
from publisher.domain.assessment import FindingKind
from publisher.domain.change import ChangeSet, Grade
from publisher.domain.citation import Citation
from publisher.domain.clause import ClauseTree
from publisher.domain.ledger import LedgerEvent, recorded_clauses, recorded_texts
from publisher.domain.life import Standing
from publisher.domain.policy import Audience, Manuscript, Policy, PolicySettings, Version
from publisher.domain.review import Review
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place
from publisher.notices.audience import reach
from publisher.notices.plan import Links, Reason, reasons, told_changes
from publisher.render.views import Comparison, Edition, Published, Series, Told
from publisher.website.aliases import Aliases
from publisher.workflow.cumulative import since
from publisher.workflow.judged import Judged
from publisher.workflow.linked import compared_with
from publisher.workflow.statement_texts import spoken
from publisher.workflow.texts import Trees, assess_version, compared, former_tree, predecessor, published_trees
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.domain.notice import ToldChange

TREES_KEPT = 4
"""Texts of a policy that stay read at a time: a page needs at most two, and pages follow the versions' order."""


class _Texts:
    """A policy's published texts, read in turn. Neighbours share most of their words, and are read with one memory.

    Nothing here refers back to it, so that all of a policy's texts are given back as soon as its pages are written.
    """

    def __init__(
        self,
        policy: Policy,
        events: Sequence[LedgerEvent],
        versions: Sequence[str],
        counts: dict[str, int],
        judged: Judged,
    ) -> None:
        memory = parse.memory(shown=True)
        self.policy = policy
        self.events = events
        self.trees: Callable[[str], Trees] = lru_cache(maxsize=TREES_KEPT)(
            lambda version: published_trees(policy, events, version, memory)
        )
        self._changes: dict[tuple[str, str, str], ChangeSet] = {}
        self._versions = tuple(versions)
        self._aliases: dict[str, Aliases] = {}
        self._former: dict[tuple[str, str], Mapping[str, Sequence[str]]] = {}
        self._seen: dict[str, int] = {}
        self._titles: dict[tuple[str, str], str] = {}
        self._identities: dict[tuple[str, str], str] = {}
        self._counts = counts
        self.judged = judged

    def tree(self, version: str, language: str) -> ClauseTree:
        """One text's clauses."""
        return self.trees(version)[language]

    def changes(self, old: str, new: str, language: str) -> ChangeSet:
        """What differs between two texts; the last ones asked for are kept."""
        key = (old, new, language)
        found = self._changes.pop(key, None)
        if found is None:
            found = compared(self.tree(old, language), self.tree(new, language))
        self._changes[key] = found
        if len(self._changes) > TREES_KEPT:
            del self._changes[next(iter(self._changes))]
        return found

    def title(self, version: str, language: str) -> str:
        """What a text calls itself."""
        key = (version, language)
        if key not in self._titles:
            self._titles[key] = self.tree(version, language).title
        return self._titles[key]

    def identity(self, version: str, language: str) -> str:
        """The digest of what a text's tree is made of: its file, the authoritative one's, and the ledger's ids."""
        key = (version, language)
        if key not in self._identities:
            found = self.policy.version(version)
            spoken = (language, self.policy.settings.language)
            digests = [text.digest for name in spoken if found and (text := found.text(name))]
            ids = [entry.id for entry in recorded_clauses(self.events, version)]
            made_of = repr((spoken, digests, ids))
            self._identities[key] = hashlib.sha256(made_of.encode()).hexdigest()
        return self._identities[key]

    def pair(self, old: str, new: str, language: str) -> str:
        """The digest of two texts compared."""
        return f"{self.identity(old, language)} {self.identity(new, language)}"

    def count(self, old: str, new: str, language: str) -> int:
        """How many changes there are between two texts, counted once for as long as neither changes."""
        key = self.pair(old, new, language)
        if key not in self._counts:
            self._counts[key] = len(self.changes(old, new, language).changes)
        return self._counts[key]

    def speaks(self, version: str, language: str) -> bool:
        """Whether a version has a text in a language."""
        found = self.policy.version(version)
        return found is not None and found.text(language) is not None

    def former(self, version: str, language: str) -> Mapping[str, Sequence[str]]:
        """The ids of earlier texts that a text no longer has; see `Aliases`."""
        known = self._aliases.setdefault(language, Aliases())
        for place in range(self._seen.get(language, 0), self._versions.index(version) + 1):
            name = self._versions[place]
            trees = self.trees(name)
            self._titles.update({(name, spoken): tree.title for spoken, tree in trees.items()})
            if language in trees:
                self._former[name, language] = known.of(trees[language])
            for shown in dict.fromkeys((self.policy.settings.language, language)):
                if shown in trees:
                    known.remember(trees[shown])
            self._seen[language] = place + 1
        return self._former[version, language]


def series_of(
    workspace: Workspace,
    policy: Policy,
    found: Sequence[Standing],
    faults: list[Fault],
    *,
    now: datetime,
    redlines: bool = True,
    counts: dict[str, int] | None = None,
    judged: Judged | None = None,
) -> Series | None:
    """A policy's versions as they stand, and what was said under it until `now`.

    None, and the reasons in `faults`, where texts are missing or altered.

    Without `redlines` versions are only compared where readers are told why a change is material. `counts` are numbers
    of changes by the pair of texts, as they were counted before; those counted now join them. `judged` knows what
    earlier builds found material.
    """
    events = workspace.events(policy.name)
    altered = [fault for standing in found for fault in _altered(policy, standing)]
    if altered or not found:
        faults.extend(altered)
        return None
    counts = {} if counts is None else counts
    texts = _Texts(policy, events, [standing.version for standing in found], counts, judged or Judged())
    versions = tuple(_published(workspace, policy, events, standing, texts) for standing in found)
    told = tuple(
        Told(statement, {text.language: spoken(text).tree for text in statement.texts})
        for statement in workspace.statements.get(policy.name, ())
        if statement.sent <= now
    )
    series = Series(policy.settings, tuple(events), versions, statements=told)
    return replace(series, compared=tuple(_compared(series))) if redlines else series


def _compared(series: Series) -> Iterator[Published]:
    """The comparisons with older versions than the one before that notices lead to."""
    for version in series.versions:
        for known in compared_with(series.events, version.name):
            found = since(series, series.version(known), version) if known != version.before else None
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
    texts: _Texts,
) -> Published:
    version = policy.version(standing.version)
    event = release_of(events, standing.version)
    if version is None or event is None:
        raise LookupError(f"{policy.name} {standing.version} is not both in the ledger and in its folder")
    settings = event.settings or policy.settings
    before = predecessor(events, standing.version)
    review = library.read_review(workspace.settings.root / version.folder)[0] if before is not None else None
    reasoned = _reasons(texts, standing, before, review)
    released = dict(standing.texts)
    languages = [language for language in (settings.language, *released) if language in released]
    editions = []
    for language in dict.fromkeys(languages):
        text = version.text(language)
        if text is not None:
            editions.append(_edition(text, before, texts, reasoned))
    former = _former(version, events, texts)
    audiences = _audiences(settings, review, [name for name in (standing.version, before) if name], texts)
    consents = frozenset[FindingKind]()
    if standing.consent_needed:
        # It loads every rule.
        from publisher.workflow.consent import consent_kinds

        consents = consent_kinds(policy, settings)
    return Published(standing, settings, tuple(editions), before, former, audiences, consents)


def _audiences(
    settings: PolicySettings, review: Review | None, versions: Sequence[str], texts: _Texts
) -> tuple[Audience, ...]:
    """The audiences whom a version's changes concern, as they were signed; none of them: everyone bound."""
    if not settings.audiences or review is None or review.audience is None:
        return ()
    told = reach(settings, review.audience.clauses, [texts.tree(name, settings.language) for name in versions])
    names = frozenset(member.name for member in told.audiences or ())
    return tuple(audience for audience in settings.audiences if audience.name in names)


def _former(version: Version, events: Sequence[LedgerEvent], texts: _Texts) -> tuple[Edition, ...]:
    """The texts as they were before corrections, under the ids of those that took their place."""
    recorded = recorded_texts(events, version.name)
    found = [
        text
        for text in version.revisions
        if version.text(text.language) is not None and text.digest in recorded.get(text.language, ())[:-1]
    ]
    return tuple(_former_edition(text, texts) for text in found)


def _former_edition(text: Manuscript, texts: _Texts) -> Edition:
    read = partial(_former_tree, text, texts)
    return Edition(text, read, lambda: read().title, partial(texts.identity, text.version, text.language))


def _former_tree(text: Manuscript, texts: _Texts) -> ClauseTree:
    return former_tree(text, texts.tree(text.version, text.language))


def _reasons(texts: _Texts, standing: Standing, before: str | None, review: Review | None) -> tuple[Reason, ...]:
    """Why a version is material, as people signed it; nothing for versions that are not."""
    if before is None or review is None or standing.grade is not Grade.MATERIAL:
        return ()
    policy, version = texts.policy, standing.version

    def found() -> tuple[Reason, ...]:
        assessment = assess_version(policy, texts.events, version, before)
        return reasons(assessment.findings, review) if assessment else ()

    language, regimes, terms = policy.settings.language, policy.settings.regimes, policy.settings.terms
    made_of = (texts.pair(before, version, language), language, regimes, terms, review.decisions)
    return texts.judged.reasons(made_of, found)


def _edition(text: Manuscript, before: str | None, texts: _Texts, reasoned: Sequence[Reason]) -> Edition:
    version, language = text.version, text.language
    comparison = None
    told: tuple[ToldChange, ...] = ()
    if before and texts.speaks(before, language):
        comparison = Comparison(
            partial(texts.tree, before, language),
            partial(texts.changes, before, version, language),
            partial(texts.pair, before, version, language),
            partial(texts.count, before, version, language),
        )
    if reasoned:
        links = Links(new="", old=Citation(texts.policy.name, before, language).path if before else "")
        changes = comparison.changes() if comparison else None
        old = comparison.old() if comparison else None
        told = told_changes(reasoned, changes, texts.tree(version, language), old, links)
    return Edition(
        text,
        partial(texts.tree, version, language),
        partial(texts.title, version, language),
        partial(texts.identity, version, language),
        comparison,
        told,
        partial(texts.former, version, language),
    )
