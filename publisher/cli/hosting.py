"""`publisher hosting`."""

import getpass
import shutil
import sys
from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.errors import Place, one


@click.command("hosting")
@click.argument("kind", type=click.Choice(["systemd", "nginx", "cron", "compose", "github"]))
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files into this folder; left out: print them.",
)
@click.option("--user", help="As whom the programs run; left out: yourself.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Where serve listens.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 99), help="Workers on this machine.")
@pass_desk
def command(desk: Desk, kind: str, folder: Path | None, user: str | None, port: int, workers: int) -> None:
    """Write what a server needs to run this workspace: units, a web server's locations, a crontab, containers."""
    from publisher.render.hosting import KINDS, Host
    from publisher.store.engine import sqlite_file

    settings = desk.settings()
    installed = Path(sys.prefix) / "bin" / "publisher"
    host = Host(
        program=str(installed) if installed.exists() else shutil.which("publisher") or "publisher",
        workspace=str(settings.root.resolve()),
        output=str(settings.output.resolve()),
        base_url=settings.site.base_url,
        user=user or getpass.getuser(),
        shared=sqlite_file(settings.store_url) is None,
        port=port,
        workers=workers,
    )
    odd = [path for path in (host.program, host.workspace, host.output) if not _is_plain(path)]
    if odd:
        raise one(
            "hosting-path",
            f"The path {odd[0]!r} has characters that such files would read otherwise.",
            "Move the workspace to a path of letters, digits, dots, dashes and slashes.",
        )
    files = KINDS[kind](host)
    for name, text in files.items():
        if folder is None:
            click.echo(f"# {name}\n{text}" if len(files) > 1 else text, nl=len(files) > 1)
            continue
        path = folder / name
        if path.exists() and path.read_text("utf-8") != text:
            raise one(
                "hosting-exists", "It is there already, and says something else.", "Remove it first.", Place(str(path))
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(f"Written: {path}")


def _is_plain(path: str) -> bool:
    return all(sign.isalnum() or sign in "/._-" for sign in path)
