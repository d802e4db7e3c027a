"""What a provider is handed of some messages: parted so that it can take them, each mail once, users by their ids."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.delivery.handoff import content_of
from publisher.delivery.verp import token_of
from publisher.domain.handoff import LARGEST, Handoff, HandoffContent, HandoffMessage
from publisher.domain.notice import MailTemplate, Message, NoticeId, NoticeKind
from publisher.languages import best_match


class Contents:
    """The mails of one notice, and which of them a message is of."""

    def __init__(self, templates: Iterable[MailTemplate]) -> None:
        """The authoritative language of each kind first."""
        self._forms: dict[NoticeKind, dict[str, dict[str, HandoffContent]]] = {}
        for template in templates:
            by_variant = self._forms.setdefault(template.kind, {})
            by_variant.setdefault(template.variant, {}).setdefault(template.language, content_of(template))

    def of(self, message: Message) -> HandoffContent:
        """The mail in the language that is nearest to the reader's, for those who know the same."""
        by_variant = self._forms[message.kind]
        by_language = by_variant.get(message.variant) or by_variant[""]
        return by_language[best_match(message.recipient.language, tuple(by_language), next(iter(by_language)))]


def parted(
    due: Sequence[Message], contents: Contents, earlier: Mapping[str, str], *, one_content: bool
) -> Iterator[tuple[Message, ...]]:
    """Messages as batches: what went together under a key goes together again, no address twice, at most a thousand.

    Args:
        due: messages of one notice.
        contents: the notice's mails.
        earlier: the keys of those that were handed over before and may have arrived, by recipient.
        one_content: whether all of a batch must have the same mail.
    """
    groups: dict[tuple[str, int], list[Message]] = {}
    for message in due:
        content = id(contents.of(message)) if one_content else 0
        groups.setdefault((earlier.get(message.recipient.key, ""), content), []).append(message)
    for group in groups.values():
        batches: list[list[Message]] = []
        place: dict[str, int] = {}
        for message in group:
            address = message.recipient.email.casefold()
            first = place.get(address, 0) if address else 0
            while first < len(batches) and len(batches[first]) >= LARGEST:
                first += 1
            if first == len(batches):
                batches.append([])
            batches[first].append(message)
            if address:
                place[address] = first + 1
        yield from map(tuple, batches)


def key_of(key: bytes, messages: Sequence[Message]) -> str:
    """The key of a batch: the same for the same messages at the same attempt, and it names nobody."""
    parts = [f"{message.recipient.key}:{message.attempts}" for message in messages]
    given = "\0".join(("handoff", str(messages[0].notice), *sorted(parts)))
    return "batch_" + hmac.new(key, given.encode("utf-8"), hashlib.sha256).hexdigest()[:32]


def batch_of(
    name: str,
    key: bytes,
    messages: Sequence[Message],
    contents: Contents,
    users: Mapping[str, str],
    *,
    send_addresses: bool,
) -> Handoff:
    """A batch as the provider gets it.

    Args:
        name: its key.
        key: the installation's key, from which the messages' ids derive.
        messages: of one notice.
        contents: the notice's mails.
        users: the users' ids by recipient.
        send_addresses: whether addresses may leave.
    """
    used: dict[int, tuple[int, HandoffContent]] = {}
    told: list[HandoffMessage] = []
    notice: NoticeId = messages[0].notice
    for message in messages:
        content = contents.of(message)
        place, _ = used.setdefault(id(content), (len(used), content))
        reader = message.recipient
        address = reader.email if send_addresses else None
        told.append(
            HandoffMessage(
                token_of(key, notice, reader.key), users.get(reader.key, ""), reader.language, place, address
            )
        )
    return Handoff(name, notice, tuple(content for _, content in used.values()), tuple(told))
