"""The diff against its peers on real texts: CPU seconds and peak memory, side by side in one run.

    pip install -e '.[bench]'; apt-get install wdiff
    python tests/benchmarks/diff.py FOLDER [--most SECONDS]

FOLDER holds documents as folders of versions (each is compared with the eighth after it), or pairs `<name>.old.md` and
`<name>.new.md`. Texts of about 5 000, 50 000 and 200 000 words are put together from them.
An engine that is not installed is named; one that takes longer than
`--most` is stopped, and its figure is a lower bound.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

_SIZES = (5_000, 50_000, 200_000)
_LONG = (250_000, 500_000, 1_000_000)
_PROGRAMS = {
    "wdiff": ("wdiff", "{old}", "{new}"),
    "git --word-diff": ("git", "diff", "--no-index", "--word-diff", "{old}", "{new}"),
}
_PEERS = ("redlines", "difflib", "lxml htmldiff", *_PROGRAMS)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run took; `stopped` says that it was ended before it was done, `missing` why it never began."""

    seconds: float = 0.0
    megabytes: float = 0.0
    stopped: bool = False
    missing: str = ""


def pairs(folder: Path) -> Iterator[tuple[str, str]]:
    """Pairs of texts, an older and a newer one, always in the same order."""
    found = [(path, Path(str(path).replace(".old.md", ".new.md"))) for path in sorted(folder.glob("*.old.md"))]
    for document in sorted(path for path in folder.iterdir() if path.is_dir()):
        versions = sorted(document.glob("*.md"))
        found += [(versions[at], versions[at + 8]) for at in range(len(versions) - 9, -1, -6)]
    random.Random(7).shuffle(found)  # noqa: S311  no secret
    for old, new in found:
        yield _body(old), _body(new)


def _body(path: Path) -> str:
    from publisher.domain.frontmatter import divide

    return divide(path.read_text("utf-8").replace("\r\n", "\n")).body


def of_size(folder: Path, words: int) -> tuple[str, str]:
    """An older and a newer text of about so many words, both put together from real ones; long ones repeat them."""
    known = list(pairs(folder))
    old: list[str] = []
    new: list[str] = []
    count = 0
    while count < words:
        for before, after in known:
            size = len(before.split())
            if count + size <= words * 1.1 or not old:
                old.append(before)
                new.append(after)
                count += size
            if count >= words * 0.95:
                return "\n\n".join(old), "\n\n".join(new)
    return "\n\n".join(old), "\n\n".join(new)


def measured(name: str, old: Path, new: Path, most: float) -> Figure:
    """One engine on two files."""
    if name in _PROGRAMS:
        if shutil.which(_PROGRAMS[name][0]) is None:
            return Figure(missing=f"{_PROGRAMS[name][0]} is not installed")
        command = [part.format(old=old, new=new) for part in _PROGRAMS[name]]
        return _program(command, most)
    command = [sys.executable, "-m", "tests.benchmarks.engines", name, str(old), str(new)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=most)
    except subprocess.TimeoutExpired:
        return Figure(most, stopped=True)
    if "ModuleNotFoundError" in done.stderr:
        return Figure(missing=done.stderr.strip().splitlines()[-1])
    done.check_returncode()
    seen = json.loads(done.stdout)
    return Figure(max(seen["seconds"], 1e-4), seen["megabytes"])


def _program(command: Sequence[str], most: float) -> Figure:
    """A program's own CPU seconds and peak memory, start included; this process's own 20 MB are the least it shows."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + most
        while True:
            pid, _, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = 0
                return Figure(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
            if time.monotonic() > end:
                process.kill()
                return Figure(most, stopped=True)
            time.sleep(0.002)


def _row(name: str, figure: Figure, ours: Figure) -> str:
    if figure.missing:
        return f"  {name:22} not measured: {figure.missing}"
    least = "more than " if figure.stopped else ""
    ratio = f"{least}{figure.seconds / ours.seconds:.1f} times ours"
    memory = "" if figure.stopped else f"{figure.megabytes:7.0f} MB"
    return f"  {name:22} {figure.seconds:8.3f} s {memory:>10}   {ratio}"


def against_peers(folder: Path, scratch: Path, most: float) -> None:
    """Ours and the peers on real texts."""
    for words in _SIZES:
        old, new = _written(scratch, *of_size(folder, words))
        click.echo(f"\n{len(old.read_text('utf-8').split()):,} words to {len(new.read_text('utf-8').split()):,}")
        ours = measured("ours", old, new, most)
        click.echo(_row("ours", ours, ours))
        for name in ("ours, with findings", *_PEERS):
            click.echo(_row(name, measured(name, old, new, most), ours))


def _written(scratch: Path, before: str, after: str) -> tuple[Path, Path]:
    old, new = scratch / "old.md", scratch / "new.md"
    old.write_text(before, "utf-8")
    new.write_text(after, "utf-8")
    return old, new


def growth(folder: Path, scratch: Path, most: float) -> None:
    """Ours on ever longer texts: time for each thousand words."""
    click.echo("\nGrowth (ours)")
    for words in _LONG:
        old, new = _written(scratch, *of_size(folder, words))
        figure = measured("ours", old, new, most)
        each = figure.seconds / words * 1e6
        click.echo(
            f"  {words:>9,} words {figure.seconds:8.2f} s {figure.megabytes:6.0f} MB  {each:6.2f} ms a thousand words"
        )


def hard_cases() -> Iterator[tuple[str, str, str]]:
    """Texts made to be hard."""
    rng = random.Random(3)  # noqa: S311  no secret
    vocabulary = [
        f"{first}{last}" for first in ("car", "mel", "tor", "sim", "bel") for last in ("on", "ar", "it", "us", "ea")
    ]
    same = "\n\n".join(["[Reserved]"] * 8000)
    yield "8,000 identical clauses", same, same + "\n\n[Reserved]"
    clauses = [f"Term {n} means {' '.join(rng.choices(vocabulary, k=12))}." for n in range(4000)]
    shuffled = rng.sample(clauses, len(clauses))
    yield "4,000 clauses shuffled", "\n\n".join(clauses), "\n\n".join(shuffled)
    edited = [clause.replace(" means ", " may mean ") if rng.random() < 0.3 else clause for clause in shuffled]
    yield "4,000 shuffled, edited", "\n\n".join(clauses), "\n\n".join(edited)
    long = rng.choices(vocabulary, k=50_000)
    changed = [rng.choice(vocabulary) if rng.random() < 0.1 else word for word in long]
    yield "one clause, 50,000 words", " ".join(long), " ".join(changed)
    rows = [
        f"| Vendor {n} | {' '.join(rng.choices(vocabulary, k=4))} | {rng.choice(vocabulary)} |" for n in range(5000)
    ]
    table = "| Name | Use | Place |\n|---|---|---|\n"
    kept = [row.replace("on ", "ar ") if rng.random() < 0.05 else row for row in rows if rng.random() < 0.97]
    yield "a table of 5,000 rows", table + "\n".join(rows), table + "\n".join(kept)


def hardest(scratch: Path, most: float) -> None:
    """Ours on texts made to be hard."""
    click.echo("\nHard cases (ours; each is to stay under 2 s)")
    for name, before, after in hard_cases():
        figure = measured("ours", *_written(scratch, before, after), most)
        click.echo(f"  {name:26} {figure.seconds:6.2f} s {figure.megabytes:6.0f} MB")


def commands(folder: Path, scratch: Path, most: float) -> None:
    """Our command against redlines' own on about 5 000 words, start included, each from its compiled modules.

    An installed package has them; one that is worked on has them after its first run, unless Python is told not to.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    old, new = _written(scratch, *of_size(folder, 5_000))
    beside = Path(sys.executable).parent
    click.echo("\nThe commands on 5,000 words, start included (CPU seconds, the least of five)")
    figures = {}
    for name, command in (
        ("publisher diff", [str(beside / "publisher"), "diff", str(old), str(new)]),
        ("publisher diff --json", [str(beside / "publisher"), "diff", "--json", str(old), str(new)]),
        ("redlines text", [str(beside / "redlines"), "text", str(old), str(new)]),
        ("redlines compare", [str(beside / "redlines"), "compare", str(old), str(new)]),
    ):
        if not Path(command[0]).exists():
            click.echo(f"  {name:22} not measured: {Path(command[0]).name} is not installed beside this Python")
            continue
        figures[name] = min((_program(command, most) for _ in range(5)), key=lambda figure: figure.seconds)
        click.echo(_row(name, figures[name], figures["publisher diff"]))


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--most", default=120.0, help="Seconds after which an engine is stopped.")
@click.option("--only", type=click.Choice(["peers", "growth", "hard", "commands"]))
def main(folder: Path, most: float, only: str | None) -> None:
    """Compare the diff with its peers on the texts of FOLDER."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        if only in (None, "commands"):
            commands(folder, scratch, most)
        if only in (None, "hard"):
            hardest(scratch, most)
        if only in (None, "peers"):
            against_peers(folder, scratch, most)
        if only in (None, "growth"):
            growth(folder, scratch, most)


if __name__ == "__main__":
    main()
