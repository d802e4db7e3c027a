"""Comparisons of texts that nobody would write: what they take of the server, and of the processes that make them.

    python -m tests.benchmarks.serve_hostile [--bytes N] [--workspace DIR]

Four policies of two versions that have hardly a word in common, each text of so many bytes: one line, short paragraphs,
lists in lists, and numbered clauses like those of a policy. Each pair is asked for over HTTP, once more for what is
kept, and with pages asked for meanwhile.
"""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from tests.benchmarks.serve_servers import Server, ours
from tests.benchmarks.serve_site import publisher

_SETTINGS = (
    '[site]\nname = "Example"\nbase_url = "https://example.com"\n[email]\ntransport = "maildir:var/mail"\n'
    'from = "Example <policies@example.com>"\n'
)
_FRONT = "---\neffective: 202{number}-01-01\nsummary: One plain paragraph for readers.\n---\n# Text\n\n"
_LOOK_SECONDS = 0.01


def _words(made: random.Random, size: int) -> str:
    return " ".join(f"word{made.randrange(500)}" for _ in range(size // 8)) + "."


def _line(made: random.Random, size: int) -> str:
    return _words(made, size) + "\n"


def _paragraphs(made: random.Random, size: int) -> str:
    return "".join(f"p{made.randrange(10**6):06} x\n\n" for _ in range(size // 11))


def _lists(made: random.Random, size: int) -> str:
    return "".join(f"{'  ' * (index % 40)}- item {made.randrange(10**5):05}\n" for index in range(size // 53))


def _clauses(made: random.Random, size: int) -> str:
    return "".join(f"{index // 20 + 1}.{index % 20 + 1} {_words(made, 300)}\n\n" for index in range(size // 310))


KINDS: Mapping[str, Callable[[random.Random, int], str]] = {
    "line": _line,
    "paragraphs": _paragraphs,
    "lists": _lists,
    "clauses": _clauses,
}


def workspace(root: Path, size: int) -> None:
    """A policy of each kind with two versions, adopted and built."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "publisher.toml").write_text(_SETTINGS, "utf-8")
    for kind, written in KINDS.items():
        for number in (1, 2):
            folder = root / "policies" / kind / f"v{number}"
            folder.mkdir(parents=True)
            text = _FRONT.format(number=number) + written(random.Random(f"{kind} {number}"), size)  # noqa: S311  no secret
            (folder / "en.md").write_text(text, "utf-8")
        (root / "policies" / kind / "policy.toml").write_text('title = "Text"\nlanguage = "en"\n', "utf-8")
        publisher(root, "adopt", kind, "--through", "v2", "--by", "the benchmark")
    publisher(root, "build", "--no-redlines")


def _asked(server: Server, path: str) -> tuple[int, float, float, float]:
    """Status, seconds, MB of all the server's processes at most, and ms of the slowest page meanwhile."""
    most, slowest, over = [server.megabytes()], [0.0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            with suppress(OSError):  # a process that ended just now
                most.append(server.megabytes())
            began = time.perf_counter()
            server.ask("/en/")
            slowest.append((time.perf_counter() - began) * 1000)

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    status = server.ask(path)[0]
    took = time.perf_counter() - began
    over.set()
    looking.join()
    return status, took, max(most), max(slowest)


@click.command()
@click.option("--bytes", "size", default=1_000_000, show_default=True, help="Of each text.")
@click.option("--workspace", "kept", type=click.Path(path_type=Path), help="Keep the workspace here, or take it from.")
def main(size: int, kept: Path | None) -> None:
    """Ask for comparisons of hostile texts."""
    with tempfile.TemporaryDirectory() as name:
        root = kept or Path(name) / "workspace"
        if not root.exists():
            workspace(root, size)
        with ours(root) as server:
            click.echo(f"  {server.megabytes():.0f} MB before")
            for kind in KINDS:
                status, took, most, slowest = _asked(server, f"/{kind}/v1...v2/en/")
                again = _asked(server, f"/{kind}/v1...v2/en/")
                click.echo(
                    f"  {kind:10} {status}, {took:5.2f} s, {most:4.0f} MB at most with the process that makes it,"
                    f" the slowest page meanwhile {slowest:5.1f} ms; again {again[0]} in {again[1] * 1000:.0f} ms"
                )
            click.echo(f"  {server.megabytes():.0f} MB after")


if __name__ == "__main__":
    main()
