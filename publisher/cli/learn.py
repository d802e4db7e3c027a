"""`publisher learn`."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import print_json
from publisher.errors import Fault, Place, PublisherError

if TYPE_CHECKING:
    from publisher.domain.labels import LabelledRevision
    from publisher.domain.scoring import Score
    from publisher.workflow.learn import Learnt


@click.command("learn")
@click.argument(
    "folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the weights there."
)
@click.option(
    "--hold-back",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Ids, one a line, of revisions that are left alone; may be repeated.",
)
@click.option(
    "--threshold", default=1.0, show_default=True, metavar="SUM", help="Sum above which a difference is told."
)
@click.option("--source", "sources", multiple=True, metavar="LINE", help="Whose texts they are, and their licence.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for programs.")
@pass_desk
def command(
    desk: Desk,
    folders: tuple[Path, ...],
    output: Path | None,
    hold_back: tuple[Path, ...],
    threshold: float,
    sources: tuple[str, ...],
    as_json: bool,
) -> None:
    """Learn from revisions that people labelled what else to tell when no rule does.

    A FOLDER holds pairs.jsonl, a revision a line, and texts/ID.old.md, texts/ID.new.md. What the weights add to the
    rules is tried on documents, and on sources, that they were not learnt from. The same folders give the same bytes.
    """
    from publisher.cli.progress import bar
    from publisher.library import atomic_write
    from publisher.workflow.learn import as_module, learn

    revisions = _read(desk, folders, hold_back)
    with bar("Learning", unit="revisions") as progress:
        progress.begin(3 * len(revisions))
        learnt = learn(revisions, threshold=threshold, advance=progress.advance)
    if output is not None:
        atomic_write(desk.folder / output, as_module(learnt, sources or learnt.sources).encode("utf-8"))
    if as_json:
        print_json(asdict(learnt))
        return
    for line in _figures(learnt):
        click.echo(line)
    if output is not None:
        click.echo(f"Written to {output}.", err=True)


def _read(desk: Desk, folders: tuple[Path, ...], hold_back: tuple[Path, ...]) -> "list[LabelledRevision]":
    """All revisions but those held back; all that is wrong with the folders is told at once."""
    from publisher.importers.labelled import read_ids, read_labelled

    faults: list[Fault] = []
    found: list[LabelledRevision] = []
    held: set[str] = set()
    for path in hold_back:
        try:
            held |= read_ids(desk.folder / path, str(path))
        except PublisherError as error:
            faults.extend(error.faults)
    for folder in folders:
        try:
            found.extend(read_labelled(desk.folder / folder, str(folder)))
        except PublisherError as error:
            faults.extend(error.faults)
    first: dict[str, str] = {}
    for one in found:
        if first.setdefault(one.id, one.folder) != one.folder:
            message = f"{one.id} stands in {first[one.id]}, too."
            faults.append(Fault("labels-twice", message, "Name each once.", Place(f"{one.folder}/pairs.jsonl")))
    if faults:
        raise PublisherError(faults)
    return [one for one in found if one.id not in held]


def _figures(learnt: "Learnt") -> Iterator[str]:
    yield (
        f"{learnt.marked} marked among {learnt.examples} differences in {learnt.revisions} revisions of"
        f" {len(learnt.sources)} sources"
    )
    for trial in learnt.trials:
        yield f"\nOn each {trial.by} with what the others teach{'':7} recall precision places  limb"
        yield f"  the rules alone{'':28} {_row(trial.alone)}"
        for threshold, found in trial.weighed:
            chosen = " (chosen)" if threshold == learnt.weights.threshold else ""
            yield f"  {f'told above {threshold:+.1f}{chosen}':43} {_row(found)}"


def _row(found: "Score") -> str:
    return f"{found.recall:7.4f} {found.precision:8.4f} {found.anchor_recall:8.4f} {found.limb_accuracy:7.4f}"
