"""What a delivery status notification (RFC 3464) says of one message, and what that means for the one it was for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a message after a server had accepted it.

    `BOUNCED`: nobody can be reached at the address. `BLOCKED`: it was refused for good for what it is or whom it is
    from, which is nothing about the person. `GIVEN_UP`: a server stopped trying, over a fault that may pass (RFC 3464,
    section 2.3.3: of a `failed` delivery nothing more is tried). `DELAYED`: it still tries. `ARRIVED`: delivered,
    relayed or expanded, which changes nothing.
    """

    BOUNCED = "bounced"
    BLOCKED = "blocked"
    GIVEN_UP = "given-up"
    DELAYED = "delayed"
    ARRIVED = "arrived"


FINAL = frozenset({Fate.BOUNCED, Fate.BLOCKED, Fate.GIVEN_UP})
"""Fates that turn a message to refused: it never arrives, and its reader is left to the banner."""

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_BEST_FIRST = (Fate.ARRIVED, Fate.DELAYED, Fate.GIVEN_UP, Fate.BLOCKED, Fate.BOUNCED)
_NO_MAILBOX = frozenset({550, 551, 553})
"""Replies about the mailbox, where the status says nothing: RFC 5321, section 4.2.3."""

_SENDERS = frozenset({7, 8})
_PEOPLES_POLICY = frozenset({13, 17, 18})
_PEOPLES_CONTENT = frozenset({7, 9, 10})


@dataclass(frozen=True, slots=True)
class Status:
    """An enhanced status code (RFC 3463)."""

    kind: int
    subject: int
    detail: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.subject}.{self.detail}"


@dataclass(frozen=True, slots=True)
class BounceReport:
    """One notification.

    `code` is the reply code of the server that refused, 0 when it is not told; `said` its words without addresses.
    `senders` are addresses that the notification may have been sent to; `identities` are local parts of Message-IDs,
    from the returned headers and the envelope's id.
    """

    fate: Fate
    status: Status | None
    code: int
    said: str
    senders: tuple[str, ...]
    identities: tuple[str, ...]


def fate_of(action: str, status: Status | None, code: int) -> Fate | None:
    """What one recipient's part of a notification says; None when it cannot be told.

    Args:
        action: `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
        status: the enhanced status code, if there is one.
        code: the SMTP reply code, 0 when there is none.
    """
    if action in _ARRIVED:
        return Fate.ARRIVED
    if action == "delayed":
        return Fate.DELAYED
    if action != "failed" or (status is None and not code):
        return None
    kind = status.kind if status is not None else code // 100
    if kind != 5:
        return Fate.GIVEN_UP if kind == 4 else None
    return Fate.BOUNCED if _is_about_the_person(status, code) else Fate.BLOCKED


def of_all(fates: Iterable[Fate]) -> Fate | None:
    """Of several recipients that one address was expanded to, the best: whom one of them reached was told."""
    return min(fates, key=_BEST_FIRST.index, default=None)


def _is_about_the_person(status: Status | None, code: int) -> bool:
    """Whether a lasting refusal says that this address reaches nobody (RFC 3463 and its registry at IANA)."""
    if status is None or status.subject in (0, 5):
        return code in _NO_MAILBOX
    match status.subject:
        case 1:
            return status.detail not in _SENDERS  # 5.1.7 and 5.1.8 are about the sender's address
        case 2:
            return status.detail != 3  # 5.2.3: this message is too long
        case 4:
            return True  # their domain leads nowhere
        case 6:
            return status.detail in _PEOPLES_CONTENT  # an address that no server on the way can write
        case 7:
            return status.detail in _PEOPLES_POLICY  # the account is disabled, or has another owner
        case _:
            return False
