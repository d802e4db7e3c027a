"""How many delivery passes a store has begun, kept beside it: one restored from an older backup remembers fewer.

What such a store still holds as queued may have been sent since, so that sending it would tell people twice.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.errors import Place, PublisherError, one
from publisher.library import atomic_write

if TYPE_CHECKING:
    from publisher.store.engine import Store

LOCK = "deliver"
"""The run lock of delivery; its number is that of the pass."""

FILE = "publisher.passes"
"""Beside the installation's key. Where it is missing, nothing is known; other machines keep their own."""


def passes_file(settings: Settings) -> Path:
    """The file, in the folder of the installation's key."""
    return settings.path(settings.secrets.key_file).with_name(FILE)


def known_passes(settings: Settings, identity: str) -> int:
    """The number of the last pass that this machine has seen a store begin; 0 when it has seen none."""
    return _read(passes_file(settings)).get(identity, 0)


def remember_pass(settings: Settings, identity: str, number: int) -> None:
    """Notes a pass, before it sends anything.

    Raises:
        PublisherError: it could not be written.
    """
    path = passes_file(settings)
    known = _read(path)
    if known.get(identity, 0) >= number:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, json.dumps(known | {identity: number}, sort_keys=True).encode("ascii") + b"\n")
    except OSError as fault:
        message = f"It cannot be written: {fault.strerror or fault}."
        raise one("passes-unwritable", message, "Make its folder writable.", Place(str(path))) from None


def refuse_rolled_back(settings: Settings, store: "Store") -> None:
    """Nothing is decided or sent on the word of a store that has forgotten what it sent.

    Raises:
        PublisherError: the store was restored from a backup older than its last delivery pass, or a sender found out
            in the middle of one that it was restored.
    """
    from publisher.store import halts, leases, run_lock

    known = known_passes(settings, store.identity)
    with store.read() as connection:
        begun = run_lock.last(connection, LOCK)
        found = halts.last(connection, leases.RESTORED)
    if found is not None:
        raise PublisherError((found[1],))
    if begun < known:
        raise one(
            "store-rolled-back",
            f"The store remembers {begun} delivery passes of {known}: it was restored from an older backup, and what it"
            " holds as queued may have been sent since.",
            "Restore a newer one, or run: publisher adopt --by NAME --reason WHY (what is queued is then in doubt, and"
            " not sent again).",
        )


def _read(path: Path) -> dict[str, int]:
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {name: number for name, number in held.items() if isinstance(number, int)}
