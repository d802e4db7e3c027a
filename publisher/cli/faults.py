"""How faults are told on a terminal, to programs, and by exit code."""

import errno
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from publisher.errors import Fault, Place, PublisherError, Severity


def tell(faults: Iterable[Fault], *, err: bool = True) -> None:
    """Prints faults as `file:line: error: message`, with the remedy on a line of its own."""
    for fault in faults:
        where = str(fault.place)
        colour = "red" if fault.severity is Severity.ERROR else "yellow"
        head = f"{where}: " if where else ""
        click.echo(f"{head}{click.style(fault.severity.value, fg=colour, bold=True)}: {fault.message}", err=err)
        if fault.remedy:
            click.echo(f"  {fault.remedy}", err=err)


def as_json(faults: Iterable[Fault]) -> str:
    """Faults as a JSON list."""
    return json.dumps([record(fault) for fault in faults], ensure_ascii=False, indent=2)


def record(fault: Fault) -> dict[str, str | int | None]:
    """A fault as plain JSON values."""
    return {
        "severity": fault.severity.value,
        "code": fault.code,
        "file": fault.place.file,
        "line": fault.place.line,
        "column": fault.place.column,
        "clause": fault.place.clause,
        "message": fault.message,
        "remedy": fault.remedy,
    }


def as_github(faults: Iterable[Fault]) -> str:
    """Faults as annotations that a forge shows beside the lines."""
    lines = []
    for fault in faults:
        places = [
            f"{name}={_property(str(value))}"
            for name, value in (("file", fault.place.file), ("line", fault.place.line), ("col", fault.place.column))
            if value is not None
        ]
        lines.append(f"::{fault.severity.value} {','.join(places)}::{_data(f'{fault.message} {fault.remedy}')}")
    return "\n".join(lines)


@contextmanager
def told_and_exited() -> Iterator[None]:
    """Turns faults of the world into words and exit code 1; bugs go on as they are."""
    try:
        yield
    except PublisherError as error:
        tell(error.faults)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno not in _OF_THE_WORLD:
            raise
        tell((_of_the_disk(error),))
        sys.exit(1)


_OF_THE_WORLD = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
)
"""What a disk or its owner may refuse to any program; another fault of the system is a bug."""


def _of_the_disk(error: OSError) -> Fault:
    named = error.filename2 or error.filename
    return Fault(
        "disk-refused",
        f"The system refused it: {error.strerror}.",
        "Make room on the disk, or let this user write there, and run the command again: it goes on where it stopped.",
        Place(os.fsdecode(named) if isinstance(named, str | bytes) else None),
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
