"""Front matter, read strictly: every value is text until its key says what it is."""

import re
from datetime import date

from publisher.domain.characters import faults_of
from publisher.domain.frontmatter import Divided, divide
from publisher.domain.policy import FrontMatter
from publisher.errors import Fault, Place, Severity
from publisher.library.keys import Keys, Value, read_keys
from publisher.library.tables import suggestion

LARGEST = 64_000
"""Characters that front matter may have."""

LATEST_DAYS = 3650
"""How many days after the release a text may take effect."""

_KEYS = ("effective", "summary", "campaign")
_REQUIRED = ("effective", "summary")
_FIRST_LINE = 2
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2999
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS = re.compile(r"\+ ?([0-9]{1,5}) days?")
_CAMPAIGN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MARKUP = re.compile(r"\*\*|__|\]\(|<[a-zA-Z/]|^#{1,6} |`")
_OPENING, _CLOSING = "“”„‟«»‘’", "“”‟»«’‘"
_AGAIN = re.compile(r"\s*---[ \t]*\n(?:[ \t]*\n)*(effective|summary|campaign)[ \t]*:")


def read_front(source: str) -> tuple[FrontMatter | None, Divided, tuple[Fault, ...]]:
    """A text's front matter, where its words begin, and every fault with its line in the file, without a file name.

    The front matter is None whenever there is an error in it: metadata never becomes words, nor a guess a date.
    """
    divided = divide(source)
    if divided.front is None:
        return None, divided, (_UNCLOSED if divided.unclosed else _MISSING,)
    if len(divided.front) > LARGEST:
        return None, divided, (_LARGE,)
    # YAML takes some controls for line ends and refuses others without a place: they are told as characters.
    controls = [
        fault for fault in faults_of(divided.front, first_line=_FIRST_LINE) if fault.code == "character-control"
    ]
    faults = [*_tabs(divided.front), *controls]
    front = None
    if not faults:
        keys = read_keys(divided.front, _FIRST_LINE)
        front = _typed(keys)
        faults = keys.faults
    again = _AGAIN.match(divided.body)
    if again:
        line = divided.body_line + divided.body[: again.start(1)].count("\n")
        faults.append(
            Fault(
                "front-matter-twice",
                "A second front matter stands below the first.",
                "Keep one of them: what stands here would be shown to readers.",
                Place(None, line, 1),
            )
        )
    failed = any(fault.severity is Severity.ERROR for fault in faults)
    return (None if failed else front), divided, tuple(faults)


_MISSING = Fault(
    "front-matter-missing",
    "The text has no front matter: nothing says when it takes effect.",
    "Begin the file with four lines: --- / effective: YYYY-MM-DD / summary: One plain paragraph. / ---",
    Place(None, 1, 1),
)
_UNCLOSED = Fault(
    "front-matter-unclosed",
    "The front matter that begins here never ends.",
    "Write --- on a line of its own below its last key.",
    Place(None, 1, 1),
)
_LARGE = Fault(
    "front-matter-large",
    "The front matter is too long.",
    "It needs two or three lines; is its closing --- in the right place?",
    Place(None, 1, 1),
)


def _tabs(front: str) -> list[Fault]:
    return [
        Fault(
            "front-matter-tab",
            "A tab stands in the front matter.",
            "Write spaces instead.",
            Place(None, number, line.index("\t") + 1),
        )
        for number, line in enumerate(front.split("\n"), start=_FIRST_LINE)
        if "\t" in line
    ]


def _typed(keys: Keys) -> FrontMatter | None:
    """The values by what their keys mean; what is wrong with them joins the faults of the keys."""
    broken = any(fault.code in ("front-matter-syntax", "front-matter-shape") for fault in keys.faults)
    for key, line in keys.lines.items():
        if key not in _KEYS:
            keys.faults.append(
                Fault("front-matter-unknown", f"Unknown key: {key!r}.", suggestion(key, _KEYS), Place(None, line, 1))
            )
    for key in _REQUIRED:
        if key not in keys.lines and not broken:
            remedy = f"Add a line: {key}: ..."
            keys.faults.append(Fault("front-matter-key-missing", f"'{key}' is missing.", remedy, Place(None, 1, 1)))
    for key in _KEYS:
        value = keys.values.get(key)
        hidden = [fault for fault in faults_of(value.text) if fault.severity is Severity.ERROR] if value else []
        if value and hidden:
            _tell(keys, value, hidden[0].code, hidden[0].message, hidden[0].remedy)
    effective = _effective(keys)
    summary = _summary(keys)
    campaign = _campaign(keys)
    if effective is None or summary is None:
        return None
    return FrontMatter(effective, summary, campaign, tuple(keys.lines.items()))


def _tell(keys: Keys, value: Value, code: str, message: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
    keys.faults.append(Fault(code, message, remedy, Place(None, value.line, value.column), severity))


def _effective(keys: Keys) -> date | int | None:
    value = keys.values.get("effective")
    if value is None:
        return None
    if _DATE.fullmatch(value.text):
        try:
            found = date.fromisoformat(value.text)
        except ValueError:
            _tell(keys, value, "effective-wrong", f"There is no day {value.text}.", "Write a day of the calendar.")
            return None
        if _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
            return found
        _tell(keys, value, "effective-wrong", f"The year {found.year:04} cannot be meant.", "Correct the year.")
        return None
    days = _DAYS.fullmatch(value.text)
    if days and 1 <= int(days[1]) <= LATEST_DAYS:
        return int(days[1])
    _tell(
        keys,
        value,
        "effective-wrong",
        f"'{value.text}' is no effective date.",
        f'Write YYYY-MM-DD, or "+45 days" (1 to {LATEST_DAYS}) to count from the release.',
    )
    return None


def _summary(keys: Keys) -> str | None:
    value = keys.values.get("summary")
    if value is None:
        return None
    text = re.sub(r"[ \t]+\n", "\n", value.text.strip())
    if not text:
        _tell(keys, value, "summary-empty", "The summary is empty.", "Tell readers in one paragraph what is new.")
        return None
    # Between folded lines a blank one leaves a single line feed; a literal block keeps every line's own.
    if ("\n\n" if value.style == "|" else "\n") in text:
        _tell(keys, value, "summary-paragraphs", "The summary has several paragraphs.", "Write one.")
        return None
    if _MARKUP.search(text):
        _tell(
            keys,
            value,
            "summary-markup",
            "The summary is plain text: readers will see this markup as it stands.",
            "Write it without Markdown or HTML.",
            Severity.WARNING,
        )
    if text[0] in _OPENING and text[-1] in _CLOSING and not value.style:
        _tell(
            keys,
            value,
            "summary-quotes",
            f"The quotes around the summary are a word processor's ({text[0]} {text[-1]}): readers would see them.",
            'Write straight ones ("), or none.',
            Severity.WARNING,
        )
    return re.sub(r"[ \n]+", " ", text)


def _campaign(keys: Keys) -> str | None:
    value = keys.values.get("campaign")
    if value is None:
        return None
    if len(value.text) <= 64 and _CAMPAIGN.fullmatch(value.text):
        return value.text
    _tell(
        keys, value, "campaign-wrong", f"'{value.text}' is no campaign's name.", "Write lower-case words with hyphens."
    )
    return None
