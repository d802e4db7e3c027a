"""`publisher diff`."""

import re
from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.domain.assessment import Assessment
from publisher.errors import Place, one

MOST_BYTES = 16_000_000
_VERSION = re.compile(r"(?P<policy>[a-z0-9-]+)@(?P<version>v[1-9][0-9]*)")


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "html", "json", "github"]),
    default="terminal",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--language", help="Of the texts; left out: the policy's, or guessed from the words of files.")
@click.option("--regime", "regimes", multiple=True, help="Judge under these; left out: the policy's, or section-8.")
@pass_desk
def command(
    desk: Desk, old: str, new: str, form: str, as_json: bool, language: str | None, regimes: tuple[str, ...]
) -> None:
    """Show what changed between OLD and NEW: two files, or two versions such as privacy@v1 privacy@v2."""
    from publisher import reports

    versions = _VERSION.fullmatch(old), _VERSION.fullmatch(new)
    if versions[0] and versions[1]:
        assessment, name = _of_versions(desk, versions[0], versions[1], language, regimes)
    else:
        assessment, name = _of_files(Path(old), Path(new), language, regimes), new
    if as_json or form == "json":
        click.echo(reports.json_report(assessment))
    elif form == "markdown":
        click.echo(reports.markdown(assessment))
    elif form == "html":
        click.echo(reports.html_page(assessment))
    elif form == "github":
        click.echo(reports.github(assessment, name))
    else:
        click.echo(reports.terminal(assessment, colour=_colours()))


def _colours() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _of_files(old: Path, new: Path, language: str | None, regimes: tuple[str, ...]) -> Assessment:
    from publisher import assess

    before, after = _read(old), _read(new)
    return assess(before, after, language=language or _guessed(after), regimes=regimes or ("section-8",))


def _of_versions(
    desk: Desk, old: re.Match[str], new: re.Match[str], language: str | None, regimes: tuple[str, ...]
) -> tuple[Assessment, str]:
    from publisher.workflow.texts import assess_pair

    if old["policy"] != new["policy"]:
        raise click.UsageError("Two versions of one policy can be compared; these are of two policies.")
    workspace = desk.workspace()
    policy = workspace.policy(new["policy"])
    for name in (old["version"], new["version"]):
        if policy.version(name) is None:
            known = ", ".join(version.name for version in policy.versions)
            raise one("version-unknown", f"{policy.name} has no {name}.", f"It has: {known}.", Place(policy.folder))
    assessment = assess_pair(
        policy,
        workspace.events(policy.name),
        old["version"],
        new["version"],
        language=language or policy.settings.language,
        regimes=regimes or policy.settings.regimes,
    )
    version = policy.version(new["version"])
    text = version.text(language or policy.settings.language) if version else None
    return assessment, text.path if text else policy.folder


def _read(path: Path) -> str:
    """A file's text.

    Raises:
        PublisherError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as fault:
        raise one(
            "file-unreadable",
            f"It cannot be read: {getattr(fault, 'strerror', None) or fault}.",
            "Name a file that exists, or a version such as privacy@v2.",
            Place(str(path)),
        ) from None
    if len(data) > MOST_BYTES:
        raise one("file-large", f"It has over {MOST_BYTES:,} bytes.", "Compare it in parts.", Place(str(path)))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise one(
            "text-encoding",
            f"Byte {fault.start} is no UTF-8.",
            "Save the file as UTF-8.",
            Place(str(path), line),
        ) from None


def _guessed(text: str) -> str:
    """Chinese when a tenth of the characters are, else English."""
    han = len(re.findall(r"[一-鿿]", text))
    return "zh-CN" if han * 10 > len(text) else "en"
