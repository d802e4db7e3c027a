"""Small words of the command line: plurals, lists, JSON."""

import json
from collections.abc import Iterable

import click


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 version`, `2 versions`, `1,000 users`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def print_json(value: object) -> None:
    """Prints a value for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_files_to_commit(files: Iterable[str]) -> None:
    """Says which files changed that belong into version control."""
    listed = " ".join(files)
    if listed:
        click.echo(f"Commit: {listed}")
