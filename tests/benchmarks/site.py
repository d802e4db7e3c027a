"""The website's build against its peers on real versions: CPU seconds and peak memory, side by side in one run.

    python -m tests.benchmarks.site FOLDER [--peers DIR] [--most VERSIONS] [--no-redlines] [--json]

FOLDER holds a folder for each document with its versions as Markdown files, `<number>-<date>.md`, oldest first. A
workspace is made of them, every version adopted. Then: everything built without redlines; one more version; with all
adjacent redlines; one more version again. Beside them a bare loop of markdown-it-py and Jinja2, and with `--peers`
Hugo, MkDocs and Eleventy on the same texts under an equal bare template; they are installed into DIR when they are not
there. Then the loop and the build again on texts that share nothing (`site_texts.sharing_nothing` says how they are
made). At last every id that a page of a version ever had is looked for on the pages of all later ones. Exit 1 when one
is lost.

Figures are the least of several runs, of programs whose bytecode is there as after an installation. What the imports
take is measured by loading every module that a build has loaded at its end.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from tests.benchmarks.site_peers import PEERS, Peer, installed
from tests.benchmarks.site_texts import NOW, Text, histories, publisher, sharing_nothing, workspace

_ID = re.compile(r'\bid="([^"]+)"')
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """What a run took: CPU seconds of the process and its children, its peak in MB."""

    seconds: float
    megabytes: float


_MEASURED = """
import os, subprocess, sys
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL) as process:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, process.returncode)
"""
"""A process counts what the one that started it held as its own peak: so that is a small one."""


def ran(command: Sequence[str], folder: Path) -> Figure:
    """One run, whose words are thrown away."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The workspace's commands run elsewhere: this checkout is what they are to load.
    environment["PYTHONPATH"] = str(Path.cwd())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _MEASURED, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes, code = done.stdout.split()
    if int(code):
        raise click.ClickException(f"{command[0]}: {done.stderr[-2000:]}")
    return Figure(float(seconds), int(kilobytes) / 1024)


def least(run: Callable[[], Figure], rounds: int = _ROUNDS) -> Figure:
    """The least of several runs: what else the machine does only ever adds."""
    return min((run() for _ in range(rounds)), key=lambda figure: figure.seconds)


def ours(root: Path, texts: Sequence[Text], *, redlines: bool) -> dict[str, Figure]:
    """A full build, one after one more version of a history of middling length was adopted, and one of nothing new."""
    build = _build(root, redlines=redlines)

    def changed() -> Figure:
        one_more(root, texts)
        return ran(build, root)

    name = "with all adjacent redlines" if redlines else "without redlines"
    found = {f"ours, {name}": whole(root, redlines=redlines, rounds=1 if redlines else _ROUNDS)}
    found[f"ours, {name}, one more version"] = least(changed)
    found[f"ours, {name}, nothing changed"] = least(lambda: ran(build, root))
    return found


def whole(root: Path, *, redlines: bool, rounds: int = _ROUNDS) -> Figure:
    """A build from nothing."""

    def built() -> Figure:
        shutil.rmtree(root / "site/public", ignore_errors=True)
        shutil.rmtree(root / "var/site", ignore_errors=True)
        return ran(_build(root, redlines=redlines), root)

    return least(built, rounds)


def _build(root: Path, *, redlines: bool) -> list[str]:
    command = [str(Path(sys.executable).parent / "publisher"), "-C", str(root), "build", "--at", NOW]
    return command if redlines else [*command, "--no-redlines"]


def one_more(root: Path, texts: Sequence[Text]) -> None:
    """Adopts one more version of the policy whose history is nearest to the middle in length."""
    lengths: dict[str, int] = defaultdict(int)
    for text in texts:
        lengths[text.policy] = text.number
    policy = sorted(lengths, key=lambda name: (lengths[name], name))[len(lengths) // 2]
    folder = root / "policies" / policy
    number = sum(1 for path in folder.iterdir() if path.is_dir())
    source = (folder / f"v{number}" / "en.md").read_text("utf-8")
    (folder / f"v{number + 1}").mkdir()
    (folder / f"v{number + 1}" / "en.md").write_text(f"{source}\n\nRevised for the {number}th time.\n", "utf-8")
    publisher(root, "adopt", policy, "--through", f"v{number + 1}", "--by", "the benchmark")


_LOADED = """
import sys
from publisher.cli import publisher
publisher(sys.argv[1:], standalone_mode=False)
named = [name for name, module in sys.modules.items() if getattr(module, "__file__", None) and name != "__main__"]
names = [name for name in named if name.replace(".", "").isidentifier()]
open(sys.argv[2] + "/loaded", "w").write("".join(f"import {name}\\n" for name in names))
"""


def imports(root: Path) -> Figure:
    """What loading everything takes that a build has loaded at its end."""
    one_more_build = [sys.executable, "-c", _LOADED, *_build(root, redlines=False)[1:]]
    ran(one_more_build, root)
    return least(lambda: ran([sys.executable, str(root / "loaded")], root))


def bare(texts: Sequence[Text], folder: Path) -> Figure:
    """A loop of markdown-it-py and Jinja2, in a process of its own."""
    held = folder / "texts.json"
    held.write_text(json.dumps([(text.policy, text.number, text.body) for text in texts]), "utf-8")
    command = [sys.executable, "-m", "tests.benchmarks.site_loop", str(held), str(folder / "out")]
    return least(lambda: ran(command, Path.cwd()))


def peers(texts: Sequence[Text], folder: Path, programs: Path) -> dict[str, Figure]:
    """Each peer on the same texts, from nothing."""
    found: dict[str, Figure] = {}
    for peer in PEERS:
        site = folder / peer.name.lower()
        peer.write(site, texts)
        command = peer.command(programs)
        found[peer.name] = least(lambda site=site, command=command, peer=peer: _fresh(site, command, peer))  # type: ignore[misc]
    return found


def _fresh(site: Path, command: Sequence[str], peer: Peer) -> Figure:
    for output in peer.outputs:
        shutil.rmtree(site / output, ignore_errors=True)
    return ran(command, site)


def lost_links(output: Path, texts: Sequence[Text]) -> tuple[int, int]:
    """Ids of version pages that a later page of the same policy lacks, and how many there ever were."""
    newest: dict[str, int] = {}
    for text in texts:
        newest[text.policy] = text.number
    lost = known = 0
    for policy, last in newest.items():
        seen: set[str] = set()
        for number in range(1, last + 1):
            page = (output / policy / f"v{number}" / "en" / "index.html").read_text("utf-8")
            here = set(_ID.findall(page))
            lost += len(seen - here)
            seen |= here
        known += len(seen)
    return lost, known


def lost_slugs(texts: Sequence[Text]) -> tuple[int, int]:
    """The same for ids made of the headings' words, from one version to the next, as most programs make them."""
    lost = known = 0
    before: tuple[str, set[str]] = ("", set())
    for text in texts:
        slugs = {re.sub(r"[^\w]+", "-", heading.lower()).strip("-") for heading in _HEADING.findall(text.body)}
        if before[0] == text.policy:
            lost += len(before[1] - slugs)
            known += len(before[1])
        before = (text.policy, slugs)
    return lost, known


def report(figures: Mapping[str, Figure]) -> None:
    """Each figure, and how it stands to the full build without redlines."""
    base = figures["ours, without redlines"]
    click.echo(f"  {'':46} {'CPU s':>8} {'MB':>6}  times ours without redlines")
    for name, figure in figures.items():
        ratio = figure.seconds / base.seconds
        click.echo(f"  {name:46} {figure.seconds:8.2f} {figure.megabytes:6.0f}  {ratio:.2f}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--peers", "programs", type=click.Path(file_okay=False, path_type=Path), help="Where the peers are.")
@click.option("--most", type=int, help="Only so many versions.")
@click.option("--no-redlines", is_flag=True, help="Leave the builds with redlines out.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
def main(folder: Path, programs: Path | None, most: int | None, no_redlines: bool, as_json: bool) -> None:
    """Measure the build on the histories of FOLDER."""
    texts = histories(folder, most=most)
    figures: dict[str, Figure] = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        if programs is not None:
            installed(programs)
        root = scratch / "workspace"
        workspace(root, texts)
        figures |= ours(root, texts, redlines=False)
        lost, known = lost_links(root / "site/public", texts)
        figures["the imports alone"] = imports(root)
        figures["markdown-it-py and Jinja2, a bare loop"] = bare(texts, scratch)
        if programs is not None:
            figures |= peers(texts, scratch, programs)
        if not no_redlines:
            figures |= ours(root, texts, redlines=True)
        others = sharing_nothing(texts)
        figures["a bare loop, nothing shared"] = bare(others, scratch)
        workspace(scratch / "others", others)
        figures["ours, without redlines, nothing shared"] = whole(scratch / "others", redlines=False)
    if as_json:
        click.echo(json.dumps({name: asdict(figure) for name, figure in figures.items()} | {"lost": lost}))
    else:
        click.echo(f"{len(texts)} versions, {time.monotonic() - started:.0f} s")
        report(figures)
        slugs, headings = lost_slugs(texts)
        click.echo(f"  clause links lost: {lost} of {known}; heading slugs lost: {slugs} of {headings}")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
