"""Whether the folders of notices of incidents and transfers say what the store sent."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.policy import Policy
from publisher.domain.statement import Statement
from publisher.errors import Fault, Place
from publisher.workflow.statement_files import statement_of
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store
    from publisher.store.statements import Sent

_RESTORE = "Restore the folder from version control; what was sent stays as it was."


def statement_faults(workspace: Workspace, store: "Store", policy: Policy) -> Iterator[Fault]:
    """Every statement that only one of the two knows, or of which they say different things.

    A folder whose own files are at fault is told by `check`, and here once: with the files, not as missing.
    """
    from publisher.store import statements

    with store.read() as connection:
        sent = {
            each.notice.id: each for each in statements.all_sent(connection) if each.notice.id.policy == policy.name
        }
    kept = {each.id: each for each in workspace.statements.get(policy.name, ())}
    for name in sorted({*sent, *kept}, key=str):
        folder = library.statement_folder(policy.name, name)
        if name not in sent:
            yield Fault(
                "statement-foreign",
                f"{name} is in the folder, and the store did not send it.",
                "Point [store] url to the store that did.",
                Place(folder),
            )
        elif name in kept:
            yield from _differences(sent[name], kept[name], folder)
        elif not library.is_written(workspace.settings.root, policy.name, name):
            yield Fault(
                "statement-missing",
                f"{name} was sent, and its folder is missing.",
                "Run: publisher tick, which writes it again, and commit it.",
                Place(folder),
            )


def _differences(sent: "Sent", kept: Statement, folder: str) -> Iterator[Fault]:
    wanted = statement_of(sent)
    recorded = replace(wanted, sent=wanted.sent.replace(microsecond=0), until=wanted.until.replace(microsecond=0))
    if replace(kept, texts=()) != recorded:
        message = f"notice.toml does not say what the store says of {kept.id}."
        yield Fault("statement-altered", message, _RESTORE, Place(f"{folder}/notice.toml"))
    digests = {text.language: text.digest for text in kept.texts}
    for language in sorted({*digests, *sent.digests}):
        if digests.get(language) != sent.digests.get(language):
            message = f"This is not the text of {kept.id} that was sent in {language}."
            yield Fault("statement-altered", message, _RESTORE, Place(f"{folder}/{language}.md"))
