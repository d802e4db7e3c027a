"""One real mail of a notice to an address of one's own, through the transport of the settings; recorded nowhere."""

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime, parseaddr

from publisher.config import Settings
from publisher.delivery.transports import check_transport
from publisher.domain.notice import MailTemplate, Outcome, Receipt
from publisher.domain.timeline import release_of
from publisher.errors import Fault, PublisherError, one
from publisher.workflow.outgoing import single_mails
from publisher.workflow.showing import shown_template
from publisher.workflow.workspace import Workspace

MARK = b"[Test] "
_SUBJECT = b"\r\nSubject: "


@dataclass(frozen=True, slots=True)
class Trial:
    """A test mail that was taken. `released` says whether its links lead anywhere yet; `said` is the answer."""

    notice: str
    language: str
    released: bool
    said: str


def send_trial(
    workspace: Workspace, policy: str, version: str, *, to: str, language: str | None, now: Callable[[], datetime]
) -> Trial:
    """Sends one mail of a version, released or not, exactly as users would get it but for the mark in its subject.

    Raises:
        PublisherError: the version, the address or the transport cannot be used, or the mail was not taken.
    """
    refuse_transport(workspace.settings)
    notice, spoken, template = shown_template(workspace, policy, version, language=language, now=now())
    said = send_template(workspace.settings, template, to=to, now=now)
    released = release_of(workspace.events(policy), version) is not None
    return Trial(str(notice.id), spoken, released, said)


def refuse_transport(settings: Settings) -> None:
    """Nothing is rendered for a transport that cannot be used.

    Raises:
        PublisherError: so it is.
    """
    faults = check_transport(settings.email.transport)
    if faults:
        raise PublisherError(faults)


def send_template(settings: Settings, template: MailTemplate, *, to: str, now: Callable[[], datetime]) -> str:
    """Sends one mail with the mark in its subject; says what the far side answered.

    Raises:
        PublisherError: the address cannot be used, or the mail was not taken.
    """
    sender, at = parseaddr(settings.email.sender)[1], now()
    name = f"<t.{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"
    with closing(single_mails(settings)()) as mails:
        try:
            receipt = mails.send(_marked(template), to, name, format_datetime(at), at)
        except ValueError as unfit:
            raise _unfit(unfit) from None
    if receipt.outcome is not Outcome.ACCEPTED:
        raise PublisherError((_fault(receipt),))
    return _said(receipt)


def _unfit(found: ValueError) -> PublisherError:
    if "'to'" in str(found):
        return one("address-unfit", "--to is no address.", "Write one address: --to name@example.com")
    return one("sender-domain", "The sender's address has no domain.", "Correct the sender's address in [email] from.")


def _marked(template: MailTemplate) -> MailTemplate:
    """The same with the mark in its subject, which stands in its head once."""
    place = next(number for number, part in enumerate(template.parts) if _SUBJECT in part)
    marked = template.parts[place].replace(_SUBJECT, _SUBJECT + MARK, 1)
    return replace(template, parts=(*template.parts[:place], marked, *template.parts[place + 1 :]))


def _fault(receipt: Receipt) -> Fault:
    said = _said(receipt)
    match receipt.outcome:
        case Outcome.SENDER_FAULT:
            message = f"The mail server does not take mail from this sender: {said}."
            return Fault("test-refused", message, "Correct [email] transport and from.")
        case Outcome.HOST_BUSY:
            message = f"The mail server takes nothing now: {said}."
            return Fault("test-host-busy", message, "See whether [email] transport names it, and try again.")
        case Outcome.DEFERRED:
            return Fault("test-deferred", f"The mail server puts it off: {said}.", "Try again in some minutes.")
        case Outcome.IN_DOUBT:
            message = f"The connection broke while the mail was handed over: {said}."
            return Fault("test-in-doubt", message, "Look whether it arrived.")
        case _:
            return Fault("test-refused", f"The mail server refuses it: {said}.", "Look whether --to is right.")


def _said(receipt: Receipt) -> str:
    return " ".join(part for part in (str(receipt.code) if receipt.code else "", receipt.reply) if part)
