"""`publisher diff`."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.terminal import is_terminal
from publisher.errors import Fault, Place, PublisherError, one

if TYPE_CHECKING:
    from publisher.domain.citation import Citation
    from publisher.domain.comparison import Comparison, LooseText
    from publisher.reports import Layout
MOST_BYTES = 16_000_000
_WIDEST_TEXT = 100
"""Columns beyond which lines of words are hard to read."""
_FORMS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".txt": "terminal",
}
"""The format that an output file's name asks for."""


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "html", "json", "github"]),
    help="Left out: what the name of --output asks for, else terminal.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--side-by-side", "-y", is_flag=True, help="Old and new in two columns.")
@click.option(
    "--context", type=click.IntRange(min=0), default=0, metavar="N", help="Show N unchanged clauses around each change."
)
@click.option("--all", "everything", is_flag=True, help="Show every clause, whole.")
@click.option("--fragment", is_flag=True, help="HTML to be put into another page.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write into a file."
)
@click.option("--width", type=click.IntRange(min=20), metavar="COLUMNS", help="Left out: the terminal's.")
@click.option("--colour", "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option(
    "--between", multiple=True, metavar="FILE", help="A text between two files, oldest first; may be repeated."
)
@click.option("--language", help="Of the texts; left out: the policy's, or guessed from the words of files.")
@click.option("--regime", "regimes", multiple=True, help="Judge under these; left out: the policy's, or section-8.")
@click.option("--second-reader", is_flag=True, help="Let the program of [judge] command read it, too.")
@pass_desk
def command(
    desk: Desk,
    old: str,
    new: str,
    form: str | None,
    as_json: bool,
    side_by_side: bool,
    context: int,
    everything: bool,
    fragment: bool,
    output: Path | None,
    width: int | None,
    colour: str,
    between: tuple[str, ...],
    language: str | None,
    regimes: tuple[str, ...],
    second_reader: bool,
) -> None:
    """Show what changed between OLD and NEW, clause by clause, and what it means for users.

    Each is a file, `-` for standard input, or a version: privacy@v1, privacy@v1/zh-CN, or a former revision of it,
    privacy@v1/r1. Clauses keep their identity through all versions between the two.
    """
    from publisher.reports import Layout

    form = _form(form, as_json=as_json, fragment=fragment, output=output)
    comparison = _comparison(desk, old, new, between, language, regimes)
    if second_reader:
        comparison = _read_again(desk, comparison, _cited(new) or _cited(old), regimes)
    layout = Layout(side_by_side=side_by_side, context=None if everything else context)
    if form == "terminal":
        text = _on_terminal(comparison, layout, width, colour, output)
    else:
        text = _written(comparison, layout, form, fragment=fragment)
    if output is None:
        _print(text, exactly=form == "json")
    else:
        _write(desk.folder / output, output, text, [desk.folder / name for name in (old, new, *between)])


def _form(form: str | None, *, as_json: bool, fragment: bool, output: Path | None) -> str:
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} ask for two formats.")
    if as_json:
        form = "json"
    if form is None and output is not None and output.suffix:
        form = _FORMS.get(output.suffix.lower())
        if form is None:
            raise click.UsageError(f"The name {output.name} does not say which format is meant; add --format.")
    form = form or ("html" if fragment else "terminal")
    if fragment and form != "html":
        raise click.UsageError("--fragment is for HTML.")
    return form


def _comparison(
    desk: Desk, old: str, new: str, between: Sequence[str], language: str | None, regimes: tuple[str, ...]
) -> "Comparison":
    cited = _cited(old), _cited(new)
    named = {text.language for text in cited if text and text.language} | ({language} if language else set())
    if len(named) > 1:
        raise click.UsageError(f"Texts of one language are compared; these are of {' and '.join(sorted(named))}.")
    if cited[0] and cited[1] and cited[0].policy != cited[1].policy:
        raise click.UsageError("Two versions of one policy can be compared; these are of two policies.")
    if between and any(cited):
        raise click.UsageError("--between is for files; the versions between two versions are known.")
    _refuse_unknown(desk, regimes)
    loose = _read_all(desk, [name for name, text in zip((old, new), cited, strict=True) if not text], between)
    if not any(cited):
        from publisher.assessing import compare_texts

        packs = desk.own_packs() if regimes else ()
        return compare_texts(loose, language or _guessed(loose[-1].source), regimes or ("section-8",), packs=packs)
    from publisher.workflow.comparing import compare_cited

    files = iter(loose)
    sides = [text or next(files) for text in cited]
    return compare_cited(desk.workspace(), sides[0], sides[1], language=next(iter(named), None), regimes=regimes)


def _refuse_unknown(desk: Desk, regimes: Sequence[str]) -> None:
    if regimes:
        from publisher.domain.regime import known_regimes

        known = (*known_regimes(), *(pack.name for pack in desk.own_packs()))
        unknown = [name for name in regimes if name.partition("@")[0] not in known]
        if unknown:
            raise click.UsageError(f"No regime is called {' or '.join(unknown)}. Known are: {', '.join(known)}.")


def _cited(name: str) -> "Citation | None":
    """The version that an argument names; None for a file."""
    if "@" not in name:
        return None
    from publisher.domain.citation import Citation

    return Citation.parse(name)


def _read_again(
    desk: Desk, comparison: "Comparison", cited: "Citation | None", regimes: tuple[str, ...]
) -> "Comparison":
    """The comparison with what the second reader adds; what goes wrong with it is told and changes nothing else."""
    from publisher.cli.faults import tell
    from publisher.workflow.second_reader import Asked, second_reading

    workspace = desk.workspace()
    if not workspace.settings.judge.command:
        raise one(
            "second-reader-missing",
            "No second reader is set.",
            'Write into publisher.toml: [judge] command = ["python3", "reader.py"]',
            Place("publisher.toml"),
        )
    asked = Asked(regimes or ("section-8",), desk.own_packs())
    if cited is not None:
        policy = workspace.policy(cited.policy)
        asked = Asked(regimes or policy.settings.regimes, policy.packs, policy.name, cited.version or "")
    assessment, faults = second_reading(workspace.settings, comparison.assessment, asked, None, now=desk.now())
    tell(faults)
    return replace(comparison, assessment=assessment)


def _written(comparison: "Comparison", layout: "Layout", form: str, *, fragment: bool) -> str:
    from publisher import reports

    if form == "json":
        return reports.json_report(comparison) + "\n"
    if form == "markdown":
        return reports.markdown(comparison, layout)
    if form == "html":
        return reports.html_fragment(comparison, layout) if fragment else reports.html_page(comparison, layout)
    return reports.github(comparison)


def _on_terminal(
    comparison: "Comparison", layout: "Layout", width: int | None, colour: str, output: Path | None
) -> str:
    from publisher import reports

    seen = output is None and is_terminal(sys.stdout)
    if width is None and (seen or "COLUMNS" in os.environ):
        import shutil

        width = shutil.get_terminal_size().columns
        width = width if layout.side_by_side else min(width, _WIDEST_TEXT)
    coloured = colour == "always" or (
        colour == "auto" and seen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    return reports.terminal(comparison, layout, colour=coloured, width=width)


def _print(text: str, *, exactly: bool) -> None:
    """Prints a report; signs that the terminal's encoding lacks are written out instead of stopping it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if not exactly:
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    elif encoding.lower().replace("-", "") != "utf8":
        sys.stdout.buffer.write(text.encode())
        return
    click.echo(text, nl=False, color=True)


def _write(path: Path, shown: Path, text: str, sources: Sequence[Path]) -> None:
    if path.exists() and any(source.exists() and path.samefile(source) for source in sources):
        raise click.UsageError(f"{shown} is one of the texts that are compared; name another file.")
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as fault:
        raise one(
            "file-unwritable",
            f"It cannot be written: {fault.strerror}.",
            "Name a file in a folder that exists.",
            Place(str(shown)),
        ) from None


def _read_all(desk: Desk, names: Sequence[str], between: Sequence[str]) -> list["LooseText"]:
    """The files, those between the two after the first; all that cannot be read are told at once."""
    from publisher.domain.comparison import LooseText

    ordered = [*names[:1], *between, *names[1:]]
    if ordered.count("-") > 1:
        raise click.UsageError("Standard input can be one of the texts only.")
    texts: list[LooseText] = []
    faults: list[Fault] = []
    for name in ordered:
        try:
            texts.append(LooseText("standard input" if name == "-" else name, _read(desk.folder, name)))
        except PublisherError as error:
            faults.extend(error.faults)
    if faults:
        raise PublisherError(dict.fromkeys(faults))
    return texts


def _read(folder: Path, name: str) -> str:
    """A file's text.

    Raises:
        PublisherError: it cannot be read, is too large, or is not UTF-8.
    """
    place = Place("standard input" if name == "-" else name)
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with (folder / name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise one("file-unreadable", f"It cannot be read: {reason}.", _remedy(name), place) from None
    if len(data) > MOST_BYTES:
        raise one("file-large", f"It has over {MOST_BYTES // 1_000_000} MB.", "Compare it in parts.", place)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        from publisher.library.source import decoded

        raise PublisherError(decoded(data, str(place.file))[1]) from None


def _remedy(name: str) -> str:
    if "@" in name:
        return "Name a version such as privacy@v2, privacy@v2/zh-CN or privacy@v2/r1, or a file that exists."
    return "Name a file that exists, or a version such as privacy@v2."


def _guessed(text: str) -> str:
    """Chinese when a tenth of the characters are, else English."""
    han = len(re.findall(r"[一-鿿]", text))
    return "zh-CN" if han * 10 > len(text) else "en"
