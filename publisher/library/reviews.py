"""review.toml: the signed decisions on a version's findings, written for people and read strictly."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.domain.assessment import Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import Grade
from publisher.domain.emergency import Emergency, Ground
from publisher.domain.policy import is_language
from publisher.domain.review import (
    BESIDE_RULES,
    AudienceSigned,
    Decided,
    Decision,
    Review,
    SignOff,
    TranslationSigned,
    quote_digest,
)
from publisher.errors import Fault, Place, Severity
from publisher.library.files import atomic_write
from publisher.library.source import read_source
from publisher.library.tables import Table, read_table

REVIEW_FILE = "review.toml"

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_COLLECTION = frozenset(
    {
        FindingKind.NEW_DATA_TYPE,
        FindingKind.NEW_PURPOSE,
        FindingKind.NEW_RECIPIENT,
        FindingKind.RETENTION_LONGER,
        FindingKind.TRANSFER_LOCATION,
        FindingKind.CHILDREN_AGE,
    }
)
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_TEXTS = re.compile(rf"\[\n(?:\s*{_TEXT.pattern},\n)+\s*\]")  # written texts hold no line end, so lists alone match
_AGAIN = "Run `publisher review` again; it keeps what is still true."
_HEADER = """\
# The review of this version: what was judged material, who decided what, and who signed.
# `publisher review` writes it. A note stays in this file; a public_note may be shown to readers.
# A decision holds as long as the clause it was taken on: editing the text reopens only what changed.
"""
_TO_FILL_IN = """\
#
# To decide here: write decision = "confirmed" or "overridden" and by = ["Your Name"] below each finding, and a note
# where you override. Then sign by adding, at the end:
#   [[sign_off]]
#   name = "Your Name"
#   role = "Your role"
#   at = 2027-01-31 09:00:00Z
# Lowering a finding takes two people. `publisher check` says what is still open.
"""


def read_review(folder: Path, *, name: str | None = None) -> tuple[Review | None, tuple[Fault, ...]]:
    """The review in a version's folder, or None: either there is none, or the faults say what is wrong with it.

    Args:
        folder: the version's folder.
        name: that folder as staff know it; left out, `policies/<policy>/<version>` as the folder is called.
    """
    path = folder / REVIEW_FILE
    if not path.is_symlink() and not path.exists():
        return None, ()
    shown = f"{name or _shown(folder)}/{REVIEW_FILE}"
    text, faults = read_source(path, name=shown)
    if text is None:
        return None, faults
    table, found = read_table(text, shown, "review")
    review = _review(table) if table is not None else None
    failed = any(fault.severity is Severity.ERROR for fault in found)
    return (None if failed else review), (*faults, *found)


def write_review(folder: Path, review: Review, *, undecided: Iterable[Finding] = ()) -> None:
    """Writes a version's review whole; reading it back gives the same review.

    Args:
        folder: the version's folder.
        review: what is decided and signed.
        undecided: findings written with an empty decision, for a person to fill in with an editor; read back, they are
            as undecided as before.

    Raises:
        OSError: it could not be written; the old one is as it was.
    """
    left = tuple(undecided)
    header = _HEADER + _TO_FILL_IN if left else _HEADER
    atomic_write(folder / REVIEW_FILE, (header + "\n" + _written(review, left)).encode("utf-8"))


def _shown(folder: Path) -> str:
    return "/".join(("policies", *folder.parts[-2:]))


def _written(review: Review, undecided: Sequence[Finding]) -> str:
    """The review as TOML. Lists of tables are written one by one: the library would put short ones on a single line."""
    import tomli_w

    plain = _plain(review)
    plain["finding"] = [*plain.get("finding", []), *(_to_decide(finding) for finding in undecided)]
    listed = {key: plain.pop(key, []) for key in ("finding", "sign_off")}
    last = {key: plain.pop(key) for key in ("translations",) if key in plain}
    tables = [f"[[{key}]]\n{tomli_w.dumps(entry)}" for key, entries in listed.items() for entry in entries]
    whole = "\n".join([tomli_w.dumps(plain), *tables, *([tomli_w.dumps(last)] if last else [])])
    return _TEXTS.sub(lambda found: "[" + ", ".join(_TEXT.findall(found[0])) + "]", whole)


def _plain(review: Review) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "old": review.old,
        "new": review.new,
        "grade": review.grade.value,
        "seen": [list(entry) for entry in review.seen],
        "rules": {pack.name: pack.dated for pack in review.rules},
    }
    if review.audience is not None:
        plain["audience"] = {
            "clauses": list(review.audience.clauses),
            "where": review.audience.where,
            "channels": list(review.audience.channels),
        }
    if review.emergency is not None:
        plain["emergency"] = {
            "ground": review.emergency.ground.value,
            "reason": review.emergency.reason,
            "by": review.emergency.by,
            "confirmed_by": review.emergency.confirmed_by,
            "at": review.emergency.at.astimezone(UTC),
        }
    plain["finding"] = [_finding(decided) for decided in review.decisions]
    plain["sign_off"] = [
        {"name": sign.name, "role": sign.role, "at": sign.at.astimezone(UTC)} for sign in review.sign_offs
    ]
    plain["translations"] = {
        signed.language: {"digest": signed.digest, "by": signed.by} for signed in review.translations
    }
    return {key: value for key, value in plain.items() if value not in ([], {}) or key == "seen"}


def _finding(decided: Decided) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "limb": decided.limb.value,
        "clause": decided.clause,
        "kind": decided.kind.value,
        "side": decided.side.value,
        "quote": decided.quote,
        "words": decided.words,
        "decision": decided.decision.value,
        "by": list(decided.by),
    }
    optional = {
        "note": decided.note,
        "public_note": decided.public_note,
        "added": decided.added,
        "bulk": decided.bulk,
        "rule": decided.rule,
        "why": decided.why,
    }
    return plain | {key: value for key, value in optional.items() if value}


def _to_decide(finding: Finding) -> dict[str, Any]:
    beside = {"added": True, "rule": finding.rule} if finding.rule in BESIDE_RULES else {}
    return beside | {
        "limb": finding.limb.value,
        "clause": finding.clause,
        "kind": finding.kind.value,
        "side": finding.side.value,
        "quote": quote_digest(finding.quote),
        "words": finding.quote,
        "why": finding.why,
        "decision": "",
        "by": [],
        "note": "",
    }


def _review(table: Table) -> Review | None:
    old, new = _digest(table, "old"), _digest(table, "new")
    grade = table.choice("grade", Grade)
    seen = _seen(table)
    rules = _rules(table.table("rules"))
    audience = _audience(table.table("audience"))
    entries = table.tables("finding")
    left_open = [finding for entry in entries if (finding := _open_beside_rules(entry)) is not None]
    decisions = [_decided(entry) for entry in entries]
    _twice(table, decisions)
    sign_offs = [_sign_off(entry) for entry in table.tables("sign_off")]
    translations = _translations(table.table("translations"))
    emergency = _emergency(table.table("emergency"))
    table.close()
    if grade is None:
        return None
    return Review(
        old=old,
        new=new,
        grade=grade,
        rules=rules,
        audience=audience,
        decisions=tuple(entry for entry in decisions if entry is not None),
        seen=seen,
        sign_offs=tuple(entry for entry in sign_offs if entry is not None),
        translations=translations,
        emergency=emergency,
        left_open=tuple(left_open),
    )


def _digest(table: Table, key: str) -> str:
    value = table.text(key)
    if value and not _DIGEST.fullmatch(value):
        table.tell("value", f"{key} is no digest.", f"A digest is sha256: and 64 digits. {_AGAIN}", key)
    return value


def _seen(table: Table) -> tuple[tuple[str, str], ...]:
    value = table.raw("seen")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(
        isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry) for entry in value
    ):
        table.tell("type", "seen must be a list of pairs: a clause's id and a digest.", _AGAIN, "seen")
        return ()
    return tuple((entry[0], entry[1]) for entry in value)


def _rules(table: Table | None) -> tuple[RulePack, ...]:
    if table is None:
        return ()
    packs = tuple(RulePack(name, table.text(name)) for name in table.values)
    table.close()
    return packs


def _audience(table: Table | None) -> AudienceSigned | None:
    if table is None:
        return None
    audience = AudienceSigned(
        clauses=table.texts("clauses", ()), where=table.text("where", ""), channels=table.texts("channels", ())
    )
    table.close()
    return audience


def _emergency(table: Table | None) -> Emergency | None:
    """Who must confirm it still is not told here: an emergency may be entered first and confirmed later."""
    if table is None:
        return None
    ground = table.choice("ground", Ground)
    reason, by, confirmed_by = table.text("reason"), table.text("by"), table.text("confirmed_by", "")
    at = table.instant("at")
    table.close()
    if ground is None or at is None:
        return None
    return Emergency(ground, reason, by, confirmed_by, at.astimezone(UTC))


def emergency_place(folder: Path, name: str) -> Place:
    """Where the emergency of a version's review begins; `name` is its folder as staff know it."""
    shown = f"{name}/{REVIEW_FILE}"
    text, _ = read_source(folder / REVIEW_FILE, name=shown)
    table = read_table(text, shown, "review")[0] if text is not None else None
    return table.place("emergency") if table is not None else Place(shown)


def _decided(table: Table) -> Decided | None:
    clause = table.text("clause")
    kind = table.choice("kind", FindingKind)
    limb = table.choice("limb", Limb, Limb.COLLECTION if kind in _COLLECTION else Limb.RIGHTS)
    side = table.choice("side", Side, Side.NEW)
    quote = _digest(table, "quote")
    if table.values.get("decision") == "":
        _left_open(table)
        return None
    decision = table.choice("decision", Decision)
    by = (table.text("by"),) if isinstance(table.values.get("by"), str) else table.texts("by")
    if table.values.get("by") == []:
        table.tell("value", "by names nobody.", "Name who decided.", "by")
    words, note, public_note = table.text("words", ""), table.text("note", ""), table.text("public_note", "")
    why, rule = table.text("why", ""), table.text("rule", "")
    added, bulk = table.flag("added"), table.flag("bulk")
    table.close()
    if kind is None or limb is None or side is None or decision is None:
        return None
    return Decided(
        limb, kind, clause, side, quote, words, decision, by, note, public_note, added, bulk, rule, why if rule else ""
    )


def _open_beside_rules(table: Table) -> Finding | None:
    """A finding that the texts alone do not bring back, left to be decided; what is wrong with it is told elsewhere."""
    value = table.values
    if value.get("decision") != "" or value.get("rule") not in BESIDE_RULES:
        return None
    words, why, rule = (str(value.get(key, "")) for key in ("words", "why", "rule"))
    try:
        kind, side, limb = FindingKind(value["kind"]), Side(value["side"]), Limb(value["limb"])
    except (KeyError, ValueError):
        return None
    return Finding(limb, kind, Grade.MATERIAL, str(value.get("clause", "")), words, side, words, why, rule)


def _left_open(table: Table) -> None:
    """A finding that somebody left to be decided: it decides nothing."""
    for key in ("words", "why", "decision", "note", "public_note", "rule"):
        table.text(key, "")
    table.raw("by")
    table.flag("added")
    table.flag("bulk")
    table.close()


def _twice(table: Table, decisions: Iterable[Decided | None]) -> None:
    """Two decisions on one finding would make the order of the file decide."""
    known: dict[object, int] = {}
    for index, decided in enumerate(decisions):
        if decided is None:
            continue
        if decided.key in known:
            first = table.lines.get(("finding", known[decided.key]))
            table.faults.append(
                Fault(
                    "review-twice",
                    f"The finding {decided.kind} in {decided.clause} is decided twice (first on line {first}).",
                    "Keep one of the two.",
                    Table(table.file, table.word, {}, table.lines, [], ("finding", index)).place(),
                )
            )
        known.setdefault(decided.key, index)


def _sign_off(table: Table) -> SignOff | None:
    name, role = table.text("name"), table.text("role", "")
    at: datetime | None = table.instant("at")
    table.close()
    return SignOff(name, role, at.astimezone(UTC)) if at is not None else None


def _translations(table: Table | None) -> tuple[TranslationSigned, ...]:
    if table is None:
        return ()
    signed: list[TranslationSigned] = []
    for language in table.values:
        if not is_language(language):
            table.tell("value", f"'{language}' is no language tag.", "Write one like zh-CN.", language)
        entry = table.table(language)
        if entry is not None:
            signed.append(TranslationSigned(language, _digest(entry, "digest"), entry.text("by")))
            entry.close()
    table.close()
    return tuple(signed)
