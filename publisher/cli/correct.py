"""`publisher correct`."""

from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import count, print_files_to_commit, print_json


@click.command("correct")
@click.argument("policy")
@click.argument("version")
@click.option("--by", required=True, help="Who decides this.")
@click.option("--reason", required=True, help="Why, for the public record; readers who were told see it too.")
@click.option("--language", help="Whose text --text is; left out: the authoritative one.")
@click.option(
    "--text",
    "source",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="The corrected text; left out: the one in its place, the former one kept under revisions/.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@pass_desk
def command(
    desk: Desk,
    policy: str,
    version: str,
    by: str,
    reason: str,
    language: str | None,
    source: Path | None,
    as_json: bool,
) -> None:
    """Correct words of a released VERSION: judged in their language, told where they matter, refused if material."""
    from publisher.workflow.correct import correct

    if language and source is None:
        raise click.UsageError("--language says whose text --text is: name both.")
    workspace = desk.workspace()
    with desk.store(workspace.settings) as store:
        done = correct(
            workspace,
            store,
            policy,
            version,
            by=by,
            reason=reason,
            now=desk.now(),
            language=language,
            source=source,
        )
    if as_json:
        print_json(
            {
                "policy": done.policy,
                "version": done.version,
                "languages": list(done.languages),
                "grade": done.grade,
                "notice": done.notice,
                "queued": done.queued,
                "cancelled": done.cancelled,
                "files": list(done.files),
                "again": done.again,
            }
        )
        return
    languages = ", ".join(done.languages)
    if done.again:
        click.echo(f"{policy} {version} was corrected in {languages} before, for the same reason; nothing new.")
    else:
        click.echo(f"{policy} {version} is corrected in {languages} ({done.grade}).")
    if done.notice and not done.again:
        cancelled = count(done.cancelled, "unsent message")
        click.echo(f"{count(done.queued, 'message')} queued as {done.notice}; {cancelled} cancelled.")
    print_files_to_commit(done.files)
