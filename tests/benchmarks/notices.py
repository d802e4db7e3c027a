"""Notices against their peers: queueing, building, delivering, and the exact ledger's cost, side by side in one run.

    python -m tests.benchmarks.notices [--only queue,build,delivery,ledger] [--users N] [--mails N]
        [--store sqlite|postgresql] [--sizes N,N,...] [--runs N] [--postfix DIR] [--json]

Each figure is the middle of several runs that take turns, each in a process of its own and on a store of its own. CPU
is what counts (user and system; of the sender alone, and on PostgreSQL of its server's process too): wall seconds and
rates depend on what else the machine does. Delivery needs Postfix's `smtp-source` and `smtp-sink`; `postfix.py` says
how they are got. PostgreSQL is a server of the benchmark's own, without fsync, as the tests' is.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

import click

from tests import postgresql
from tests.benchmarks.notice_ledgers import LEDGERS
from tests.benchmarks.notice_values import MAIL_BYTES
from tests.benchmarks.postfix import NoPostfixError, Postfix, found

PARTS = ("queue", "build", "delivery", "ledger")
FLAT_BAR = 10
QUEUE_BAR = 1.6
MEMORY_BAR = 60
BUILD_BAR = 150
DELIVERY_BAR = 2.5
_PAYLOAD = 13_100
_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """What somebody took: the middle of several runs. Seconds are CPU, `server` the database server's.

    MB are `memory`, the most that the process ever held, and `growth`, how much of it the measured work added.
    """

    name: str
    count: float
    cpu: float
    wall: float
    server: float = 0.0
    growth: float = 0.0
    size: float = 0.0
    memory: float = 0.0

    @property
    def each(self) -> float:
        """CPU microseconds for each, the server's left out."""
        return self.cpu / self.count * 1e6

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.wall


@dataclass(frozen=True, slots=True)
class Bar:
    """A comparison and its bar; `most` says whether the figure may be at most the bar, or is to be at least that."""

    name: str
    value: float
    bar: float
    most: bool = True

    @property
    def met(self) -> bool:
        return self.value <= self.bar if self.most else self.value >= self.bar


@dataclass(frozen=True, slots=True)
class Findings:
    """All figures by part, and the bars."""

    figures: dict[str, list[Figure]] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where stores are made and copied: files in a folder, or databases of a server."""

    scratch: Path
    server: postgresql.Server | None
    numbers: Iterator[int] = field(default_factory=count)

    def new(self) -> str:
        """The URL of an empty one."""
        return self.server.new() if self.server else f"sqlite:///{self.scratch}/store{next(self.numbers)}.db"

    def end(self, url: str) -> None:
        """Makes room for others."""
        if self.server:
            self.server.drop(url)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """A copy of one that nobody uses, gone afterwards."""
        if self.server:
            copied = self.server.copied(url)
            try:
                yield copied
            finally:
                self.server.drop(copied)
            return
        copied = self.new()
        file = Path(copied.removeprefix("sqlite:///"))
        shutil.copyfile(url.removeprefix("sqlite:///"), file)
        try:
            yield copied
        finally:
            for path in file.parent.glob(f"{file.name}*"):
                path.unlink()


Run = Callable[[], Mapping[str, float]]


def measured(*arguments: str) -> Mapping[str, float]:
    """One part in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.notice_parts", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{' '.join(arguments[:1])} ended with an error:\n{done.stderr}")
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures


def middle(runs: int, peers: Mapping[str, Run]) -> dict[str, Figure]:
    """All peers in turn, as often as wanted: the middle of each figure."""
    seen: dict[str, list[Mapping[str, float]]] = {name: [] for name in peers}
    for _ in range(runs):
        for name, run in peers.items():
            seen[name].append(run())
    return {
        name: Figure(name, **{key: median(entry[key] for entry in entries) for key in entries[0]})
        for name, entries in seen.items()
    }


def queue(findings: Findings, stores: Stores, users: int, runs: int) -> None:
    """The release's queueing against the bare statement, for everyone and for an audience."""
    filled = stores.new()
    measured("fill", filled, str(users), "most")

    def on_copy(*arguments: str) -> Mapping[str, float]:
        with stores.copy(filled) as url:
            return measured(arguments[0], url, *arguments[1:])

    for case in ("everyone", "some"):
        peers: dict[str, Run] = {
            "ours": lambda case=case: on_copy("queue_ours", case),  # type: ignore[misc]
            "raw, in key order": lambda case=case: on_copy("queue_raw", case, "ordered"),  # type: ignore[misc]
            "raw, as stored": lambda case=case: on_copy("queue_raw", case, "unordered"),  # type: ignore[misc]
        }
        figures = middle(runs, peers)
        findings.figures[f"queue for {case}, {users:,} users"] = list(figures.values())
        ours, *raw = figures.values()
        quickest = min(raw, key=_spent)
        findings.bars.extend(
            (
                Bar(f"queue for {case}: CPU, times {quickest.name}", _spent(ours) / _spent(quickest), QUEUE_BAR),
                Bar(f"queue for {case}: growth in MB", ours.growth, MEMORY_BAR),
            )
        )


def growing(findings: Findings, stores: Stores, sizes: Sequence[int], runs: int) -> None:
    """Queueing beside the bare statement and claiming every batch, for ever more users: memory is to stay as it was."""
    most: dict[str, list[float]] = {"queue": [], "claim": []}
    for users in sizes:
        filled = stores.new()
        measured("fill", filled, str(users), "all")

        def both(filled: str = filled) -> Mapping[str, float]:
            with stores.copy(filled) as url:
                measured("queue_all", url)
                return measured("claim_all", url)

        def on_copy(*arguments: str, filled: str = filled) -> Mapping[str, float]:
            with stores.copy(filled) as url:
                return measured(arguments[0], url, *arguments[1:])

        peers: dict[str, Run] = {
            "queue": lambda on_copy=on_copy: on_copy("queue_ours", "everyone"),  # type: ignore[misc]
            "queue, raw, in key order": lambda on_copy=on_copy: on_copy("queue_raw", "everyone", "ordered"),  # type: ignore[misc]
            "claim": both,
        }
        figures = middle(runs, peers)
        findings.figures[f"queue and claim, {users:,} users"] = list(figures.values())
        ratio = _spent(figures["queue"]) / _spent(figures["queue, raw, in key order"])
        findings.bars.append(Bar(f"queue for {users:,}: CPU, times raw", ratio, QUEUE_BAR))
        for name, seen in most.items():
            seen.append(figures[name].memory)
        stores.end(filled)
    for name, seen in most.items():
        grown = Bar(f"{name}: MB more for {sizes[-1]:,} users than for {sizes[0]:,}", seen[-1] - seen[0], FLAT_BAR)
        findings.bars.append(grown)


def _spent(figure: Figure) -> float:
    return figure.cpu + figure.server


def build(findings: Findings, runs: int) -> None:
    """Writing a pass's letters against rendering each anew."""
    figures = middle(
        runs,
        {
            "ours, written by the pass": lambda: measured("build_ours", "20000"),
            "Jinja2 and EmailMessage": lambda: measured("build_each", "200"),
        },
    )
    findings.figures["build"] = list(figures.values())
    ours, each = figures.values()
    findings.bars.append(Bar("build: CPU of EmailMessage, times ours", each.each / ours.each, BUILD_BAR, most=False))


def delivery(findings: Findings, stores: Stores, postfix: Postfix, mails: int, runs: int) -> None:
    """A pass of the product against smtp-source and smtplib, into the same server."""
    filled = _queued(stores, mails)
    with postfix.sink() as port:

        def source(sessions: int) -> Mapping[str, float]:
            cpu, wall = postfix.source(port, mails, sessions, _PAYLOAD)
            return {"count": mails, "cpu": cpu, "wall": wall, "size": _PAYLOAD}

        figures = middle(
            runs,
            {
                "ours": lambda: _delivered(stores, filled, port, "exact", mails),
                "smtp-source -s 10": lambda: source(10),
                "smtp-source -s 20": lambda: source(20),
                "smtplib in a loop": lambda: measured("deliver_smtplib", str(port), str(max(1, mails // 5))),
            },
        )
    findings.figures[f"delivery of {mails:,} mails of {MAIL_BYTES:,} bytes"] = list(figures.values())
    ours, ten, twenty, loop = figures.values()
    findings.bars.extend(
        (
            Bar("delivery: CPU of the sender, times smtp-source -s 10", ours.each / ten.each, DELIVERY_BAR),
            Bar("delivery: CPU of the sender, times smtp-source -s 20", ours.each / twenty.each, DELIVERY_BAR),
            Bar("delivery: rate, times smtp-source -s 10", ours.rate / ten.rate, 1.0, most=False),
            Bar("delivery: CPU of the sender, times a smtplib loop", ours.each / loop.each, 0.5),
        )
    )


def ledger(findings: Findings, stores: Stores, postfix: Postfix, mails: int, runs: int) -> None:
    """The same pass with the exact ledger, with one a batch, and with none."""
    filled = _queued(stores, mails)
    with postfix.sink() as port:
        peers: dict[str, Run] = {
            kind: lambda kind=kind: _delivered(stores, filled, port, kind, mails)  # type: ignore[misc]
            for kind in LEDGERS
        }
        figures = middle(runs, peers)
    findings.figures[f"ledger, {mails:,} mails"] = list(figures.values())
    exact, batch, none = figures.values()
    findings.remarks.append(
        f"the exact ledger costs {exact.each / none.each:.2f} times the CPU of none,"
        f" and {exact.each / batch.each:.2f} times that of one commit a batch;"
        f" its rate is {exact.rate / none.rate:.2f} and {exact.rate / batch.rate:.2f} times theirs"
    )


def _queued(stores: Stores, mails: int) -> str:
    filled = stores.new()
    measured("fill", filled, str(mails), "all")
    measured("queue_all", filled)
    return filled


def _delivered(stores: Stores, filled: str, port: int, kind: str, mails: int) -> Mapping[str, float]:
    with stores.copy(filled) as url:
        figures = measured("deliver_ours", url, str(port), str(_CONNECTIONS), kind)
    if figures["count"] != mails:
        raise click.ClickException(f"{figures['count']} of {mails} mails were accepted")
    return figures


def told(findings: Findings) -> Iterator[str]:
    """The figures and bars as lines of text."""
    for part, figures in findings.figures.items():
        yield f"\n{part}"
        for figure in figures:
            server = f"{figure.server:8.2f} s server" if figure.server else ""
            growth = f"  +{figure.growth:.0f} MB to {figure.memory:.0f} MB" if part.startswith("queue") else ""
            size = f"{figure.size:8,.0f} bytes" if part == "build" else ""
            yield (
                f"  {figure.name:26} {figure.cpu:8.2f} s CPU{server} {figure.wall:8.2f} s"
                f"{figure.each:9.1f} us each {figure.rate:11,.0f} a second{growth}{size}"
            )
    yield ""
    for bar in findings.bars:
        sign = "at most" if bar.most else "at least"
        yield f"  {'met   ' if bar.met else 'MISSED'}  {bar.name}: {bar.value:.2f} ({sign} {bar.bar:g})"
    yield from (f"  {remark}" for remark in findings.remarks)


def plain(findings: Findings) -> dict[str, object]:
    """The same for programs."""
    return {
        "figures": {part: [asdict(figure) for figure in figures] for part, figures in findings.figures.items()},
        "bars": [asdict(bar) | {"met": bar.met} for bar in findings.bars],
        "remarks": findings.remarks,
    }


def _wanted(_context: click.Context, _parameter: click.Parameter, value: str) -> Sequence[str]:
    parts = [part.strip() for part in value.split(",")]
    if unknown := [part for part in parts if part not in PARTS]:
        raise click.BadParameter(f"{', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    return parts


@click.command()
@click.option("--only", default=",".join(PARTS), callback=_wanted, help="Parts, with commas between them.")
@click.option("--users", default=1_000_000, help="Users in the store that a notice is queued for.")
@click.option("--mails", default=20_000, help="Mails of a delivery.")
@click.option("--store", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--sizes", default="", help="Queue and claim for so many users instead (PostgreSQL): 100000,300000.")
@click.option("--runs", default=3, help="Runs of each, of which the middle one counts.")
@click.option(
    "--postfix", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Postfix, unpacked."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
def main(
    only: Sequence[str],
    users: int,
    mails: int,
    kind: str,
    sizes: str,
    runs: int,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Measure queueing, building and delivering notices beside their peers."""
    findings = Findings()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql.serving()) if sizes or kind == "postgresql" else None
        stores = Stores(scratch, server)
        if sizes:
            growing(findings, stores, [int(size) for size in sizes.split(",")], runs)
            only = ()
        if "queue" in only:
            queue(findings, stores, users, runs)
        if "build" in only:
            build(findings, runs)
        if "delivery" in only or "ledger" in only:
            try:
                postfix = found(folder, scratch)
                if "delivery" in only:
                    delivery(findings, stores, postfix, mails, runs)
                if "ledger" in only:
                    ledger(findings, stores, postfix, mails, runs)
            except NoPostfixError as missing:
                raise click.ClickException(f"delivery is not measured: {missing}") from None
    click.echo(json.dumps(plain(findings), indent=1) if as_json else "\n".join(told(findings)))


if __name__ == "__main__":
    main()
