"""`publisher explain`."""

from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk


@click.command("explain")
@click.argument("policy")
@click.argument("version")
@click.option("--notes", is_flag=True, help="With the private notes of reviewers.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write into a file."
)
@pass_desk
def command(desk: Desk, policy: str, version: str, notes: bool, output: Path | None) -> None:
    """Print a page for the file: what in VERSION was judged material and why, and what was not and why not."""
    from publisher import reports
    from publisher.library import atomic_write
    from publisher.workflow.explain import explain

    page = reports.explanation_page(explain(desk.workspace(), policy, version, now=desk.now()), notes=notes)
    if output is None:
        click.echo(page, nl=False)
        return
    atomic_write(output, page.encode("utf-8"))
    click.echo(f"Written to {output}.", err=True)
