"""packs/<name>.toml: an organisation's own rule packs: what is material to it, why, and words to look for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.domain.assessment import FindingKind, Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn
from publisher.domain.policy import is_language
from publisher.domain.regime import known_regimes
from publisher.errors import Fault, Place, Severity, errors_only
from publisher.languages.expressions import refusal
from publisher.library.source import read_source
from publisher.library.tables import Table, read_table, suggestion

FOLDER = "packs"
MOST_PATTERNS = 200
MOST_FILES = 50

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs of a workspace; `names` has those whose files could not be read, too."""

    packs: tuple[Pack, ...] = ()
    names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_packs(root: Path) -> Shelf:
    """Every pack below a workspace's folder, in order of name and date, and every fault with file and line."""
    folder = root / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return Shelf()
    packs: list[Pack] = []
    names: list[str] = []
    faults: list[Fault] = []
    files = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    for path in files[:MOST_FILES]:
        shown = f"{FOLDER}/{path.name}"
        name = path.stem
        if path.suffix != ".toml":
            remedy = "A pack is a file such as packs/our-terms.toml."
            faults.append(Fault("file-unknown", "Nothing reads this.", remedy, Place(shown), Severity.WARNING))
            continue
        names.append(name)
        text, found = read_source(path, name=shown)
        faults.extend((*found, *_misnamed(name, shown)))
        if text is not None:
            read, told = packs_of(text, name, shown)
            packs.extend(read)
            faults.extend(told)
    if len(files) > MOST_FILES:
        message = f"There are {len(files)} files; only the first {MOST_FILES} are read."
        faults.append(Fault("packs-many", message, "Put several dates of one pack into one file.", Place(FOLDER)))
    faults.extend(_dangling(packs))
    return Shelf(tuple(packs), tuple(names), tuple(faults))


def packs_of(text: str, name: str, file: str) -> tuple[tuple[Pack, ...], tuple[Fault, ...]]:
    """The packs that a file holds, one for each date, or none and all that is wrong with it.

    Args:
        text: the file's text.
        name: the packs' name, which is the file's.
        file: the file as staff know it.
    """
    table, faults = read_table(text, file, "pack")
    if table is None:
        return (), tuple(faults)
    entries = table.tables("pack")
    packs = tuple(_pack(entry, name) for entry in entries)
    table.close()
    if not entries:
        table.tell("missing", "The file holds no [[pack]].", 'Write [[pack]] and below it: dated = "2026-12-01"')
    days = [pack.dated for pack in packs]
    for entry, pack in zip(entries, packs, strict=True):
        if pack.dated and days.count(pack.dated) > 1:
            entry.tell("value", f"Two packs are dated {pack.dated}.", "Give the newer one its own day.", "dated")
    return (() if errors_only(faults) else packs), tuple(faults)


def _pack(table: Table, name: str) -> Pack:
    patterns = tuple(_pattern(entry) for entry in table.tables("pattern"))
    pack = Pack(
        name=name,
        dated=table.day("dated"),
        source=table.text("source"),
        note=table.text("note", ""),
        treatments=(*_treatments(table, "material"), *_treatments(table, "consent")),
        patterns=patterns,
        any_change=table.text("any_change", ""),
        extends=table.text("extends", ""),
        switched_off=table.texts("switched_off", ()),
    )
    table.close()
    kinds = [treatment.kind for treatment in pack.treatments]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        table.tell(
            "value",
            f"{kind} stands below material and below consent.",
            "What needs consent is material: keep it there.",
        )
    names = [pattern.name for pattern in patterns]
    for twice in sorted({entry for entry in names if names.count(entry) > 1 and entry}):
        languages = [pattern.language for pattern in patterns if pattern.name == twice]
        if len(set(languages)) < len(languages):
            table.tell("value", f"Two patterns are named '{twice}'.", "Give each its own name, or its own language.")
    if len(patterns) > MOST_PATTERNS:
        table.tell("value", f"There are {len(patterns)} patterns.", f"Write at most {MOST_PATTERNS}.")
    if not (pack.treatments or patterns or pack.any_change or pack.extends):
        table.tell("value", "The pack treats nothing as material.", "Add [pack.material], a pattern, or extends.")
    if pack.switched_off and not pack.extends:
        table.tell("value", "There is nothing to switch off.", "Name the pack that this one extends.", "switched_off")
    return pack


def _treatments(table: Table, key: str) -> tuple[Treatment, ...]:
    below = table.table(key)
    if below is None:
        return ()
    found = []
    for name in below.values:
        why = below.text(name)
        if name in tuple(FindingKind):
            found.append(Treatment(FindingKind(name), why, consent=key == "consent"))
        else:
            below.tell("value", f"There is no kind of finding '{name}'.", suggestion(name, list(FindingKind)), name)
    return tuple(found)


def _pattern(table: Table) -> Pattern:
    pattern = Pattern(
        name=table.text("name"),
        limb=table.choice("limb", Limb) or Limb.RIGHTS,
        kind=table.choice("kind", FindingKind, FindingKind.OTHER) or FindingKind.OTHER,
        turn=table.choice("side", Turn, Turn.CAME) or Turn.CAME,
        language=table.text("language", ""),
        expression=table.text("expression"),
        why=table.text("why"),
    )
    table.close()
    if pattern.name and not (len(pattern.name) <= 64 and _NAME.fullmatch(pattern.name)):
        table.tell("value", f"'{pattern.name}' is no pattern's name.", "Write lower-case words with hyphens.", "name")
    if pattern.language and not is_language(pattern.language):
        table.tell("value", f"'{pattern.language}' is no language tag.", "Write one like en or zh-CN.", "language")
    refused = refusal(pattern.expression) if pattern.expression else None
    if refused is not None:
        table.tell(
            "expression", f"The expression of '{pattern.name}' is refused: {refused[0]}", refused[1], "expression"
        )
    return pattern


def _misnamed(name: str, shown: str) -> tuple[Fault, ...]:
    place = Place(shown)
    if name in known_regimes():
        message = f"'{name}' is a regime that comes with the product."
        return (
            Fault("pack-name", message, f'Name the file otherwise, and write in it: extends = "{name}@..."', place),
        )
    if len(name) > 64 or not _NAME.fullmatch(name):
        return (Fault("pack-name", f"{name!r} is no pack's name.", "Write lower-case words with hyphens.", place),)
    return ()


def _dangling(packs: Sequence[Pack]) -> list[Fault]:
    """Packs that extend one that there is not, or switch off what it does not have."""
    from publisher.materiality.packs import PACKS

    shipped = {pack.citation: pack for pack in PACKS}
    faults: list[Fault] = []
    for pack in packs:
        if not pack.extends:
            continue
        place = Place(f"{FOLDER}/{pack.name}.toml")
        base = shipped.get(pack.extends)
        if base is None:
            message = f"The pack of {pack.dated} extends '{pack.extends}', which there is not."
            faults.append(Fault("pack-base", message, suggestion(pack.extends, shipped), place))
            continue
        known = [*base.material, *dict.fromkeys(pattern.name for pattern in base.patterns), "any-change"]
        for name in pack.switched_off:
            if name not in known:
                message = f"The pack of {pack.dated} switches off '{name}', which {base.citation} does not have."
                faults.append(Fault("pack-switch", message, suggestion(name, sorted(known)), place))
    return faults
