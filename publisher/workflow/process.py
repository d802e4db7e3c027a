"""Which process this is, told so that another one can see whether it has ended."""

import hashlib
import os
import re
import socket
from pathlib import Path

_OWNER = re.compile(r".*, process (?P<pid>[0-9]+) \((?P<machine>[0-9a-f]+)-(?P<started>[0-9]+)\)")


def this_process() -> str:
    """A name for this process: the machine and number for people, and what tells it from a later one of that number."""
    pid = os.getpid()
    return f"{socket.gethostname()}, process {pid} ({_machine()}-{_started(pid)})"


def has_ended(owner: str) -> bool:
    """Whether a process, named by `this_process`, is known to have ended. Of another machine that is never known."""
    named = _OWNER.fullmatch(owner)
    if named is None or named["machine"] != _machine():
        return False
    pid = int(named["pid"])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return _started(pid) != named["started"]


def _machine() -> str:
    """The machine as long as it runs, and the set of processes that this one sees: numbers mean nothing elsewhere."""
    known = [socket.gethostname()]
    try:
        known.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        pass
    return hashlib.sha256("\0".join(known).encode()).hexdigest()[:12]


def _started(pid: int) -> str:
    """When a process began, in the kernel's count; 0 where that is not to be had."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        # a process that has ended and waits to be collected by its parent does no more work
        return "1" if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")
    except (OSError, IndexError):
        return "0"
