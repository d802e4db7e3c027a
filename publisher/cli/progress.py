"""Progress of long work: a bar with rate and time left on a terminal, silence elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from publisher.cli.terminal import is_terminal


class Advancing(Protocol):
    """Something that is told how far the work has come."""

    def begin(self, number: int) -> None:
        """How much there is in all."""
        ...

    def advance(self, number: int) -> None:
        """So much more is done."""
        ...


class Silent:
    """No bar: the output is no terminal."""

    def begin(self, number: int) -> None:
        """Nothing to draw."""

    def advance(self, number: int) -> None:
        """Nothing to draw."""


@contextmanager
def bar(label: str, *, unit: str) -> Iterator[Advancing]:
    """A progress bar on standard error while the block runs."""
    if not is_terminal(sys.stderr):
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} {unit}/s" if task.speed else "", style="progress.data.speed")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task(label, total=None)

        class Drawn:
            """Draws what it is told."""

            def begin(self, number: int) -> None:
                drawn.update(task, total=number)

            def advance(self, number: int) -> None:
                drawn.advance(task, number)

        yield Drawn()
