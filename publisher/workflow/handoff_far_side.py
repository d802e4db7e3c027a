"""The provider that the settings name, and the secret by which its receipts are known."""

from publisher.config import Settings, setting_place
from publisher.delivery.handoff import Provider
from publisher.delivery.handoff_folder import FolderProvider
from publisher.delivery.handoff_http import HttpProvider
from publisher.delivery.handoff_mailgun import MailgunProvider
from publisher.delivery.handoff_sendgrid import SendGridProvider
from publisher.delivery.transports import check_transport, is_web
from publisher.delivery.webhook import secret_bytes
from publisher.errors import PublisherError, one

_REMEDY = "Write whsec_ and base64 of 24 random bytes or more, as the far side has it."


def provider_of(settings: Settings) -> Provider:
    """The far side of a hand-off, not yet called.

    Raises:
        PublisherError: the address or the secret cannot be used.
    """
    email = settings.email
    faults = check_transport(email.transport)
    if faults:
        raise PublisherError(faults)
    target = email.transport.removeprefix("handoff:").strip()
    if not is_web(target):
        return FolderProvider(settings.path(target))
    secret = _secret(settings, "secret")
    if email.provider == "sendgrid":
        return SendGridProvider(target, secret)
    if email.provider == "mailgun":
        return MailgunProvider(target, secret)
    return HttpProvider(target, _signing(settings, "secret", secret))


def receipts_key(settings: Settings) -> bytes | None:
    """What signs receipts in the product's own format; None when nothing is set, and nobody is believed.

    Raises:
        PublisherError: the secret cannot be read, or is none that can sign.
    """
    key = "receipts_secret" if settings.email.receipts_secret or settings.email.receipts_secret_file else "secret"
    secret = _secret(settings, key)
    return _signing(settings, key, secret) if secret else None


def provider_key(settings: Settings) -> str:
    """The key by which a provider's own events are known; empty when none is set.

    Raises:
        PublisherError: it cannot be read.
    """
    return _secret(settings, "receipts_secret")


def _secret(settings: Settings, key: str) -> str:
    written: dict[str, tuple[str, str]] = {
        "secret": (settings.email.secret, settings.email.secret_file),
        "receipts_secret": (settings.email.receipts_secret, settings.email.receipts_secret_file),
    }
    value, file = written[key]
    if not file:
        return value
    try:
        return settings.path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        place = setting_place(settings.root, "email", f"{key}_file")
        raise one("handoff-settings", "The secret cannot be read.", "Correct the file.", place) from None


def _signing(settings: Settings, key: str, secret: str) -> bytes:
    try:
        return secret_bytes(secret)
    except ValueError:
        place = setting_place(settings.root, "email", key)
        raise one("handoff-settings", "The provider's secret cannot sign.", _REMEDY, place) from None
