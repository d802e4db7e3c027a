"""Postfix's two test programs, `smtp-sink` (takes mail and drops it) and `smtp-source` (sends mail), without Postfix.

Nothing is installed and no service is started: on Debian the package is fetched and unpacked into a temporary folder,
by `apt-get download postfix` and `dpkg -x`. Elsewhere unpack or build Postfix and name the folder that holds
`usr/sbin/smtp-source` with `--postfix DIR`.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NoPostfixError(Exception):
    """Why the programs are not there, and how they are got."""


@dataclass(frozen=True, slots=True)
class Postfix:
    """The programs, in a folder laid out as the package is."""

    folder: Path

    def program(self, name: str) -> str:
        return str(self.folder / "usr/sbin" / name)

    @property
    def environment(self) -> Mapping[str, str]:
        """The programs' own libraries lie in the package."""
        return os.environ | {"LD_LIBRARY_PATH": str(self.folder / "usr/lib/postfix")}

    @contextmanager
    def sink(self) -> Iterator[int]:
        """A server that takes and drops every mail, offering pipelining, on a free port of this machine."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        as_whom = ["-u", "nobody"] if os.getuid() == 0 else []  # which it refuses to stay
        command = [self.program("smtp-sink"), *as_whom, f"127.0.0.1:{port}", "128"]
        with subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True) as process:
            try:
                _await(process, port)
                yield port
            finally:
                process.terminate()

    def source(self, port: int, messages: int, sessions: int, size: int) -> tuple[float, float]:
        """CPU and wall seconds of `smtp-source`, each session sending all its messages over one connection."""
        command = [
            *(self.program("smtp-source"), "-d", "-s", str(sessions), "-m", str(messages), "-l", str(size)),
            *("-f", "privacy@example.com", "-t", "reader@example.com", f"127.0.0.1:{port}"),
        ]
        began = time.perf_counter()
        with subprocess.Popen(command, env=self.environment) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        return usage.ru_utime + usage.ru_stime, time.perf_counter() - began


def found(given: Path | None, scratch: Path) -> Postfix:
    """The programs in a folder, or fetched from Debian into `scratch`.

    Raises:
        NoPostfixError: they are in neither place.
    """
    folder = given or scratch / "postfix"
    if given is None:
        _fetch(folder)
    missing = [name for name in ("smtp-sink", "smtp-source") if not (folder / "usr/sbin" / name).exists()]
    if missing:
        raise NoPostfixError(
            f"{folder}/usr/sbin holds no {' and no '.join(missing)}. Name an unpacked postfix package."
        )
    return Postfix(folder.resolve())


def _fetch(folder: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise NoPostfixError("Only Debian's postfix can be fetched; elsewhere name an unpacked one: --postfix DIR.")
    folder.mkdir(parents=True)
    fetched = subprocess.run(
        ["apt-get", "download", "postfix"], cwd=folder, capture_output=True, text=True, check=False
    )
    packages = sorted(folder.glob("postfix_*.deb"))
    if not packages:
        raise NoPostfixError(f"apt-get download postfix: {fetched.stderr.strip() or 'no package came'}")
    subprocess.run(["dpkg", "-x", packages[0], folder], check=True)


def _await(process: subprocess.Popen[str], port: int) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise NoPostfixError(f"smtp-sink ended: {process.stderr.read().strip() if process.stderr else ''}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise NoPostfixError("smtp-sink does not answer.")
