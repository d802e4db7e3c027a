"""What changed around the words since the last release: policy.toml and front matter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from publisher import library
from publisher.domain.ledger import LedgerEvent, settings_record
from publisher.domain.policy import Manuscript, Policy
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Fault, Place, Severity
from publisher.workflow.workspace import Workspace

_KEYS = {"audiences": "audience"}
_LESS_IS_WORSE = ("notice_days", "notice_share", "sign_off")
_SIGNED = ("audiences", "contact")
"""Keys whose every change is decided in the review, whether it makes less of a promise or not."""
_FEWER_IS_WORSE = {
    "channels": "Users who are only reached there will not be told.",
    "languages": "Readers of that language will not be told in it.",
    "regimes": "What it asks for will no longer be held.",
}


def settings_changes(workspace: Workspace, policy: Policy) -> Iterator[Fault]:
    """What policy.toml says now and did not say at the last release; a promise made smaller is told as such."""
    events = workspace.events(policy.name)
    before = last_released(events)
    release = release_of(events, before) if before else None
    if release is None or release.settings is None:
        return
    old, new = settings_record(release.settings), settings_record(policy.settings)
    for key in _changed_keys(old, new):
        yield Fault(
            "settings-weakened" if _weaker(key, old[key], new[key]) else "settings-changed",
            _told(key, old[key], new[key], before or ""),
            _remedy(key, old[key], new[key]),
            setting_place(workspace, policy, key),
            Severity.WARNING,
        )


def setting_place(workspace: Workspace, policy: Policy, key: str) -> Place:
    """Where policy.toml says something, by the name that the ledger keeps it under."""
    return library.setting_place(workspace.settings.root, policy.name, _KEYS.get(key, key))


def front_matter_changes(policy: Policy, events: Sequence[LedgerEvent]) -> Iterator[Fault]:
    """Front matter of the next version that was copied and not rewritten, or lost its campaign."""
    before = last_released(events)
    old = policy.version(before) if before else None
    new = next((version for version in policy.versions if release_of(events, version.name) is None), None)
    if old is None or new is None:
        return
    for text in new.texts:
        former = old.text(text.language)
        if former is None:
            continue
        changed = _changed_keys(_front(former), _front(text))
        if "summary" not in changed:
            yield Fault(
                "summary-unchanged",
                f"The summary is still that of {old.name}.",
                "Tell readers in one paragraph what is new.",
                Place(text.path, text.front.line_of("summary")),
                Severity.WARNING,
            )
        if "campaign" in changed and former.front.campaign:
            yield Fault(
                "campaign-changed",
                f"The campaign was '{former.front.campaign}' in {old.name} and is"
                f" {repr(text.front.campaign) if text.front.campaign else 'gone'} now.",
                "Keep it if both belong together.",
                Place(text.path, text.front.line_of("campaign")),
                Severity.WARNING,
            )


def _front(text: Manuscript) -> Mapping[str, Any]:
    effective = text.front.effective
    return {
        "effective": effective.isoformat() if isinstance(effective, date) else effective,
        "summary": text.front.summary,
        "campaign": text.front.campaign,
    }


def _changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The topmost keys under which anything differs, in the order of `new`; the order of a list says nothing."""
    from deepdiff import DeepDiff

    found = DeepDiff(old, new, ignore_order=True, report_repetition=True, view="tree")
    changed = {level.path(output_format="list")[0] for levels in found.values() for level in levels}
    return tuple(key for key in new if key in changed)


def _weaker(key: str, old: Any, new: Any) -> bool:
    if key in _LESS_IS_WORSE:
        return bool(new < old)
    if key in _FEWER_IS_WORSE:
        return not set(old) <= set(new)
    return key == "applies_to" and new is not None


def _told(key: str, old: Any, new: Any, version: str) -> str:
    if key == "counsel":
        return f"What counsel confirmed is something else than when {version} was released."
    if key == "audiences":
        return f"The audiences are others than when {version} was released."
    if _weaker(key, old, new) and key in _LESS_IS_WORSE:
        return f"{key} was lowered from {old} to {new} since {version}: users are promised less than they were told."
    if _weaker(key, old, new) and key in _FEWER_IS_WORSE:
        gone = ", ".join(sorted(set(old) - set(new)))
        return f"{key} no longer holds {gone}, which it did when {version} was released. {_FEWER_IS_WORSE[key]}"
    if _weaker(key, old, new):
        return f"applies_to was {_shown(old)} when {version} was released and is {_shown(new)} now: fewer may be told."
    return f"{key} was {_shown(old)} when {version} was released and is {_shown(new)} now."


def _remedy(key: str, old: Any, new: Any) -> str:
    if _weaker(key, old, new) or key in _SIGNED:
        return "Put it back, or decide on it in the review of the next version; it counts from that release."
    return "Nothing, if it is meant: it counts from the next release."


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "not set" if value in (None, "") else f"'{value}'" if isinstance(value, str) else str(value)
