"""A dry run of the main job: what would be released and who would be told, with nothing written."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import Channel
from publisher.languages import best_match
from publisher.workflow.publish import Skipped, plan_publish
from publisher.workflow.release import Release

if TYPE_CHECKING:
    from publisher.store.engine import Store

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many of an audience read one language of the policy; those without an address are left to the banner."""

    language: str
    users: int
    without_address: int


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One version that would be released; `samples` are masked users, to see whether the audience is right."""

    policy: str
    version: str
    grade: str | None
    effective: str
    floor: int
    notice: str | None
    audience: str
    channels: tuple[tuple[str, tuple[LanguageCount, ...]], ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything a run would release, and what it would skip."""

    releases: tuple[Rehearsed, ...]
    skipped: tuple[Skipped, ...]


def rehearse(settings: Settings, store: "Store | None", *, now: datetime) -> Rehearsal:
    """Works everything out and writes nothing.

    Raises:
        PublisherError: with every reason against publishing.
    """
    plan = plan_publish(settings, store, now=now)
    return Rehearsal(tuple(_rehearsed(release, store) for release in plan.releases), plan.skipped)


def _rehearsed(release: Release, store: "Store | None") -> Rehearsed:
    event = release.event
    channels: tuple[tuple[str, tuple[LanguageCount, ...]], ...] = ()
    samples: tuple[str, ...] = ()
    if release.notice is not None:
        counts = _counts(release, store)
        channels = tuple(
            (channel.value, counts if channel is Channel.EMAIL else _all(counts)) for channel in release.notice.channels
        )
        samples = _samples(store)
    return Rehearsed(
        policy=release.policy.name,
        version=release.version.name,
        grade=event.grade,
        effective=event.effective.isoformat() if event.effective else "",
        floor=event.floor,
        notice=event.notice,
        audience=release.notice.audience if release.notice else "nobody",
        channels=channels,
        samples=samples,
    )


def _counts(release: Release, store: "Store | None") -> tuple[LanguageCount, ...]:
    """Counts by the language that each user would be written to in."""
    available = [text.language for text in release.version.texts]
    default = release.policy.settings.language
    found = {language: [0, 0] for language in release.policy.settings.all_languages if language in available}
    if store is not None:
        from publisher.store import outbox

        with store.read() as connection:
            for wanted, (reachable, unreachable) in outbox.audience_counts(connection):
                row = found[best_match(wanted, available, default)]
                row[0] += reachable + unreachable
                row[1] += unreachable
    return tuple(LanguageCount(language, users, without) for language, (users, without) in found.items())


def _all(counts: tuple[LanguageCount, ...]) -> tuple[LanguageCount, ...]:
    """A banner needs no address."""
    return tuple(LanguageCount(entry.language, entry.users, 0) for entry in counts)


def _samples(store: "Store | None") -> tuple[str, ...]:
    if store is None:
        return ()
    from publisher.store import users

    with store.read() as connection:
        return tuple(
            f"{_masked(user.name)} <{_masked_address(user.email)}> {user.language}"
            for user in users.sample(connection, SAMPLES)
        )


def _masked(name: str) -> str:
    return " ".join(f"{word[0]}***" for word in name.split())


def _masked_address(email: str | None) -> str:
    if email is None:
        return "no address"
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"
