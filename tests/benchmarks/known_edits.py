"""Single known edits on real policies: is each told as exactly what it is, and nothing else with it?

    python -m tests.benchmarks.known_edits FOLDER... [--texts N] [--rounds N] [--misses]

Every edit is made in the source by `edits_by_hand` and `edits_of_sections`, which know nothing of the product's parser;
`publisher.assess` is then asked what changed.
"""

import random
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

import publisher
from publisher.domain.change import Change, Op
from tests.benchmarks.edits_by_hand import BLIND, Case, Expected
from tests.benchmarks.edits_of_numbers import OF_NUMBERS
from tests.benchmarks.edits_of_sections import OF_SECTIONS
from tests.benchmarks.edits_together import TOGETHER
from tests.benchmarks.sources import read, without_number


def told(case: Case, language: str) -> list[str]:
    """What is wrong with what was told of an edit; nothing when it was told exactly."""
    changes = publisher.assess(case.old, case.new, language=language).changes
    left = list(case.expected)
    wrong = []
    for change in changes:
        match = next((expected for expected in left if _fits(change, expected)), None)
        if match is None:
            wrong.append(f"told: {_shown(change)}")
        else:
            left.remove(match)
    return [*wrong, *(f"not told: {' '.join(one.kinds)} {one.old!r:.150} -> {one.new!r:.150}" for one in left)]


def _fits(change: Change, expected: Expected) -> bool:
    if {str(kind) for kind in change.kinds} != expected.kinds:
        return False
    for passage, words in ((change.old, expected.old), (change.new, expected.new)):
        if (passage is None) != (words is None):
            return False
        if passage is not None and words is not None and not _same(passage.text, words):
            return False
    if "split" in expected.kinds and (change.new is None or len(change.new.parts) != 2):
        return False
    if "merged" in expected.kinds and (change.old is None or len(change.old.parts) != 2):
        return False
    return expected.exchanged is None or expected.exchanged == (_run(change, Op.DELETE), _run(change, Op.INSERT))


def _run(change: Change, op: Op) -> str:
    return "".join(text for kind, text in change.edits if kind is op).strip()


def _same(seen: str, expected: str) -> bool:
    """Whether words are the same but for white space and a number before them."""
    return any("".join(seen.split()) == "".join(words.split()) for words in (expected, without_number(expected)))


def _shown(change: Change) -> str:
    edits = "".join(
        f"[{op[0]}:{text if op is not Op.EQUAL or len(text) < 40 else text[:18] + '…' + text[-18:]}]"
        for op, text in change.edits
    )
    return f"{'+'.join(change.kinds)} {change.id} {edits[:400]}"


def texts(folders: Iterable[Path], most: int) -> Iterator[Path]:
    """Of each document of a folder the newest version and some in the middle, spread evenly."""
    for folder in folders:
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
        if inside:
            for document in inside:
                versions = sorted(document.glob("*.md"))
                yield from sorted({versions[-1], *versions[len(versions) // 2 :: max(1, len(versions) // 2)]})
        else:
            found = sorted(path for path in folder.glob("*.md") if not path.name.endswith(".old.md"))
            yield from found[:: max(1, len(found) // most)]


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--texts", "most", default=60, help="How many texts of a folder without subfolders.")
@click.option("--rounds", default=2, help="How often each kind of edit is made in each text.")
@click.option("--only", help="One kind of edit, by the function's name.")
@click.option("--misses", is_flag=True, help="Show every miss.")
def main(folders: tuple[Path, ...], most: int, rounds: int, only: str | None, misses: bool) -> None:
    """Make single edits in the texts of FOLDERS and count how many are told exactly."""
    right: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for path in texts(folders, most):
        text = read(path.read_text("utf-8"))
        language = "zh-CN" if path.stem.startswith("zh") else "en"
        for edit in (*BLIND, *OF_SECTIONS, *OF_NUMBERS, *TOGETHER):
            seen = set()
            for turn in range(rounds if only in (None, edit.__name__) else 0):
                rng = random.Random(zlib.crc32(f"{path.name} {edit.__name__} {turn}".encode()))  # noqa: S311  no secret
                case = edit(text, rng)
                if case is None or case in seen:
                    continue
                seen.add(case)
                wrong = told(case, language)
                made[case.name] += 1
                right[case.name] += not wrong
                if wrong and misses:
                    click.echo(f"--- {case.name} in {path.parent.name}/{path.name} ({edit.__name__}, {turn})")
                    click.echo("".join(f"    {line}\n" for line in wrong[:6]))
    for name in sorted(made):
        click.echo(f"{name:26} {right[name]:5} of {made[name]:5}  {right[name] / made[name]:7.1%}")
    total, good = made.total(), right.total()
    click.echo(f"{'all':26} {good:5} of {total:5}  {good / max(1, total):7.1%}")
    sys.exit(0 if good >= 0.97 * total else 1)


if __name__ == "__main__":
    main()
