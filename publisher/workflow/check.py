"""Everything that is wrong with a workspace, at once: told from files alone, the store is never opened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from publisher import library, parse
from publisher.domain.ledger import LedgerEvent, clause_digest, recorded_clauses, recorded_texts
from publisher.domain.notice import Channel
from publisher.domain.policy import Policy, Version, version_number
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, PublisherError, Severity
from publisher.workflow.audience import syntax_faults
from publisher.workflow.build import site_of
from publisher.workflow.check_dates import date_faults
from publisher.workflow.check_promises import promise_faults
from publisher.workflow.check_reviews import review_faults
from publisher.workflow.redirects import redirect_faults
from publisher.workflow.settings_changes import front_matter_changes, settings_changes
from publisher.workflow.texts import Trees, draft_trees, parsed, released_trees
from publisher.workflow.translations import translation_faults
from publisher.workflow.workspace import Workspace


def check_workspace(workspace: Workspace, *, now: datetime, only: str | None = None) -> tuple[Fault, ...]:
    """All faults of texts, ledgers, dates, translations and reviews, by file and line, each told once.

    Args:
        workspace: what the files say.
        now: the instant by which dates are past or to come.
        only: the one policy to check; left out, all.

    Raises:
        PublisherError: there is no policy `only`.
    """
    faults = [fault for fault in workspace.faults if only is None or _below(fault, f"policies/{only}")]
    if only is not None and not faults:
        workspace.policy(only)
    if only is not None:
        faults.extend(fault for fault in workspace.faults if _below(fault, "packs"))
    elif workspace.settings.site.redirects:
        faults.extend(_redirect_faults(workspace, now))
    for policy in workspace.policies:
        if only is None or policy.name == only:
            faults.extend(_policy_faults(workspace, policy, now))
    return ordered(faults)


def _redirect_faults(workspace: Workspace, now: datetime) -> tuple[Fault, ...]:
    try:
        return redirect_faults(site_of(workspace, now=now), workspace)
    except PublisherError:
        # What keeps the site from being planned is told by the checks of the policies.
        return ()


def ordered(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults by file and line, errors before warnings of the same line, each once."""
    severities = tuple(Severity)
    return tuple(
        sorted(
            dict.fromkeys(faults),
            key=lambda fault: (
                fault.place.file or "",
                fault.place.line or 0,
                severities.index(fault.severity),
                fault.place.column or 0,
                fault.code,
                fault.message,
            ),
        )
    )


def released_text_faults(policy: Policy, events: Sequence[LedgerEvent]) -> tuple[Fault, ...]:
    """Released texts that are no longer what the ledger says: edited, swapped with another version's, or gone."""
    faults: list[Fault] = []
    names = dict.fromkeys(event.version for event in events if event.version is not None)
    for name in sorted((name for name in names if release_of(events, name)), key=version_number):
        version = policy.version(name)
        recorded = recorded_texts(events, name)
        if version is None:
            faults.append(
                Fault(
                    "released-missing",
                    f"The ledger holds {name}, and its folder is gone.",
                    "Restore it from version control.",
                    Place(f"{policy.folder}/{name}"),
                )
            )
            continue
        for language, digests in recorded.items():
            text = version.text(language)
            if text is not None and text.digest != digests[-1]:
                faults.append(_edited(policy, events, version, language))
            faults.extend(_former_faults(version, language, digests))
    return tuple(faults)


def _edited(policy: Policy, events: Sequence[LedgerEvent], version: Version, language: str) -> Fault:
    text = version.text(language)
    if text is None or release_of(events, version.name) is None:
        raise LookupError(f"{version.name} is not released in {language}")
    former = library.former_path(text, len(recorded_texts(events, version.name)[language]))
    remedy = (
        f"Restore it from version control (git checkout -- {text.path}), and write what should change into the next"
        f" version (publisher draft {policy.name} begins it)."
        f" If only words were mended: keep the former text as {former}, then run publisher correct."
    )
    what, line = "", 1
    if language == policy.settings.language:
        recorded = recorded_clauses(events, version.name)
        kept = {entry.digest for entry in recorded}
        clauses = [placed.clause for placed in parsed(text).walk()]
        present = {clause_digest(clause.text) for clause in clauses}
        altered = [entry.number or entry.id for entry in recorded if entry.digest not in present]
        fresh = [clause for clause in clauses if clause_digest(clause.text) not in kept]
        named = list(dict.fromkeys([*altered, *(clause.number or clause.id for clause in fresh)]))
        what = f": {_listed(named)}" if named else ": its front matter, markup or order"
        line = fresh[0].line if fresh else 1
    return Fault(
        "released-edited",
        f"The released text of {policy.name} {version.name} in {language} was changed{what}.",
        remedy,
        Place(text.path, line),
    )


def _former_faults(version: Version, language: str, digests: Sequence[str]) -> Iterator[Fault]:
    """Old revisions of a text: each must lie in its folder as the ledger has it."""
    former = {text.revision: text for text in version.revisions if text.language == language}
    for number, digest in enumerate(digests[:-1], start=1):
        path = f"{version.folder}/revisions/{number}/{language}.md"
        text = former.pop(number, None)
        if text is None or text.digest != digest:
            yield Fault(
                "released-missing" if text is None else "released-edited",
                f"Revision {number} of {version.name} in {language} is {'gone' if text is None else 'changed'}.",
                "Restore it from version control.",
                Place(path, None if text is None else 1),
            )
    for number, text in former.items():
        yield Fault(
            "revision-unknown",
            f"The ledger knows no revision {number} of {version.name} in {language}.",
            "Delete the file, or restore the ledger.",
            Place(text.path),
        )


def _policy_faults(workspace: Workspace, policy: Policy, now: datetime) -> Iterator[Fault]:
    events = workspace.events(policy.name)
    yield from released_text_faults(policy, events)
    for version in policy.versions:
        yield from _version_faults(policy, events, version)
    yield from _audience_faults(workspace, policy, events)
    yield from date_faults(policy, events, now)
    yield from review_faults(workspace, policy, now)
    yield from settings_changes(workspace, policy)
    yield from _webhook_faults(workspace, policy)
    yield from front_matter_changes(policy, events)


def _webhook_faults(workspace: Workspace, policy: Policy) -> Iterator[Fault]:
    """A channel that has no address to call; its secret may lie where `check` is not run."""
    if Channel.WEBHOOK not in policy.settings.channels:
        return
    from publisher.delivery.webhook import url_fault

    url = workspace.settings.webhook.url
    fault = url_fault(url)
    if fault:
        yield Fault(
            "webhook-settings",
            f"The channel webhook has {f'an address that cannot be called: {fault}' if url else 'no address to call'}.",
            "Write [webhook] url in publisher.toml (https://host/path), or take webhook out of channels.",
            library.setting_place(workspace.settings.root, policy.name, "channels"),
        )


def _version_faults(policy: Policy, events: Sequence[LedgerEvent], version: Version) -> Iterator[Fault]:
    """What is wrong with the words of a version. Of a released one it is only told: its text stays as it is."""
    for spoilt in version.spoilt:
        words = parse.parse(spoilt.body, spoilt.language, first_line=spoilt.body_line)
        yield from (fault.at(spoilt.path) for fault in words.faults)
    trees = _trees(policy, events, version)
    if trees is None:
        for manuscript in version.texts:
            yield from parsed(manuscript).faults
        return
    found = [fault for tree in trees.values() for fault in tree.faults]
    for language, tree in trees.items():
        text = version.text(language)
        found.extend(fault.at(text.path if text else version.folder) for fault in parse.text_faults(tree))
    found.extend(translation_faults(policy, version, trees))
    found.extend(promise_faults(policy, events, version, trees))
    if release_of(events, version.name) is None:
        yield from found
        return
    for fault in found:
        yield replace(
            fault,
            severity=Severity.WARNING,
            remedy=f"{version.name} is released and stays as it is; mend it in the next version.",
        )


def _trees(policy: Policy, events: Sequence[LedgerEvent], version: Version) -> Trees | None:
    try:
        if release_of(events, version.name) is not None:
            return released_trees(policy, events, version.name)
        return draft_trees(policy, events, version.name)
    except LookupError:  # its own text is missing or unreadable, or that of the version before it: told already
        return None


def _audience_faults(workspace: Workspace, policy: Policy, events: Sequence[LedgerEvent]) -> Iterator[Fault]:
    """Conditions that cannot be read, and audiences for clauses that no text has."""
    yield from syntax_faults(workspace, policy)
    known = {entry.id for event in events for entry in event.clauses}
    for version in policy.versions:
        if release_of(events, version.name) is None:
            trees = _trees(policy, events, version)
            if trees is None:
                return
            known.update(trees[policy.settings.language].by_id())
    for audience in policy.settings.audiences:
        for clause in audience.clauses:
            if clause not in known:
                yield Fault(
                    "audience-clause-unknown",
                    f"The audience '{audience.name}' is about clause {clause}, which no text has.",
                    "Name clauses by the ids that the website shows.",
                    library.setting_place(workspace.settings.root, policy.name, "audience"),
                    Severity.WARNING,
                )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown


def _below(fault: Fault, folder: str) -> bool:
    file = fault.place.file or ""
    return file == folder or file.startswith(folder + "/")
