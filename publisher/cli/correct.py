"""`publisher correct`."""

from pathlib import Path

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.sequels import print_sequel, print_sequel_json


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
    languages = ", ".join(done.languages)
    if as_json:
        print_sequel_json(done, {"languages": list(done.languages), "grade": done.grade})
    else:
        now, before = f"is corrected in {languages} ({done.grade})", f"was corrected in {languages}"
        print_sequel(done, now=now, before=before)
