"""The review in a form: the answers of a page, under the rules of `publisher review`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from publisher.domain.assessment import FindingKind, Limb, Side
from publisher.domain.digest import digest_of
from publisher.domain.review import Decided, Decision, FindingKey, Review, key_of
from publisher.errors import Fault, Place, PublisherError
from publisher.workflow.preview_reader import UNASKED
from publisher.workflow.review import Missed, Sheet, decided, kept, missed, sign, undecided_faults
from publisher.workflow.workspace import Workspace

Given = Mapping[str, str]
ADDED = 3
"""How many findings that no rule saw may be added at once."""


def added_before(sheet: Sheet) -> tuple[Decided, ...]:
    """Decisions on findings that people added: no rule brings them back."""
    known = {key_of(finding) for finding in sheet.assessment.findings}
    return tuple(entry for key, entry in kept(sheet).items() if key not in known)


def field_of(key: FindingKey) -> str:
    """What the fields on a finding end in: the same as long as it is the same finding, wherever it is listed."""
    return digest_of(repr(key)).removeprefix("sha256:")[:16]


def on_reader(sheet: Sheet) -> tuple[Fault, ...]:
    """What is to be said of the second reader: that it has not read these changes, or how it failed."""
    return tuple(fault for fault in sheet.warnings if fault.code.startswith("second-reader-"))


def mark_of(sheet: Sheet) -> str:
    """What a form was made for: these texts, these findings, these decisions. Anything else is another mark."""
    texts = [text.digest for text in sheet.version.texts]
    findings = [repr(key_of(finding)) for finding in sheet.assessment.findings]
    decisions = [repr(entry) for entry in kept(sheet).values()]
    signed = [repr(entry) for entry in sheet.review.sign_offs] if sheet.review else []
    failed = [fault.message for fault in on_reader(sheet) if fault.code != UNASKED]
    return digest_of("\n".join([sheet.assessment.old_digest, *texts, *findings, *decisions, *signed, *failed]))


def sign_form(workspace: Workspace, sheet: Sheet, given: Given, *, now: datetime) -> Review:
    """Writes the review as `publisher review` would have, from what a person filled in.

    Args:
        workspace: what the files say.
        sheet: the review as it lies open now.
        given: `mark`, `name`, `role`; for a finding whose field is f `decision-f` (`confirmed`, `overridden`, or empty:
            as it stands), `note-f` and `public-f`; the same with `before-f` for what people added; for a new one
            `limb-n kind-n clause-n side-n words-n why-n`; `same-<language>` for each translation that says the same.
        now: the instant of the signature.

    Raises:
        PublisherError: with everything that keeps it from being signed; nothing is written then.
    """
    faults: list[Fault] = []
    if given.get("mark") != mark_of(sheet):
        message = "The texts, the review or the findings have changed since this form was opened."
        faults.append(Fault("review-moved", message, "Look at what stands there now, and sign it.", Place(sheet.path)))
        raise PublisherError(faults)
    name = " ".join(given.get("name", "").split())
    if not name:
        faults.append(Fault("name-missing", "A signature needs a name.", "Write yours.", Place(sheet.path)))
    taken: list[Decided] = []
    for entry in (
        *_on_findings(sheet, given, name),
        *_on_added(sheet, given, name),
        *_new(workspace, sheet, given, name),
    ):
        if isinstance(entry, Fault):
            faults.append(entry)
        else:
            taken.append(entry)
    faults.extend(undecided_faults(sheet, {**kept(sheet), **{entry.key: entry for entry in taken}}))
    if faults:
        raise PublisherError(dict.fromkeys(faults))
    languages = [language for language in sheet.policy.settings.languages if given.get(f"same-{language}")]
    role = " ".join(given.get("role", "").split())
    return sign(workspace, sheet, taken, by=name, role=role, now=now, translations=languages)


def _on_findings(sheet: Sheet, given: Given, name: str) -> Iterator[Decided | Fault]:
    for finding in sheet.assessment.findings:
        field = field_of(key_of(finding))
        decision = _decision(given.get(f"decision-{field}", ""))
        if decision is None:
            continue
        note, public = (_line(given.get(f"{part}-{field}", "")) for part in ("note", "public"))
        entry = decided(finding, decision, name, note=note, public_note=public)
        yield from _checked(sheet, entry)


def _on_added(sheet: Sheet, given: Given, name: str) -> Iterator[Decided | Fault]:
    for entry in added_before(sheet):
        field = field_of(entry.key)
        decision = _decision(given.get(f"before-{field}", ""))
        if decision is not None:
            note = _line(given.get(f"before-note-{field}", "")) or (
                "" if decision is Decision.OVERRIDDEN else entry.note
            )
            yield from _checked(sheet, replace(entry, decision=decision, by=(name,), note=note))


def _new(workspace: Workspace, sheet: Sheet, given: Given, name: str) -> Iterator[Decided | Fault]:
    for number in range(ADDED):
        clause, words, why = (_line(given.get(f"{part}-{number}", "")) for part in ("clause", "words", "why"))
        if not (clause or words or why):
            continue
        try:
            yield missed(
                workspace,
                sheet,
                Missed(
                    limb=Limb(given.get(f"limb-{number}", Limb.RIGHTS)),
                    kind=FindingKind(given.get(f"kind-{number}", FindingKind.OTHER)),
                    clause=clause,
                    side=Side(given.get(f"side-{number}", Side.NEW)),
                    words=words,
                    note=why,
                ),
                name,
            )
        except PublisherError as told:
            yield from told.faults
        except ValueError:
            yield Fault("finding-kind", "There is no such limb, kind or side.", "Choose one of the list.")


def _checked(sheet: Sheet, entry: Decided) -> Iterator[Decided | Fault]:
    if entry.decision is Decision.OVERRIDDEN and not entry.note:
        yield Fault(
            "note-missing",
            f"{entry.kind} in {entry.clause} is overridden, and nobody says why.",
            "Write a private note: why it is not material.",
            Place(sheet.path, clause=entry.clause),
        )
    yield entry


def _decision(answer: str) -> Decision | None:
    return Decision(answer) if answer in tuple(Decision) else None


def _line(words: str) -> str:
    return " ".join(words.split())
