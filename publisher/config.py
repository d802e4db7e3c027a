"""Settings: publisher.toml and the environment, read once and frozen."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from publisher.errors import Fault, Place, PublisherError

FILE_NAME = "publisher.toml"
ENVIRONMENT_PREFIX = "PUBLISHER_"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Where the website lives; `homepage` lists the pages on which the banner must be seen."""

    name: str = "Example"
    base_url: str = "https://example.com"
    output: str = "site/public"
    homepage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Which database holds the store (an SQLAlchemy URL)."""

    url: str = "sqlite:///var/publisher.db"


@dataclass(frozen=True, slots=True)
class UserSettings:
    """Users in another database: its SQLAlchemy URL, and the query that gives them; empty: the store's own users."""

    url: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How mails leave. `connections` is how many at once, `rate` mails a second (0: no limit)."""

    transport: str = "maildir:var/mail"
    sender: str = field(default="Example Privacy <privacy@example.com>", metadata={"key": "from"})
    connections: int = 4
    rate: int = 0
    copy: str = "inline"


@dataclass(frozen=True, slots=True)
class SecretSettings:
    """Where the installation's key lies, made at first use with mode 0600."""

    key_file: str = "var/publisher.key"


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
    secrets: SecretSettings = SecretSettings()
    hooks: HookSettings = HookSettings()
    judge: JudgeSettings = JudgeSettings()

    def path(self, relative: str) -> Path:
        """A path from the settings, resolved from the workspace's folder."""
        return self.root / relative

    @property
    def output(self) -> Path:
        """The folder that the website is built into."""
        return self.path(self.site.output)

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


_SECTIONS: Mapping[str, type] = {
    "site": SiteSettings,
    "store": StoreSettings,
    "users": UserSettings,
    "email": EmailSettings,
    "secrets": SecretSettings,
    "hooks": HookSettings,
    "judge": JudgeSettings,
}


def find_workspace(start: Path) -> Path:
    """The nearest folder with a publisher.toml, upward from `start`.

    Raises:
        PublisherError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise PublisherError(
        (
            Fault(
                "workspace-missing",
                f"There is no {FILE_NAME} in {start} or any folder above it.",
                "Go to the workspace's folder, or name it with -C DIR.",
            ),
        )
    )


def read_settings(root: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings of a workspace.

    Raises:
        PublisherError: with every fault of file and environment at once.
    """
    path = root / FILE_NAME
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PublisherError(
            (Fault("settings-unreadable", f"It cannot be read: {fault}.", "Mend the file.", Place(FILE_NAME)),)
        ) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"line (\d+), column (\d+)", str(fault))
        where = Place(FILE_NAME, int(place[1]), int(place[2])) if place else Place(FILE_NAME)
        raise PublisherError(
            (Fault("settings-syntax", f"This is not TOML: {fault}.", "Mend the line.", where),)
        ) from None
    faults: list[Fault] = []
    sections: dict[str, Any] = {}
    faults.extend(
        _unknown("section", name, _SECTIONS, _line_of(text, name, None)) for name in table if name not in _SECTIONS
    )
    for name, kind in _SECTIONS.items():
        values = table.get(name, {})
        if not isinstance(values, dict):
            faults.append(_wrong(f"[{name}]", "a section", _line_of(text, name, None)))
            continue
        sections[name] = _section(name, kind, values, environment, text, faults)
    faults.extend(_unknown_variables(environment))
    if not faults:
        faults.extend(_impossible(Settings(root, **sections), text))
    if faults:
        raise PublisherError(faults)
    return Settings(root, **sections)


def _section(
    name: str, kind: type, values: dict[str, Any], environment: Mapping[str, str], text: str, faults: list[Fault]
) -> Any:
    known = {str(entry.metadata.get("key", entry.name)): entry for entry in fields(kind)}
    given: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            faults.append(_unknown(f"key in [{name}]", key, known, _line_of(text, name, key)))
            continue
        wanted = type(known[key].default)
        converted = tuple(value) if wanted is tuple and isinstance(value, list) else value
        if type(converted) is not wanted or (wanted is tuple and not all(isinstance(entry, str) for entry in value)):
            faults.append(_wrong(f"{name}.{key}", _SHAPES[wanted], _line_of(text, name, key)))
            continue
        given[known[key].name] = converted
    for key, entry in known.items():
        variable = f"{ENVIRONMENT_PREFIX}{name}__{key}".upper()
        if variable not in environment:
            continue
        value = environment[variable]
        wanted = type(entry.default)
        if wanted is int and not re.fullmatch(r"[0-9]+", value):
            faults.append(_wrong(variable, _SHAPES[int], Place("environment")))
            continue
        given[entry.name] = int(value) if wanted is int else tuple(value.split()) if wanted is tuple else value
    return kind(**given)


_SHAPES: Mapping[type, str] = {str: "text in quotes", int: "a whole number", tuple: "a list of texts"}


def _unknown(what: str, name: str, known: Mapping[str, object], place: Place) -> Fault:
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(known)}."
    return Fault("settings-unknown", f"Unknown {what}: '{name}'.", hint, place)


def _wrong(name: str, shape: str, place: Place) -> Fault:
    return Fault("settings-type", f"{name} must be {shape}.", "Correct the value.", place)


def _unknown_variables(environment: Mapping[str, str]) -> list[Fault]:
    known = {
        f"{ENVIRONMENT_PREFIX}{name}__{entry.metadata.get('key', entry.name)}".upper(): None
        for name, kind in _SECTIONS.items()
        for entry in fields(kind)
    }
    wrong = [name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and "__" in name and name not in known]
    return [_unknown("variable", name, known, Place("environment")) for name in sorted(wrong)]


def _impossible(settings: Settings, text: str) -> list[Fault]:
    """Values of the right shape that cannot work."""
    from email.utils import parseaddr

    faults: list[Fault] = []

    def tell(section: str, key: str, message: str, remedy: str) -> None:
        faults.append(Fault("settings-value", message, remedy, _line_of(text, section, key)))

    for key, url in (("base_url", settings.site.base_url), *(("homepage", page) for page in settings.site.homepage)):
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            tell("site", key, f"'{url}' is no web address.", "Write it whole: https://example.com")
    faults.extend(_halves(settings.users, text))
    if "@" not in parseaddr(settings.email.sender)[1] or re.search(r"[\r\n\0]|=\?", settings.email.sender):
        tell("email", "from", f"'{settings.email.sender}' is no sender.", "Write: Name <name@example.com>")
    if not 1 <= settings.email.connections <= 1000:
        tell("email", "connections", "That many connections cannot be used.", "Write a number from 1 to 1000.")
    if settings.email.rate < 0:
        tell("email", "rate", "A rate cannot be negative.", "Write mails a second, or 0 for no limit.")
    if settings.email.copy not in ("link", "inline", "attachment"):
        tell("email", "copy", f"'{settings.email.copy}' is no kind of copy.", "Write link, inline or attachment.")
    if not 1 <= settings.judge.seconds <= 3600:
        tell("judge", "seconds", "That is no time to wait.", "Write a number of seconds from 1 to 3600.")
    if settings.judge.command and not settings.judge.command[0].strip():
        tell("judge", "command", "The command names no program.", 'Write for example: ["python3", "reader.py"]')
    scheme = settings.email.transport.partition(":")[0]
    if scheme not in ("maildir", "smtp", "smtps"):
        tell(
            "email",
            "transport",
            f"'{scheme}:' is no transport.",
            "Write maildir:FOLDER, smtp://user:password@host:587 or smtps://user:password@host:465.",
        )
    return faults


def _halves(users: UserSettings, text: str) -> list[Fault]:
    """The one of [users]' keys that stands there without the other."""
    if bool(users.url) == bool(users.query):
        return []
    key, missing = ("url", "query") if users.url else ("query", "url")
    message, remedy = f"[users] has a {key} and no {missing}.", f"Add {missing}, or remove {key}."
    return [Fault("settings-value", message, remedy, _line_of(text, "users", key))]


def setting_place(root: Path, section: str, key: str) -> Place:
    """Where a key stands in a workspace's publisher.toml, as far as it can be read."""
    try:
        text = (root / FILE_NAME).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Place(FILE_NAME)
    return _line_of(text, section, key)


def _line_of(text: str, section: str, key: str | None) -> Place:
    """Where a key stands in the file, as well as a look at its lines can tell."""
    inside = False
    section_line: int | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[+\s*([A-Za-z0-9_.\"-]+)\s*\]", line)
        if header:
            inside = header[1].strip('"') == section
            section_line = number if inside else section_line
        elif (inside and key is not None and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line)) or (
            key is None and re.match(rf"\s*\"?{re.escape(section)}\"?\s*=", line)
        ):
            return Place(FILE_NAME, number)
    return Place(FILE_NAME, section_line)
