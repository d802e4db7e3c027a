"""Users: the people whom a policy binds, as an import or a query hands them over."""

import re
from dataclasses import dataclass
from datetime import date

UNDETERMINED = "und"
"""The language of a user whose row gives none that can be read (BCP 47): they are written to in the policy's own."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class User:
    """One user.

    Attributes:
        id: what the organisation calls them; unique, never written into the record of notices.
        name: how to address them; may be empty.
        language: their language tag, as given.
        joined: the date from which they are bound.
        email: a validated address, ready for the envelope; None when there is none to write to.
        email_fault: why a given address was not taken over, in plain words; None when nothing was wrong.
        aside: the malformed address as it was given, kept for people to mend; None when nothing was wrong.
        attributes: any further columns, by name.
    """

    id: str
    name: str
    language: str
    joined: date
    email: str | None = None
    email_fault: str | None = None
    aside: str | None = None
    attributes: tuple[tuple[str, str | None], ...] = ()


def language_tag(given: str | None) -> str:
    """A tag in its usual spelling: `zh_cn` is zh-CN, `ZH-hans` is zh-Hans; undetermined when it is none."""
    if given is None or not _LANGUAGE.fullmatch(given):
        return UNDETERMINED
    first, *rest = given.replace("_", "-").split("-")
    spelled = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]
    return "-".join([first.lower(), *spelled])
