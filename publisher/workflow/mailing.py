"""Whether mails can tell of a release at all: users to write to, and time enough at the rate of the settings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import Channel
from publisher.errors import Fault, Place, Severity
from publisher.workflow import campaigns
from publisher.workflow.careful_start import LAST_CALL, mails_begin
from publisher.workflow.records import ledger_file
from publisher.workflow.release import Release

if TYPE_CHECKING:
    from publisher.store.engine import Store


def nobody_to_tell(policy: str, version: str) -> Fault:
    """A version that is material, while the store has nobody to write to."""
    return Fault(
        "audience-empty",
        f"{policy} {version} is material, and no mail is queued: the store knows no users.",
        "If there are any: publisher users import FILE before a release.",
        Place(ledger_file(policy)),
        Severity.WARNING,
    )


def rate_faults(settings: Settings, store: "Store | None", releases: Sequence[Release]) -> tuple[Fault, ...]:
    """Versions whose mails cannot be out in time at the rate of the settings."""
    rate = settings.email.rate
    if store is None or not rate:
        return ()
    from publisher.store import readership

    faults: list[Fault] = []
    for release in releases:
        notice, text = release.notice, release.version.text(release.policy.settings.language)
        if notice is None or text is None or Channel.EMAIL not in notice.channels:
            continue
        with store.read() as connection:
            mails = sum(
                reachable
                for _, (reachable, _) in readership.counts(
                    connection, notice.reach, campaigns.ladders(releases, release)
                )
            )
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


def unheard_faults(store: "Store | None", releases: Sequence[Release]) -> tuple[Fault, ...]:
    """Versions told by mail alone that tell nobody: notice of them could never be complete."""
    if store is None:
        return ()
    from publisher.store import readership, users

    found: list[Fault] = []
    for release in releases:
        notice, place = release.notice, Place(f"{release.policy.folder}/policy.toml")
        if notice is None or Channel.BANNER in notice.channels:
            continue
        with store.read() as connection:
            everyone, told = (
                users.count(connection),
                readership.counts(connection, notice.reach, campaigns.ladders(releases, release)),
            )
        name = f"{release.policy.name} {release.version.name} is material, told by mail alone"
        if not everyone:
            remedy = "Run: publisher users import FILE, or add banner to channels."
            found.append(Fault("audience-empty", f"{name}; the store knows no users.", remedy, place))
        elif not told:
            remedy = "Correct applies_to or where, or add banner to channels."
            found.append(Fault("audience-empty", f"{name}, to none of {everyone:,} users.", remedy, place))
    return tuple(found)


def _time(seconds: int) -> str:
    hours = seconds / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
