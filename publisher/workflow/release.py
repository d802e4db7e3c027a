"""What would be released: each signed, unreleased version, against its review, its floor and its predecessor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from publisher.domain.assessment import Assessment
from publisher.domain.change import Grade
from publisher.domain.days import earliest_effective, local_date, must_hold_from
from publisher.domain.emergency import recorded_reason
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.notice import Channel, Notice, NoticeId, NoticeKind
from publisher.domain.policy import Policy, Version, version_number
from publisher.domain.predicate import Reach
from publisher.domain.review import Review, graded
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Fault, Place
from publisher.workflow.audience import reach_of
from publisher.workflow.consent import consent_needed
from publisher.workflow.emergency import emergency_floor
from publisher.workflow.telling import Telling, telling_of
from publisher.workflow.texts import assess_version, clause_entries, draft_trees

PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Release:
    """One version about to be released, with all that its ledger line and its notice need.

    `assessment` and `review` are None for a first version; `notice` is None when nobody has to be told. `telling` is
    how the notice's readers are told apart, once that is worked out.
    """

    policy: Policy
    version: Version
    before: str | None
    assessment: Assessment | None
    review: Review | None
    event: LedgerEvent
    notice: Notice | None
    telling: Telling | None = None


def unreleased(policy: Policy, events: Sequence[LedgerEvent]) -> tuple[Version, ...]:
    """The versions that are not in the ledger, in order."""
    return tuple(version for version in policy.versions if release_of(events, version.name) is None)


def floor_of(policy: Policy, grade: Grade | None) -> int:
    """The days that must lie between completed notice and effect; 0 unless the version is material."""
    if grade is not Grade.MATERIAL:
        return 0
    return policy.settings.floor


def governed(policy: Policy, events: Sequence[LedgerEvent]) -> Policy:
    """The policy under the stricter of its settings now and at its last release: a promise ends only with a release."""
    before = last_released(events)
    release = release_of(events, before) if before else None
    if release is None or release.settings is None:
        return policy
    return replace(policy, settings=policy.settings.no_laxer_than(release.settings))


def effective_date(policy: Policy, version: Version, now: datetime) -> date:
    """The effective date that a version gets when it is released now: as written, or counted from today."""
    text = version.text(policy.settings.language)
    if text is None:
        raise LookupError(f"{policy.name} {version.name} has no authoritative text")
    written = text.front.effective
    return written if isinstance(written, date) else local_date(now, policy.settings.timezone) + timedelta(days=written)


def plan_release(
    policy: Policy,
    version: Version,
    events: Sequence[LedgerEvent],
    review: Review | None,
    now: datetime,
    begins: datetime | None = None,
) -> tuple[Release, tuple[Fault, ...]]:
    """What releasing a version now would record and queue, and every reason of dates against it.

    `begins` is when its first mail may go, which lead times are counted from; left out, now.
    """
    begins = begins or now
    before = last_released(events)
    assessment = assess_version(policy, events, version.name, before) if before else None
    grade = graded(assessment, review.decisions if review else ()) if assessment else None
    effective = effective_date(policy, version, now)
    promised = floor_of(governed(policy, events), grade)
    floor = emergency_floor(governed(policy, events), review, grade, effective, begins)
    emergency = review.emergency if review is not None and floor < promised else None
    signed = [person.name for person in review.sign_offs] if review else [PUBLISHER]
    told = reach_of(policy, events, version.name, before, assessment, review.decisions if review else ())
    notice = _notice(policy, version, grade, effective, floor, told, now)
    trees = draft_trees(policy, events, version.name, before)
    event = LedgerEvent(
        kind=EventKind.RELEASE,
        policy=policy.name,
        version=version.name,
        at=now,
        by=", ".join(dict.fromkeys([*signed, *((emergency.by, emergency.confirmed_by) if emergency else ())])),
        reason=recorded_reason(emergency) if emergency else "",
        effective=effective,
        grade=grade,
        texts=tuple(
            (language, text.digest)
            for language in policy.settings.all_languages
            if (text := version.text(language)) is not None
        ),
        clauses=clause_entries(trees[policy.settings.language]),
        floor=floor,
        consent_needed=bool(assessment and grade is Grade.MATERIAL and consent_needed(policy, assessment, review)),
        notice=str(notice.id) if notice else None,
        settings=policy.settings,
    )
    release = Release(policy, version, before, assessment, review, event, notice)
    return release, _date_faults(policy, version, release, events, now, begins)


def with_telling(root: Path, release: Release, events: Sequence[LedgerEvent], now: datetime) -> Release:
    """The release with how its readers are told apart, by the ledger up to it; nothing to add where none is told."""
    if release.notice is None:
        return release
    telling = telling_of(
        root,
        release.policy,
        events,
        release.version.name,
        now=now,
        told=release.notice.reach,
        assessment=release.assessment,
        review=release.review,
    )
    return replace(release, telling=telling)


def _notice(
    policy: Policy,
    version: Version,
    grade: Grade | None,
    effective: date,
    floor: int,
    reach: Reach,
    now: datetime,
) -> Notice | None:
    channels = tuple(Channel(name) for name in policy.settings.channels)
    if grade is not Grade.MATERIAL or not channels:
        return None
    return Notice(
        id=NoticeId(policy.name, version.name, 1),
        kind=NoticeKind.REVISION,
        channels=channels,
        effective=effective,
        floor=floor,
        created=now,
        deadline=must_hold_from(effective, floor, policy.settings.timezone),
        reach=reach,
    )


def _date_faults(
    policy: Policy,
    version: Version,
    release: Release,
    events: Sequence[LedgerEvent],
    now: datetime,
    begins: datetime,
) -> tuple[Fault, ...]:
    text = version.text(policy.settings.language)
    if text is None:
        return ()
    place = Place(text.path, text.front.line_of("effective"))
    today = local_date(now, policy.settings.timezone)
    effective = release.event.effective or today
    faults: list[Fault] = []
    overtaken = [name for name in (event.version for event in events) if name and _follows(name, version.name)]
    if overtaken:
        message = f"{policy.name} {version.name} cannot be released any more: {overtaken[-1]} is in the ledger."
        faults.append(Fault("version-overtaken", message, "Give it the next free number.", Place(version.folder)))
    if release.event.grade is Grade.MATERIAL and not {"banner", "email"} & set(policy.settings.channels):
        message = f"{policy.name} {version.name} is material, and no channel of the policy can tell anybody."
        faults.append(
            Fault("channels-missing", message, "Name banner or email.", Place(f"{policy.folder}/policy.toml"))
        )
    if release.event.grade is Grade.MATERIAL:
        days = governed(policy, events).settings.delivery_days
        earliest = earliest_effective(local_date(begins, policy.settings.timezone), release.event.floor, days)
        if effective < earliest:
            delayed = f" Mails begin at {begins:%Y-%m-%d %H:%M} UTC, by [delivery] delay." if begins > now else ""
            faults.append(
                Fault(
                    "below-floor",
                    f"{policy.name} {version.name} is material and would take effect on {effective}, before its floor:"
                    f" users must have had complete notice for {release.event.floor} days, and delivery may take"
                    f" {days}.{delayed}",
                    f'Write an effective date of {earliest} or later, or "+{(earliest - today).days} days".',
                    place,
                )
            )
    elif release.before is not None and effective < today:
        faults.append(
            Fault(
                "effective-past",
                f"{policy.name} {version.name} would take effect on {effective}, which is past.",
                "Write today's date or a later one.",
                place,
            )
        )
    earlier = [
        event.effective
        for event in events
        if event.effective and event.version and version_number(event.version) < version_number(version.name)
    ]
    if earlier and effective < earlier[-1]:
        faults.append(
            Fault(
                "effective-decreases",
                f"{policy.name} {version.name} would take effect on {effective}, before the version it follows"
                f" ({earlier[-1]}).",
                f"Write {earlier[-1]} or later.",
                place,
            )
        )
    return tuple(faults)


def _follows(version: str, other: str) -> bool:
    return version_number(version) > version_number(other)
