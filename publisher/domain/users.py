"""Users: the people whom a policy binds, as an import or a query hands them over."""

from dataclasses import dataclass
from datetime import date

UNDETERMINED = "und"
"""The language of a user whose row gives none that can be read (BCP 47): they are written to in the policy's own."""


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
