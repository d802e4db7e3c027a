"""Dates and instants as people type them."""

import re
from datetime import UTC, date, datetime

import click


class DateType(click.ParamType[date]):
    """A date, YYYY-MM-DD and nothing else."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Reads it, or tells the misuse."""
        if isinstance(value, date):
            return value
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            self.fail(f"{value!r} is no date; write it as 2027-03-01.", param, ctx)
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day of the calendar.", param, ctx)


class InstantType(click.ParamType[datetime]):
    """An instant such as 2027-03-01T00:00:00Z, or a date, which is its midnight UTC."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Reads it, or tells the misuse."""
        if isinstance(value, datetime):
            return value
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no instant; write it as 2027-03-01T00:00:00Z.", param, ctx)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


DATE = DateType()
INSTANT = InstantType()
