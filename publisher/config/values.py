"""Values of the right shape that cannot work."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from publisher.config.places import line_of
from publisher.config.redirects import impossible_redirects
from publisher.config.sections import LENGTH, DeliverySettings, Settings, UserSettings, WebhookSettings
from publisher.errors import Fault

_BOUNCES = re.compile(r"[A-Za-z0-9._-]{1,23}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
"""What is added to it takes 41 of the 64 characters that a local part may have."""

_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?")
"""As a browser writes it (RFC 6454, section 6.2); `*` would let in anybody's pages with a reader's token."""

_KEY_NAME = re.compile(r"[A-Za-z0-9-]{1,32}")
_FIRST = re.compile(r"[1-9][0-9]{0,8}|(?!0+(\.0+)?%)([0-9]{1,2}(\.[0-9]{1,3})?|100)%")
PROVIDERS = ("publisher", "sendgrid", "mailgun")
"""Whose formats a hand-off can be written in; the first is our own."""

_SEED = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,253}")


def impossible(settings: Settings, text: str) -> list[Fault]:
    """Values of the right shape that cannot work."""
    from email.utils import parseaddr

    faults: list[Fault] = []

    def tell(section: str, key: str, message: str, remedy: str) -> None:
        faults.append(Fault("settings-value", message, remedy, line_of(text, section, key)))

    for key, url in (("base_url", settings.site.base_url), *(("homepage", page) for page in settings.site.homepage)):
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            tell("site", key, f"'{url}' is no web address.", "Write it whole: https://example.com")
    if "@" not in parseaddr(settings.email.sender)[1] or re.search(r"[\r\n\0]|=\?", settings.email.sender):
        tell("email", "from", f"'{settings.email.sender}' is no sender.", "Write: Name <name@example.com>")
    email, judge = settings.email, settings.judge
    for wrong, section, key, message, remedy in (
        (
            not 1 <= email.connections <= 1000,
            "email",
            "connections",
            "That many connections cannot be used.",
            "Write a number from 1 to 1000.",
        ),
        (
            not all(map(_ORIGIN.fullmatch, settings.serve.origins)),
            "serve",
            "origins",
            "One of these is no origin of one site.",
            "Name each site whose pages may call the API, without a path: https://www.example.com",
        ),
        (
            not settings.secrets.token_keys or not all(map(_KEY_NAME.fullmatch, settings.secrets.token_keys)),
            "secrets",
            "token_keys",
            "These are no names of keys.",
            'Write one or more of letters, digits and hyphens, the one that signs last: ["1", "2027-02"]',
        ),
        (email.rate < 0, "email", "rate", "A rate cannot be negative.", "Write mails a second, or 0 for no limit."),
        (
            email.copy not in ("link", "inline", "attachment"),
            "email",
            "copy",
            f"'{email.copy}' is no kind of copy.",
            "Write link, inline or attachment.",
        ),
        (
            email.in_doubt not in ("resend", "hold"),
            "email",
            "in_doubt",
            f"'{email.in_doubt}' does not say what becomes of a mail in doubt.",
            "Write resend or hold.",
        ),
        (
            not 1 <= judge.seconds <= 3600,
            "judge",
            "seconds",
            "That is no time to wait.",
            "Write a number of seconds from 1 to 3600.",
        ),
        (
            bool(judge.command) and not judge.command[0].strip(),
            "judge",
            "command",
            "The command names no program.",
            'Write for example: ["python3", "reader.py"]',
        ),
    ):
        if wrong:
            tell(section, key, message, remedy)
    faults.extend(impossible_redirects(settings.site.redirects, text))
    faults.extend(_halves(settings.users, text))
    _impossible_start(settings.delivery, tell)
    kept = settings.store.keep_receipts
    if kept and (not LENGTH.fullmatch(kept.strip()) or not settings.store.keep):
        tell("store", "keep_receipts", f"'{kept}' is no length of time.", 'Write for example: "400 days"')
    faults.extend(_impossible_bounces(settings.email.bounces, text))
    faults.extend(_wrong_webhook(settings.webhook, text))
    scheme = settings.email.transport.partition(":")[0]
    if scheme not in ("maildir", "smtp", "smtps", "handoff"):
        tell(
            "email",
            "transport",
            f"'{scheme}:' is no transport.",
            "Write maildir:FOLDER, smtp://user:password@host:587, smtps://user:password@host:465, or for a provider"
            " handoff:https://host/path or handoff:FOLDER.",
        )
    if scheme == "handoff":
        faults.extend(_impossible_handoff(settings, text))
    return faults


def _impossible_handoff(settings: Settings, text: str) -> list[Fault]:
    email = settings.email
    calls = email.transport.removeprefix("handoff:").strip().startswith(("http:", "https:"))
    own = email.provider not in PROVIDERS[1:]
    wrong = (
        (
            "provider",
            email.provider in PROVIDERS,
            f"'{email.provider}' is no provider whose format is known.",
            f"Write one of: {', '.join(PROVIDERS)}. For any other: publisher, and a program that translates.",
        ),
        (
            "provider",
            calls or own,
            "A folder is written in the product's own format.",
            f"Remove provider, or write the address of {email.provider} in transport.",
        ),
        (
            "send_addresses",
            own or email.send_addresses,
            f"{email.provider} sends to addresses, and none may leave.",
            "Write send_addresses = true, if your readers' addresses may go there.",
        ),
        (
            "secret",
            not calls or bool(email.secret or email.secret_file),
            "A hand-off by HTTP has no secret to prove itself by.",
            "Write secret_file = FILE, or set PUBLISHER_EMAIL__SECRET"
            + (": whsec_ and base64 of 24 random bytes or more." if own else f": the API key of {email.provider}."),
        ),
    )
    return [
        Fault("settings-value", message, remedy, line_of(text, "email", key))
        for key, good, message, remedy in wrong
        if not good
    ]


def _halves(users: UserSettings, text: str) -> list[Fault]:
    """The one of [users]' keys that stands there without the other."""
    if bool(users.url) == bool(users.query):
        return []
    key, missing = ("url", "query") if users.url else ("query", "url")
    message, remedy = f"[users] has a {key} and no {missing}.", f"Add {missing}, or remove {key}."
    return [Fault("settings-value", message, remedy, line_of(text, "users", key))]


def _impossible_bounces(address: str, text: str) -> list[Fault]:
    if not address or _BOUNCES.fullmatch(address):
        return []
    remedy = "Write a plain address with at most 23 letters before the @: bounce@example.com"
    message = f"'{address}' cannot be the address for bounces."
    return [Fault("settings-value", message, remedy, line_of(text, "email", "bounces"))]


def _impossible_start(delivery: DeliverySettings, tell: Callable[[str, str, str, str], None]) -> None:
    if delivery.delay and not LENGTH.fullmatch(delivery.delay.strip()):
        tell("delivery", "delay", f"'{delivery.delay}' is no length of time.", 'Write for example: "30 min"')
    if delivery.first and not _FIRST.fullmatch(delivery.first.replace(" ", "")):
        tell("delivery", "first", f"'{delivery.first}' is no number of mails.", 'Write "1%" or 100, say.')
    for number, seed in enumerate(delivery.seeds, start=1):
        if not _SEED.fullmatch(seed):
            tell("delivery", "seeds", f"Seed {number} is no address.", 'Write for example: ["legal@example.com"]')


def _wrong_webhook(given: WebhookSettings, text: str) -> list[Fault]:
    wrong = (
        ("mode", given.mode in ("users", "notice"), f"'{given.mode}' is no way to call.", "Write users or notice."),
        ("batch", 1 <= given.batch <= 1000, "A call cannot tell of that many users.", "Write a number from 1 to 1000."),
        ("connections", 1 <= given.connections <= 64, "That many calls at once cannot be made.", "Write 1 to 64."),
        ("seconds", 1 <= given.seconds <= 300, "That is no time to wait.", "Write a number of seconds from 1 to 300."),
    )
    return [
        Fault("settings-value", message, remedy, line_of(text, "webhook", key))
        for key, good, message, remedy in wrong
        if not good
    ]
