"""publisher.toml and the environment, read once; every fault of both is told at once."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from publisher.config.places import FILE_NAME, line_of
from publisher.config.sections import SECTIONS, Settings
from publisher.config.values import impossible
from publisher.errors import Fault, Place, PublisherError, one

ENVIRONMENT_PREFIX = "PUBLISHER_"


def find_workspace(start: Path) -> Path:
    """The nearest folder with a publisher.toml, upward from `start`.

    Raises:
        PublisherError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise PublisherError(
        (
            Fault(
                "workspace-missing",
                f"There is no {FILE_NAME} in {start} or any folder above it.",
                "Go to the workspace's folder, or name it with -C DIR.",
            ),
        )
    )


def read_settings(root: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings of a workspace.

    Raises:
        PublisherError: with every fault of file and environment at once.
    """
    path = root / FILE_NAME
    try:
        whole = path.read_bytes()
    except OSError as fault:
        message = f"It cannot be read: {fault.strerror or fault}."
        raise one("settings-unreadable", message, "Mend the file.", Place(FILE_NAME)) from None
    try:
        text = whole.decode("utf-8-sig")  # what Windows' editor writes before the first sign is none of the settings
    except UnicodeDecodeError as fault:
        line = whole.count(b"\n", 0, fault.start) + 1
        message = "A character here is not written in UTF-8."
        raise one("settings-unreadable", message, "Save the file as UTF-8.", Place(FILE_NAME, line)) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"line (\d+), column (\d+)", str(fault))
        where = Place(FILE_NAME, int(place[1]), int(place[2])) if place else Place(FILE_NAME)
        raise PublisherError(
            (Fault("settings-syntax", f"This is not TOML: {fault}.", "Mend the line.", where),)
        ) from None
    faults: list[Fault] = []
    sections: dict[str, Any] = {}
    faults.extend(
        _unknown("section", name, SECTIONS, line_of(text, name, None)) for name in table if name not in SECTIONS
    )
    for name, kind in SECTIONS.items():
        values = table.get(name, {})
        if not isinstance(values, dict):
            faults.append(_wrong(f"[{name}]", "a section", line_of(text, name, None)))
            continue
        sections[name] = _section(name, kind, values, environment, text, faults)
    faults.extend(_unknown_variables(environment))
    if not faults:
        faults.extend(_of_variables(impossible(Settings(root, **sections), text), text, environment))
    if faults:
        raise PublisherError(faults)
    return Settings(root, **sections)


def _section(
    name: str, kind: type, values: dict[str, Any], environment: Mapping[str, str], text: str, faults: list[Fault]
) -> Any:
    known = {str(entry.metadata.get("key", entry.name)): entry for entry in fields(kind)}
    given: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            faults.append(_unknown(f"key in [{name}]", key, known, line_of(text, name, key)))
            continue
        wanted = _kind(known[key])
        converted = tuple(value) if wanted is tuple and isinstance(value, list) else value
        if known[key].metadata.get("number") and type(value) is int:
            converted = str(value)
        parts = value.values() if wanted is dict and isinstance(value, dict) else value if wanted is tuple else ()
        if type(converted) is not wanted or not all(isinstance(entry, str) for entry in parts):
            place = line_of(text, name, key)
            own_section = place if place.line is not None else line_of(text, f"{name}.{key}", "")
            faults.append(_wrong(f"{name}.{key}", _SHAPES[wanted], own_section))
            continue
        given[known[key].name] = converted
    for key, entry in known.items():
        variable = _variable(name, key)
        wanted = _kind(entry)
        if variable not in environment:
            continue
        if wanted is dict:
            faults.append(_wrong(variable, f"{_SHAPES[dict]} in {FILE_NAME}", Place("environment")))
            continue
        value = environment[variable]
        if (wanted is int and not re.fullmatch(r"[0-9]+", value)) or (wanted is bool and value not in _BOOLEANS):
            faults.append(_wrong(variable, _SHAPES[wanted], Place("environment")))
            continue
        given[entry.name] = _READ[wanted](value)
    return kind(**given)


def _of_variables(faults: Iterable[Fault], text: str, environment: Mapping[str, str]) -> Iterator[Fault]:
    """Faults of values, told of the variable where one gave the value."""
    given: dict[Place, list[str]] = {}
    for section, kind in SECTIONS.items():
        for entry in fields(kind):
            key = str(entry.metadata.get("key", entry.name))
            variable = _variable(section, key)
            if variable in environment:
                given.setdefault(line_of(text, section, key), []).append(variable)
    for fault in faults:
        named = " or ".join(given.get(fault.place, ()))
        yield replace(fault, message=f"{named}: {fault.message}", place=Place("environment")) if named else fault


def _variable(section: str, key: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{section}__{key}".upper()


_BOOLEANS = {"true": True, "false": False}
_READ: Mapping[type, Callable[[str], object]] = {
    str: str,
    int: int,
    bool: _BOOLEANS.__getitem__,
    tuple: lambda value: tuple(value.split()),
}
_SHAPES: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    tuple: "a list of texts",
    dict: "a table of texts",
}


def _kind(entry: "Field[Any]") -> type:
    """Of what kind a setting's values are: that of its default."""
    return dict if entry.default is MISSING else type(entry.default)


def _unknown(what: str, name: str, known: Mapping[str, object], place: Place) -> Fault:
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(known)}."
    return Fault("settings-unknown", f"Unknown {what}: '{name}'.", hint, place)


def _wrong(name: str, shape: str, place: Place) -> Fault:
    return Fault("settings-type", f"{name} must be {shape}.", "Correct the value.", place)


def _unknown_variables(environment: Mapping[str, str]) -> list[Fault]:
    known = {
        f"{ENVIRONMENT_PREFIX}{name}__{entry.metadata.get('key', entry.name)}".upper(): None
        for name, kind in SECTIONS.items()
        for entry in fields(kind)
    }
    wrong = [name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and "__" in name and name not in known]
    return [_unknown("variable", name, known, Place("environment")) for name in sorted(wrong)]
