"""Small words of the command line: plurals, lists, JSON."""

import getpass
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from publisher.domain.policy import Policy
    from publisher.workflow.delivery_report import Called, DeliveryReport


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 version`, `2 versions`, `1,000 users`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def login_name() -> str:
    """Who is at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        return "somebody"


def print_json(value: object) -> None:
    """Prints a value for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_files_to_commit(files: Iterable[str]) -> None:
    """Says which files changed that belong into version control."""
    listed = " ".join(files)
    if listed:
        click.echo(f"Commit: {listed}")


def print_lead_times(policies: "Iterable[Policy]") -> None:
    """Says which lead time each regime asks for, where it comes from, and whether counsel has confirmed it."""
    for policy in policies:
        for found in policy.settings.lead_times:
            click.echo(f"Lead time of {policy.name}: {found.told}.")


def outcomes_of(counted: "DeliveryReport | Called") -> dict[str, int]:
    """How many messages of one channel became what, in words."""
    return {
        "accepted": counted.accepted,
        "refused": counted.refused,
        "deferred": counted.deferred,
        "in doubt": counted.in_doubt,
        "skipped": counted.skipped,
    }


def named_outcomes(counted: "DeliveryReport | Called") -> dict[str, int]:
    """The same as programs read it."""
    return {name.replace(" ", "-"): number for name, number in outcomes_of(counted).items()}
