"""A version that must take effect early: entered by one person, confirmed by another, never below the law's minimum."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from publisher import library
from publisher.domain.change import Grade
from publisher.domain.days import local_date
from publisher.domain.emergency import Emergency, Ground, shortened
from publisher.domain.policy import Policy, Version
from publisher.domain.regime import law_days
from publisher.domain.review import Review
from publisher.errors import Fault, Place, one
from publisher.workflow.workspace import Workspace


def declare(
    workspace: Workspace, policy_name: str, version_name: str, *, ground: Ground, reason: str, by: str, now: datetime
) -> Emergency:
    """Enters an emergency into a version's review; it counts once another person has confirmed it.

    Raises:
        PublisherError: the version has no review yet, or name or reason is missing.
    """
    version, review = _reviewed(workspace, policy_name, version_name)
    by, reason = " ".join(by.split()), " ".join(reason.split())
    if not by or not reason:
        raise one(
            "emergency-incomplete",
            "An emergency needs a name and a reason in words for readers.",
            "Give --by NAME and --reason TEXT.",
            Place(f"{version.folder}/review.toml"),
        )
    emergency = Emergency(ground, reason, by, "", now)
    _written(workspace, version, review, emergency)
    return emergency


def confirm(workspace: Workspace, policy_name: str, version_name: str, *, by: str, now: datetime) -> Emergency:
    """Confirms an emergency that somebody else has entered.

    Raises:
        PublisherError: there is none, or the same person entered it.
    """
    version, review = _reviewed(workspace, policy_name, version_name)
    place = Place(f"{version.folder}/review.toml")
    if review.emergency is None:
        raise one(
            "emergency-missing",
            f"{policy_name} {version_name} has no emergency to confirm.",
            f"Run: publisher review {policy_name} {version_name} --emergency GROUND --reason TEXT --by NAME",
            place,
        )
    emergency = replace(review.emergency, confirmed_by=" ".join(by.split()), at=now)
    if emergency.lacks:
        raise one(
            "emergency-unconfirmed",
            f"{emergency.lacks[0].upper()}{emergency.lacks[1:]}.",
            "Ask a second person.",
            place,
        )
    _written(workspace, version, review, emergency)
    return emergency


def emergency_faults(workspace: Workspace, version: Version, review: Review) -> Iterator[Fault]:
    """Why the emergency of a review does not count."""
    emergency = review.emergency
    if emergency is None or not emergency.lacks:
        return
    yield Fault(
        "emergency-unconfirmed",
        f"The emergency of {version.policy} {version.name} does not count: {emergency.lacks}.",
        f"Another person runs: publisher review {version.policy} {version.name} --confirm-emergency --by NAME;"
        " or delete [emergency].",
        library.emergency_place(workspace.settings.root / version.folder, version.folder),
    )


def emergency_floor(policy: Policy, review: Review | None, grade: Grade | None, effective: date, now: datetime) -> int:
    """The floor in days under which a version is released, shortened where two people stand behind an emergency."""
    settings = policy.settings
    if grade is not Grade.MATERIAL:
        return 0
    emergency = review.emergency if review is not None else None
    if emergency is None or emergency.lacks:
        return settings.floor
    possible = (effective - local_date(now, settings.timezone)).days - settings.delivery_days
    return shortened(settings.floor, law_days(settings.regimes), possible)


def _reviewed(workspace: Workspace, policy_name: str, version_name: str) -> tuple[Version, Review]:
    version = workspace.version(policy_name, version_name)
    review, _ = library.read_review(workspace.settings.root / version.folder)
    if review is None:
        raise one(
            "review-missing",
            f"{policy_name} {version_name} has no review to enter it in.",
            f"Run: publisher review {policy_name} {version_name}",
            Place(f"{version.folder}/review.toml"),
        )
    return version, review


def _written(workspace: Workspace, version: Version, review: Review, emergency: Emergency) -> None:
    library.write_review(
        workspace.settings.root / version.folder,
        replace(review, emergency=emergency, left_open=()),
        undecided=review.left_open,
    )
