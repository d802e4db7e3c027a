"""What postponing, withdrawing and correcting print alike: the decision, its notice, and the files to commit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from publisher.cli.words import count, print_files_to_commit, print_json

if TYPE_CHECKING:
    from publisher.workflow.correct import Corrected
    from publisher.workflow.postpone import Postponed
    from publisher.workflow.withdraw import Withdrawn


def print_sequel_json(done: "Postponed | Withdrawn | Corrected", details: Mapping[str, object]) -> None:
    """The report for programs; `details` is what this kind of decision alone has."""
    print_json(
        {
            "policy": done.policy,
            "version": done.version,
            **details,
            "notice": done.notice,
            "queued": done.queued,
            "cancelled": done.cancelled,
            "files": list(done.files),
            "again": done.again,
        }
    )


def print_sequel(done: "Postponed | Withdrawn | Corrected", *, now: str, before: str) -> None:
    """One line that says what is so `now`, or that it was so `before`; then what goes out because of it."""
    if done.again:
        click.echo(f"{done.policy} {done.version} {before} before, for the same reason; nothing new.")
    else:
        click.echo(f"{done.policy} {done.version} {now}.")
    if done.notice and not done.again:
        cancelled = count(done.cancelled, "unsent message")
        click.echo(f"{count(done.queued, 'message')} queued as {done.notice}; {cancelled} cancelled.")
    print_files_to_commit(done.files)
