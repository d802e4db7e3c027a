"""The machine that files are written for, and the package that it installs."""

from dataclasses import dataclass
from urllib.parse import urlsplit

DISTRIBUTION = "policy-publisher"
"""The package's name, as an index of packages has it."""


@dataclass(frozen=True, slots=True)
class Package:
    """What a container or a runner installs.

    Attributes:
        version: of the package on an index; empty where `address` says what.
        address: a wheel's file name, or an address that pip takes (PEP 508), such as `git+https://...`.
    """

    version: str = ""
    address: str = ""

    @property
    def wheel(self) -> str:
        """The file name of a wheel that has to lie beside the files; empty when it comes from elsewhere."""
        return "" if "://" in self.address else self.address

    @property
    def needs_git(self) -> bool:
        """Whether pip calls git for it."""
        return self.address.startswith("git+")

    def requirement(self, extras: str, folder: str = "") -> str:
        """What pip is to install, with extras; a wheel lies in a folder, whose name ends with a slash."""
        if self.wheel:
            return f"{folder}{self.wheel}[{extras}]"
        if self.address:
            return f"{DISTRIBUTION}[{extras}] @ {self.address}"
        return f"{DISTRIBUTION}[{extras}]=={self.version}"


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that files are written for.

    Attributes:
        program: the installed command, its whole path.
        workspace: the workspace's folder, its whole path.
        output: the website's folder, its whole path.
        base_url: the website's address.
        user: as whom the programs run.
        number: the user id of those in containers.
        elsewhere: folders outside of the workspace that the programs write into, their whole paths.
        below_top: the workspace's path within its repository, with a slash at its end; empty where it is the top.
        shared: whether the store can be shared by many machines, which makes workers of senders.
        port: where `publisher serve` listens on this machine.
        workers: how many workers run here.
        package: what containers and runners install.
    """

    program: str
    workspace: str
    output: str
    base_url: str
    user: str
    number: int
    elsewhere: tuple[str, ...]
    below_top: str
    shared: bool
    port: int
    workers: int
    package: Package

    @property
    def name(self) -> str:
        """The site's host."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def below(self) -> str:
        """The site's path on its host, without a slash at its end."""
        return urlsplit(self.base_url).path.rstrip("/")

    def command(self, words: str) -> str:
        """A command line."""
        return f"{self.program} -C {self.workspace} {words}"
