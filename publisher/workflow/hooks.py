"""Commands of the organisation that are run when something has happened: no shell, a time limit, never in the way."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from publisher import library
from publisher.config import Settings
from publisher.errors import Fault, Severity

TIMEOUT_SECONDS = 60
AGAIN_AFTER = timedelta(days=1)
"""How long the same troubles are not told again."""

_ALERTED = "alerted.json"


def after_switch(settings: Settings, switched: Sequence[Mapping[str, str]]) -> tuple[Fault, ...]:
    """Tells that versions have taken effect, so that caches can be purged; the hook gets JSON on its standard input."""
    if not settings.hooks.after_switch or not switched:
        return ()
    return _run("after_switch", settings.hooks.after_switch, {"switched": list(switched)}, settings.root)


def alert(settings: Settings, troubles: Sequence[Fault], *, now: datetime) -> tuple[Fault, ...]:
    """Tells staff of troubles that need a person: the same ones once a day, new ones at once.

    Returns:
        What was wrong with the hook itself.
    """
    command = settings.hooks.alert
    remembered = settings.path(settings.secrets.key_file).parent / _ALERTED
    if not command:
        return ()
    told = [fault.message for fault in troubles]
    if not told or _told_lately(remembered, told, now):
        return ()
    payload = {
        "alerts": [
            {"code": fault.code, "message": fault.message, "remedy": fault.remedy, "file": fault.place.file}
            for fault in troubles
        ]
    }
    faults = _run("alert", command, payload, settings.root)
    if not faults:
        remembered.parent.mkdir(parents=True, exist_ok=True)
        held = {"told": told, "at": now.astimezone(UTC).isoformat()}
        library.atomic_write(remembered, json.dumps(held, ensure_ascii=False).encode("utf-8"))
    return faults


def _told_lately(path: Path, told: Sequence[str], now: datetime) -> bool:
    try:
        held = json.loads(path.read_text("utf-8"))
        at = datetime.fromisoformat(held["at"])
        return set(told) <= set(held["told"]) and at <= now < at + AGAIN_AFTER
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _run(name: str, command: Sequence[str], payload: Mapping[str, Any], folder: Path) -> tuple[Fault, ...]:
    try:
        done = subprocess.run(  # noqa: S603  the organisation's own command, from its own settings, without a shell
            list(command),
            input=json.dumps(payload, ensure_ascii=False).encode("utf-8"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (_failed(name, f"took longer than {TIMEOUT_SECONDS} seconds"),)
    except OSError as fault:
        return (_failed(name, f"cannot be run: {fault.strerror or fault}"),)
    if done.returncode == 0:
        return ()
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
    return (_failed(name, f"ended with {done.returncode}{f': {said}' if said else ''}"),)


def _failed(name: str, what: str) -> Fault:
    return Fault("hook-failed", f"The hook {name} {what}.", f"Correct [hooks] {name}.", severity=Severity.WARNING)
