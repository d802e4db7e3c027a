"""Load from wrk, and what it saw."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.serve_servers import Server, libraries

_REQUESTS = re.compile(r"(\d+) requests in")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)\b")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_BROKEN = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What a run was: requests answered, CPU microseconds of the server for each, ms that 99 of 100 took, failures."""

    requests: int
    microseconds: float
    p99: float
    failures: int


def load(
    server: Server, path: str, headers: Mapping[str, str], programs: Path, *, seconds: int, connections: int = 32
) -> Load:
    """Asks for one page as fast as it is answered."""
    before = server.seconds()
    with begun(server, path, headers, programs, seconds=seconds, connections=connections) as process:
        told, _ = process.communicate()
    return read(told, server.seconds() - before)


def begun(
    server: Server, path: str, headers: Mapping[str, str], programs: Path, *, seconds: int, connections: int
) -> subprocess.Popen[str]:
    """The same, while something else happens."""
    command = [str(programs / "usr/bin/wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command.append(f"http://127.0.0.1:{server.port}{path}")
    return subprocess.Popen(command, env={**os.environ, **libraries(programs)}, stdout=subprocess.PIPE, text=True)


def read(told: str, seconds: float) -> Load:
    """What wrk printed."""
    requests, p99 = _REQUESTS.search(told), _P99.search(told)
    if requests is None or p99 is None or not int(requests[1]):
        raise ValueError(f"wrk said: {told}")
    refused, broken = _REFUSED.search(told), _BROKEN.search(told)
    failures = int(refused[1]) if refused else 0
    failures += sum(map(int, broken.groups())) if broken else 0
    count = int(requests[1])
    return Load(count, seconds / count * 1e6, float(p99[1]) * _MILLISECONDS[p99[2]], failures)
