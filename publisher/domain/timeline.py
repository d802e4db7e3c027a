"""What versions of one policy are to each other in time: which applies, which come, which was announced last."""

from collections.abc import Iterable, Sequence
from datetime import date

from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import PENDING, Standing, State
from publisher.domain.policy import PolicySettings, version_number


def applied_on(found: Sequence[Standing], day: date) -> Standing | None:
    """The version that applies on a date in the policy's zone, as far as the ledger knows; None before the first.

    For a day to come, versions that are announced are taken to take effect as announced, each only after those before
    it: none follows a version that is held.
    """
    applied: Standing | None = None
    begins = date.min
    for standing in found:
        if standing.state is State.WITHDRAWN:
            continue
        begins = max(begins, standing.effective)
        if standing.state is State.HELD or begins > day:
            break
        applied = standing
    return applied


def in_force(found: Sequence[Standing]) -> Standing | None:
    """The one version that applies, or None before the first takes effect."""
    return next((standing for standing in reversed(found) if standing.state is State.IN_FORCE), None)


def upcoming(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """The versions that are announced and do not apply yet, held ones included, in order."""
    return tuple(standing for standing in found if standing.state in PENDING)


def last_released(events: Sequence[LedgerEvent]) -> str | None:
    """The newest version in the ledger that was not withdrawn: what the next one is compared with."""
    withdrawn = {event.version for event in events if event.kind is EventKind.WITHDRAW}
    released = [version for version in _versions(events) if version not in withdrawn]
    return released[-1] if released else None


def release_of(events: Iterable[LedgerEvent], version: str) -> LedgerEvent | None:
    """The event that put a version's text into the ledger: its release or adoption."""
    kinds = (EventKind.RELEASE, EventKind.ADOPT)
    return next((event for event in events if event.version == version and event.kind in kinds), None)


def announced_under(events: Iterable[LedgerEvent], version: str, current: PolicySettings) -> PolicySettings:
    """The settings under which a version was announced: its channels, languages and zone, its promises no smaller.

    `current` stands in for records that keep none, and may promise more than was promised then.
    """
    release = release_of(events, version)
    if release is None or release.settings is None:
        return current
    return release.settings.no_laxer_than(current)


def _versions(events: Iterable[LedgerEvent]) -> list[str]:
    kinds = (EventKind.RELEASE, EventKind.ADOPT)
    names = {event.version for event in events if event.kind in kinds and event.version is not None}
    return sorted(names, key=version_number)
