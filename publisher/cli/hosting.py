"""`publisher hosting`."""

import pwd
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher import __version__
from publisher.cli.context import Desk, pass_desk
from publisher.errors import Place, one

if TYPE_CHECKING:
    from publisher.config import Settings
    from publisher.render.host import Package

_ACCOUNT = "publisher"
_IN_CONTAINERS = 1000


@click.command("hosting")
@click.argument("kind", type=click.Choice(["systemd", "nginx", "cron", "compose", "github"]))
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files into this folder; left out: print them.",
)
@click.option("--user", help=f"As whom the programs run; left out: who owns the workspace, and for root's {_ACCOUNT}.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Where serve listens.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 99), help="Workers on this machine.")
@click.option(
    "--package",
    "wanted",
    metavar="REQUIREMENT",
    help="What containers and runners install: this package at a version (NAME==VERSION), a wheel's path, "
    "or git+https://...; left out: this very version.",
)
@pass_desk
def command(
    desk: Desk, kind: str, folder: Path | None, user: str | None, port: int, workers: int, wanted: str | None
) -> None:
    """Write what a server needs to run this workspace: units, a web server's locations, a crontab, containers."""
    from publisher.render.host import Host
    from publisher.render.hosting import KINDS
    from publisher.render.scheduled import WHEEL_FOLDER
    from publisher.store.engine import sqlite_file

    if wanted is not None and kind not in ("compose", "github"):
        raise click.UsageError("--package is for compose and github; elsewhere the installed command runs.")
    settings = desk.settings()
    root = settings.root.resolve()
    installed = Path(sys.prefix) / "bin" / "publisher"
    owner = root.stat().st_uid
    account = user or _name(owner)
    package = _package(wanted)
    host = Host(
        program=str(installed) if installed.exists() else shutil.which("publisher") or "publisher",
        workspace=str(root),
        output=str(settings.output.resolve()),
        base_url=settings.site.base_url,
        user=account,
        number=owner or _IN_CONTAINERS,
        elsewhere=_elsewhere(settings),
        below_top=_below_top(root),
        shared=sqlite_file(settings.store_url) is None,
        port=port,
        workers=workers,
        package=package,
    )
    odd = [path for path in (host.program, host.workspace, host.output, *host.elsewhere) if not _is_plain(path)]
    if odd:
        raise one(
            "hosting-path",
            f"The path {odd[0]!r} has characters that such files would read otherwise.",
            "Move the workspace to a path of letters, digits, dots, dashes and slashes.",
        )
    if kind == "github" and not Path(host.output).is_relative_to(root):
        raise one(
            "hosting-output", f"The website's folder {host.output} is outside of the repository.", "Set [site] output."
        )
    files = {name: text.encode("utf-8") for name, text in KINDS[kind](host).items()}
    if package.wheel and wanted is not None:
        files[(WHEEL_FOLDER if kind == "github" else "") + package.wheel] = Path(wanted).read_bytes()
    _write(files, folder)
    if kind in ("systemd", "cron"):
        click.echo(_accounts(account, root, owner), err=True)


def _write(files: dict[str, bytes], folder: Path | None) -> None:
    for name, content in files.items():
        if folder is None:
            if name.endswith(".whl"):
                click.echo(f"# The wheel belongs beside it: {name}", err=True)
                continue
            text = content.decode("utf-8")
            click.echo(f"# {name}\n{text}" if len(files) > 1 else text, nl=len(files) > 1)
            continue
        path = folder / name
        if path.exists() and path.read_bytes() != content:
            raise one(
                "hosting-exists", "It is there already, and says something else.", "Remove it first.", Place(str(path))
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        click.echo(f"Written: {path}")


def _name(owner: int) -> str:
    """The account that owns the workspace; root, whom no server needs, and a number without a name give way."""
    if owner == 0:
        return _ACCOUNT
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return _ACCOUNT


def _accounts(account: str, root: Path, owner: int) -> str:
    """As whom it runs, and what is still to be done for that."""
    try:
        found = pwd.getpwnam(account).pw_uid
    except KeyError:
        return f"It runs as {account}. Make that account: useradd --system {account} && chown -R {account}: {root}"
    if found != owner:
        return f"It runs as {account}, who has to own the workspace: chown -R {account}: {root}"
    return f"It runs as {account}, who owns the workspace."


def _package(wanted: str | None) -> "Package":
    from publisher.render.host import DISTRIBUTION, Package

    if wanted is None:
        return Package(version=__version__)
    if re.fullmatch(r"(git\+https|https)://[\w.:/@%+#&=~-]+", wanted):
        return Package(address=wanted)
    if wanted.endswith(".whl"):
        path = Path(wanted)
        if not path.is_file() or not re.fullmatch(r"policy_publisher-[\w.+!-]+\.whl", path.name):
            raise one("hosting-package", "This is no wheel of this package.", "Name its file.", Place(wanted))
        return Package(address=path.name)
    if match := re.fullmatch(rf"{DISTRIBUTION}==([\w.+!]+)", wanted):
        return Package(version=match[1])
    raise one(
        "hosting-package",
        f"{wanted!r} is neither {DISTRIBUTION}==VERSION nor a wheel's path nor an address.",
        f"Such as {DISTRIBUTION}=={__version__}, dist/policy_publisher-{__version__}-py3-none-any.whl, or "
        "git+https://git.example.com/policy-publisher@v1.",
    )


def _elsewhere(settings: "Settings") -> tuple[str, ...]:
    """Folders outside of the workspace that the programs write into: of the website, the store, the key, mails."""
    from publisher.store.engine import sqlite_file

    root = settings.root.resolve()
    paths = [settings.output.parent, settings.path(settings.secrets.key_file).parent]
    if (store := sqlite_file(settings.store_url)) is not None:
        paths.append(Path(store).parent)
    kind, _, rest = settings.email.transport.partition(":")
    if kind == "maildir" or (kind == "handoff" and "://" not in rest):
        paths.append(settings.path(rest))
    found = {path.resolve() for path in paths}
    return tuple(sorted(str(path) for path in found if not path.is_relative_to(root)))


def _below_top(root: Path) -> str:
    """Where the workspace is in its repository; empty at its top, and where there is none."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if top == root else f"{root.relative_to(top)}/"


def _is_plain(path: str) -> bool:
    return all(sign.isalnum() or sign in "/._-" for sign in path)
