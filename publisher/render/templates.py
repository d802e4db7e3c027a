"""Where templates and labels come from: the packaged site folder, single files overridden by a workspace's own."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import Fault, Place, PublisherError
from publisher.languages import fallbacks
from publisher.render.brief import in_parts
from publisher.render.theme import with_addresses
from publisher.render.wording import (
    Strings,
    crumbs,
    flattened,
    language_name,
    long_date,
    long_instant,
    text_direction,
    unbroken,
)

if TYPE_CHECKING:
    import jinja2

__all__ = [
    "Strings",
    "environment",
    "language_name",
    "long_date",
    "long_instant",
    "packaged_site",
    "static_files",
    "strings",
    "text_direction",
]

_DEFAULT_LANGUAGE = "en"


def packaged_site() -> Path:
    """The site folder that comes with the package: beside its modules in a wheel, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "site"
    return inside if (inside / "templates").is_dir() else package.parent / "site"


def environment(overrides: Path | None = None, compiled: Path | None = None) -> "jinja2.Environment":
    """Jinja2 over the packaged templates.

    `overrides` is a workspace's own site folder: a file in its `templates/` replaces the packaged one of that name.
    Everything but `.txt.j2` is escaped, and a name that a template does not know is an error. `compiled` is a folder in
    which compiled templates are kept.
    """
    import jinja2

    from publisher.render.compiled import Compiled

    folders = [packaged_site() / "templates"]
    if overrides is not None and (overrides / "templates").is_dir():
        folders.insert(0, overrides / "templates")
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=_escaped,  # noqa: S701  all but plain text is escaped
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=Compiled(compiled) if compiled is not None else None,
    )
    made.globals.update(unbroken=unbroken, crumbs=crumbs, in_parts=in_parts)
    return made


def strings(language: str, overrides: Path | None = None) -> Strings:
    """The labels for a reader of `language`: those of the tightest language that has a file, of that one alone.

    A workspace's own `strings/<lang>.toml` replaces single labels of the packaged file, or brings another language.

    Raises:
        PublisherError: a file cannot be read.
    """
    folders = [packaged_site() / "strings"]
    if overrides is not None and (overrides / "strings").is_dir():
        folders.append(overrides / "strings")
    files = [(path.stem, path) for folder in folders for path in sorted(folder.glob("*.toml"))]
    for tag in (*fallbacks(language), _DEFAULT_LANGUAGE):
        layers = [path for stem, path in files if stem.lower() == tag.lower()]
        sisters = [path for stem, path in files if stem.lower().split("-")[0] == tag.lower()]
        if not layers and sisters:
            # A reader of zh, or of zh-TW, reads zh-CN rather than English.
            layers = [path for path in sisters if path.stem == sisters[0].stem]
        if layers:
            entries: dict[str, str] = {}
            for path in layers:
                entries.update(_read(path))
            return Strings(layers[-1].stem, entries)
    raise PublisherError(
        (Fault("strings-missing", f"There are no labels for '{language}'.", "Install the package again."),)
    )


def static_files(overrides: Path | None = None) -> Mapping[str, bytes]:
    """The website's own files by name (`site.css`), a workspace's own in place of the packaged ones."""
    folders = [packaged_site() / "static"]
    if overrides is not None and (overrides / "static").is_dir():
        folders.append(overrides / "static")
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return with_addresses(dict(sorted(found.items())))


def _escaped(name: str | None) -> bool:
    return name is None or not name.endswith(".txt.j2")


def _read(path: Path) -> dict[str, str]:
    try:
        stat = path.stat()
        return dict(_parsed(path, stat.st_mtime_ns, stat.st_size))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as fault:
        raise PublisherError(
            (Fault("strings-unreadable", f"The labels cannot be read: {fault}.", "Mend it.", Place(str(path))),)
        ) from None


@lru_cache(maxsize=32)
def _parsed(path: Path, _changed: int, _size: int) -> Mapping[str, str]:
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return flattened(table)
