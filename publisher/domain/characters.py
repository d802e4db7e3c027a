"""Characters that a legal text must not hold: those that readers cannot see, or take for others."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from publisher.errors import Fault, Place, Severity

MOST_FAULTS = 50
"""How many faults of one text are told one by one; the rest are counted."""

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTIONS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_VARIATIONS = "\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d\u180f"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"

_SUSPECT = re.compile(
    f"[{_CONTROLS}{_DIRECTIONS}{_VARIATIONS}{_INVISIBLE}{_PRIVATE}{_NONCHARACTERS}\ufffd\ud800-\udfff]"
)
_ORDINARY = bytes([*b"\n\t", *range(0x20, 0x7F)])
"""What most texts consist of, and nothing is wrong with."""

_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_PRIVATE_USE = re.compile(f"[{_PRIVATE}]")
_NONCHARACTER = re.compile(f"[{_NONCHARACTERS}\ud800-\udfff]")
_CONTROL = re.compile(f"[{_CONTROLS}]")

_MARKS_OF_DIRECTION = frozenset("\u200e\u200f\u061c")
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he iw ks ku ps sd ug ur yi".split())
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdcf\ufe70-\ufefc]"
)
"""Arabic, the scripts of India and their kin: there a joiner or non-joiner is spelling."""

_EMOJI_BASE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff0-9#*]"
)
_PICTURE = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f]")

_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_GREEK = re.compile("[\u0370-\u03bb\u03bd-\u03c9\u03ca-\u03ff\u1f00-\u1fff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LOOKS_LATIN = re.compile(
    "[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd"
    "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0422\u0425"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04cf\u051b\u051d]+"
)
_OWN_SCRIPT = frozenset("be bg el grc kk ky mk mn ru sr tg uk uz".split())


@dataclass(frozen=True, slots=True)
class _Suspicion:
    code: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR


def faults_of(text: str, language: str = "und", *, first_line: int = 1) -> tuple[Fault, ...]:
    """What is wrong with a text's characters, in reading order, without a file name.

    Args:
        text: a text with LF line ends and without a byte order mark.
        language: its language tag: some marks are spelling in some languages.
        first_line: the number of the text's first line in its file.
    """
    # Most texts hold few other signs than ordinary ones, and taking those out costs less than looking at each.
    others = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY).decode("utf-8", "surrogatepass")
    if not (_SUSPECT.search(others) or _FOREIGN.search(others)):
        return ()
    found: list[Fault] = []
    told: dict[tuple[int, str], int] = {}
    place = _Places(text, first_line)
    for index, suspicion in _suspicions(text, language):
        line, column = place.of(index)
        key = (line, suspicion.message)
        if key in told:
            continue
        told[key] = len(found)
        found.append(
            Fault(suspicion.code, suspicion.message, suspicion.remedy, Place(None, line, column), suspicion.severity)
        )
    found.sort(key=lambda fault: (fault.place.line or 0, fault.place.column or 0))
    if len(found) > MOST_FAULTS:
        rest = found[MOST_FAULTS:]
        severity = Severity.ERROR if any(fault.severity is Severity.ERROR for fault in rest) else Severity.WARNING
        further = Fault(
            "characters-further",
            f"From here on {len(rest)} more characters cannot be seen or are taken for others.",
            "Write the text anew in a plain editor, or import it again.",
            rest[0].place,
            severity,
        )
        return (*found[:MOST_FAULTS], further)
    return tuple(found)


def named(character: str) -> str:
    """A character as staff can look it up: `U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


class _Places:
    """Line and column of an index, for indices asked in any order."""

    def __init__(self, text: str, first_line: int) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._first_line = first_line

    def of(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._starts, index)
        return line + self._first_line - 1, index - self._starts[line - 1] + 1


def _suspicions(text: str, language: str) -> Iterator[tuple[int, _Suspicion]]:
    primary = language.lower().partition("-")[0]
    for match in _SUSPECT.finditer(text):
        suspicion = _unseen(text, match.start(), primary)
        if suspicion is not None:
            yield match.start(), suspicion
    if _FOREIGN.search(text):
        yield from _lookalikes(text, primary)


def _unseen(text: str, index: int, primary: str) -> _Suspicion | None:
    character = text[index]
    name = named(character)
    if _is_spelling(text, index, primary):
        return None
    if character == "\ufffd":
        return _Suspicion(
            "character-lost",
            f"A character was lost here ({name}): the text was once read in the wrong encoding.",
            "Write the character that belongs here.",
        )
    if _DIRECTION.match(character):
        return _Suspicion(
            "character-direction", f"{name} changes the order in which readers see the words.", "Delete it."
        )
    if _PRIVATE_USE.match(character):
        return _Suspicion(
            "character-private",
            f"{name} has no meaning that readers' devices agree on.",
            "Write it with ordinary characters.",
            Severity.WARNING,
        )
    if _NONCHARACTER.match(character):
        return _Suspicion("character-none", f"{name} is no character.", "Delete it.")
    if _CONTROL.match(character):
        return _Suspicion(
            "character-control",
            f"{name} is a control character, or a line break of another kind.",
            "Delete it, or write an ordinary line break.",
        )
    return _Suspicion("character-invisible", f"{name} cannot be seen by readers.", "Delete it.")


def _is_spelling(text: str, index: int, primary: str) -> bool:
    """Whether a suspect character belongs where it stands: in an emoji, or in a script that needs it."""
    character = text[index]
    if character in _MARKS_OF_DIRECTION:
        return primary in _RIGHT_TO_LEFT
    if character in "\ufe0e\ufe0f":
        return index > 0 and _EMOJI_BASE.match(text[index - 1]) is not None
    return character in "\u200c\u200d" and _spelled(text, index)


def _spelled(text: str, index: int) -> bool:
    """Whether a joiner or non-joiner at `index` is spelling: inside an emoji, or after a letter that joins."""
    before = text[index - 1 : index]
    after = text[index + 1 : index + 2]
    if _JOINED_SCRIPTS.match(before) and _JOINED_SCRIPTS.match(after):
        return True
    return text[index] == "\u200d" and bool(_PICTURE.match(before) and _PICTURE.match(after))


def _lookalikes(text: str, primary: str) -> Iterator[tuple[int, _Suspicion]]:
    for match in _WORD.finditer(text):
        word = match[0]
        if not _FOREIGN.search(word):
            continue
        scripts = [
            name
            for name, pattern in (("Latin", _LATIN), ("Greek", _GREEK), ("Cyrillic", _CYRILLIC))
            if pattern.search(word)
        ]
        disguised = primary not in _OWN_SCRIPT and _LOOKS_LATIN.fullmatch(word) is not None
        if len(scripts) < 2 and not disguised:
            continue
        odd = next(index for index, letter in enumerate(word) if _FOREIGN.match(letter))
        message = (
            f"The word '{word}' mixes {' and '.join(scripts)} letters: {named(word[odd])} looks like another letter."
            if len(scripts) > 1
            else f"The word '{word}' looks Latin and is written in {scripts[0]} letters."
        )
        suspicion = _Suspicion(
            "character-lookalike", message, "Type the word again with the letters of its language.", Severity.WARNING
        )
        if _in_address(text, match.start(), match.end()):
            suspicion = replace(suspicion, severity=Severity.ERROR)
        yield match.start() + odd, suspicion


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether the word stands in a link or a mail address, where a wrong letter leads readers elsewhere."""
    left = max((text.rfind(mark, max(0, start - 300), start) for mark in " \n\t<("), default=-1)
    rights = [found for mark in " \n\t>)" if (found := text.find(mark, end, end + 300)) != -1]
    chunk = text[left + 1 : min(rights, default=end + 300)]
    return "://" in chunk or "@" in chunk or chunk.lower().startswith("www.")
