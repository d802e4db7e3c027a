"""The words around a policy in one language: labels from `strings/<lang>.toml`, dates and times as readers write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from publisher.domain.emergency import Early
from publisher.domain.policy import version_number


@dataclass(frozen=True, slots=True)
class Strings(Mapping[str, str]):
    """The labels of one language under dotted keys: `strings["mail.subject"]`.

    `language` is the tag of the file they come from, so that a page never mixes two languages. A missing key is an
    error, never an empty place on a page.
    """

    language: str
    entries: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        try:
            return self.entries[key]
        except KeyError:
            raise KeyError(f"strings/{self.language}.toml has no '{key}'") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def say(self, key: str, **values: object) -> str:
        """A label as plain text, its `{places}` filled in."""
        return self[key].format(**values)

    def html(self, key: str, **values: object) -> Markup:
        """A label as HTML, its `{places}` filled in; everything that is not marked as HTML already is escaped."""
        return Markup(escape(self[key])).format(**values)  # noqa: S704  the label is escaped here, values by format


def flattened(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables of texts under dotted keys.

    Raises:
        TypeError: a value is neither a text nor a table.
    """
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found.update(flattened(value, f"{prefix}{key}."))
        elif isinstance(value, str):
            found[f"{prefix}{key}"] = value
        else:
            raise TypeError(f"'{prefix}{key}' is no text")
    return found


def version_name(version: str, words: Strings) -> str:
    """`version 2`, as sentences say it."""
    return words.say("page.version_inline", number=version_number(version))


def comparison_name(old: str, new: str, words: Strings) -> str:
    """What the comparison of two versions is called, on its own page and wherever a link leads there."""
    return words.say("redline.heading", old=version_name(old, words), new=version_name(new, words))


def unbroken(text: str, day: str) -> str:
    """A text with a date in it that is not torn apart at the end of a line."""
    return text.replace(day, day.replace(" ", "\u00a0")) if day else text


def crumbs(path: str) -> str:
    """`4. Sharing › 4.1.3`, with no sign between its parts at the end or the beginning of a line."""
    return path.replace(" › ", "\u00a0›\u00a0")


@lru_cache(maxsize=1024)
def long_date(day: date, language: str) -> str:
    """A date with its month in words: `1 March 2027`, `2027年3月1日`."""
    from babel.dates import format_date

    locale = locale_of(language)
    return format_date(day, format=_pattern(locale), locale=locale)


def long_instant(instant: datetime, timezone: str, language: str) -> str:
    """An instant as the policy's zone reads it, the zone named: `1 March 2027, 00:00 (Beijing time, UTC+08:00)`."""
    return "".join(instant_parts(instant, timezone, language))


def instant_parts(instant: datetime, timezone: str, language: str) -> tuple[str, str]:
    """The same in two: day and hour, which belong on one line, and the zone in brackets, which may go onto the next."""
    from babel.dates import format_time

    local = instant.astimezone(ZoneInfo(timezone))
    clock = format_time(local, format="HH:mm", locale=locale_of(language))
    zone = zone_told(local, timezone, language)
    if _wide(language):
        return f"{long_date(local.date(), language)} {clock}", f"（{zone}）"
    return f"{long_date(local.date(), language)}, {clock}", f" ({zone})"


def zone_told(local: datetime, timezone: str, language: str) -> str:
    """A zone as readers know it, with its distance from UTC: `Beijing time, UTC+08:00`.

    The name is that of the Unicode locale data: the zone's own (`Central European Standard Time`), else the country's
    (`India Time`). A zone that is nothing but a distance has no name.
    """
    from babel.dates import get_timezone_location, get_timezone_name

    distance, locale = zone_name(local), locale_of(language)
    spoken = locale.split("_", maxsplit=1)[0]
    if distance == "UTC" or "/" not in timezone or timezone.startswith("Etc/"):
        return distance
    name = _OWN_ZONES.get(timezone, {}).get(spoken) or get_timezone_name(local, locale=locale)
    if name.startswith(("GMT", "UTC")):
        name = get_timezone_location(local, locale=locale)
    return f"{name}{'，' if _wide(language) else ', '}{distance}"


def zone_name(local: datetime) -> str:
    """The offset of an aware local time, as `UTC` or `UTC+08:00`."""
    offset = local.utcoffset()
    if not offset:
        return "UTC"
    minutes = round(offset.total_seconds() / 60)
    sign = "+" if minutes > 0 else "-"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def language_name(tag: str) -> str:
    """A language in its own words: `English`, `简体中文`; the tag itself where nobody knows better."""
    known = _OWN_NAMES.get(tag) or _OWN_NAMES.get(tag.split("-", maxsplit=1)[0])
    if known:
        return known
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name(tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return tag
    return name or tag


def language_named(tag: str, language: str) -> str:
    """A language as readers of another one call it: English in a Chinese sentence is 英语."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name(locale_of(language))
    except (ValueError, UnknownLocaleError):
        return tag
    # What stands in brackets names the country; a sentence reads better without.
    return (name or tag).partition(" (")[0].partition("（")[0]


def text_direction(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "ltr"


def locale_of(language: str) -> str:
    """The name under which babel knows a language; English where it does not."""
    from babel import Locale, UnknownLocaleError

    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            return str(Locale.parse(tag, sep="-"))
        except (ValueError, UnknownLocaleError):
            continue
    return "en"


_OWN_ZONES: Mapping[str, Mapping[str, str]] = {
    "Asia/Shanghai": {"en": "Beijing time", "zh": "北京时间"},
}
"""What the country itself calls its legal time, where the locale data describe it instead (China Standard Time)."""

_OWN_NAMES: Mapping[str, str] = {
    "zh-CN": "简体中文",
    "zh-TW": "繁體中文",
    "zh-HK": "繁體中文（香港）",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "en": "English",
}


def _pattern(locale: str) -> str:
    """English dates put the day first everywhere, which no reader can mistake; others follow their own custom."""
    return "d MMMM y" if locale.split("_", maxsplit=1)[0] == "en" else "long"


def _wide(language: str) -> bool:
    """Whether a language is written with signs of full width."""
    return language.split("-", maxsplit=1)[0] in ("zh", "ja", "ko")


def early_words(early: Early | None, strings: Mapping[str, str]) -> str:
    """Why a version takes effect early, as a sentence for readers; empty when it does not."""
    if early is None:
        return ""
    because = strings[f"early.{early.ground}"]
    return strings["early.reason" if early.reason else "early.ground"].format(ground=because, reason=early.reason)
