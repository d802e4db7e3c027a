"""The `publisher` command: arguments in, one workflow call, text and exit code out."""

import gc
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher import __version__
from publisher.cli.context import Desk
from publisher.cli.registry import COMMANDS, LazyGroup

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Values hold no circles: looking for some after every 700 objects costs up to a seventh of a comparison's time."""


@click.group(cls=LazyGroup, commands_by_name=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "directory",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=Path(),
    help="Work in this folder instead of the current one.",
)
@click.version_option(__version__, prog_name="publisher")
@click.pass_context
def publisher(context: click.Context, directory: Path) -> None:
    """Tell users of important policy changes before they take effect, and keep the proof."""
    if context.obj is None:
        context.obj = Desk(clock=_now)
    context.obj = context.obj.in_folder(directory)


def main() -> None:
    """Runs the command: exit 0 done, 1 errors told, 2 misuse."""
    from publisher.cli.faults import told_and_exited

    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    for argument in sys.argv[1:]:
        if any("\ud800" <= char <= "\udfff" for char in argument):
            click.echo(
                f"An argument is not text in UTF-8: {argument.encode('utf-8', 'backslashreplace').decode()}", err=True
            )
            sys.exit(2)
    with told_and_exited():
        publisher(prog_name="publisher", standalone_mode=True)
    sys.exit(0)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
