"""The servers that are measured: ours and nginx, each on a port of its own, with what they take of the machine."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.serve_site import publisher

_TICKS = os.sysconf("SC_CLK_TCK")
_STARTED_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    def seconds(self) -> float:
        """CPU seconds, user and system, that its processes took so far."""
        return sum(map(_seconds, self._processes()))

    def megabytes(self) -> float:
        """What its processes hold in memory, in MB of a million bytes; pages that they share count for each."""
        return sum(map(_kilobytes, self._processes())) * 1024 / 1e6

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def _processes(self) -> list[int]:
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            with suppress(OSError):  # one that ended just now
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    waiting.extend(map(int, (thread / "children").read_text("ascii").split()))
        return found


@contextmanager
def ours(root: Path, *, ahead: timedelta = timedelta()) -> Iterator[Server]:
    """`publisher serve`, by a clock that is so much ahead of the machine's."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.benchmarks.serve_ahead", str(ahead.total_seconds())]
    command += ["-C", str(root), "serve", "--no-tick", "--port", str(port)]
    with _running(command, port, {}) as server:
        yield server


@contextmanager
def nginx(root: Path, scratch: Path, programs: Path, *, tuned: bool = False) -> Iterator[Server]:
    """Nginx with one worker and the locations that `publisher hosting nginx` writes, sending pre-compressed pages.

    `tuned` has it keep files open for ten seconds: faster, and so much longer at the old page after a build.
    """
    port = _free_port()
    here = scratch / "nginx"
    here.mkdir()
    held = "open_file_cache max=1000; open_file_cache_valid 10s;" if tuned else ""
    publisher(root, "hosting", "nginx", "--into", str(here))
    kept = "".join(f"{name}_temp_path {here}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    served = f"server {{ listen 127.0.0.1:{port}; include {here}/publisher.nginx.conf; }}"
    (here / "nginx.conf").write_text(
        f"user root; worker_processes 1; daemon off; pid {here}/pid; error_log stderr; events {{}}"
        f" http {{ access_log off; sendfile on; tcp_nopush on; gzip_static on; {held} {kept} {served} }}",
        "utf-8",
    )
    command = [str(programs / "usr/sbin/nginx"), "-p", str(here), "-c", str(here / "nginx.conf")]
    with _running(command, port, libraries(programs)) as server:
        yield server


@contextmanager
def packed_beside(root: Path, path: str) -> Iterator[None]:
    """A page's gzip lies beside it, as `gzip_static` wants it."""
    page = root / "site/public" / path.strip("/") / "index.html"
    packed = page.with_name("index.html.gz")
    packed.write_bytes(gzip.compress(page.read_bytes(), 6, mtime=0))
    os.utime(packed, ns=(page.stat().st_mtime_ns,) * 2)
    try:
        yield
    finally:
        packed.unlink()


def libraries(programs: Path) -> dict[str, str]:
    """The environment in which unpacked programs find their libraries."""
    return {"LD_LIBRARY_PATH": ":".join(map(str, sorted((programs / "usr/lib").glob("*-linux-gnu"))))}


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) as process:
        try:
            ends = time.monotonic() + _STARTED_SECONDS
            while process.poll() is None and time.monotonic() < ends:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                raise RuntimeError(f"{command[0]} did not start")
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
