"""From the settings' `email.transport` to a transport."""

from pathlib import Path

from publisher.delivery import Transport
from publisher.errors import Fault, PublisherError


def check_transport(url: str) -> tuple[Fault, ...]:
    """What is wrong with a transport's URL, without connecting; the password is never repeated."""
    scheme, _, rest = url.partition(":")
    if scheme == "maildir":
        if not rest.strip() or "\0" in rest:
            return (_fault("maildir: names no folder.", "Write maildir:FOLDER, such as maildir:var/mail."),)
        return ()
    if scheme in ("smtp", "smtps"):
        from publisher.delivery.smtp import read_address

        try:
            read_address(url)
        except ValueError as wrong:
            return (_fault(f"The address of the mail server cannot be used. {wrong}", "Correct email.transport."),)
        return ()
    if scheme == "handoff":
        from publisher.delivery.calling import url_fault

        target = rest.strip()
        if not target or "\0" in target:
            return (_fault("handoff: names nobody.", "Write handoff:https://host/path or handoff:FOLDER."),)
        fault = url_fault(target) if is_web(target) else ""
        if fault:
            return (_fault(f"The provider cannot be called: {fault}.", "Write handoff:https://host/path."),)
        return ()
    return (
        _fault(
            f"'{scheme[:20]}:' is no transport.",
            "Write maildir:FOLDER, smtp://user:password@host:587, smtps://user:password@host:465, or for a provider"
            " handoff:https://host/path or handoff:FOLDER.",
        ),
    )


def is_handoff(url: str) -> bool:
    """Whether mails are handed to a provider in batches, instead of being sent one by one."""
    return url.partition(":")[0] == "handoff"


def is_web(target: str) -> bool:
    """Whether a hand-off goes to an address, and not into a folder."""
    return target.partition(":")[0] in ("http", "https")


def open_transport(url: str, root: Path) -> Transport:
    """A transport for a URL, not yet connected; a Maildir's folder resolves from `root`.

    Raises:
        PublisherError: the URL cannot be used, or is one that takes no single mails.
    """
    faults = check_transport(url)
    if not faults and is_handoff(url):
        faults = (
            _fault("A provider is handed batches, no mail of its own.", "Write smtp://, smtps:// or maildir:FOLDER."),
        )
    if faults:
        raise PublisherError(faults)
    scheme, _, rest = url.partition(":")
    if scheme == "maildir":
        from publisher.delivery.maildir import MaildirTransport

        return MaildirTransport(root / rest.strip())
    from publisher.delivery.smtp import SmtpTransport

    return SmtpTransport(url)


def _fault(message: str, remedy: str) -> Fault:
    return Fault("email-transport", message, remedy)
