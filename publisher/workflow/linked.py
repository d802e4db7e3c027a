"""Which comparisons have a page, and so where a notice leads to all changes: one rule for the build and for notices.

A page that a notice may have led to stays: what is said here of a version only grows with its ledger.
"""

from collections.abc import Sequence

from publisher.domain.citation import history_path, redline_path
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.timeline import release_of
from publisher.workflow.telling import readers_know

MOST_COMPARED = 3
"""Versions older than the one before with which a version is compared for readers who missed that: with all of them, a
history of n notices would have n² pages."""


def compared_with(events: Sequence[LedgerEvent], version: str) -> tuple[str, ...]:
    """The older versions with which a page compares a version that readers are told of, the newest first.

    Args:
        events: the policy's ledger, with or without the version's own release.
        version: the version.
    """
    entered = release_of(events, version)
    if entered is not None and not any(event.notice for event in events if event.version == version):
        return readers_know(events, version)[:1]
    start = events.index(entered) + 1 if entered is not None else len(events)
    # A version that is withdrawn is missing from the ladder from then on, but notices before that led to it.
    ends = [start, *(end for end in range(start + 1, len(events) + 1) if events[end - 1].kind is EventKind.WITHDRAW)]
    known = [readers_know(events[:end], version)[: 1 + MOST_COMPARED] for end in ends]
    return tuple(dict.fromkeys(name for names in known for name in names))


def changes_path(
    events: Sequence[LedgerEvent], policy: str, versions: tuple[str, str], language: str, *, spoken: bool
) -> str:
    """The path at which a reader of a notice sees all changes since the version that they know.

    Args:
        events: the policy's ledger, with or without the newer version's own release.
        policy: its name.
        versions: the one that the reader knows, and the newer one.
        language: of the reader.
        spoken: whether both versions have a text in it.

    Returns:
        That of the comparison, where it has a page; else that of the history, which leads to every step.
    """
    old, new = versions
    if spoken and old in compared_with(events, new):
        return redline_path(policy, old, new, language)
    return history_path(policy, language)
