"""Whom a release tells: the conditions of policy.toml, read, held against the store's users, and counted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.assessment import Assessment
from publisher.domain.change import Grade
from publisher.domain.ledger import LedgerEvent
from publisher.domain.notice import Channel, Notice
from publisher.domain.policy import Policy
from publisher.domain.predicate import Member, Reach, columns
from publisher.domain.review import SETTINGS_CLAUSE, Decided, added, upheld
from publisher.domain.telling import Ladder
from publisher.domain.users import User
from publisher.errors import Fault, Place, PublisherError, Severity
from publisher.languages import best_match
from publisher.notices.audience import predicate_of, reach, unknown_columns
from publisher.workflow.texts import draft_trees, trees_of
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many of an audience read one language of the policy; those without an address are left to the banner."""

    language: str
    users: int
    without_address: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One audience: its languages as readers get them; somebody may belong to several."""

    name: str
    languages: tuple[LanguageCount, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom a notice would tell, as people are shown it.

    Attributes:
        name: `everyone`, or the audiences' names.
        where: the conditions as written; empty for everyone.
        languages: all who are told, by the language that they would be written to in.
        audiences: each audience alone, among those bound; empty for everyone.
        samples: some of them, masked.
    """

    name: str
    where: str
    languages: tuple[LanguageCount, ...]
    audiences: tuple[Counted, ...]
    samples: tuple[str, ...]

    def of_channel(self, channel: Channel) -> tuple[LanguageCount, ...]:
        """The counts for one channel: a banner needs no address."""
        if channel is Channel.EMAIL:
            return self.languages
        return tuple(replace(entry, without_address=0) for entry in self.languages)


def syntax_faults(workspace: Workspace, policy: Policy) -> Iterator[Fault]:
    """Every condition of policy.toml that cannot be read, at its line."""
    for where, place in _conditions(workspace, policy):
        yield from (replace(fault, place=place) for fault in predicate_of(where)[1])


def refuse_unknown_columns(workspace: Workspace, policy: Policy, store: "Store | None") -> None:
    """Nothing is signed for an audience that nobody can be found by.

    Raises:
        PublisherError: with every column that no user has.
    """
    faults = column_faults(workspace, policy, store)
    if faults:
        raise PublisherError(faults)


def column_faults(workspace: Workspace, policy: Policy, store: "Store | None") -> tuple[Fault, ...]:
    """Every column that a condition of policy.toml names and no user has; none while there are no users."""
    read = [
        (tuple(columns(predicate)), place)
        for where, place in _conditions(workspace, policy)
        if (predicate := predicate_of(where)[0]) is not None
    ]
    if store is None or not read:
        return ()
    from publisher.store import users

    with store.read() as connection:
        if not users.count(connection):
            return ()
        known = users.known_columns(connection, (column for wanted, _ in read for column in wanted))
    return tuple(
        replace(fault, place=place) for wanted, place in read for fault in unknown_columns(dict.fromkeys(wanted), known)
    )


def reach_of(
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: str,
    before: str | None,
    assessment: Assessment | None,
    decisions: Iterable[Decided],
) -> Reach:
    """Whom the material changes of a version concern, once people have decided."""
    language = policy.settings.language
    trees = [draft_trees(policy, events, version, before)[language]]
    if before is not None:
        trees.append(trees_of(policy, events, before)[language])
    return reach(policy.settings, material_clauses(assessment, tuple(decisions)), trees)


def shown(policy: Policy, version: str, told: Reach, store: "Store | None", ladders: Sequence[Ladder] = ()) -> Shown:
    """Whom a notice tells now, counted in the store: those reached, and with `ladders` those who missed something."""
    found = policy.version(version)
    available = [text.language for text in found.texts] if found else []
    if store is None:
        return Shown(told.name, told.where, by_language(policy, available, ()), (), ())
    from publisher.store import readership

    with store.read() as connection:
        counts = readership.counts(connection, told, ladders)
        audiences = tuple(
            Counted(member.name, by_language(policy, available, readership.counts(connection, _only(told, member))))
            for member in told.audiences or ()
        )
        samples = tuple(masked(user) for user in readership.sample(connection, SAMPLES, told, ladders))
    return Shown(told.name, told.where, by_language(policy, available, counts), audiences, samples)


def questions(seen: "Connection | None", asked: Sequence[tuple[Policy, Notice, Sequence[Ladder]]]) -> tuple[Fault, ...]:
    """What a person should confirm: an audience of nobody while there are users, or one over twice the last one.

    `seen` is a view of the store; None: there is none yet.
    """
    if seen is None or not asked:
        return ()
    from publisher.store import outbox, readership, users

    found: list[Fault] = []
    everyone, last = users.count(seen), outbox.last_audience(seen)
    for policy, notice, ladders in asked:
        size = sum(sum(row) for _, row in readership.counts(seen, notice.reach, ladders))
        name, place = f"{policy.name} {notice.id.version}", Place(f"{policy.folder}/policy.toml")
        if not size and everyone:
            message = f"Of {everyone:,} users {name} would tell nobody by mail: {notice.reach.where}."
            remedy = "Correct applies_to or where in policy.toml; with --yes it is released so."
            found.append(Fault("audience-nobody", message, remedy, place, Severity.WARNING))
        if last is not None and size > 2 * last:
            message = f"{name} would tell {size:,} users, over twice the {last:,} of the last notice."
            remedy = "See them with --dry-run; with --yes it is released so."
            found.append(Fault("audience-grown", message, remedy, place, Severity.WARNING))
    return tuple(found)


def _conditions(workspace: Workspace, policy: Policy) -> Iterator[tuple[str, Place]]:
    """Each condition of policy.toml with the place where it stands."""
    root = workspace.settings.root
    if policy.settings.applies_to is not None:
        yield policy.settings.applies_to, library.setting_place(root, policy.name, "applies_to")
    for index, audience in enumerate(policy.settings.audiences):
        yield audience.where, library.setting_place(root, policy.name, "audience", index, "where")


def material_clauses(assessment: Assessment | None, decisions: Sequence[Decided]) -> tuple[str, ...]:
    """The clauses whose findings stand: those that nobody lowered, and those that people added.

    What policy.toml promises less is no clause of the text: no notice speaks of it. Alone, it concerns everyone.
    """
    standing = upheld(assessment.findings if assessment else (), decisions)
    found = [finding.clause for finding in standing if finding.grade is Grade.MATERIAL]
    found.extend(entry.clause for entry in added(decisions))
    return tuple(clause for clause in dict.fromkeys(found) if clause != SETTINGS_CLAUSE)


def _only(told: Reach, member: Member) -> Reach:
    return replace(told, audiences=(member,))


def by_language(
    policy: Policy, available: Sequence[str], counts: Iterable[tuple[str, tuple[int, int]]]
) -> tuple[LanguageCount, ...]:
    """Counts by the language that each user would be written to in."""
    default = policy.settings.language
    found = {language: [0, 0] for language in policy.settings.all_languages if language in available}
    for wanted, (reachable, unreachable) in counts:
        row = found[best_match(wanted, available, default)]
        row[0] += reachable + unreachable
        row[1] += unreachable
    return tuple(LanguageCount(language, users, without) for language, (users, without) in found.items())


def masked(user: User) -> str:
    """Somebody in a line from which they cannot be told, but that shows whether the right kind of people is meant."""
    return f"{_masked(user.name)} <{_masked_address(user.email)}> {user.language}"


def _masked(name: str) -> str:
    return " ".join(f"{word[0]}***" for word in name.split())


def _masked_address(email: str | None) -> str:
    if email is None:
        return "no address"
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"
