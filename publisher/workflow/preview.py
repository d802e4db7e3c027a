"""What the person who edits a draft is shown: faults in their place, changes and findings, mail and banner."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.citation import Citation
from publisher.domain.policy import Policy, Version
from publisher.errors import Fault, PublisherError
from publisher.workflow.audience import Shown, refuse_unknown_columns, shown
from publisher.workflow.build import site_of
from publisher.workflow.check import check_workspace
from publisher.workflow.comparing import compare_cited
from publisher.workflow.preview_reader import Reader
from publisher.workflow.release import plan_release, unreleased
from publisher.workflow.review import Sheet, kept, open_sheet
from publisher.workflow.showing import ShownNotice, show_notice
from publisher.workflow.texts import predecessor
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.domain.assessment import Finding
    from publisher.domain.comparison import Comparison
    from publisher.render.views import Site
    from publisher.store.engine import Store

Stores = Callable[[Settings], AbstractContextManager["Store | None"]]
"""Opens the store of a workspace, or gives None when there is none yet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft in the list of all: the version and how many faults stop it, or only warn."""

    policy: Policy
    version: Version
    before: str | None
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a text with what is to be said of it."""

    number: int
    words: str
    faults: tuple[Fault, ...] = ()
    findings: "tuple[Finding, ...]" = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A text as it lies in its file."""

    language: str
    path: str
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is not released, as far as its files can be read.

    Attributes:
        before: the version that it is compared with; None: it is the first.
        faults: what `check` says of it, its policy and its packs.
        compared: its changes by language, the authoritative one first; none where it cannot be compared.
        sheet: the review, or None: then `closed` says why it cannot be held.
        audience: whom a notice would tell, as decided so far.
        mails: the notice in each language, or `unsent`, why there is none.
        announced: the site as it would be with this version announced now, for its banner; None without.
    """

    policy: Policy
    version: Version
    before: str | None
    faults: tuple[Fault, ...]
    sources: tuple[Source, ...]
    compared: "tuple[tuple[str, Comparison], ...]"
    sheet: Sheet | None
    closed: tuple[Fault, ...]
    audience: Shown | None
    mails: tuple[ShownNotice, ...]
    unsent: tuple[Fault, ...]
    announced: "Site | None"


def drafts(workspace: Workspace, *, now: datetime) -> tuple[Listed, ...]:
    """Every version that is not in the ledger, the newest of each policy first."""
    found: list[Listed] = []
    for policy in workspace.policies:
        events = workspace.events(policy.name)
        waiting = unreleased(policy, events)
        told = check_workspace(workspace, now=now, only=policy.name) if waiting else ()
        for version in reversed(waiting):
            own = [fault for fault in told if (fault.place.file or "").startswith(version.folder + "/")]
            errors = sum(fault.severity == "error" for fault in own)
            before = predecessor(events, version.name)
            found.append(Listed(policy, version, before, errors, len(own) - errors))
    return tuple(found)


def look_at(
    workspace: Workspace, policy_name: str, version_name: str, stores: Stores, reader: Reader, *, now: datetime
) -> Draft:
    """A draft with everything that can be said of it; what cannot is told as faults.

    Raises:
        PublisherError: there is no such version, or it is released.
    """
    policy, version = workspace.policy(policy_name), workspace.version(policy_name, version_name)
    told = check_workspace(workspace, now=now, only=policy_name)
    faults = tuple(fault for fault in told if _concerns(fault, policy, version))
    before = predecessor(workspace.events(policy_name), version_name)
    sheet, closed = _sheet(workspace, (policy, version), stores, reader, told, now)
    compared = _compared(workspace, policy, version, before, sheet)
    audience = _audience(workspace, policy, sheet, stores)
    mails, unsent = _mails(workspace, policy, version, now)
    findings = sheet.assessment.findings if sheet else compared[0][1].assessment.findings if compared else ()
    return Draft(
        policy=policy,
        version=version,
        before=before,
        faults=faults,
        sources=tuple(_source(policy, version, compared, faults, findings)),
        compared=compared,
        sheet=sheet,
        closed=closed,
        audience=audience,
        mails=mails if before else (),
        unsent=unsent if before else (),
        announced=announced(workspace, policy, version, now=now),
    )


def _sheet(
    workspace: Workspace,
    names: tuple[Policy, Version],
    stores: Stores,
    reader: Reader,
    told: tuple[Fault, ...],
    now: datetime,
) -> tuple[Sheet | None, tuple[Fault, ...]]:
    policy, version = names
    try:
        sheet = open_sheet(workspace, policy.name, version.name, now=now, told=told, reading=reader)
        with stores(workspace.settings) as store:
            refuse_unknown_columns(workspace, policy, store)
    except PublisherError as refused:
        return None, refused.faults
    return sheet, ()


def _compared(
    workspace: Workspace, policy: Policy, version: Version, before: str | None, sheet: Sheet | None
) -> "tuple[tuple[str, Comparison], ...]":
    if before is None:
        return ()
    found: list[tuple[str, Comparison]] = []
    for language in policy.settings.all_languages:
        try:
            comparison = compare_cited(
                workspace, Citation(policy.name, before), Citation(policy.name, version.name), language=language
            )
        except (PublisherError, LookupError):
            continue  # what is missing or unreadable is among the faults
        if language != policy.settings.language:
            comparison = replace(comparison, assessment=replace(comparison.assessment, findings=()))
        elif sheet is not None:
            comparison = replace(comparison, assessment=sheet.assessment)
        found.append((language, comparison))
    return tuple(found)


def _audience(workspace: Workspace, policy: Policy, sheet: Sheet | None, stores: Stores) -> Shown | None:
    if sheet is None:
        return None
    with stores(workspace.settings) as store:
        return shown(policy, sheet.version.name, sheet.reach(kept(sheet).values()), store)


def _mails(
    workspace: Workspace, policy: Policy, version: Version, now: datetime
) -> tuple[tuple[ShownNotice, ...], tuple[Fault, ...]]:
    found: list[ShownNotice] = []
    for language in policy.settings.all_languages:
        if version.text(language) is None:
            continue
        try:
            found.append(show_notice(workspace, policy.name, version.name, language=language, now=now))
        except PublisherError as told:
            return tuple(found), told.faults
    return tuple(found), ()


def announced(workspace: Workspace, policy: Policy, version: Version, *, now: datetime) -> "Site | None":
    """The policy's site as it would be had the version been announced this moment; nothing is recorded."""
    events = workspace.events(policy.name)
    if version.text(policy.settings.language) is None:
        return None
    review, _ = library.read_review(workspace.settings.root / version.folder)
    try:
        release, _ = plan_release(policy, version, events, review, now)
        alone = replace(
            workspace,
            policies=(policy,),
            ledgers={**workspace.ledgers, policy.name: (*events, release.event)},
        )
        return site_of(alone, now=now)
    except (PublisherError, LookupError):
        return None  # what is wrong is among the faults


def _source(
    policy: Policy,
    version: Version,
    compared: "Iterable[tuple[str, Comparison]]",
    faults: tuple[Fault, ...],
    findings: "tuple[Finding, ...]",
) -> Iterable[Source]:
    trees = {language: comparison.new.tree for language, comparison in compared}
    for text in version.texts:
        said: dict[int, list[Fault]] = {}
        for fault in faults:
            if fault.place.file == text.path and fault.place.line:
                said.setdefault(fault.place.line, []).append(fault)
        seen: dict[int, list[Finding]] = {}
        if text.language == policy.settings.language and text.language in trees:
            ends = {placed.clause.id: placed.clause.end_line for placed in trees[text.language].walk()}
            for finding in findings:
                if finding.clause in ends and finding.side == "new":
                    seen.setdefault(ends[finding.clause], []).append(finding)
        lines = text.source.removesuffix("\n").split("\n")
        yield Source(
            text.language,
            text.path,
            tuple(
                SourceLine(number, words, tuple(said.get(number, ())), tuple(seen.get(number, ())))
                for number, words in enumerate(lines, start=1)
            ),
        )


def _concerns(fault: Fault, policy: Policy, version: Version) -> bool:
    file = fault.place.file or ""
    below = (version.folder + "/", "packs/", f"{policy.folder}/policy.toml", f"{policy.folder}/ledger.jsonl")
    return file.startswith(below) or file == version.folder
