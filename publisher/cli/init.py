"""`publisher init`."""

import sys
from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.terminal import is_terminal
from publisher.cli.words import print_json


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The organisation, as readers know it.")
@click.option("--url", help="Where the website will be, such as https://policies.example.com.")
@click.option("--contact", help="The address at which readers can ask.")
@click.option("--language", "languages", multiple=True, help="A language tag; the first is authoritative; repeatable.")
@click.option("--timezone", help="The zone in which effective dates are days, such as Europe/Berlin.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs; asks nothing.")
@pass_desk
def command(
    desk: Desk,
    folder: Path,
    name: str | None,
    url: str | None,
    contact: str | None,
    languages: tuple[str, ...],
    timezone: str | None,
    as_json: bool,
) -> None:
    """Make FOLDER a workspace: settings, a privacy policy to write in, and what version control ignores.

    On a terminal it asks for what is left out; elsewhere the default stands. What is in the folder stays as it is.
    """
    from publisher.workflow.scaffold import Beginning, scaffold

    asks = is_terminal(sys.stdin) and not as_json

    def answer(given: str | None, question: str, default: str) -> str:
        if given is not None or not asks:
            return given if given is not None else default
        found: str = click.prompt(question, default=default)
        return found

    beginning = Beginning(
        answer(name, "Name of the organisation", "Example"),
        answer(url, "Address of the website", "https://example.com"),
        answer(contact, "Where readers can ask", "privacy@example.com"),
        languages or tuple(answer(None, "Languages, the authoritative one first", "en").replace(",", " ").split()),
        answer(timezone, "Time zone", "UTC"),
    )
    done = scaffold(desk.folder / folder, beginning, now=desk.now())
    if as_json:
        print_json(
            {
                "written": list(done.written),
                "kept": list(done.kept),
                "missing": {file: list(lines) for file, lines in done.missing.items()},
            }
        )
        return
    for file in done.written:
        click.echo(f"Written: {folder / file}")
    for file in done.kept:
        click.echo(f"Left as it is: {folder / file}")
    for file, lines in done.missing.items():
        click.echo(f"Add to {folder / file}: {'  '.join(lines)}")
    where = "" if folder == Path() else f" -C {folder}"
    click.echo("\nNext: put your policy into policies/privacy/v1, then")
    click.echo(f"  publisher{where} check")
    click.echo(f"  publisher{where} adopt privacy --through v1 --by NAME      (it is in force already)")
    click.echo(f"  publisher{where} publish                                   (it is new)")
