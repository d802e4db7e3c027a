"""Any two texts compared: versions, in any language and revision, with each other or with loose files."""

from collections.abc import Sequence

from publisher import diff, parse
from publisher.assessing import compare_trees
from publisher.domain.citation import Citation
from publisher.domain.clause import ClauseTree
from publisher.domain.comparison import ComparedText, Comparison, LooseText
from publisher.domain.digest import digest_of
from publisher.domain.frontmatter import divide_any, normal_line_ends
from publisher.domain.ledger import LedgerEvent
from publisher.domain.policy import Manuscript, Policy, Version, version_number
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, PublisherError, errors_only
from publisher.workflow.texts import Trees, carried_trees, former_tree, released_trees
from publisher.workflow.workspace import Workspace


def compare_cited(
    workspace: Workspace,
    old: Citation | LooseText,
    new: Citation | LooseText,
    *,
    language: str | None = None,
    regimes: Sequence[str] = (),
) -> Comparison:
    """Two texts, at least one of them a version of a policy, under the ids of its ledger.

    Args:
        workspace: where the versions are.
        old: the text before.
        new: the text after, of the same policy when both are versions.
        language: of both; left out, the one that a citation names, else the policy's authoritative one.
        regimes: under which they are judged; left out, the policy's.

    Raises:
        PublisherError: there is no such policy, version, language or revision, or its text cannot be read.
    """
    cited = [text for text in (old, new) if isinstance(text, Citation)]
    policy = workspace.policy(cited[0].policy)
    events = workspace.events(policy.name)
    spoken = language or next((text.language for text in cited if text.language), policy.settings.language)
    _refuse_what_is_not_there(workspace, policy, cited, spoken)
    trees = _chain(policy, events, [text.version or "" for text in cited])
    known = [_cited_text(policy, text, trees[text.version or ""], spoken) for text in cited]
    used = frozenset(entry.id for event in events for entry in event.clauses)
    sides: list[tuple[ComparedText, str]] = []
    for text in (old, new):
        if isinstance(text, Citation):
            sides.append(known[cited.index(text)])
        else:
            sides.append(_loose_text(text, known[0][0].tree, spoken, used))
    return compare_trees(
        sides[0][0],
        sides[1][0],
        digests=(sides[0][1], sides[1][1]),
        regimes=regimes or policy.settings.regimes,
        terms=policy.settings.terms,
        packs=policy.packs,
    )


def _chain(policy: Policy, events: Sequence[LedgerEvent], wanted: Sequence[str]) -> dict[str, Trees]:
    """The trees of some versions: of those in the ledger under its ids, of drafts carried on from each to the next."""
    found: dict[str, Trees] = {}
    released = next((entry.name for entry in policy.versions if _in_ledger(policy, events, entry)), None)
    latest: Trees | None = None
    drafted: set[str] = set()
    last = max(wanted, key=version_number)
    for version in policy.versions:
        if version_number(version.name) > version_number(last):
            break
        if _in_ledger(policy, events, version):
            # Read only where it is wanted, or where a draft goes on from it: a policy may have hundreds of versions.
            released, latest = version.name, None
            if version.name in wanted:
                found[version.name] = latest = released_trees(policy, events, version.name)
        elif version.text(policy.settings.language) is not None:
            if latest is None and released is not None:
                latest = released_trees(policy, events, released)
            latest = carried_trees(policy, events, version.name, latest, frozenset(drafted))
            drafted.update(latest[policy.settings.language].by_id())
            found[version.name] = latest
    return found


def _in_ledger(policy: Policy, events: Sequence[LedgerEvent], version: Version) -> bool:
    return release_of(events, version.name) is not None and version.text(policy.settings.language) is not None


def _cited_text(policy: Policy, cited: Citation, trees: Trees, language: str) -> tuple[ComparedText, str]:
    version = policy.version(cited.version or "")
    current = version.text(language) if version else None
    if version is None or current is None:
        raise LookupError(f"{policy.name} {cited.version} in {language}")
    text, tree = current, trees[language]
    if cited.revision is not None and cited.revision != current.revision:
        text = next(entry for entry in _revisions(version, language) if entry.revision == cited.revision)
        tree = former_tree(text, tree)
    name = f"{policy.name} {version.name}" + (f" r{cited.revision}" if cited.revision else "")
    return ComparedText(name, text.path, tree), text.digest


def _loose_text(text: LooseText, known: ClauseTree, language: str, used: frozenset[str]) -> tuple[ComparedText, str]:
    """A file's clauses under the ids of the version that it is compared with."""
    source = normal_line_ends(text.source)
    divided = divide_any(source)
    tree = parse.parse(divided.body, language, first_line=divided.body_line)
    return ComparedText(text.name, text.name, diff.carry_ids(diff.align(known, tree), used)), digest_of(source)


def _revisions(version: Version, language: str) -> tuple[Manuscript, ...]:
    """The texts that a version has had in one language, oldest first, the present one last."""
    current = version.text(language)
    former = [text for text in version.revisions if text.language == language]
    return (*former, *((current,) if current else ()))


def _refuse_what_is_not_there(workspace: Workspace, policy: Policy, cited: Sequence[Citation], language: str) -> None:
    faults = dict.fromkeys(fault for text in cited for fault in _missing(workspace, policy, text, language))
    if faults:
        raise PublisherError(faults)


def _missing(workspace: Workspace, policy: Policy, cited: Citation, language: str) -> Sequence[Fault]:
    version = policy.version(cited.version or "")
    if version is None:
        known = ", ".join(entry.name for entry in policy.versions) or "none"
        told = f"{policy.name} has no {cited.version}."
        return (Fault("version-unknown", told, f"It has: {known}.", Place(policy.folder)),)
    for wanted in dict.fromkeys((policy.settings.language, language)):
        if version.text(wanted) is None:
            unreadable = [
                fault for fault in errors_only(workspace.faults) if fault.place.file == f"{version.folder}/{wanted}.md"
            ]
            has = ", ".join(text.language for text in version.texts) or "none"
            told = f"{policy.name} {version.name} has no text in {wanted}."
            return unreadable or (Fault("text-missing", told, f"It has: {has}.", Place(version.folder)),)
    numbers = [text.revision for text in _revisions(version, language)]
    if cited.revision is not None and cited.revision not in numbers:
        told = f"{policy.name} {version.name} has no revision {cited.revision} in {language}."
        has = ", ".join(f"r{number}" for number in numbers)
        return (Fault("revision-unknown", told, f"It has: {has}.", Place(version.folder)),)
    return ()
