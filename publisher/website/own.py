"""What every page hangs on besides the texts: this program, the libraries that write pages, the site's sources."""

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from publisher.render.templates import packaged_site

_ROOMS = ("diff", "domain", "languages", "library", "materiality", "notices", "parse", "render", "website", "workflow")
_LIBRARIES = ("babel", "jinja2", "markdown-it-py", "markupsafe", "mdit-py-plugins", "rapidfuzz", "tzdata")
_SOURCES = ("static", "strings", "templates")


def sources_digest(overrides: Path | None) -> str:
    """The digest of this program's own code, its libraries' versions, and the site's sources with a workspace's own."""
    whole = hashlib.sha256(_code_digest().encode())
    for folder in (packaged_site(), overrides):
        if folder is not None:
            for path in (found for source in _SOURCES for found in _below(folder / source)):
                _add(whole, path.relative_to(folder).as_posix(), path)
        whole.update(b"\n")
    return whole.hexdigest()


@cache  # what runs stays what it was when it was loaded, whatever is installed over it meanwhile
def _code_digest() -> str:
    whole = hashlib.sha256(f"{sys.version}\n".encode())
    for name in _LIBRARIES:
        whole.update(f"{name} {_version(name)}\n".encode())
    package = Path(__file__).resolve().parent.parent
    for path in [*sorted(package.glob("*.py")), *(found for room in _ROOMS for found in _below(package / room))]:
        if path.suffix in (".py", ".json", ".toml", ".txt", ".md"):
            _add(whole, path.relative_to(package).as_posix(), path)
    return whole.hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()))


def _add(whole: "hashlib._Hash", name: str, path: Path) -> None:
    whole.update(f"{name!r} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
