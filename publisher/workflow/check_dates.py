"""Effective dates: in order, not past, and not before the floor."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from publisher.domain.days import local_date
from publisher.domain.ledger import LedgerEvent
from publisher.domain.life import State, standings
from publisher.domain.policy import Policy, Version
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, Severity
from publisher.workflow.release import effective_date

_FAR = timedelta(days=731)


def date_faults(policy: Policy, events: Sequence[LedgerEvent], now: datetime) -> Iterator[Fault]:
    """What is wrong with the effective dates of texts that are not released yet."""
    settings = policy.settings
    today = local_date(now, settings.timezone)
    stood = {found.version: found for found in standings(events, now, settings.timezone)}
    latest = None
    for version in policy.versions:
        standing = stood.get(version.name)
        if standing is not None:
            if standing.state is not State.WITHDRAWN:
                latest = (version.name, standing.effective)
            continue
        yield from _translated(policy, version)
        text = version.text(settings.language)
        if text is None:
            continue
        effective = effective_date(policy, version, now)
        place = Place(text.path, text.front.line_of("effective"))
        if latest is not None and effective < latest[1]:
            yield Fault(
                "effective-decreases",
                f"{policy.name} {version.name} would take effect on {effective}, before {latest[0]} ({latest[1]}).",
                f"Write {latest[1]} or later.",
                place,
            )
        elif effective < today and any(release_of(events, other.name) for other in policy.versions):
            yield Fault(
                "effective-past",
                f"{policy.name} {version.name} would take effect on {effective}, which is past.",
                f"Write {today} or a later date.",
                place,
            )
        elif effective > today + _FAR:
            yield Fault(
                "effective-far",
                f"{policy.name} {version.name} would take effect on {effective}, in more than two years.",
                "Correct the year if it is not meant.",
                place,
                Severity.WARNING,
            )
        latest = (version.name, max(effective, latest[1]) if latest else effective)


def _translated(policy: Policy, version: Version) -> Iterator[Fault]:
    """Translations that name another date than the authoritative text."""
    text = version.text(policy.settings.language)
    if text is None:
        return
    for other in version.texts:
        if other.front.effective != text.front.effective:
            yield Fault(
                "effective-differs",
                f"{other.language} names another effective date than {text.language} does"
                f" ({text.path}:{text.front.line_of('effective')}).",
                "Write the same date in every language.",
                Place(other.path, other.front.line_of("effective")),
            )
