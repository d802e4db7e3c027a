"""The policies folder: which policies and versions there are, and all that is wrong with their files."""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.domain.digest import digest_of
from publisher.domain.ledger import recorded_texts
from publisher.domain.policy import (
    Manuscript,
    Policy,
    PolicySettings,
    Spoilt,
    Version,
    is_language,
    is_policy_name,
    is_version,
    version_number,
)
from publisher.errors import Fault, Place, Severity
from publisher.library.front import read_front
from publisher.library.ledgers import LEDGER_FILE, Ledger, ledger_of
from publisher.library.packs import Shelf, read_packs
from publisher.library.reviews import REVIEW_FILE
from publisher.library.settings import setting_line, settings_of
from publisher.library.source import read_source, read_text
from publisher.library.statements import NOTICES

POLICIES = "policies"
SETTINGS_FILE = "policy.toml"
REVISIONS = "revisions"

_REVISION = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the policies folder holds, each policy's ledger by its name.

    A policy whose settings cannot be read is only in the faults.
    """

    policies: tuple[Policy, ...]
    faults: tuple[Fault, ...]
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder's entries by what they are, names sorted."""

    folders: tuple[str, ...]
    files: tuple[str, ...]


def read_policies(root: Path, only: Collection[str] | None = None) -> Reading:
    """Every policy below a workspace's folder, in order of name, and every fault with file and line.

    `only` names the folders to be read; left out, all are. What is wrong with a text that the ledger already holds is a
    warning where the text can still be read: it is part of the record and can no longer be edited.
    """
    shelf = read_packs(root)
    faults: list[Fault] = list(shelf.faults)
    top = root / POLICIES
    if not top.is_dir() or top.is_symlink():
        missing = Fault(
            "policies-missing",
            f"There is no folder {POLICIES} in the workspace.",
            "Run `publisher init`, or go to the right folder.",
            Place(POLICIES),
        )
        return Reading((), (*faults, missing))
    entries = _entries(top, POLICIES, faults)
    _strays(entries.files, POLICIES, "Each policy has a folder of its own.", faults)
    ledgers: dict[str, Ledger] = {}
    policies = [
        policy
        for name in entries.folders
        if (only is None or name in only) and (policy := _policy(root, name, shelf, ledgers, faults)) is not None
    ]
    if not entries.folders:
        faults.append(
            Fault(
                "policies-empty",
                "There is no policy yet.",
                "Run `publisher init`, or make a folder such as policies/privacy with a policy.toml and v1/en.md.",
                Place(POLICIES),
                Severity.WARNING,
            )
        )
    return Reading(tuple(policies), tuple(faults), ledgers)


def policy_names(root: Path) -> tuple[str, ...]:
    """The folders that hold policies, in order of name, whatever is in them."""
    top = root / POLICIES
    return _entries(top, POLICIES, []).folders if top.is_dir() and not top.is_symlink() else ()


def setting_place(root: Path, policy: str, *key: str | int) -> Place:
    """Where a key stands in a policy's settings; the file's first line when it is not there."""
    shown = f"{POLICIES}/{policy}/{SETTINGS_FILE}"
    text, _ = read_text(root / POLICIES / policy / SETTINGS_FILE, name=shown)
    return Place(shown, setting_line(text, *key) if text is not None else 1)


def _policy(root: Path, name: str, shelf: Shelf, ledgers: dict[str, Ledger], faults: list[Fault]) -> Policy | None:
    shown = f"{POLICIES}/{name}"
    if not is_policy_name(name):
        faults.append(
            Fault(
                "policy-name",
                f"{name!r} cannot be a policy's name.",
                "Write up to 64 lower-case letters, digits and single hyphens; no language tag, version or page name.",
                Place(shown),
            )
        )
        return None
    entries = _entries(root / POLICIES / name, shown, faults)
    _strays(
        [file for file in entries.files if file not in (SETTINGS_FILE, LEDGER_FILE)],
        shown,
        f"A policy's folder holds {SETTINGS_FILE}, {LEDGER_FILE} and a folder for each version.",
        faults,
    )
    settings = _settings(root, name, shown, entries, shelf, faults)
    if settings is None:
        return None
    ledgers[name] = ledger_of(root, name)
    versions: list[Version] = []
    for folder in entries.folders:
        if folder == NOTICES:
            continue
        if not is_version(folder):
            faults.append(_stray(f"{shown}/{folder}", "Versions are named v1, v2, ..."))
            continue
        recorded = {language: digests[-1] for language, digests in recorded_texts(ledgers[name].events, folder).items()}
        versions.append(_version(root, settings, folder, recorded, faults))
    versions.sort(key=lambda version: version_number(version.name))
    _gaps(versions, shown, faults)
    return Policy(settings, shown, tuple(versions), shelf.packs)


def _settings(
    root: Path,
    name: str,
    shown: str,
    entries: _Folder,
    shelf: Shelf,
    faults: list[Fault],
) -> PolicySettings | None:
    file = f"{shown}/{SETTINGS_FILE}"
    if SETTINGS_FILE not in entries.files:
        faults.append(
            Fault(
                "settings-missing",
                f"The policy has no {SETTINGS_FILE}.",
                'Write one; it needs at least: title = "..." and language = "en"',
                Place(file),
            )
        )
        return None
    text, found = read_source(root / POLICIES / name / SETTINGS_FILE, name=file)
    faults.extend(found)
    if text is None:
        return None
    settings, found = settings_of(text, name, file, shelf.names)
    faults.extend(found)
    return settings


def _version(
    root: Path, settings: PolicySettings, version: str, released: Mapping[str, str], faults: list[Fault]
) -> Version:
    """A version's folder. `released` holds the digests that the ledger has of its texts; it is empty for a draft."""
    shown = f"{POLICIES}/{settings.name}/{version}"
    folder = root / POLICIES / settings.name / version
    entries = _entries(folder, shown, faults)
    revisions = _revisions(folder, shown, settings.name, version, entries, faults)
    texts: list[Manuscript] = []
    spoilt: list[Spoilt] = []
    present: set[str] = set()
    for file in entries.files:
        language = file.removesuffix(".md")
        if file == REVIEW_FILE:
            continue
        if not file.endswith(".md") or not is_language(language):
            faults.append(_stray(f"{shown}/{file}", "A text is named by its language: en.md, zh-CN.md."))
            continue
        present.add(language)
        if language not in settings.all_languages and language not in released:
            faults.append(
                Fault(
                    "language-undeclared",
                    f"{SETTINGS_FILE} does not name the language {language}.",
                    f'Add "{language}" to languages in {SETTINGS_FILE}, or delete the file.',
                    Place(f"{shown}/{file}"),
                    Severity.WARNING,
                )
            )
        revision = 1 + max((old.revision for old in revisions if old.language == language), default=0)
        digest = released.get(language)
        text = _manuscript(
            folder / file, (settings.name, version, language), f"{shown}/{file}", revision, digest, faults
        )
        if isinstance(text, Manuscript):
            texts.append(text)
        elif text is not None:
            spoilt.append(text)
    _absent(settings, version, shown, present, released, faults)
    texts.sort(key=lambda text: (text.language != settings.language, text.language))
    return Version(settings.name, version, shown, tuple(texts), tuple(revisions), tuple(spoilt))


def _manuscript(
    path: Path, which: tuple[str, str, str], shown: str, revision: int, released: str | None, faults: list[Fault]
) -> Manuscript | Spoilt | None:
    policy, version, language = which
    source, found = read_source(path, name=shown, language=language)
    if source is None:
        faults.extend(found)
        return None
    front, divided, front_faults = read_front(source)
    settled = front is not None and released is not None and digest_of(source) == released
    told = dict.fromkeys((*found, *(fault.at(shown) for fault in front_faults)))
    faults.extend(replace(fault, severity=Severity.WARNING) if settled else fault for fault in told)
    if front is None:
        return Spoilt(language, shown, divided.body, divided.body_line) if divided.front is not None else None
    return Manuscript(policy, version, language, shown, source, front, divided.body, divided.body_line, revision)


def _revisions(
    folder: Path, shown: str, policy: str, version: str, entries: _Folder, faults: list[Fault]
) -> list[Manuscript]:
    """The former texts of a released version, oldest first."""
    found: list[Manuscript] = []
    remedy = f"A version's folder holds texts, {REVIEW_FILE} and {REVISIONS}."
    faults.extend(_stray(f"{shown}/{name}", remedy) for name in entries.folders if name != REVISIONS)
    if REVISIONS not in entries.folders:
        return found
    numbers = _entries(folder / REVISIONS, f"{shown}/{REVISIONS}", faults)
    _strays(numbers.files, f"{shown}/{REVISIONS}", "Old texts lie in folders 1, 2, ...", faults)
    for number in numbers.folders:
        if not _REVISION.fullmatch(number):
            faults.append(_stray(f"{shown}/{REVISIONS}/{number}", "Old texts lie in folders 1, 2, ..."))
            continue
        here = f"{shown}/{REVISIONS}/{number}"
        for file in _entries(folder / REVISIONS / number, here, faults).files:
            language = file.removesuffix(".md")
            if not file.endswith(".md") or not is_language(language):
                faults.append(_stray(f"{here}/{file}", "A text is named by its language: en.md, zh-CN.md."))
                continue
            which = (policy, version, language)
            text = _manuscript(folder / REVISIONS / number / file, which, f"{here}/{file}", int(number), None, faults)
            if isinstance(text, Manuscript):
                found.append(text)
    return sorted(found, key=lambda text: (text.revision, text.language))


def _absent(
    settings: PolicySettings,
    version: str,
    shown: str,
    present: Iterable[str],
    released: Mapping[str, str],
    faults: list[Fault],
) -> None:
    """Tells the texts that must be there: of a draft those that the settings want, of a released one those it had."""
    wanted = tuple(released) if released else settings.all_languages
    for language in wanted:
        if language in present:
            continue
        file = f"{shown}/{language}.md"
        if released:
            message = f"The ledger holds a text of {version} in {language}, and its file is gone."
            faults.append(Fault("released-missing", message, "Restore it from version control.", Place(file)))
        elif language == settings.language:
            message = f"{version} has no text in {language}, the authoritative language."
            faults.append(Fault("text-missing", message, f"Write {file}.", Place(file)))
        else:
            message = f"{version} has no translation into {language}."
            remedy = f"Write {file}, or take {language} out of languages in {SETTINGS_FILE}."
            faults.append(Fault("translation-missing", message, remedy, Place(file)))


def _gaps(versions: Sequence[Version], shown: str, faults: list[Fault]) -> None:
    expected = 1
    for version in versions:
        number = version_number(version.name)
        if number != expected:
            faults.append(
                Fault(
                    "version-gap",
                    f"{version.name} is there, v{expected} is not.",
                    f"Restore v{expected}, or let the numbers follow each other if it never was.",
                    Place(f"{shown}/{version.name}"),
                    Severity.WARNING,
                )
            )
        expected = number + 1


def _entries(folder: Path, shown: str, faults: list[Fault]) -> _Folder:
    """What a folder holds: hidden files are passed over, symbolic links and devices told and left out."""
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as fault:
        faults.append(
            Fault(
                "folder-unreadable",
                f"It cannot be read: {fault.strerror or fault}.",
                "Make the folder readable.",
                Place(shown),
            )
        )
        return _Folder((), ())
    twins: dict[str, str] = {}
    for entry in entries:
        if entry.name.startswith("."):
            continue
        place = Place(f"{shown}/{_printable(entry.name)}")
        twin = twins.setdefault(entry.name.casefold(), entry.name)
        if twin != entry.name:
            message = f"{_printable(twin)} and {_printable(entry.name)} are one file on many systems."
            faults.append(Fault("file-twin", message, "Keep one of them.", place))
        if entry.is_symlink():
            faults.append(
                Fault("file-irregular", "This is a symbolic link.", "Put the file or folder itself here.", place)
            )
        elif entry.is_dir(follow_symlinks=False):
            folders.append(entry.name)
        elif entry.is_file(follow_symlinks=False):
            files.append(entry.name)
        else:
            faults.append(Fault("file-irregular", "This is no regular file.", "Delete it.", place))
    return _Folder(tuple(folders), tuple(files))


def _strays(files: Iterable[str], shown: str, remedy: str, faults: list[Fault]) -> None:
    faults.extend(_stray(f"{shown}/{file}", remedy) for file in files)


def _stray(shown: str, remedy: str) -> Fault:
    return Fault("file-unknown", "Nothing reads this.", remedy, Place(_printable(shown)), Severity.WARNING)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in name)
