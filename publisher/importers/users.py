"""Users from CSV or JSON Lines, one at a time, however long the file is."""

import hashlib
import re
from array import array
from collections.abc import Iterator
from datetime import date
from pathlib import PurePath
from typing import BinaryIO

from publisher.domain.users import UNDETERMINED, User, language_tag
from publisher.errors import Fault, Place, Severity
from publisher.importers.lines import UnusableFileError, text_lines
from publisher.importers.rows import KNOWN, REQUIRED, Row, csv_rows, json_rows

MOST_ERRORS = 100
"""Errors told of one file; then reading stops, for the file as a whole is not what it should be."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_ID = 255


def read_users(stream: BinaryIO, name: str) -> Iterator[User | Fault]:
    """The users of an opened file, with the faults among them in the order of its lines.

    CSV has a header row; JSON Lines one object a line; which of them it is, the file's name says, else its first byte.
    Errors mean that the file must be mended before any of it is taken over. A malformed address is a warning: that user
    comes without an address, with the reason and the address as it was given.

    Args:
        stream: the file's bytes, read forward only.
        name: the file as staff know it.
    """
    told: list[Fault] = []
    lines = text_lines(stream, name, told.append)
    rows = (json_rows if _is_json(stream, name) else csv_rows)(lines, name, told.append)
    seen = _Seen()
    errors = 0
    while True:
        try:
            row = next(rows, None)
        except UnusableFileError as unusable:
            row = None
            told.append(unusable.fault)
        found: list[User | Fault] = [*told]
        told.clear()
        if row is not None:
            found.extend(_users_of(row, name, seen))
        for entry in found:
            yield entry
            errors += isinstance(entry, Fault) and entry.severity is Severity.ERROR
            if errors >= MOST_ERRORS:
                yield Fault(
                    "users-too-many-faults",
                    f"{MOST_ERRORS} errors were found; the rest of the file was not read.",
                    "Mend these first.",
                    Place(name),
                )
                return
        if row is None:
            return


def _is_json(stream: BinaryIO, name: str) -> bool:
    suffix = PurePath(name).suffix.lower()
    if suffix in (".jsonl", ".ndjson", ".json"):
        return True
    if suffix in (".csv", ".tsv", ".txt"):
        return False
    if not stream.seekable():
        return False
    here = stream.tell()
    start = stream.read(64)
    stream.seek(here)
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def _users_of(row: Row, name: str, seen: "_Seen") -> Iterator[User | Fault]:
    """The user of a row with any warning before it, or every error that keeps the row from being one."""
    place = Place(name, row.line)
    values = dict(row.values)
    faults = [*_unreadable(row, place)]
    user_id = values.get("id")
    if not user_id:
        faults.append(Fault("users-id", "The row has no id.", "Give every user an id that never changes.", place))
    elif len(user_id) > _LONGEST_ID:
        faults.append(Fault("users-id", "The id is too long.", f"An id has at most {_LONGEST_ID} characters.", place))
    elif not seen.add(user_id):
        faults.append(
            Fault("users-id-twice", f"The id '{user_id}' stood in an earlier row.", "Keep one row a user.", place)
        )
    missing = [column for column in REQUIRED[1:] if column not in values]
    faults.extend(
        Fault("users-column-missing", f"The row has no '{column}'.", "Give every user one.", place)
        for column in missing
    )
    joined = _date(values.get("joined"))
    if joined is None and "joined" not in missing:
        faults.append(
            Fault(
                "users-joined",
                f"'{(values.get('joined') or '')[:40]}' is no date on which a user joined.",
                "Write it as 2026-03-01.",
                place,
            )
        )
    if faults or joined is None or user_id is None:
        yield from faults
        return
    language = language_tag(values.get("language"))
    if language == UNDETERMINED:
        yield Fault(
            "users-language",
            f"User '{user_id}' has no language that can be read; they are written to in the policy's own.",
            "Write a tag such as en or zh-CN.",
            place,
            Severity.WARNING,
        )
    given = values.get("email")
    email, why = address_of(given) if given else (None, None)
    if why is not None:
        yield Fault(
            "users-address",
            f"The address of user '{user_id}' cannot be written to: {why}",
            "Correct it and import the file again; until then this user is reached by the banner alone.",
            place,
            Severity.WARNING,
        )
    yield User(
        id=user_id,
        name=values.get("name") or "",
        language=language,
        joined=joined,
        email=email,
        email_fault=why,
        aside=_UNSTORABLE.sub("\ufffd", given) if given and why is not None else None,
        attributes=tuple((column, value) for column, value in row.values if column not in KNOWN),
    )


def address_of(given: str) -> tuple[str | None, str | None]:
    """An address ready for the envelope, or why there is none.

    The domain is lowered and in ASCII form; the part before the @ stays as written, for only its owner may read it
    otherwise. The reason never repeats the address.
    """
    import email_validator

    if _CONTROL.search(given):
        return None, "it holds a control character."
    if "=?" in given:
        return None, "it holds '=?', which mail programs decode."
    if given.startswith("-"):
        return None, "it begins with '-', which mail servers take for an option."
    try:
        found = email_validator.validate_email(given, check_deliverability=False, allow_smtputf8=True, strict=True)
    except email_validator.EmailNotValidError as fault:
        return None, _lowered(str(fault))
    return f"{found.local_part}@{found.ascii_domain}", None


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _unreadable(row: Row, place: Place) -> Iterator[Fault]:
    for column, value in row.values:
        wrong = _UNSTORABLE if column not in KNOWN or column == "email" else _CONTROL
        if value is not None and column != "email" and wrong.search(value):
            yield Fault(
                "users-characters",
                f"The value of '{column}' holds a control character or half a character.",
                "Remove it.",
                place,
            )


def _date(value: str | None) -> date | None:
    if value is None or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class _Seen:
    """Which ids were met, in 16 to 32 bytes for each: an open table of 64-bit digests instead of a set of texts.

    Two of ten million ids share a digest once in some hundred thousand files.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, text: str) -> bool:
        """Notes an id; False when it was met before."""
        digest = int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") or 1
        if not self._place(digest):
            return False
        self._count += 1
        if self._count * 2 > len(self._slots):
            old = self._slots
            self._slots = array("Q", bytes(16 * len(old)))
            for kept in old:
                if kept:
                    self._place(kept)
        return True

    def _place(self, digest: int) -> bool:
        slots = self._slots
        mask = len(slots) - 1
        index = digest & mask
        while slots[index]:
            if slots[index] == digest:
                return False
            index = (index + 1) & mask
        slots[index] = digest
        return True
