"""The judge against revisions that people have labelled: what is missed, what is cried, and what each rule adds.

    python -m tests.benchmarks.materiality --corpus FOLDER [...] [--ids FILE] [--split SUM] [--errors N] [--json]
    python -m tests.benchmarks.materiality --mutations FOLDER [...] [--rounds N]

A corpus holds pairs.jsonl and texts/<id>.old.md, texts/<id>.new.md. Ambiguous revisions are judged and not scored.
The weights that ship were learnt from some of them; with --split, each is judged by what the other documents teach.
With --mutations, every text of a folder (of a document's versions the newest) is edited so that it says what it said,
in the ways of `idle_edits`: every finding is a false one.
"""

import json
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

import publisher
from publisher.assessing import differences
from publisher.domain.labels import LabelledRevision
from publisher.domain.scoring import Outcome, Score, by_group, contributions, outcome, score
from publisher.importers.labelled import guessed_language, read_labelled
from publisher.languages.words import word_keys
from publisher.materiality import judge
from publisher.materiality.weighing import Weights
from publisher.workflow.learn import taught_by_others
from tests.benchmarks.idle_edits import IDLE
from tests.benchmarks.sources import read

_LENGTH = 5_000
"""Words for which the time is given."""


@dataclass(frozen=True, slots=True)
class Took:
    """What one revision took: words of the new text, CPU milliseconds of the diff and of all."""

    id: str
    words: int
    diff: float
    whole: float


def judged(revision: LabelledRevision, weights: Weights | None = None) -> tuple[Outcome, Took]:
    """One revision, assessed as a caller would, or by other weights; a fault in the judge stops the benchmark."""
    words = sum(any(map(str.isalnum, key)) for key in word_keys(revision.new))
    began = time.process_time()
    changes, old, new = differences(revision.old, revision.new, revision.language)
    between = time.process_time()
    if weights is None:
        assessment = publisher.assess(revision.old, revision.new, language=revision.language)
        material, findings, before = assessment.material, assessment.findings, 0.0
    else:
        findings = judge(changes, old, new, regimes=("section-8",), weights=weights).findings
        material, before = bool(findings), between - began
    ended = time.process_time()
    took = Took(revision.id, words, 1000 * (between - began), 1000 * (before + ended - between))
    return outcome(revision, material, findings), took


def milliseconds(took: Sequence[Took]) -> dict[str, float]:
    """CPU of judging beyond the diff: for 5,000 words over all texts, and in the costliest text."""
    beyond = sum(max(one.whole - one.diff, 0.0) for one in took)
    words = sum(one.words for one in took)
    most = max((one.whole - one.diff for one in took), default=0.0)
    return {"judging_ms_per_5k_words": round(beyond * _LENGTH / max(words, 1), 2), "judging_ms_most": round(most, 2)}


def _shares(figures: Score) -> dict[str, float]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(figures).items()}


def _table(rows: Sequence[tuple[str, Score]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    yield f"{'':{width}}  revisions material  recall precision  F2    anchors limb  false findings"
    for name, one in rows:
        yield (
            f"{name:{width}}  {one.revisions:9} {one.material:8}  {one.recall:.4f} {one.precision:.4f}   {one.f2:.3f}"
            f"  {one.anchor_recall:.3f}  {one.limb_accuracy:.3f}  {one.false_findings:.3f}"
        )


def told(outcomes: Sequence[Outcome], took: Sequence[Took]) -> dict[str, object]:
    """All figures, as a program reads them."""
    return {
        **_shares(score(outcomes)),
        **milliseconds(took),
        **{
            f"by_{attribute}": {name: _shares(one) for name, one in by_group(outcomes, attribute).items()}
            for attribute in ("source", "folder", "language")
        },
        "rules": [
            {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()}
            for one in contributions(outcomes)
        ],
    }


def _shown(outcomes: Sequence[Outcome], took: Sequence[Took]) -> Iterator[str]:
    rows = [("all", score(outcomes))]
    for attribute in ("source", "folder", "language"):
        rows.extend(by_group(outcomes, attribute).items())
    yield from _table(rows)
    figures = milliseconds(took)
    yield (
        f"\nJudging beyond the diff, CPU: {figures['judging_ms_per_5k_words']} ms for 5,000 words;"
        f" the costliest text {figures['judging_ms_most']} ms"
    )
    yield (f"\n{'rule':24} fired in material  places only-it  catches-alone false-alone  without it: recall precision")
    for one in contributions(outcomes):
        yield (
            f"{one.rule:24} {one.fired:5} {one.in_material:11}  {one.anchors:6} {one.only_anchors:7}"
            f"  {one.only_caught:13} {one.only_false:11}  {one.recall_without:18.4f} {one.precision_without:9.4f}"
        )


def revisions_of(folders: Sequence[Path], ids: Path | None) -> list[LabelledRevision]:
    """All revisions of some folders, or those of them that a file names, one a line."""
    wanted = set(ids.read_text("utf-8").split()) if ids else None
    found = [one for folder in folders for one in read_labelled(folder)]
    return [one for one in found if wanted is None or one.id in wanted]


def newest(folder: Path) -> list[Path]:
    """Of each document of a folder the newest text: of a labelled corpus, of folders of versions, or every file."""
    if (folder / "pairs.jsonl").exists():
        last = {one.document: one.id for one in read_labelled(folder)}
        return [folder / "texts" / f"{name}.new.md" for name in last.values()]
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    return [max(texts) for path in inside if (texts := list(path.glob("*.md")))] + sorted(folder.glob("*.md"))


def _mutated(folders: Sequence[Path], rounds: int) -> Iterator[str]:
    """Each finding between a text and itself, written otherwise; then how many edits were made, and how many fired."""
    made: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    paths = [path for folder in folders for path in newest(folder)]
    with click.progressbar(paths, label="Edited", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for path in bar:
            source = path.read_text("utf-8")
            for edit in IDLE:
                for turn in range(rounds):
                    seed = zlib.crc32(f"{path.name} {edit.__name__} {turn}".encode())
                    edited = edit(read(source), random.Random(seed))  # noqa: S311  no secret
                    if edited is None:
                        continue
                    made[edit.__name__] += 1
                    findings = publisher.assess(*edited, language=guessed_language(source)).findings
                    fired[edit.__name__] += bool(findings)
                    for one in findings:
                        yield f"{edit.__name__} of {path}: {one.rule} {one.side} {one.quote!r:.200}"
    for name, count in made.items():
        yield f"{name:12} {count:5} edits, {fired[name]} with findings"


_FOLDERS = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--corpus", "folders", multiple=True, type=_FOLDERS, help="A folder of labelled revisions; may be repeated."
)
@click.option("--mutations", multiple=True, type=_FOLDERS, help="A folder of texts, or of documents; may be repeated.")
@click.option("--rounds", default=1, metavar="N", help="Make each of these edits N times, each time otherwise.")
@click.option("--ids", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Only those that it names.")
@click.option(
    "--split", type=float, metavar="SUM", help="Judge each document by what the others teach, told above SUM."
)
@click.option("--errors", default=0, metavar="N", help="Name N missed and N false revisions.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def main(
    folders: tuple[Path, ...],
    mutations: tuple[Path, ...],
    rounds: int,
    ids: Path | None,
    split: float | None,
    errors: int,
    as_json: bool,
) -> None:
    """Score the judge on labelled revisions, or on texts that say what they said."""
    if bool(folders) == bool(mutations):
        raise click.UsageError("Name folders with --corpus or with --mutations.")
    if mutations:
        for line in _mutated(mutations, rounds):
            click.echo(line)
        return
    revisions = revisions_of(folders, ids)
    taught = taught_by_others(revisions, split) if split is not None else {}
    outcomes: list[Outcome] = []
    took: list[Took] = []
    with click.progressbar(revisions, label="Judged", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for revision in bar:
            one, cost = judged(revision, taught.get(revision.id))
            outcomes.append(one)
            took.append(cost)
    scored = [one for one in outcomes if not one.revision.ambiguous]
    for name, wrong in (
        ("missed", [one for one in scored if one.missed]),
        ("false", [one for one in scored if one.false]),
    ):
        for one in wrong[:errors]:
            rules = ", ".join(dict.fromkeys(one.rules))
            click.echo(f"{name}: {one.revision.folder} {one.revision.id} {rules}".rstrip(), err=True)
    click.echo(json.dumps(told(outcomes, took)) if as_json else "\n".join(_shown(outcomes, took)))


if __name__ == "__main__":
    main()
