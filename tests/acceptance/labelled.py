"""A small folder of labelled revisions, as people would write it."""

import json
from pathlib import Path

_KEPT = "Our hall is open on Sundays.\n\nWe keep bees.\n"
_MARKED = (
    "Feathers may be lent to third parties.",
    "Nests may be shown to third parties.",
    "Eggs go to third parties.",
)
_UNMARKED = ("Peacocks roam the orchard.", "The pond is deep.", "Ducks swim in the pond.", "Geese sleep in the barn.")


def labelled_folder(folder: Path) -> Path:
    """Twelve revisions of two sources, six of them marked in one place."""
    (folder / "texts").mkdir(parents=True)
    lines = []
    for place in range(12):
        marked = place % 2 == 0
        words = (_MARKED if marked else _UNMARKED)[place // 2 % 3]
        name = f"farm-{place}"
        (folder / "texts" / f"{name}.old.md").write_text(_KEPT, "utf-8")
        (folder / "texts" / f"{name}.new.md").write_text(f"{_KEPT}\n{words}\n", "utf-8")
        label = {"limb": "B", "kind": "new-recipient", "side": "new", "anchor": words.rstrip(".")}
        entry = {"id": name, "repo": f"farm/{place % 3 // 2}", "path_old": f"rules-{place // 2}.md", "material": marked}
        lines.append(json.dumps({**entry, "ambiguous": False, "findings": [label] if marked else []}))
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
