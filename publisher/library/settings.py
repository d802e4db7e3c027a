"""policy.toml: a policy's title, languages, time zone, regimes, channels and audiences."""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.domain.notice import Channel
from publisher.domain.policy import Audience, PolicySettings, is_language
from publisher.domain.regime import REGIMES, Counsel, regime
from publisher.errors import Fault, Severity
from publisher.library.tables import Table, read_table, suggestion

MOST_DAYS = 3650

_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s<>()\[\]\\,;:\"]{1,64}@[^@\s<>()\[\]\\,;:\"]+(\.[^@\s<>()\[\]\\,;:\"]+)+")
_AUDIENCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_CLAUSE = re.compile(r"[^\s\"'<>&]+")


def settings_of(
    text: str, name: str, file: str, packs: Sequence[str] = ()
) -> tuple[PolicySettings | None, tuple[Fault, ...]]:
    """A policy's settings, or None and all that is wrong with them.

    Args:
        text: the file's text.
        name: the policy's name, which is its folder's.
        file: the file as staff know it.
        packs: the names of the organisation's own rule packs, which `regimes` may name too.
    """
    table, faults = read_table(text, file, "settings")
    if table is None:
        return None, tuple(faults)
    empty = PolicySettings(name, "", "")
    settings = PolicySettings(
        name=name,
        title=table.text("title"),
        language=table.text("language"),
        languages=table.texts("languages", ()),
        timezone=table.text("timezone", empty.timezone),
        regimes=table.texts("regimes", empty.regimes),
        notice_days=table.whole("notice_days", empty.notice_days, 0, MOST_DAYS),
        delivery_days=table.whole("delivery_days", empty.delivery_days, 1, MOST_DAYS),
        notice_share=table.share("notice_share", empty.notice_share),
        applies_to=table.text("applies_to") if "applies_to" in table.values else None,
        channels=table.texts("channels", empty.channels),
        contact=table.text("contact", ""),
        sign_off=table.whole("sign_off", empty.sign_off, 1, 100),
        terms=table.texts("terms", ()),
        audiences=tuple(_audience(entry) for entry in table.tables("audience")),
        counsel=_counsels(table),
    )
    table.known.extend(["applies_to"])
    table.close()
    _languages(table, settings)
    _zone(table, settings.timezone)
    _promises(table, settings, packs)
    _audiences(table, settings.audiences)
    failed = any(fault.severity is Severity.ERROR for fault in faults)
    return (None if failed else settings), tuple(faults)


def _audience(table: Table) -> Audience:
    audience = Audience(name=table.text("name"), clauses=table.texts("clauses"), where=table.text("where"))
    table.close()
    if audience.name and not (len(audience.name) <= 64 and _AUDIENCE.fullmatch(audience.name)):
        table.tell("value", f"'{audience.name}' is no audience's name.", "Write lower-case words with hyphens.", "name")
    if table.values.get("clauses") == []:
        table.tell("value", "The audience names no clauses.", "Name the clauses that concern it, by id.", "clauses")
    for clause in audience.clauses:
        if not _CLAUSE.fullmatch(clause):
            table.tell("value", f"'{clause}' is no clause id.", "Write an id as the website shows it.", "clauses")
    return audience


def _counsels(table: Table) -> tuple[Counsel, ...]:
    """Who confirmed which lead time; fewer days than the law's minimum are refused."""
    found: list[Counsel] = []
    known = [preset.name for preset in REGIMES]
    for entry in table.tables("counsel"):
        name, by, role, day = entry.text("regime"), entry.text("by"), entry.text("role", ""), entry.day("at")
        days = entry.whole("days", 0, 0, MOST_DAYS) if "days" in entry.values else None
        entry.known.append("days")
        entry.close()
        preset = regime(name)
        if name and preset is None:
            entry.tell("value", f"There is no regime '{name}' with a lead time.", suggestion(name, known), "regime")
        elif any(other.regime == name for other in found):
            entry.tell("value", f"'{name}' is confirmed twice.", "Keep the newer entry.", "regime")
        if preset is not None and preset.law_days is not None and days is not None and days < preset.law_days:
            entry.tell(
                "value",
                f"Nobody can confirm {days} days for {name}: the law's own minimum is {preset.law_days}"
                f" ({preset.source}).",
                f"Write {preset.law_days} or more, or leave days out for the {preset.house_days} that are proposed.",
                "days",
            )
        if day:
            found.append(Counsel(name, by, role, date.fromisoformat(day), days))
    return tuple(found)


def _audiences(table: Table, audiences: tuple[Audience, ...]) -> None:
    names = [audience.name for audience in audiences]
    for name in sorted({name for name in names if names.count(name) > 1}):
        table.tell("value", f"Two audiences are named '{name}'.", "Give each its own name.", "audience")
    if "everyone" in names:
        table.tell(
            "value", "'everyone' is the name of those whom no audience covers.", "Choose another name.", "audience"
        )


def _languages(table: Table, settings: PolicySettings) -> None:
    for key, tags in (("language", (settings.language,)), ("languages", settings.languages)):
        for tag in tags:
            if tag and not is_language(tag):
                table.tell("value", f"'{tag}' is no language tag.", _tag_hint(tag), key)
    if settings.language in settings.languages:
        table.tell(
            "value",
            f"'{settings.language}' is the authoritative language and no translation.",
            "Delete it from languages.",
            "languages",
        )


def _tag_hint(tag: str) -> str:
    parts = re.split(r"[-_]", tag)
    shaped = [parts[0].lower(), *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])]
    guess = "-".join(shaped)
    return f"Did you mean '{guess}'?" if is_language(guess) and guess != tag else "Write one like en or zh-CN."


def _zone(table: Table, zone: str) -> None:
    if "timezone" in table.values and not isinstance(table.values["timezone"], str):
        return
    if known_zone(zone):
        return
    from zoneinfo import available_timezones

    table.tell(
        "value",
        f"{zone!r} is no time zone.",
        suggestion(zone, available_timezones()) if len(zone) < 60 and _near(zone) else "Write one like Asia/Shanghai.",
        "timezone",
    )


def known_zone(zone: str) -> bool:
    """Whether the time zone database knows a zone; names that are paths, folders or no text at all are not known."""
    if not _ZONE.fullmatch(zone):
        return False
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _near(zone: str) -> bool:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    return bool(get_close_matches(zone, available_timezones(), 1))


def _promises(table: Table, settings: PolicySettings, packs: Sequence[str]) -> None:
    presets = [*(preset.name for preset in REGIMES), *packs]
    for name in settings.regimes:
        if name not in presets:
            table.tell("value", f"There is no regime '{name}'.", suggestion(name, presets), "regimes")
    for channel in settings.channels:
        if channel not in tuple(Channel):
            table.tell("value", f"There is no channel '{channel}'.", suggestion(channel, list(Channel)), "channels")
    if not settings.channels:
        table.tell("value", "There is no channel.", 'Write for example: ["banner", "email"]', "channels")
    if not settings.contact:
        if "contact" not in table.values or table.values["contact"] == "":
            table.tell(
                "missing",
                "contact is missing: no notice says how to reach you.",
                'Add a line: contact = "privacy@example.com"',
                "contact",
                Severity.WARNING,
            )
    elif not _ADDRESS.fullmatch(settings.contact) or "=?" in settings.contact or len(settings.contact) > 254:
        table.tell(
            "value", f"{settings.contact!r} is no mail address.", "Write one like privacy@example.com", "contact"
        )


def setting_line(text: str, *key: str | int) -> int:
    """The line of a policy.toml on which a key or a list of tables begins; 1 when it is not there.

    A key below a list of tables is the list's name, the place in it, the key: `"audience", 0, "where"`.
    """
    table, _ = read_table(text, "", "settings")
    return (table.lines.get(key) or 1) if table is not None else 1
