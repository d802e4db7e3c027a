"""The emergency shortcut: a version earlier than promised, on a named ground and the word of two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publisher.domain.ledger import EventKind, LedgerEvent


class Ground(StrEnum):
    """The only reasons for which a material version may take effect early."""

    LAW = "law"
    SECURITY = "security"
    COURT_ORDER = "court-order"


@dataclass(frozen=True, slots=True)
class Emergency:
    """`[emergency]` of a review: on which ground, why in words for readers, who said so and who else confirmed it.

    `confirmed_by` is empty until a second person has; `at` is the instant of the last of the two.
    """

    ground: Ground
    reason: str
    by: str
    confirmed_by: str
    at: datetime

    @property
    def lacks(self) -> str:
        """What it lacks to count, in words; empty when two different people stand behind it."""
        if not self.confirmed_by.strip():
            return "a second person has not confirmed it"
        if _same(self.by, self.confirmed_by):
            return f"{self.by} cannot confirm it alone: two different people must"
        return ""


@dataclass(frozen=True, slots=True)
class Early:
    """Why a released version takes effect early: the ground and the words."""

    ground: Ground
    reason: str


def shortened(floor: int, law: int, possible: int) -> int:
    """The floor of an emergency in days: as long as the date leaves time for, never below the law's own minimum.

    Args:
        floor: what the regimes and the policy promise.
        law: the law's minimum.
        possible: the days between the end of delivery and the effective date.
    """
    return max(law, min(floor, possible))


def recorded_reason(emergency: Emergency) -> str:
    """What the ledger's release line says of it."""
    return f"{emergency.ground}: {emergency.reason}"


def early_of(events: Sequence[LedgerEvent], version: str) -> Early | None:
    """Why a version takes effect early, as its release says; None when it does not, or no longer since a new date."""
    own = [event for event in events if event.version == version]
    release = next((event for event in own if event.kind is EventKind.RELEASE), None)
    if release is None or any(event.kind is EventKind.POSTPONE for event in own):
        return None
    ground, colon, reason = release.reason.partition(": ")
    return Early(Ground(ground), reason) if colon and ground in tuple(Ground) else None


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
