"""A released text corrected: a new revision of the same version, judged in its own language before anybody is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import library
from publisher.assessing import assess
from publisher.domain.assessment import Assessment
from publisher.domain.change import ChangeKind, Grade, gravest
from publisher.domain.ledger import EventKind, LedgerEvent, recorded_texts
from publisher.domain.life import DATED, PENDING, Standing, State
from publisher.domain.notice import NoticeContent, NoticeKind
from publisher.domain.policy import Manuscript, Policy, Version
from publisher.domain.timeline import announced_under
from publisher.errors import Fault, Place, PublisherError, errors_only, one
from publisher.notices.plan import corrected_changes
from publisher.workflow.announce import notice_contents
from publisher.workflow.build import build
from publisher.workflow.campaigns import parting
from publisher.workflow.check import released_text_faults
from publisher.workflow.follow_up import (
    Sequel,
    mailing_ends,
    next_notice,
    record_sequel,
    recorded_already,
    refuse,
    standing_of,
)
from publisher.workflow.records import caught_up, ledger_file
from publisher.workflow.telling import Since, telling_of
from publisher.workflow.texts import between_revisions, corrected_clauses, parsed, trees_of
from publisher.workflow.variants import Varied
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store

_SAME_CLAUSES = frozenset({ChangeKind.REWORDED, ChangeKind.RETITLED, ChangeKind.FORMAT})
"""What a correction may do to a clause; everything else changes which clauses there are."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did: in which languages, how grave, whom it is told, and which files to commit.

    `again` says that it had been recorded before, and that nothing was done now.
    """

    policy: str
    version: str
    languages: tuple[str, ...]
    grade: Grade
    notice: str | None
    queued: int
    cancelled: int
    files: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Correction:
    """One text of the version: as it was released, as it is to be, and what lies between."""

    former: Manuscript
    text: Manuscript
    number: int
    assessment: Assessment


def correct(
    workspace: Workspace,
    store: "Store",
    policy_name: str,
    version_name: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    language: str | None = None,
    source: Path | None = None,
) -> Corrected:
    """Makes a new revision of a released version's text.

    An editorial correction goes into the history alone; one that rewords is told once to those who were told of the
    version, in the languages concerned, and all others get the notice with the new words; one that is material in its
    own language is refused. Either `source` holds the new text of `language`, or the text was edited in its place and
    the former one lies under `revisions/`.

    Raises:
        PublisherError: with every reason against it; no file was touched.
    """
    workspace, _ = caught_up(workspace, store)
    policy = workspace.policy(policy_name)
    standing = standing_of(workspace, policy, version_name, now)
    version = policy.version(version_name)
    refuse(EventKind.CORRECT, standing)
    if version is None:
        raise PublisherError(released_text_faults(policy, workspace.events(policy_name)))
    policy = replace(policy, settings=announced_under(workspace.events(policy_name), version_name, policy.settings))
    events = workspace.events(policy_name)
    before = recorded_already(workspace, policy, version_name, EventKind.CORRECT, by=by, reason=reason)
    if before is not None and _is_as_recorded(policy, version, before, language, source):
        build(workspace.settings, now=now)
        return _again(policy, version, before, events)
    found = _corrections(policy, version, events, language or policy.settings.language, source)
    faults = [fault for entry in found for fault in _faults(policy, entry)]
    if faults:
        raise PublisherError(faults)
    if source is None:
        return _recorded(workspace, store, policy, standing, found, by=by, reason=reason, now=now)
    for entry in found:
        library.put_in_place(workspace.settings.root, entry.former, entry.text, entry.number)
    placed = open_workspace(workspace.settings)
    policy = replace(placed.policy(policy_name), settings=policy.settings)
    try:
        return _recorded(placed, store, policy, standing, found, by=by, reason=reason, now=now)
    except PublisherError:
        _take_back(placed, store, policy_name, version_name, found)
        raise


def _take_back(workspace: Workspace, store: "Store", policy: str, version: str, found: Sequence[_Correction]) -> None:
    """Of a correction that was refused no file is left; one that was recorded before something else failed stays."""
    workspace, _ = caught_up(open_workspace(workspace.settings), store)
    recorded = recorded_texts(workspace.events(policy), version)
    for entry in found:
        if entry.text.digest not in recorded.get(entry.text.language, ()):
            library.take_back(workspace.settings.root, entry.former, entry.text, entry.number)


def _recorded(
    workspace: Workspace,
    store: "Store",
    policy: Policy,
    standing: Standing,
    found: Sequence[_Correction],
    *,
    by: str,
    reason: str,
    now: datetime,
) -> Corrected:
    grade = gravest(*(entry.assessment.grade for entry in found))
    events = workspace.events(policy.name)
    own = policy.settings.language
    authoritative = next((entry for entry in found if entry.text.language == own), None)
    event = LedgerEvent(
        kind=EventKind.CORRECT,
        policy=policy.name,
        version=standing.version,
        at=now,
        by=by,
        reason=reason,
        grade=grade,
        texts=tuple((entry.text.language, entry.text.digest) for entry in found),
        clauses=corrected_clauses(events, authoritative.former, authoritative.text) if authoritative else (),
    )
    sequel = _sequel(workspace, policy, standing, event, found) if grade is not Grade.EDITORIAL else None
    if sequel is not None:
        event = replace(event, notice=str(sequel.notice.id))
    parted = parting(workspace, standing, by=event) if sequel is not None else ()
    done = record_sequel(workspace.settings, workspace, store, policy, event, sequel, partners=parted)
    build(workspace.settings, now=now)
    files = [name for entry in found for name in (entry.text.path, library.former_path(entry.text, entry.number))]
    return Corrected(
        policy.name,
        standing.version,
        tuple(entry.text.language for entry in found),
        grade,
        event.notice,
        done.total,
        done.cancelled,
        (*files, ledger_file(policy.name)),
    )


def _corrections(
    policy: Policy, version: Version, events: Sequence[LedgerEvent], language: str, source: Path | None
) -> tuple[_Correction, ...]:
    recorded = recorded_texts(events, version.name)
    if source is not None:
        released = version.text(language)
        if released is None or language not in recorded:
            raise _altered(policy, version, language)
        text, faults = library.read_candidate(source, released)
        if text is None or errors_only(faults):
            raise PublisherError(errors_only(faults))
        if released.digest == recorded[language][-1]:
            if text.digest == released.digest:
                raise _nothing(policy, version)
            return (_correction(policy, released, text, len(recorded[language])),)
        if text.digest != released.digest:
            raise _altered(policy, version, language)
        # the same command was ended after the new text was in place: it goes on from there
        return (_correction(policy, _former(version, released, recorded[language]), released, len(recorded[language])),)
    found = [
        _correction(policy, _former(version, text, recorded[text.language]), text, len(recorded[text.language]))
        for text in version.texts
        if text.language in recorded and text.digest != recorded[text.language][-1]
    ]
    if not found:
        raise _nothing(policy, version)
    return tuple(found)


def _is_as_recorded(
    policy: Policy, version: Version, before: LedgerEvent, language: str | None, source: Path | None
) -> bool:
    """Whether the texts of a correction stand where they belong, so that the same command has nothing left to do."""
    standing = {text.language: text.digest for text in version.texts}
    if any(standing.get(name) != digest for name, digest in before.texts):
        return False
    if source is None:
        return True
    wanted = language or policy.settings.language
    released = version.text(wanted)
    text = library.read_candidate(source, released)[0] if released is not None else None
    return text is not None and (wanted, text.digest) in before.texts


def _again(policy: Policy, version: Version, before: LedgerEvent, events: Sequence[LedgerEvent]) -> Corrected:
    recorded = recorded_texts(events, version.name)
    texts = [text for name, _ in before.texts if (text := version.text(name)) is not None]
    files = [
        file for text in texts for file in (text.path, library.former_path(text, len(recorded[text.language]) - 1))
    ]
    return Corrected(
        policy.name,
        version.name,
        tuple(name for name, _ in before.texts),
        before.grade or Grade.EDITORIAL,
        before.notice,
        0,
        0,
        (*files, ledger_file(policy.name)),
        again=True,
    )


def _altered(policy: Policy, version: Version, language: str) -> PublisherError:
    return one(
        "text-missing",
        f"{policy.name} {version.name} has no unaltered released text in {language}.",
        "Name another language, or restore the text.",
        Place(version.folder),
    )


def _nothing(policy: Policy, version: Version) -> PublisherError:
    return one(
        "correct-nothing",
        f"Every text of {policy.name} {version.name} is as it was released.",
        "Name the new text: --text FILE, and --language for a translation.",
        Place(version.folder),
    )


def _former(version: Version, text: Manuscript, digests: Sequence[str]) -> Manuscript:
    """The released text that was edited in its place, from where it was kept."""
    kept = next(
        (old for old in version.revisions if old.language == text.language and old.revision == len(digests)), None
    )
    if kept is None or kept.digest != digests[-1]:
        raise one(
            "former-missing",
            f"{text.path} was edited, and its released text is not kept.",
            f"Restore it (git), and name the new text with --text FILE; or keep the released one as"
            f" {library.former_path(text, len(digests))}.",
            Place(text.path),
        )
    return kept


def _correction(policy: Policy, former: Manuscript, text: Manuscript, number: int) -> _Correction:
    settings = policy.settings
    assessment = assess(former.source, text.source, text.language, settings.regimes, settings.terms)
    return _Correction(former, text, number, assessment)


def _faults(policy: Policy, entry: _Correction) -> list[Fault]:
    """Why a correction is none."""
    text, faults = entry.text, []
    name = f"{policy.name} {text.version} in {text.language}"
    again = "Draft a new version: it needs a review, a notice and its floor."
    if text.front.effective != entry.former.front.effective:
        message = f"The effective date of {name} cannot be corrected."
        remedy = f"Restore it; publisher postpone {policy.name} {text.version} --to DATE moves it."
        faults.append(Fault("correct-date", message, remedy, Place(text.path, text.front.line_of("effective"))))
    faults.extend(errors_only(parsed(text).faults))
    lines = {change.new.id: change.new.line for change in entry.assessment.changes if change.new is not None}
    faults.extend(
        Fault(
            "correct-material",
            f"The correction of {name} is material: “{finding.quote}” ({finding.kind}: {finding.why}).",
            again,
            Place(text.path, lines.get(finding.clause), None, finding.clause),
        )
        for finding in entry.assessment.findings
    )
    faults.extend(
        Fault(
            "correct-structure",
            f"Clause {change.id} of {name} was {', '.join(kind for kind in change.kinds if kind not in _SAME_CLAUSES)}:"
            " a correction leaves every clause where it is.",
            again,
            Place(text.path, lines.get(change.id), None, change.id),
        )
        for change in entry.assessment.changes
        if not _SAME_CLAUSES.issuperset(change.kinds)
    )
    return faults


def _sequel(
    workspace: Workspace,
    policy: Policy,
    standing: Standing,
    event: LedgerEvent,
    found: Sequence[_Correction],
) -> Sequel | None:
    """What those told get in the languages concerned, and what those not told yet get instead of the old words."""
    notice = next_notice(standing, policy.settings.channels, NoticeKind.CORRECTION, now=event.at)
    if notice is None or standing.state is State.SUPERSEDED:
        return None
    events = (*workspace.events(policy.name), event)
    version = policy.version(standing.version)
    review, _ = library.read_review(workspace.settings.root / version.folder) if version else (None, ())
    whole = standing.state in DATED
    if whole:
        notice = replace(notice, deadline=mailing_ends(standing))

    def anew(since: Since | None = None) -> tuple[NoticeContent, ...]:
        return notice_contents(workspace.settings, policy, events, notice, review, since=since)

    contents = anew()
    trees = trees_of(policy, events, standing.version)
    told = tuple(
        replace(
            content,
            kind=NoticeKind.CORRECTION,
            applies=standing.state not in PENDING,
            reason=event.reason if content.language == policy.settings.language else "",
            changes=corrected_changes(between_revisions(entry.former, trees[content.language]), content.link),
        )
        for content in contents
        for entry in found
        if entry.text.language == content.language
    )
    languages = tuple(content.language for content in told)
    if not whole:
        return Sequel(notice, told, (), languages)
    telling = telling_of(workspace.settings.root, policy, events, standing.version, now=event.at, review=review)
    return Sequel(notice, told, contents, languages, Varied(policy, telling, lambda since: (anew(since),)))
