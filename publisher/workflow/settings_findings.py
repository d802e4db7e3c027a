"""Promises that policy.toml made at the last release and makes smaller now: findings for people to sign."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from publisher.assessing import with_findings
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.domain.ledger import LedgerEvent, settings_of_record, settings_record
from publisher.domain.policy import Policy
from publisher.domain.review import SETTING_LOWERED, SETTINGS_CLAUSE
from publisher.domain.timeline import last_released, release_of

_FEWER = {
    "regimes": "What {gone} asks for is no longer held.",
    "channels": "Users are no longer told by {gone}.",
    "languages": "Readers of {gone} are no longer told in it.",
}
_LOWER = {
    "notice_days": "Users are promised {new} days of notice instead of {old}.",
    "notice_share": "Notice counts as complete once {new:.0%} of the audience are settled, instead of {old:.0%}.",
}


def with_settings(assessment: Assessment, policy: Policy, events: Sequence[LedgerEvent]) -> Assessment:
    """The assessment with a finding for each promise that policy.toml makes smaller than at the last release.

    They are decided and signed like those of the text; nothing is added where the ledger holds no settings.
    """
    return with_findings(assessment, settings_findings(policy, events))


def settings_findings(policy: Policy, events: Sequence[LedgerEvent]) -> tuple[Finding, ...]:
    """Each key of policy.toml that promises less than it did at the last release: floor, regime, audience, contact."""
    before = last_released(events)
    release = release_of(events, before) if before else None
    if release is None or release.settings is None:
        return ()
    old, new = settings_record(release.settings), settings_record(policy.settings)
    return tuple(_finding(key, new[key], why, before or "") for key, why in _lowered(old, new))


def _lowered(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, why in _LOWER.items():
        if new[key] < old[key]:
            yield key, why.format(old=old[key], new=new[key])
    for key, why in _FEWER.items():
        gone = [entry for entry in old[key] if entry not in new[key]]
        if gone:
            floors = tuple(settings_of_record(record).floor for record in (old, new))
            shorter = f" The floor falls from {floors[0]} to {floors[1]} days." if floors[1] < floors[0] else ""
            yield key, why.format(gone=" and ".join(gone)) + (shorter if key == "regimes" else "")
    counsel = _shorter(old, new)
    if counsel:
        yield "counsel", f"Counsel gives users fewer days than they were promised: {'; '.join(counsel)}."
    if new["applies_to"] not in (None, old["applies_to"]):
        yield "applies_to", "Who counts as bound, and is told, was narrowed or changed."
    if sorted(map(_written, new["audiences"])) != sorted(map(_written, old["audiences"])):
        yield "audiences", "Who is told of changes to which clauses was changed."
    if new["contact"] != old["contact"] and old["contact"]:
        yield "contact", f"Readers were told to write to {old['contact']}, which is no longer named."


def _shorter(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The regimes of both under which counsel's word has made the lead time shorter."""
    before, now = settings_of_record(old), settings_of_record(new)
    former = {found.regime.name: found.days for found in before.lead_times}
    return [
        f"{found.regime.name} {found.days} instead of {former[found.regime.name]}"
        for found in now.lead_times
        if found.days < former.get(found.regime.name, 0)
    ]


def _finding(key: str, value: Any, why: str, version: str) -> Finding:
    words = f"{key} = {_written(value)}"
    return Finding(
        limb=Limb.RIGHTS,
        kind=FindingKind.OTHER if key == "contact" else FindingKind.NOTICE_WEAKENED,
        grade=Grade.MATERIAL,
        clause=SETTINGS_CLAUSE,
        clause_text=words,
        side=Side.NEW,
        quote=words,
        why=f"{why} (policy.toml, against {version})",
        rule=SETTING_LOWERED,
    )


def _written(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
