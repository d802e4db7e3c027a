"""Corrected texts: the former one is kept beside the new one, under its number."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from publisher.domain.policy import Manuscript
from publisher.errors import Fault
from publisher.library.files import atomic_write
from publisher.library.folders import REVISIONS
from publisher.library.front import read_front
from publisher.library.source import read_source


def former_path(text: Manuscript, number: int) -> str:
    """Where the former text of that number lies, relative to the workspace."""
    return f"{text.path.rpartition('/')[0]}/{REVISIONS}/{number}/{text.language}.md"


def read_candidate(file: Path, released: Manuscript) -> tuple[Manuscript | None, tuple[Fault, ...]]:
    """A text that is to take the place of a released one, read as strictly as any; its faults are told of the file."""
    source, found = read_source(file, name=str(file), language=released.language)
    if source is None:
        return None, found
    front, divided, front_faults = read_front(source)
    faults = (*found, *(fault.at(str(file)) for fault in front_faults))
    if front is None:
        return None, faults
    text = replace(
        released,
        source=source,
        front=front,
        body=divided.body,
        body_line=divided.body_line,
        revision=released.revision + 1,
    )
    return text, faults


def put_in_place(root: Path, former: Manuscript, text: Manuscript, number: int) -> None:
    """Keeps the former text under its number, then puts the new one where it was; killed between, run it again.

    Raises:
        OSError: it could not be written.
    """
    kept = root / former_path(text, number)
    kept.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(kept, former.source.encode("utf-8"))
    atomic_write(root / text.path, text.source.encode("utf-8"))


def take_back(root: Path, former: Manuscript, text: Manuscript, number: int) -> None:
    """Undoes `put_in_place`: the former text is where it was, and kept nowhere else.

    Raises:
        OSError: it could not be written.
    """
    atomic_write(root / text.path, former.source.encode("utf-8"))
    kept = root / former_path(text, number)
    kept.unlink(missing_ok=True)
    with suppress(OSError):  # other languages may be kept beside it
        kept.parent.rmdir()
        kept.parent.parent.rmdir()
