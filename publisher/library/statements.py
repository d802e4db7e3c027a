"""Statements as files: those that staff name, and those that were sent, in `policies/<policy>/notices/<id>/`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from publisher.domain.characters import faults_of
from publisher.domain.digest import digest_of
from publisher.domain.frontmatter import divide
from publisher.domain.notice import STATEMENTS, Channel, NoticeId, NoticeKind
from publisher.domain.policy import PolicySettings, is_language
from publisher.domain.statement import Statement, StatementText
from publisher.errors import Fault, Place, Severity, errors_only
from publisher.library.files import atomic_write
from publisher.library.keys import Keys, read_keys
from publisher.library.source import read_source, read_text
from publisher.library.tables import Table, read_table, suggestion, toml_string

NOTICES = "notices"
RECORD = "notice.toml"

_KEYS = ("summary", "until")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_SUMMARY = 600
_RESTORE = "Restore the file from version control: what was sent stays as it was."
_FRONT = "Begin the file with three lines: --- / summary: One plain paragraph. / ---"


def statement_folder(policy: str, notice: NoticeId) -> str:
    """Where a statement that was sent is kept, relative to the workspace."""
    return f"policies/{policy}/{NOTICES}/{notice}"


@dataclass(frozen=True, slots=True)
class Named:
    """The files of a statement by language, and the name of one that is missing."""

    files: tuple[tuple[str, Path], ...]
    folder: Path
    stem: str

    def missing(self, language: str) -> str:
        """How the file in a language would be called."""
        return (self.folder / f"{self.stem}{language}.md").as_posix()


def named_files(given: Path, languages: Sequence[str]) -> Named:
    """The texts that a path names, by their language: `incident.en.md` and its sisters, or those in a folder.

    A file whose name ends in no language is in the first of the policy's `languages`, its authoritative one.
    """
    stem, own, folder = "", None, given
    if not given.is_dir():
        whole, folder = given.name.removesuffix(".md"), given.parent
        name, dot, language = whole.rpartition(".")
        if is_language(language) and (dot or language in languages):
            stem = f"{name}." if name else ""
        else:
            stem, own = f"{whole}.", given
    found = {languages[0]: own} if own is not None else {}
    for path in sorted(folder.glob("*.md")):
        language = path.name.removesuffix(".md").removeprefix(stem)
        if path.name == f"{stem}{language}.md" and is_language(language):
            found.setdefault(language, path)
    return Named(tuple(found.items()), folder, stem)


def read_statement(path: Path, language: str, shown: str) -> tuple[StatementText | None, tuple[Fault, ...]]:
    """One text with its front matter, or None; and every fault with its line."""
    source, found = read_source(path, name=shown, language=language)
    faults = list(found)
    if source is None:
        return None, tuple(faults)
    divided = divide(source)
    if divided.front is None:
        message = "The front matter that begins here never ends." if divided.unclosed else "It has no front matter."
        return None, (*faults, Fault("statement-front", message, _FRONT, Place(shown, 1)))
    keys = read_keys(divided.front, 2)
    for key, line in keys.lines.items():
        if key not in _KEYS:
            remedy = suggestion(key, _KEYS)
            keys.faults.append(Fault("statement-key", f"Unknown key: {key!r}.", remedy, Place(None, line)))
    summary, until = _summary(keys), _until(keys)
    faults.extend(fault.at(shown) for fault in keys.faults)
    if summary is None or errors_only(faults):
        return None, tuple(faults)
    return StatementText(language, shown, source, summary, until, divided.body, divided.body_line), tuple(faults)


def _summary(keys: Keys) -> str | None:
    value = keys.values.get("summary")
    text = " ".join(value.text.split()) if value else ""
    line = value.line if value else 1
    wrong: tuple[str, str] | None = None
    if not text:
        wrong = ("There is no summary.", "Add a line: summary: What happened, in one plain paragraph.")
    elif len(text) > _LONGEST_SUMMARY:
        wrong = ("The summary is too long for a banner.", f"Write at most {_LONGEST_SUMMARY} characters.")
    elif errors_only(faults_of(text)):
        wrong = ("The summary holds characters that readers cannot see.", "Delete them.")
    if wrong is not None:
        keys.faults.append(Fault("statement-summary", *wrong, Place(None, line)))
        return None
    return text


def _until(keys: Keys) -> date | None:
    value = keys.values.get("until")
    if value is None:
        return None
    with suppress(ValueError):
        if _DATE.fullmatch(value.text):
            return date.fromisoformat(value.text)
    message, remedy = f"'{value.text}' is no day.", "Write the banner's last day as 2027-03-31."
    keys.faults.append(Fault("statement-until", message, remedy, Place(None, value.line)))
    return None


def write_statement(root: Path, statement: Statement, sources: Mapping[str, str]) -> tuple[str, ...]:
    """Puts a statement that was sent into its folder; the record last, so that a folder with one is whole.

    Args:
        root: the workspace's folder.
        statement: what it was sent as; its texts are not asked for.
        sources: its texts by language.

    Returns:
        The files, relative to the workspace.
    """
    name = statement_folder(statement.id.policy, statement.id)
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{language}.md": source for language, source in sources.items()}
    files[RECORD] = _record(statement, sources)
    for file, content in files.items():
        atomic_write(folder / file, content.encode("utf-8"))
    return tuple(f"{name}/{file}" for file in files)


def is_written(root: Path, policy: str, notice: NoticeId) -> bool:
    """Whether the folder of a statement is whole."""
    return (root / statement_folder(policy, notice) / RECORD).is_file()


def read_statements(root: Path, settings: PolicySettings) -> tuple[tuple[Statement, ...], tuple[Fault, ...]]:
    """Every statement of a policy that was sent, the oldest first, and what is wrong with their files."""
    top = root / "policies" / settings.name / NOTICES
    faults: list[Fault] = []
    found: list[Statement] = []
    if not top.is_dir() or top.is_symlink():
        return (), ()
    for folder in sorted(path for path in top.iterdir() if not path.name.startswith(".")):
        shown = f"policies/{settings.name}/{NOTICES}/{folder.name}"
        notice = _id_of(folder.name, settings.name)
        if notice is None or folder.is_symlink() or not folder.is_dir():
            remedy = "Folders here are written by `publisher notice send`; delete it."
            faults.append(Fault("file-unknown", "Nothing reads this.", remedy, Place(shown), Severity.WARNING))
            continue
        statement, wrong = _read(folder, shown, notice, settings)
        faults.extend(wrong)
        if statement is not None:
            found.append(statement)
    return tuple(sorted(found, key=lambda each: (each.sent, str(each.id)))), tuple(faults)


def _id_of(name: str, policy: str) -> NoticeId | None:
    try:
        found = NoticeId.parse(name)
    except ValueError:
        return None
    sound = str(found) == name and found.policy == policy and found.version in STATEMENTS and found.revision > 0
    return found if sound else None


def _read(
    folder: Path, shown: str, notice: NoticeId, settings: PolicySettings
) -> tuple[Statement | None, tuple[Fault, ...]]:
    file = f"{shown}/{RECORD}"
    text, found = read_text(folder / RECORD, name=file)
    if text is None:
        return None, found
    table, faults = read_table(text, file, "statement")
    if table is None:
        return None, (*found, *faults)
    sent, until = table.instant("sent"), table.instant("until")
    before = table.day("before") if "before" in table.values else ""
    channels = tuple(Channel(name) for name in table.texts("channels") if name in tuple(Channel))
    everyone, by = table.flag("everyone"), table.texts("by")
    digests = table.table("texts")
    texts = tuple(_texts(folder, shown, digests, settings, faults)) if digests is not None else ()
    table.close()
    if errors_only(faults) or sent is None or until is None or not texts:
        return None, tuple(faults)
    statement = Statement(
        id=notice,
        kind=NoticeKind(notice.version),
        sent=sent.astimezone(UTC),
        until=until.astimezone(UTC),
        before=date.fromisoformat(before) if before else None,
        channels=channels,
        everyone=everyone,
        by=by,
        texts=texts,
    )
    return statement, tuple(faults)


def _texts(
    folder: Path, shown: str, digests: Table, settings: PolicySettings, faults: list[Fault]
) -> Iterator[StatementText]:
    for language in sorted(digests.values, key=lambda each: (each != settings.language, each)):
        wanted, file = digests.text(language), f"{shown}/{language}.md"
        if not is_language(language):
            digests.tell("value", f"'{language}' is no language tag.", _RESTORE, language)
            continue
        text, wrong = read_statement(folder / f"{language}.md", language, file)
        if text is None:
            faults.extend(wrong)
        elif digest_of(text.source) != wanted:
            message = "This is not the statement that was sent: its digest is not that of notice.toml."
            faults.append(Fault("statement-altered", message, _RESTORE, Place(file)))
        else:
            yield text
    digests.close()


def _record(statement: Statement, sources: Mapping[str, str]) -> str:
    """What a statement was sent as; it names staff and nobody else."""
    lines = [
        "# Written by `publisher notice send`. What was sent stays as it was: do not edit.",
        f"sent = {_instant(statement.sent)}",
        f"until = {_instant(statement.until)}",
        *([f"before = {statement.before.isoformat()}"] if statement.before else []),
        f"channels = {_list(statement.channels)}",
        f"everyone = {'true' if statement.everyone else 'false'}",
        f"by = {_list(statement.by)}",
        "",
        "[texts]",
        *(f"{language} = {toml_string(digest_of(source))}" for language, source in sources.items()),
    ]
    return "\n".join(lines) + "\n"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(toml_string(value) for value in values)}]"
