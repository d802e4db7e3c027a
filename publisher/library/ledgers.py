"""The ledger's file: one canonical JSON line for each event, each pointing to the line before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.domain.ledger import EventKind, LedgerEvent, event_of, line_digest
from publisher.domain.policy import is_version
from publisher.errors import Fault, Place, PublisherError, Severity, one
from publisher.library.files import atomic_write, read_bytes

LEDGER_FILE = "ledger.jsonl"
LARGEST = 256_000_000

_RESTORE = "Restore the file from version control; the ledger is only ever appended to."


@dataclass(frozen=True, slots=True)
class Ledger:
    """A policy's ledger as its file has it.

    Events of lines that can be read are there even when others cannot: they say what was released. `lines` are without
    their line ends, and none where the file as a whole cannot be read.
    """

    events: tuple[LedgerEvent, ...]
    lines: tuple[str, ...]
    faults: tuple[Fault, ...]


def ledger_name(policy: str) -> str:
    """A policy's ledger as staff know it."""
    return f"policies/{policy}/{LEDGER_FILE}"


def ledger_lines(root: Path, policy: str) -> tuple[str, ...]:
    """The ledger's lines without their line ends; empty when there is no ledger yet.

    Raises:
        PublisherError: the file cannot be read, or its last line was never finished.
    """
    lines, faults = _lines(root, policy)
    if faults:
        raise PublisherError(faults)
    return lines


def append_lines(root: Path, policy: str, lines: Sequence[str]) -> None:
    """Adds lines to a policy's ledger: after a crash at any moment it holds all of them or none.

    Lines that another process has put at the end meanwhile are not put there twice: no two lines are ever alike.

    Raises:
        PublisherError: the file cannot be read, its last line was never finished, or it cannot be written.
    """
    if not lines:
        return
    if any("\n" in line or "\r" in line or not line for line in lines):
        raise ValueError("a ledger line holds one event and no line end")
    held = ledger_lines(root, policy)
    known = next((size for size in range(len(lines), 0, -1) if held[-size:] == tuple(lines[:size])), 0)
    if known == len(lines):
        return
    whole = "".join(f"{line}\n" for line in (*held, *lines[known:]))
    try:
        atomic_write(_path(root, policy), whole.encode("utf-8"))
    except OSError as fault:
        raise one(
            "ledger-unwritable",
            f"The ledger cannot be written: {fault.strerror or fault}.",
            "Make room or give write access, then run the same command again: it finishes what was begun.",
            Place(ledger_name(policy)),
        ) from fault


def read_ledger(root: Path, policy: str) -> tuple[tuple[LedgerEvent, ...], tuple[Fault, ...]]:
    """A policy's events, and all that is wrong with its ledger, each with its line; see `Ledger`."""
    found = ledger_of(root, policy)
    return found.events, found.faults


def ledger_of(root: Path, policy: str) -> Ledger:
    """A policy's ledger, and all that is wrong with it, each with its line."""
    name = ledger_name(policy)
    lines, faults = _lines(root, policy)
    found = list(faults)
    events: list[LedgerEvent] = []
    previous: str | None = None
    whole = True
    for number, line in enumerate(lines, start=1):
        place = Place(name, number)
        try:
            event = event_of(line)
        except ValueError as fault:
            found.append(Fault("ledger-line", f"This line is no event: {fault}.", _RESTORE, place))
            previous, whole = line_digest(line), False
            continue
        if event.previous != previous and whole:
            found.append(
                Fault(
                    "ledger-chain",
                    "This line does not follow the line before it: one of them was changed, moved or deleted.",
                    _RESTORE,
                    place,
                )
            )
        whole = True
        previous = line_digest(line)
        found.extend(_misplaced(event, policy, events, place))
        events.append(event)
    return Ledger(tuple(events), lines, tuple(found))


def _misplaced(event: LedgerEvent, policy: str, before: Sequence[LedgerEvent], place: Place) -> Iterator[Fault]:
    """What no ledger of this policy has, whatever the lines before say; what may follow what is not known here."""
    if event.policy != policy:
        yield Fault("ledger-policy", f"This line belongs to the policy '{event.policy}'.", _RESTORE, place)
    if event.kind is EventKind.STORE:
        if event.version is not None or not event.store:
            yield Fault("ledger-line", "A store line names a store and no version.", _RESTORE, place)
        return
    if event.version is None or not is_version(event.version):
        yield Fault("ledger-line", f"'{event.version}' is no version.", _RESTORE, place)
        return
    if event.kind in (EventKind.RELEASE, EventKind.ADOPT) and event.effective is None:
        yield Fault("ledger-line", f"{event.version} has no effective date here.", _RESTORE, place)
    if before and event.at < before[-1].at:
        yield Fault(
            "ledger-clock",
            "This line is dated earlier than the line before it.",
            "Look at the clock of the machine that wrote it; the order of the lines counts.",
            place,
            Severity.WARNING,
        )


def _path(root: Path, policy: str) -> Path:
    return root / "policies" / policy / LEDGER_FILE


def _lines(root: Path, policy: str) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    name = ledger_name(policy)
    path = _path(root, policy)
    if not path.is_symlink() and not path.exists():
        return (), ()
    held, faults = read_bytes(path, name, LARGEST)
    if held is None:
        return (), faults
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = held[: fault.start].count(b"\n") + 1
        return (), (
            Fault("ledger-line", f"Byte {fault.start} of the ledger is not UTF-8.", _RESTORE, Place(name, line)),
        )
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        return (), (
            Fault(
                "ledger-line-ends",
                "The ledger has line ends of another system; its digests are over LF.",
                "Keep `*.jsonl text eol=lf` in .gitattributes and check the file out again.",
                Place(name, line),
            ),
        )
    if not text:
        return (), ()
    lines = text.split("\n")
    if lines[-1]:
        torn = Fault(
            "ledger-torn",
            "The last line of the ledger was never finished.",
            "Delete this line; the next publish writes it whole from the store.",
            Place(name, len(lines)),
        )
        return tuple(lines[:-1]), (torn,)
    return tuple(lines[:-1]), ()
