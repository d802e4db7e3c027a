"""A new workspace: settings, one policy with a frame to write in, and what version control ignores."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import quote
from pathlib import Path

from publisher import library
from publisher.config import FILE_NAME, Settings, read_settings
from publisher.errors import Fault, Place, PublisherError, errors_only, one
from publisher.workflow.check import check_workspace
from publisher.workflow.scaffold_texts import ATTRIBUTES, IGNORED, POLICY, SETTINGS, text_for, title_for
from publisher.workflow.workspace import open_workspace

_FOLDER = "policies/privacy"
_BEGUN = "policies/.privacy-begun"
_OF_VERSION_CONTROL = {".gitignore": IGNORED, ".gitattributes": ATTRIBUTES}


@dataclass(frozen=True, slots=True)
class Beginning:
    """Whose workspace it is to be. The first of `languages` is authoritative; `url` is where the website will be."""

    name: str
    url: str
    contact: str
    languages: tuple[str, ...]
    timezone: str


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """The files that were written and those that were there and stayed as they are, relative to the folder.

    `missing` are the lines that version control's files, where they were there before, still have to say.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    missing: Mapping[str, tuple[str, ...]]


def scaffold(folder: Path, beginning: Beginning, *, now: datetime) -> Scaffolded:
    """Makes a folder a workspace; what is in it already stays. The settings come last, so that it can be run again.

    Raises:
        PublisherError: it is a workspace already, or what was said of it cannot be, every fault at once.
    """
    if (folder / FILE_NAME).exists():
        message = f"This is a workspace already: it has a {FILE_NAME}."
        raise one("init-again", message, "Work in it, or name another folder.", Place(str(folder / FILE_NAME)))
    files = dict(_files(beginning, now))
    _refuse_wrong(files, now)
    with_policy = not (folder / _FOLDER).exists()
    written: list[str] = []
    kept: list[str] = []
    try:
        if with_policy:
            written.extend(_write_policy(folder, files))
        for name, text in files.items():
            if name.startswith(_FOLDER):
                continue
            if (folder / name).exists():
                kept.append(name)
                continue
            _write(folder / name, text)
            written.append(name)
        missing = dict(_missing(folder))
    except OSError as fault:
        raise one(
            "init-unwritable", f"It cannot be written: {fault.strerror}.", "Name another folder.", Place(str(folder))
        ) from None
    return Scaffolded(tuple(written), (*(() if with_policy else (_FOLDER,)), *kept), missing)


def _write_policy(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Makes the policy's folder whole or not at all: one that is there is never touched again."""
    beside = folder / _BEGUN
    shutil.rmtree(beside, ignore_errors=True)
    names = [name for name in files if name.startswith(_FOLDER)]
    for name in names:
        _write(beside / Path(name).relative_to(_FOLDER), files[name])
    beside.rename(folder / _FOLDER)
    yield from names


def _refuse_wrong(files: Mapping[str, str], now: datetime) -> None:
    """Whatever `publisher check` would say of the new workspace is said before there is one."""
    faults: list[Fault] = []
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name, text in files.items():
            _write(root / name, text)
        try:
            settings = read_settings(root, {})
        except PublisherError as wrong:
            faults.extend(wrong.faults)
            settings = Settings(root)
        faults.extend(errors_only(check_workspace(open_workspace(settings), now=now)))
    if faults:
        raise PublisherError(faults)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    library.atomic_write(path, text.encode("utf-8"))


def _files(beginning: Beginning, now: datetime) -> Iterator[tuple[str, str]]:
    first, *others = beginning.languages or ("",)
    yield (
        f"{_FOLDER}/policy.toml",
        POLICY.format(
            title=library.toml_string(title_for(first)),
            language=library.toml_string(first),
            others=", ".join(map(library.toml_string, others)),
            zone=library.toml_string(beginning.timezone),
            contact=library.toml_string(beginning.contact),
        ),
    )
    for language in beginning.languages:
        text = text_for(language).format(
            title=title_for(language), name=beginning.name, contact=beginning.contact, today=now.date().isoformat()
        )
        file = language.replace("/", "")  # what is no tag is told, and must not name a place elsewhere meanwhile
        yield f"{_FOLDER}/v1/{file}.md", text
    for name, lines in _OF_VERSION_CONTROL.items():
        yield name, "".join(f"{line}\n" for line in lines)
    sender = library.toml_string(f"{_phrase(beginning.name)} <{beginning.contact}>")
    yield (
        FILE_NAME,
        SETTINGS.format(
            name=library.toml_string(beginning.name), url=library.toml_string(beginning.url), sender=sender
        ),
    )


def _phrase(name: str) -> str:
    """A name as it may stand before an address (RFC 5322, section 3.2.5)."""
    return f'"{quote(name)}"' if set(name) & set('()<>[]:;@\\,."') else name


def _missing(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, lines in _OF_VERSION_CONTROL.items():
        present = (folder / name).read_text("utf-8", "replace").splitlines()
        missing = tuple(line for line in lines if line not in present)
        if missing:
            yield name, missing
