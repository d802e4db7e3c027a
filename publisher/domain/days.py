"""Days: calendar dates in a policy's zone, the instants at which they begin, and how lead times count them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)  # asked for each version at each event of a ledger
def local_midnight(day: date, timezone: str) -> datetime:
    """The instant at which a day begins in a zone, as aware UTC; in a gap of the clock, the first instant after it."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)


def local_date(instant: datetime, timezone: str) -> date:
    """The calendar date of an aware instant in a zone."""
    return instant.astimezone(ZoneInfo(timezone)).date()


def earliest_effective(today: date, floor: int, delivery_days: int) -> date:
    """The first effective date that a material version released today may have.

    Delivery days count today; neither the day of completion nor the effective day counts towards the floor.
    """
    return today + timedelta(days=floor + delivery_days)


def must_hold_from(effective: date, floor: int, timezone: str) -> datetime:
    """The instant from which a version without complete notice is held."""
    return local_midnight(effective - timedelta(days=floor), timezone)
