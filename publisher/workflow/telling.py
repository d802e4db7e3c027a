"""What the readers of a version's notice know already: the ladder of versions below it, and what each is told since.

Somebody who was never told of an older change, or joined before it applied, is told of it together with the new one:
the clauses that still differ from the version that they know, for the reasons that people signed at each version
between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher import library
from publisher.domain.assessment import Assessment
from publisher.domain.change import Grade
from publisher.domain.clause import ClauseTree
from publisher.domain.days import local_date
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import APPLIED, DATED, Standing, standings
from publisher.domain.notice import NoticeId
from publisher.domain.policy import Policy, PolicySettings
from publisher.domain.predicate import Member, Reach
from publisher.domain.review import Review
from publisher.domain.telling import Group, Known, Ladder, Step
from publisher.domain.timeline import release_of
from publisher.notices.audience import audiences_of, predicate_of, reach
from publisher.notices.plan import Reason, reasons, reasons_since
from publisher.workflow.audience import material_clauses
from publisher.workflow.texts import Trees, assess_version, changes_between, predecessor, trees_of

MOST_GROUPS = 6
"""So many audiences are told apart in one notice; clauses of further ones are shown to everybody whom it reaches."""


@dataclass(frozen=True, slots=True)
class Since:
    """What a reader is told of, and since which version: one policy's part of one variant."""

    version: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A version's readers told apart. `reasons` and `shown_to` are by the version that they know, and by clause."""

    policy: str
    version: str
    ladder: Ladder
    reasons: Mapping[str, tuple[Reason, ...]]
    shown_to: Mapping[str, Mapping[str, str | None]]

    def since(self, known: Known) -> Since:
        """What those are told who get a variant; all of it where nothing in it is for their audiences alone."""
        found = self.reasons[known.version]
        groups = self.shown_to[known.version]
        own = tuple(reason for reason in found if groups.get(reason.clause) in (None, *known.groups))
        return Since(known.version, own or found)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Why one version is material: the reasons as people signed them, and the clauses that decide whom it concerns."""

    reasons: tuple[Reason, ...]
    material: tuple[str, ...]


def telling_of(
    root: Path,
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: str,
    *,
    now: datetime,
    told: Reach | None = None,
    assessment: Assessment | None = None,
    review: Review | None = None,
) -> Telling:
    """How the readers of a version's notice are told apart.

    Args:
        root: the workspace's folder, where the reviews are.
        policy: the policy, under the settings by which the version is announced.
        events: its ledger, with or without the version's own release.
        version: the version.
        now: an aware instant, by which it is decided what applies.
        told: whom the changes since the version before concern, where it is known already.
        assessment: the version's, where it is known already.
        review: the version's, where it is known already.
    """
    below = readers_know(events, version)
    if not below:
        raise LookupError(f"{policy.name} {version} is the first version")
    judged = [_judged(root, policy, events, name) for name in reversed(below[:-1])]
    judged.append(_judged(root, policy, events, version, assessment, review))
    language = policy.settings.language
    new = trees_of(policy, events, version)
    found = {standing.version: standing for standing in standings(events, now, policy.settings.timezone)}
    last: Trees = {}
    steps: list[Step] = []
    reasoned: dict[str, tuple[Reason, ...]] = {}
    shown_to: dict[str, Mapping[str, str | None]] = {}
    for place, known in enumerate(below):
        old = trees_of(policy, events, known)
        last = last or old
        passed = judged[len(judged) - 1 - place :]
        whole, step = changes_between(old, new, language), changes_between(last, new, language)
        why = reasons_since([entry.reasons for entry in passed], whole, step) if place else passed[-1].reasons
        material = _material_since(passed, {reason.clause for reason in why}) if place else passed[-1].material
        trees = [new[language], old[language], last[language]]
        by_clause, groups = _groups(policy.settings, why, trees)
        concerned = _reach(policy.settings, material, trees, whole=not passed[-1].material)
        if not place:
            concerned = told or concerned
        reasoned[known], shown_to[known] = why, by_clause
        steps.append(_step(events, found.get(known), known, concerned, groups))
    return Telling(policy.name, version, Ladder(policy.name, tuple(steps)), reasoned, shown_to)


def readers_know(events: Sequence[LedgerEvent], version: str) -> tuple[str, ...]:
    """The versions that readers of one may know, newest first, down to the newest adopted one, which all know."""
    found: list[str] = []
    name = predecessor(events, version)
    while name is not None:
        found.append(name)
        entered = release_of(events, name)
        if entered is None or entered.kind is EventKind.ADOPT:
            break
        name = predecessor(events, name)
    return tuple(found)


def _judged(
    root: Path,
    policy: Policy,
    events: Sequence[LedgerEvent],
    version: str,
    assessment: Assessment | None = None,
    review: Review | None = None,
) -> _Judged:
    entered = release_of(events, version)
    if entered is not None and entered.grade is not Grade.MATERIAL:
        return _Judged((), ())
    found = policy.version(version)
    if review is None and found is not None:
        review, _ = library.read_review(root / found.folder)
    assessment = assessment or assess_version(policy, events, version)
    findings = assessment.findings if assessment else ()
    return _Judged(reasons(findings, review), material_clauses(assessment, review.decisions if review else ()))


def _material_since(passed: Sequence[_Judged], standing: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for entry in passed for name in entry.material if name in standing))


def _reach(
    settings: PolicySettings, material: Sequence[str], trees: Sequence[ClauseTree], *, whole: bool
) -> Reach | None:
    """Whom these clauses concern. `whole`: the newest version is material for no clause of its text: everyone."""
    return reach(settings, () if whole else material, trees) if material or whole else None


def _groups(
    settings: PolicySettings, why: Iterable[Reason], trees: Sequence[ClauseTree]
) -> tuple[Mapping[str, str | None], tuple[Group, ...]]:
    """To whom alone each clause is shown, by the group's name, None: to all; and the groups there are.

    Where all clauses are shown to the same readers there is nothing to tell apart.
    """
    found = {reason.clause: _group(settings, reason.clause, trees) for reason in why}
    if len(set(found.values())) < 2:
        return dict.fromkeys(found), ()
    groups = tuple(dict.fromkeys(group for group in found.values() if group is not None))[:MOST_GROUPS]
    return {
        clause: group.name if group is not None and group in groups else None for clause, group in found.items()
    }, groups


def _group(settings: PolicySettings, clause: str, trees: Sequence[ClauseTree]) -> Group | None:
    """Those whom a clause concerns, by the audiences that cover it; None: everyone bound, or one cannot be read."""
    audiences = audiences_of(settings.audiences, (clause,), trees)
    members = [Member(entry.name, where) for entry in audiences or () if (where := predicate_of(entry.where)[0])]
    return Group(tuple(members)) if members and len(members) == len(audiences or ()) else None


def _step(
    events: Sequence[LedgerEvent],
    standing: Standing | None,
    version: str,
    concerned: Reach | None,
    groups: tuple[Group, ...],
) -> Step:
    named = dict.fromkeys(event.notice for event in events if event.version == version and event.notice)
    applies = standing is not None and standing.state in APPLIED
    return Step(
        version=version,
        told_by=tuple(NoticeId.parse(name) for name in named),
        coming=standing is not None and standing.state in DATED,
        since=local_date(standing.starts, standing.timezone) if standing is not None and applies else None,
        reach=concerned,
        groups=groups if concerned is not None else (),
    )
