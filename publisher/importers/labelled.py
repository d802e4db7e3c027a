"""Folders of labelled revisions: `pairs.jsonl`, a revision a line, and its two texts in `texts/`."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher.domain.assessment import Limb, Side
from publisher.domain.labels import Label, LabelledRevision
from publisher.errors import Fault, Place, PublisherError

_NAME = re.compile(r"[\w.+-]+")
_HAN = re.compile(r"[一-鿿]")


def read_labelled(folder: Path, shown: str = "") -> tuple[LabelledRevision, ...]:
    """All revisions of a folder, in its order.

    Args:
        folder: it holds `pairs.jsonl`, with one JSON object a line: `id`, `repo`, `path_old`, `material`, `ambiguous`,
            `findings` (each `limb`, `kind`, `side`, `anchor`) and, optionally, `language`; and
            `texts/<id>.old.md`, `texts/<id>.new.md`.
        shown: how the folder is called in what is told; left out, its own name.

    Raises:
        PublisherError: all that is wrong with it, at once.
    """
    shown = shown or str(folder)
    place = Place(f"{shown}/pairs.jsonl")
    faults: list[Fault] = []
    found: list[LabelledRevision] = []
    try:
        lines = (folder / "pairs.jsonl").read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Name a folder that holds pairs.jsonl and texts/."
        raise PublisherError([Fault("labels-unreadable", f"It cannot be read: {error}.", remedy, place)]) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = Place(place.file, number)
            try:
                found.append(_revision(json.loads(line), folder, shown))
            except (OSError, UnicodeDecodeError) as error:
                remedy = "Put both texts into texts/ as <id>.old.md and <id>.new.md, in UTF-8."
                faults.append(Fault("labels-text", f"A text cannot be read: {error}.", remedy, where))
            except (ValueError, KeyError, TypeError) as error:
                remedy = "Give each line id, repo, path_old, material, ambiguous and findings."
                faults.append(Fault("labels-line", f"This is no labelled revision: {_said(error)}.", remedy, where))
    twice = sorted(name for name, times in Counter(one.id for one in found).items() if times > 1)
    faults.extend(Fault("labels-twice", f"{name} stands here twice.", "Name each once.", place) for name in twice)
    if faults:
        raise PublisherError(faults)
    return tuple(found)


def read_ids(file: Path, shown: str = "") -> frozenset[str]:
    """The ids that a file names, one a line.

    Raises:
        PublisherError: it cannot be read.
    """
    try:
        return frozenset(file.read_text("utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Name a file with one id a line."
        place = Place(shown or str(file))
        raise PublisherError([Fault("labels-unreadable", f"It cannot be read: {error}.", remedy, place)]) from None


def guessed_language(text: str) -> str:
    """Chinese when a tenth of the characters are, else English."""
    return "zh-CN" if len(_HAN.findall(text)) * 10 > len(text) else "en"


def _revision(entry: dict[str, Any], folder: Path, shown: str) -> LabelledRevision:
    name = str(entry["id"])
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a file")
    old, new = ((folder / "texts" / f"{name}.{side}.md").read_text("utf-8") for side in ("old", "new"))
    return LabelledRevision(
        id=name,
        folder=shown,
        source=str(entry.get("repo") or ""),
        path=str(entry.get("path_old") or entry.get("path_new") or ""),
        language=str(entry.get("language") or guessed_language(new)),
        old=old,
        new=new,
        material=bool(entry["material"]),
        ambiguous=bool(entry.get("ambiguous", False)),
        labels=tuple(_labels(entry["findings"])) if entry["material"] else (),
    )


def _labels(entries: list[dict[str, Any]]) -> Iterator[Label]:
    for entry in entries:
        yield Label(Limb(entry["limb"]), str(entry["kind"]), Side(entry["side"]), str(entry["anchor"]))


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
