"""The ledger: the append-only public record of a policy, one canonical JSON line for each event, chained by digests."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from publisher.domain.change import Grade
from publisher.domain.policy import Audience, PolicySettings
from publisher.domain.regime import Counsel


class EventKind(StrEnum):
    """What a line of the ledger records."""

    STORE = "store"
    ADOPT = "adopt"
    RELEASE = "release"
    COMPLETE = "complete"
    IN_FORCE = "in-force"
    HOLD = "hold"
    POSTPONE = "postpone"
    WITHDRAW = "withdraw"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A clause of the authoritative text as the ledger keeps it: identity, printed number, digest of its words."""

    id: str
    number: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One line of the ledger.

    Attributes:
        kind, policy: what happened, to which policy.
        version: the version; None for a `store` line.
        at: the instant it was recorded, aware UTC, whole seconds.
        by, reason: who did it and why; `publisher` for what time and completion bring.
        effective: the effective date that this event sets; None where it sets none.
        grade: the frozen grade of a released version; None for first and adopted versions.
        texts: digest of each language's text, authoritative one first.
        clauses: the authoritative text's clauses in reading order.
        floor: days that must lie between completed notice and effect, fixed by the release; 0 when nothing is due.
        consent_needed: whether the findings call for fresh consent under the policy's regimes.
        notice: the id of the notice that this event queued, if any.
        store: the identity of the store that sends this policy's notices; only on `store` lines.
        settings: the policy.toml that applied; only on events that release or adopt a text.
        previous: the digest of the line before; None on the first line.
    """

    kind: EventKind
    policy: str
    version: str | None
    at: datetime
    by: str
    reason: str = ""
    effective: date | None = None
    grade: Grade | None = None
    texts: tuple[tuple[str, str], ...] = ()
    clauses: tuple[ClauseEntry, ...] = ()
    floor: int = 0
    consent_needed: bool = False
    notice: str | None = None
    store: str | None = None
    settings: PolicySettings | None = None
    previous: str | None = None

    def line(self) -> str:
        """The event as canonical JSON: sorted keys, no white space, UTF-8 characters as they are, no line end."""
        return _canonical(_plain(self))


def line_digest(line: str) -> str:
    """The digest by which the next line points to this one (`line` without its line end)."""
    return "sha256:" + hashlib.sha256(line.encode("utf-8")).hexdigest()


def clause_digest(text: str) -> str:
    """A clause's words as the ledger keeps them."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def event_of(line: str) -> LedgerEvent:
    """Reads one line back.

    A line that lacks what later releases of this software record is read as it was meant then.

    Raises:
        ValueError: the line is no ledger event, or is not in canonical form.
    """
    try:
        value = json.loads(line)
        _check_shapes(value)
        event = LedgerEvent(
            kind=EventKind(value["kind"]),
            policy=value["policy"],
            version=value["version"],
            at=_instant(value["at"]),
            by=value["by"],
            reason=value["reason"],
            effective=_date(value["effective"]) if value["effective"] is not None else None,
            grade=Grade(value["grade"]) if value["grade"] is not None else None,
            texts=tuple((language, value["texts"][language]) for language in _text_order(value)),
            clauses=tuple(ClauseEntry(*entry) for entry in value["clauses"]),
            floor=value["floor"],
            consent_needed=value["consent_needed"],
            notice=value["notice"],
            store=value["store"],
            settings=settings_of_record(value["settings"]) if value["settings"] is not None else None,
            previous=value["previous"],
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError(f"not a ledger event: {fault!r}") from None
    if _canonical(value) != line:
        raise ValueError("the line is not in canonical form")
    return event


def chained(events: Sequence[LedgerEvent], previous_line: str | None) -> tuple[LedgerEvent, ...]:
    """The events, each pointing to the line before; the first to `previous_line` (None: it opens the ledger)."""
    linked: list[LedgerEvent] = []
    previous = line_digest(previous_line) if previous_line is not None else None
    for event in events:
        linked.append(replace(event, previous=previous))
        previous = line_digest(linked[-1].line())
    return tuple(linked)


def first_break(lines: Sequence[str]) -> int | None:
    """The index of the first line that does not point to the line before it; None when the chain is whole.

    Raises:
        ValueError: a line is no ledger event.
    """
    previous: str | None = None
    for index, line in enumerate(lines):
        if event_of(line).previous != previous:
            return index
        previous = line_digest(line)
    return None


def recorded_texts(events: Sequence[LedgerEvent], version: str) -> dict[str, tuple[str, ...]]:
    """The digests that the ledger holds of a version's texts: for each language all of them, the newest last."""
    kinds = (EventKind.RELEASE, EventKind.ADOPT, EventKind.CORRECT)
    found: dict[str, tuple[str, ...]] = {}
    for event in events:
        if event.version == version and event.kind in kinds:
            for language, digest in event.texts:
                known = found.get(language, ())
                if not known or known[-1] != digest:
                    found[language] = (*known, digest)
    return found


def recorded_clauses(events: Sequence[LedgerEvent], version: str) -> tuple[ClauseEntry, ...]:
    """The clauses of a version's authoritative text as it is now: those of its release, or of its last correction."""
    kinds = (EventKind.RELEASE, EventKind.ADOPT, EventKind.CORRECT)
    found = [event.clauses for event in events if event.version == version and event.kind in kinds and event.clauses]
    return found[-1] if found else ()


_TEXT, _TEXT_OR_NOTHING = (str,), (str, type(None))
_SHAPES: dict[str, tuple[type, ...]] = {
    "kind": _TEXT,
    "policy": _TEXT,
    "version": _TEXT_OR_NOTHING,
    "at": _TEXT,
    "by": _TEXT,
    "reason": _TEXT,
    "effective": _TEXT_OR_NOTHING,
    "grade": _TEXT_OR_NOTHING,
    "texts": (dict,),
    "clauses": (list,),
    "floor": (int,),
    "consent_needed": (bool,),
    "notice": _TEXT_OR_NOTHING,
    "store": _TEXT_OR_NOTHING,
    "settings": (dict, type(None)),
    "previous": _TEXT_OR_NOTHING,
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check_shapes(value: Any) -> None:
    """Refuses values that Python would carry on with and that fail far from here."""
    if not isinstance(value, dict):
        raise TypeError("no object")
    unknown = set(value) - set(_SHAPES)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    for key, kinds in _SHAPES.items():
        if type(value[key]) not in kinds:
            raise TypeError(f"{key} is {value[key]!r}")
    if value["floor"] < 0:
        raise ValueError("floor is negative")
    digests = [*value["texts"].values(), *(digest for _, _, digest in value["clauses"])]
    if not all(type(digest) is str for digest in digests):
        raise TypeError("a digest is no text")
    if not all(type(name) is str and type(number) in _TEXT_OR_NOTHING for name, number, _ in value["clauses"]):
        raise TypeError("a clause is no id, number and digest")


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is no date")
    return date.fromisoformat(text)


def _plain(event: LedgerEvent) -> dict[str, Any]:
    return {
        "kind": event.kind.value,
        "policy": event.policy,
        "version": event.version,
        "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": event.by,
        "reason": event.reason,
        "effective": event.effective.isoformat() if event.effective else None,
        "grade": event.grade.value if event.grade else None,
        "texts": dict(event.texts),
        "clauses": [[entry.id, entry.number, entry.digest] for entry in event.clauses],
        "floor": event.floor,
        "consent_needed": event.consent_needed,
        "notice": event.notice,
        "store": event.store,
        "settings": settings_record(event.settings) if event.settings else None,
        "previous": event.previous,
    }


def settings_record(settings: PolicySettings) -> dict[str, Any]:
    """A policy.toml as plain JSON values, the way the ledger keeps it and comparisons read it."""
    return {
        "name": settings.name,
        "title": settings.title,
        "language": settings.language,
        "languages": list(settings.languages),
        "timezone": settings.timezone,
        "regimes": list(settings.regimes),
        "notice_days": settings.notice_days,
        "delivery_days": settings.delivery_days,
        "notice_share": settings.notice_share,
        "applies_to": settings.applies_to,
        "channels": list(settings.channels),
        "contact": settings.contact,
        "sign_off": settings.sign_off,
        "terms": list(settings.terms),
        "audiences": [
            {"name": audience.name, "clauses": list(audience.clauses), "where": audience.where}
            for audience in settings.audiences
        ],
        "counsel": [
            {"regime": said.regime, "by": said.by, "role": said.role, "at": said.at.isoformat(), "days": said.days}
            for said in settings.counsel
        ],
    }


def settings_of_record(record: dict[str, Any]) -> PolicySettings:
    """Reads `settings_record` back; keys that later releases record may be missing."""
    lists: dict[str, Any] = {
        key: tuple(record[key]) for key in ("languages", "regimes", "channels", "terms") if key in record
    }
    audiences = tuple(
        Audience(name=entry["name"], clauses=tuple(entry["clauses"]), where=entry["where"])
        for entry in record.get("audiences", ())
    )
    counsel = tuple(
        Counsel(entry["regime"], entry["by"], entry["role"], _date(entry["at"]), entry["days"])
        for entry in record.get("counsel", ())
    )
    return PolicySettings(**(record | lists | {"audiences": audiences, "counsel": counsel}))


def _text_order(value: dict[str, Any]) -> list[str]:
    """The languages as the settings name them, the authoritative one first; others follow by name."""
    settings = value["settings"] or {}
    named = [settings.get("language"), *settings.get("languages", [])]
    return sorted(
        value["texts"],
        key=lambda language: (named.index(language) if language in named else len(named), language),
    )


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is no instant")
    return datetime.fromisoformat(text)
