"""What goes wrong in the world, as values with a place and a remedy.

Faults are collected and shown together; `PublisherError` carries them to the surface. Bugs are not faults: they crash.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How bad a fault is: an error stops the work, a warning is told and the work goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: a file as staff know it, a line and column counted from 1, a clause id."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    clause: str | None = None

    def __str__(self) -> str:
        """`file:line:column`, as far as each is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, said for people who are not programmers.

    `code` is a short stable name such as `front-matter-missing`; `remedy` says what to do about it.
    """

    code: str
    message: str
    remedy: str
    place: Place = Place()
    severity: Severity = Severity.ERROR

    def at(self, file: str) -> "Fault":
        """The same fault, told of this file."""
        return replace(self, place=replace(self.place, file=file))

    def __str__(self) -> str:
        """`file:line: error: message. Remedy`, the form that editors and terminals make clickable."""
        where = str(self.place)
        return f"{where + ': ' if where else ''}{self.severity}: {self.message} {self.remedy}".rstrip()


class PublisherError(Exception):
    """Every fault of the world that stopped a command, all at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class BusyError(PublisherError):
    """Another process is doing this work now; trying again later is the remedy."""


def one(code: str, message: str, remedy: str, place: Place | None = None) -> PublisherError:
    """An error that carries a single fault."""
    return PublisherError((Fault(code, message, remedy, place or Place()),))


def errors_only(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults that stop the work."""
    return tuple(fault for fault in faults if fault.severity is Severity.ERROR)
