"""`publisher serve` beside nginx, on real versions: CPU, latency and memory in one run, and flips under load.

    python -m tests.benchmarks.serve FOLDER --programs DIR [--workspace DIR] [--most VERSIONS] [--no-flips] [--tuned]

FOLDER holds a folder for each document with its versions as Markdown files, `<number>-<date>.md`, oldest first. DIR of
`--programs` is where Debian's nginx and wrk were unpacked, and are never installed:

    apt-get download nginx wrk libluajit-5.1-2 && for each in *.deb; do dpkg -x $each DIR; done

Both serve the same built page, about 17 kB, compressed beforehand by gzip: ours from memory, nginx with one worker by
the locations that `publisher hosting nginx` writes and `gzip_static`. The rounds of both take turns; a figure is the
middle of its rounds. `--tuned` has nginx keep its files open, which is faster and late by ten seconds after a build.
Exit 1 when a bar is missed.
"""

import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from publisher.workflow.encoded import encoded
from tests.benchmarks.serve_flips import Flip, flips
from tests.benchmarks.serve_load import Load, load
from tests.benchmarks.serve_servers import nginx, ours, packed_beside
from tests.benchmarks.serve_site import page_near, shortest, workspace

PAGE_BYTES = 17_200
MOST_TIMES_PAGE, MOST_TIMES_UNCHANGED = 4.0, 5.0
MOST_TIMES_COMPRESSED, BESIDES_MEGABYTES = 2.0, 60.0
MOST_SECONDS_LATE = 1.0


@dataclass(frozen=True, slots=True)
class Side:
    """One server: a page, a page that its reader has (the middle of some rounds), and MB before and after them."""

    name: str
    page: Load
    unchanged: Load
    before: float
    after: float


def compared(
    root: Path, scratch: Path, programs: Path, path: str, rounds: int, seconds: int, *, tuned: bool
) -> tuple[Side, Side]:
    """Ours and nginx, each in turn."""
    with packed_beside(root, path), ours(root) as first, nginx(root, scratch, programs, tuned=tuned) as second:
        sides = {"ours": first, "nginx": second}
        before = {name: server.megabytes() for name, server in sides.items()}
        accepted = {"Accept-Encoding": "gzip"}
        asked: dict[str, dict[str, str]] = {}
        for name, server in sides.items():
            status, headers, _ = server.ask(path, **{"Accept-Encoding": "gzip"})
            if status != 200 or headers.get("content-encoding") != "gzip":
                raise click.ClickException(f"{name} answers {status} {headers}")
            asked[name] = {**accepted, "If-None-Match": headers["etag"]}
            if server.ask(path, **asked[name])[0] != 304:
                raise click.ClickException(f"{name} does not know its own entity tag")
        pages: dict[str, list[Load]] = {name: [] for name in sides}
        unchanged: dict[str, list[Load]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, server in sides.items():
                pages[name].append(load(server, path, accepted, programs, seconds=seconds))
                unchanged[name].append(load(server, path, asked[name], programs, seconds=seconds))
        found = [
            Side(name, _middle(pages[name]), _middle(unchanged[name]), before[name], server.megabytes())
            for name, server in sides.items()
        ]
    return found[0], found[1]


def _middle(rounds: list[Load]) -> Load:
    return Load(
        sum(each.requests for each in rounds),
        statistics.median(each.microseconds for each in rounds),
        statistics.median(each.p99 for each in rounds),
        sum(each.failures for each in rounds),
    )


def compressed_megabytes(public: Path) -> tuple[float, float]:
    """All distinct files of a site by gzip, and as they are kept, in MB."""
    kept = {
        page.digest: page
        for path in public.rglob("*")
        if path.is_file() and not path.name.startswith(".")
        for page in (encoded(path.read_bytes(), b""),)
    }
    by_gzip = sum(len(page.body(page.best(b"gzip"))) for page in kept.values())
    return by_gzip / 1e6, sum(len(page.held) for page in kept.values()) / 1e6


def missed(mine: Side, peer: Side, by_gzip: float, flipped: tuple[Flip, ...]) -> list[str]:
    """The bars that are not met."""
    bars = [
        ("CPU for a page", mine.page.microseconds / peer.page.microseconds, MOST_TIMES_PAGE),
        ("CPU for a 304", mine.unchanged.microseconds / peer.unchanged.microseconds, MOST_TIMES_UNCHANGED),
        ("memory", mine.before, MOST_TIMES_COMPRESSED * by_gzip + BESIDES_MEGABYTES),
        ("failures", mine.page.failures + mine.unchanged.failures, 0),
    ]
    for flip in flipped:
        bars.append((f"{flip.name}: seconds late", max(flip.late, flip.new), MOST_SECONDS_LATE))
        bars.append((f"{flip.name}: failures", flip.failures + flip.early + flip.wrong, 0))
    return [f"{name}: {found:.2f}, more than {bar:.2f}" for name, found, bar in bars if found > bar]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--programs", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--workspace", "kept", type=click.Path(path_type=Path), help="Keep the workspace here, or take it from.")
@click.option("--most", type=int, help="Only so many versions.")
@click.option("--rounds", default=5, show_default=True, help="Of each server and kind of answer.")
@click.option("--seconds", default=3, show_default=True, help="Of each round.")
@click.option("--no-flips", is_flag=True, help="Leave the flips out.")
@click.option("--tuned", is_flag=True, help="Have nginx keep its files open (open_file_cache).")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
def main(
    folder: Path,
    programs: Path,
    kept: Path | None,
    most: int | None,
    rounds: int,
    seconds: int,
    no_flips: bool,
    tuned: bool,
    as_json: bool,
) -> None:
    """Measure serving the histories of FOLDER."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        root = kept or scratch / "workspace"
        if not root.exists():
            workspace(root, folder, most)
        path = page_near(root, PAGE_BYTES)
        size = (root / "site/public" / path.strip("/") / "index.html").stat().st_size
        by_gzip, as_kept = compressed_megabytes(root / "site/public")
        mine, peer = compared(root, scratch, programs, path, rounds, seconds, tuned=tuned)
        flipped: tuple[Flip, ...] = ()
        if not no_flips:
            copied = scratch / "flipping"
            shutil.copytree(root, copied)
            flipped = flips(copied, shortest(copied), programs)
    short = missed(mine, peer, by_gzip, flipped)
    if as_json:
        told = {"page": size, "gzip": by_gzip, "kept": as_kept, "ours": asdict(mine), "nginx": asdict(peer)}
        click.echo(json.dumps({**told, "flips": [asdict(flip) for flip in flipped], "missed": short}))
    else:
        report(mine, peer, flipped)
        click.echo(f"  the page has {size} bytes; the site by gzip {by_gzip:.1f} MB, as kept {as_kept:.1f} MB")
        for line in short:
            click.echo(f"  missed: {line}")
    sys.exit(1 if short else 0)


def report(mine: Side, peer: Side, flipped: tuple[Flip, ...]) -> None:
    """Each figure beside the peer's."""
    click.echo(f"  {'':8} {'200 µs':>7} {'p99 ms':>7} {'304 µs':>7} {'p99 ms':>7} {'MB':>6} {'after':>6} {'failed':>6}")
    for side in (mine, peer):
        page, unchanged = side.page, side.unchanged
        click.echo(
            f"  {side.name:8} {page.microseconds:7.1f} {page.p99:7.1f} {unchanged.microseconds:7.1f}"
            f" {unchanged.p99:7.1f} {side.before:6.0f} {side.after:6.0f} {page.failures + unchanged.failures:6}"
        )
    click.echo(
        f"  times nginx: 200 {mine.page.microseconds / peer.page.microseconds:.2f},"
        f" 304 {mine.unchanged.microseconds / peer.unchanged.microseconds:.2f}"
    )
    for flip in flipped:
        click.echo(
            f"  {flip.name}: last old page {flip.late:+.2f} s, first new {flip.new:+.2f} s, {flip.early} early,"
            f" {flip.wrong} old after a second, {flip.failures} failures of {flip.requests};"
            f" around it p99 {flip.p99:.1f} ms, slowest {flip.slowest:.1f} ms (load p99 {flip.load_p99:.1f} ms);"
            f" {flip.before:.0f} MB before, {flip.most:.0f} MB at most"
        )


if __name__ == "__main__":
    main()
