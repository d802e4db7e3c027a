"""Writing a notice's messages: which template a reader gets, and the values that are theirs alone."""

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from publisher.delivery.envelope import Letter, Stencil, letter, message_ids, stencil
from publisher.domain.notice import MailTemplate, Message, NoticeId, NoticeKind
from publisher.languages import best_match


class Letters:
    """The letters of one notice."""

    def __init__(
        self, templates: Iterable[MailTemplate], *, key: bytes, domain: str, sender: Callable[[Message], str]
    ) -> None:
        """Prepares every template once.

        Args:
            templates: the authoritative language of each kind first.
            key: the installation's key, from which Message-IDs derive.
            domain: the domain of Message-IDs.
            sender: gives each message its envelope sender.
        """
        self._key = key
        self._domain = domain
        self._sender = sender
        self._forms: dict[NoticeKind, dict[str, dict[str, Stencil]]] = {}
        for template in templates:
            by_variant = self._forms.setdefault(template.kind, {})
            by_variant.setdefault(template.variant, {}).setdefault(template.language, stencil(template))
        self._chosen: dict[tuple[NoticeKind, str, str], Stencil] = {}
        self._ids: tuple[NoticeId | None, Callable[[str], str]] = (None, str)
        self._date: tuple[datetime | None, str] = (None, "")

    def write(self, message: Message, now: datetime) -> Letter:
        """One recipient's letter, in the language that is nearest to theirs.

        Raises:
            ValueError: the address cannot be written.
        """
        if now is not self._date[0]:
            self._date = (now, format_datetime(now.replace(microsecond=0)))
        if message.notice is not self._ids[0]:
            self._ids = (message.notice, message_ids(self._key, message.notice, self._domain))
        values = {
            "to": message.recipient.email,
            "message-id": self._ids[1](message.recipient.key),
            "date": self._date[1],
        }
        return letter(self._form(message), values, self._sender(message))

    def _form(self, message: Message) -> Stencil:
        """The mail for those who know the same; a sequel that says the same to all has the plain one alone."""
        wanted = (message.kind, message.variant, message.recipient.language)
        form = self._chosen.get(wanted)
        if form is None:
            by_variant = self._forms[message.kind]
            by_language = by_variant.get(message.variant) or by_variant[""]
            form = by_language[best_match(wanted[2], tuple(by_language), next(iter(by_language)))]
            self._chosen[wanted] = form
        return form
