"""Whether mails can tell of a release at all: users to write to, and time enough at the rate of the settings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import Channel
from publisher.domain.predicate import Reach
from publisher.errors import Fault, Place, Severity
from publisher.workflow import campaigns
from publisher.workflow.careful_start import LAST_CALL, mails_begin
from publisher.workflow.records import ledger_file
from publisher.workflow.release import Release

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

_WAYS = {Channel.EMAIL: "mail", Channel.WEBHOOK: "webhook"}


def asked_of(releases: Sequence[Release]) -> tuple[Reach, ...]:
    """The conditions that the notices of these releases ask of users."""
    from publisher.store import telling

    found = [release.notice.reach for release in releases if release.notice is not None]
    ladders = [release.telling.ladder for release in releases if release.telling is not None]
    return (*found, *telling.reaches(ladders))


@contextmanager
def readers_seen(store: "Store | None", releases: Sequence[Release]) -> "Iterator[Connection | None]":
    """One view of the store in which the readers of these releases are gathered once; None: there is no store."""
    if store is None:
        yield None
        return
    from publisher.store import people

    with store.read() as connection, people.kept(connection, asked_of(releases)):
        yield connection


def nobody_to_tell(store: "Store", policy: str, version: str) -> Fault:
    """A version that is material, while there is nobody to write to."""
    if store.source is None:
        remedy = "If there are any: publisher users import FILE before a release."
    else:
        remedy = "If there are any: correct [users] query before a release."
    return Fault(
        "audience-empty",
        f"{policy} {version} is material, and nothing is queued: {_nobody(elsewhere=store.source is not None)}.",
        remedy,
        Place(ledger_file(policy)),
        Severity.WARNING,
    )


def rate_faults(settings: Settings, seen: "Connection | None", releases: Sequence[Release]) -> tuple[Fault, ...]:
    """Versions whose mails cannot be out in time at the rate of the settings."""
    rate = settings.email.rate
    if seen is None or not rate:
        return ()
    from publisher.store import readership

    faults: list[Fault] = []
    for release in releases:
        notice, text = release.notice, release.version.text(release.policy.settings.language)
        if notice is None or text is None or Channel.EMAIL not in notice.channels:
            continue
        counted = readership.counts(seen, notice.reach, campaigns.ladders(releases, release))
        mails = sum(reachable for _, (reachable, _) in counted)
        left = (notice.deadline - mails_begin(settings, release.policy, release.event.at)).total_seconds()
        if mails > rate * left:
            needed = -(-mails // rate)
            faults.append(
                Fault(
                    "delivery-too-slow",
                    f"{mails:,} mails at {rate} a second take {_time(needed)}, and {release.policy.name}"
                    f" {release.version.name} leaves {_time(int(left))} before its floor begins.",
                    "Write a later effective date, or raise [email] rate.",
                    Place(text.path, text.front.line_of("effective")),
                )
            )
    return tuple(faults)


def tight_faults(settings: Settings, releases: Sequence[Release]) -> tuple[Fault, ...]:
    """Versions whose first mails a person could hardly look at before the others have to go."""
    if not settings.delivery.first:
        return ()
    found: list[Fault] = []
    for release in releases:
        notice, text = release.notice, release.version.text(release.policy.settings.language)
        if notice is None or text is None or Channel.EMAIL not in notice.channels:
            continue
        left = notice.deadline - mails_begin(settings, release.policy, release.event.at)
        if left < LAST_CALL:
            name = f"{release.policy.name} {release.version.name}"
            found.append(
                Fault(
                    "first-tight",
                    f"After the first mails of {name} a person has {_time(int(left.total_seconds()))} to let the others"
                    " go, or it is held.",
                    "Write a later effective date, or leave out [delivery] first.",
                    Place(text.path, text.front.line_of("effective")),
                    Severity.WARNING,
                )
            )
    return tuple(found)


def unheard_faults(seen: "Connection | None", releases: Sequence[Release]) -> tuple[Fault, ...]:
    """Versions told without a banner that tell nobody: notice of them could never be complete."""
    if seen is None:
        return ()
    from publisher.store import readership, users
    from publisher.store.source import source_of

    elsewhere = source_of(seen) is not None
    found: list[Fault] = []
    for release in releases:
        notice, place = release.notice, Place(f"{release.policy.folder}/policy.toml")
        if notice is None or Channel.BANNER in notice.channels:
            continue
        everyone = users.count(seen)
        told = readership.counts(seen, notice.reach, campaigns.ladders(releases, release))
        ways = " and ".join(_WAYS[channel] for channel in notice.channels)
        name = f"{release.policy.name} {release.version.name} is material, told by {ways} alone"
        if not everyone:
            first = "Correct [users] query" if elsewhere else "Run: publisher users import FILE"
            remedy = f"{first}, or add banner to channels."
            found.append(Fault("audience-empty", f"{name}; {_nobody(elsewhere=elsewhere)}.", remedy, place))
        elif not told:
            remedy = "Correct applies_to or where, or add banner to channels."
            found.append(Fault("audience-empty", f"{name}, to none of {everyone:,} users.", remedy, place))
    return tuple(found)


def _nobody(*, elsewhere: bool) -> str:
    return "the query of [users] gives nobody" if elsewhere else "the store knows no users"


def _time(seconds: int) -> str:
    hours = seconds / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
