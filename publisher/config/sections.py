"""The sections of publisher.toml as frozen values; what is not written has the value that stands here."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Where the website lives; `homepage` lists the pages on which the banner must be seen.

    `redirects` leads from paths that pages had before to paths of this site.
    """

    name: str = "Example"
    base_url: str = "https://example.com"
    output: str = "site/public"
    homepage: tuple[str, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Which database holds the store (an SQLAlchemy URL), and how long receipts stay a person's; empty: for good."""

    url: str = "sqlite:///var/publisher.db"
    keep_receipts: str = ""

    @property
    def keep(self) -> timedelta | None:
        """How long receipts are kept for each person; None for good."""
        return _length(self.keep_receipts) if self.keep_receipts.strip() else None


@dataclass(frozen=True, slots=True)
class UserSettings:
    """Users in another database: its SQLAlchemy URL, and the query that gives them; empty: the store's own users."""

    url: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How mails leave. `connections` is how many at once, `rate` mails a second (0: no limit).

    `bounces` is the address at which bounces arrive, each mail under an extension of its own; empty: the sender's.
    `in_doubt` is what becomes of a mail whose answer was lost: `resend` (once, at the end), or `hold`.

    For a hand-off, `provider` says whose format is spoken (`publisher` is our own), `send_addresses` whether addresses
    go along with the users' ids; `secret` signs batches, or is the provider's API key; `receipts_secret` is what signs
    the provider's receipts, left out: `secret`.
    """

    transport: str = "maildir:var/mail"
    sender: str = field(default="Example Privacy <privacy@example.com>", metadata={"key": "from"})
    connections: int = 4
    rate: int = 0
    copy: str = "inline"
    bounces: str = ""
    in_doubt: str = "resend"
    send_addresses: bool = False
    provider: str = "publisher"
    secret: str = ""
    secret_file: str = ""
    receipts_secret: str = ""
    receipts_secret_file: str = ""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """The careful start; as it stands here, mails begin at once, all may go, and nobody gets a copy ahead.

    `delay` such as `30 min` lies between a notice and its first mail; `first` of its mails, a number or such as `1%`,
    go before a person lets go of the others; `seeds` are addresses that get a copy before anybody else.
    """

    delay: str = ""
    first: str = field(default="", metadata={"number": True})
    seeds: tuple[str, ...] = ()

    @property
    def wait(self) -> timedelta:
        """The delay as a length of time."""
        return _length(self.delay)

    def first_of(self, mails: int) -> int | None:
        """How many of so many mails go first; None when all may go."""
        written = self.first.replace(" ", "")
        if not written:
            return None
        if written.endswith("%"):
            return math.ceil(mails * Fraction(written[:-1]) / 100)
        return int(written)


LENGTH = re.compile(r"([0-9]{1,6}) ?(s|sec|seconds?|min|minutes?|h|hours?|d|days?)")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _length(text: str) -> timedelta:
    found = LENGTH.fullmatch(text.strip())
    return int(found[1]) * _UNITS[found[2][:1]] if found else timedelta()


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Which address is called for the channel `webhook`, and how: for each user (`users`), or once (`notice`).

    `batch` is how many users one call tells of, `connections` how many calls may be under way at once, `seconds` how
    long each may take.
    """

    url: str = ""
    secret: str = ""
    secret_file: str = ""
    mode: str = "users"
    batch: int = 200
    connections: int = 1
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How `publisher serve` is reached: `hosts` beside the site's own, `origins` that may call the API from a browser.

    `calls` is how many of the API one address may make a minute; 0: any number.
    """

    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    calls: int = 120


@dataclass(frozen=True, slots=True)
class SecretSettings:
    """Where the installation's key lies, made at first use with mode 0600; the names of the keys of tokens.

    Each name derives a key of its own; tokens of all of them are understood, and the last one signs.
    """

    key_file: str = "var/publisher.key"
    token_keys: tuple[str, ...] = ("1",)


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Commands, word by word, that are run after a version took effect, and when a person is needed."""

    after_switch: tuple[str, ...] = ()
    alert: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """The second reader: a program and its arguments, the seconds it may take, variables that it is handed."""

    command: tuple[str, ...] = ()
    seconds: int = 120
    environment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that publisher.toml and the environment say; paths resolve from `root`."""

    root: Path
    site: SiteSettings = SiteSettings()
    store: StoreSettings = StoreSettings()
    users: UserSettings = UserSettings()
    email: EmailSettings = EmailSettings()
    delivery: DeliverySettings = DeliverySettings()
    secrets: SecretSettings = SecretSettings()
    hooks: HookSettings = HookSettings()
    judge: JudgeSettings = JudgeSettings()
    webhook: WebhookSettings = WebhookSettings()
    serve: ServeSettings = ServeSettings()

    def path(self, relative: str) -> Path:
        """A path from the settings, resolved from the workspace's folder."""
        return self.root / relative

    @property
    def output(self) -> Path:
        """The folder that the website is built into."""
        return self.path(self.site.output)

    @property
    def by_id(self) -> bool:
        """Whether mails are handed to a provider that knows the users by their ids, and no address leaves."""
        return self.email.transport.startswith("handoff:") and not self.email.send_addresses

    @property
    def store_url(self) -> str:
        """The store's URL with a relative SQLite path resolved from the workspace's folder."""
        return self._resolved(self.store.url)

    @property
    def users_url(self) -> str:
        """The URL of the users' database, resolved alike; empty when the users are the store's own."""
        return self._resolved(self.users.url)

    def _resolved(self, url: str) -> str:
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/") and not url.endswith(":memory:"):
            return prefix + str(self.path(url.removeprefix(prefix)))
        return url


SECTIONS: Mapping[str, type] = {
    "site": SiteSettings,
    "store": StoreSettings,
    "users": UserSettings,
    "email": EmailSettings,
    "delivery": DeliverySettings,
    "secrets": SecretSettings,
    "hooks": HookSettings,
    "judge": JudgeSettings,
    "webhook": WebhookSettings,
    "serve": ServeSettings,
}
