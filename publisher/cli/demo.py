"""`publisher demo`."""

import os
from pathlib import Path

import click

from publisher.cli import publish_report
from publisher.cli.context import Desk, pass_desk


@click.command("demo")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@pass_desk
def command(desk: Desk, folder: Path) -> None:
    """Run the main job on a scratch copy of this workspace in FOLDER, with 1,000 invented users and a local Maildir."""
    from publisher.cli.progress import bar
    from publisher.workflow.demo import demo

    with bar("Delivering", unit="mails") as progress:
        done = demo(desk.settings(), folder, now=desk.now, progress=progress)
    for entry in done.published.released:
        click.echo(publish_report.line(entry))
    if not done.published.released:
        click.echo("Nothing new to publish.")
    click.echo(f"{done.delivered.accepted:,} mails delivered.")
    for happened in done.recorded.happened:
        click.echo(f"{happened.policy} {happened.version}: {happened.kind} ({happened.reason})")
    click.echo("Open:")
    click.echo(f"  the site    python3 -m http.server -d {_shown(done.homepage.parent)} 8000   http://127.0.0.1:8000/")
    click.echo(f"  the mails   {_shown(done.mail)}   a Maildir: mutt -f, or any mail program that reads one")
    click.echo(f"  the status  .venv/bin/publisher -C {_shown(done.folder)} status")


def _shown(path: Path) -> str:
    return os.path.relpath(path)
