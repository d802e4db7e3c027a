"""How commands show whom a notice tells: the conditions, how many, and a few of them masked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from publisher.cli.words import count
from publisher.domain.notice import Channel

if TYPE_CHECKING:
    from publisher.workflow.audience import LanguageCount, Shown


def audiences_record(told: "Shown") -> list[dict[str, object]]:
    """Each audience with its counts, as plain JSON values."""
    return [{"name": entry.name, "languages": languages_record(entry.languages)} for entry in told.audiences]


def languages_record(rows: "Sequence[LanguageCount]") -> list[dict[str, object]]:
    """Counts by language as plain JSON values."""
    return [{"language": row.language, "users": row.users, "without_address": row.without_address} for row in rows]


def print_audience(told: "Shown", channels: Sequence[tuple[str, "Sequence[LanguageCount]"]]) -> None:
    """The conditions, the counts of each channel and audience, and the samples."""
    if told.where:
        click.echo(f"    where   {told.where}")
    for channel, rows in channels:
        print_rows(f"{channel:7}", rows)
    if len(told.audiences) > 1:
        for entry in told.audiences:
            print_rows(entry.name, entry.languages)
    for sample in told.samples:
        click.echo(f"    for example {sample}")


def print_told(told: "Shown", channels: Sequence[str]) -> None:
    """What a signature freezes, and how many that are now."""
    click.echo(f"  A notice would go to {told.name}:")
    print_audience(told, [(channel, told.of_channel(Channel(channel))) for channel in channels])


def print_rows(name: str, rows: "Sequence[LanguageCount]") -> None:
    """The counts of a channel or an audience, a line each language."""
    for row in rows:
        without = f", {row.without_address:,} without an address" if row.without_address else ""
        click.echo(f"    {name} {row.language:8} {count(row.users, 'user')}{without}")
