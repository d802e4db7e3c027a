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
    return (
        _fault(
            f"'{scheme[:20]}:' is no transport.",
            "Write maildir:FOLDER, smtp://user:password@host:587 or smtps://user:password@host:465.",
        ),
    )


def open_transport(url: str, root: Path) -> Transport:
    """A transport for a URL, not yet connected; a Maildir's folder resolves from `root`.

    Raises:
        PublisherError: the URL cannot be used.
    """
    faults = check_transport(url)
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
