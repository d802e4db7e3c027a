"""A workspace of real versions for the site's benchmark, and the same texts as its peers want them."""

import random
import re
import string
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.domain.frontmatter import divide, normal_line_ends
from publisher.domain.policy import is_policy_name

NOW = "2026-11-20T00:00:00Z"
_SETTINGS = 'title = "{title}"\nlanguage = "en"\ntimezone = "UTC"\nregimes = ["section-8"]\n'
_TEXT = "---\neffective: {date}\nsummary: What applies from {date}, in one plain paragraph for readers.\n---\n{body}"


@dataclass(frozen=True, slots=True)
class Text:
    """One version of one document: its policy, number, date and Markdown without front matter."""

    policy: str
    number: int
    date: str
    body: str

    @property
    def source(self) -> str:
        """The file of a workspace."""
        return _TEXT.format(date=self.date, body=self.body)


def histories(folder: Path, *, most: int | None = None) -> tuple[Text, ...]:
    """Every version below FOLDER, `<document>/<number>-<date>.md`, oldest first within its document."""
    found = list(_histories(folder))
    return tuple(found[:most])


def _histories(folder: Path) -> Iterator[Text]:
    for document in sorted(path for path in folder.iterdir() if path.is_dir()):
        name = document.name[:60].rstrip("-")
        if not is_policy_name(name):
            raise ValueError(f"{document.name} cannot be a policy's name")
        for number, path in enumerate(sorted(document.glob("*.md")), start=1):
            body = divide(normal_line_ends(path.read_text("utf-8"))).body
            yield Text(name, number, path.stem.partition("-")[2], body)


def sharing_nothing(texts: Sequence[Text]) -> tuple[Text, ...]:
    """The same texts, of which no two have a line with words in common.

    Each version writes the Latin letters of its text, links and all, by an order of its own, drawn by its policy and
    number: lengths, signs, capitals and so the Markdown stay as they are. Runs of other letters, which stay, end in
    three letters of the version's own, so that texts in other scripts grow a little, for everybody who reads them.
    """
    return tuple(replace(text, body=_in_own_letters(text)) for text in texts)


def _in_own_letters(text: Text) -> str:
    order = list(string.ascii_lowercase)
    drawn = random.Random(f"{text.policy} {text.number}")  # noqa: S311  nothing is kept secret by it
    drawn.shuffle(order)
    written = "".join(order)
    letters = str.maketrans(string.ascii_letters, written + written.upper())
    own = "".join(drawn.choices(order, k=3))
    return re.sub(r"[^\W\d_a-zA-Z]+", lambda run: run[0] + own, text.body.translate(letters))


def workspace(root: Path, texts: Sequence[Text]) -> None:
    """Writes a workspace whose versions are all in their ledgers, as adopted ones are."""
    root.mkdir(parents=True)
    (root / "publisher.toml").write_text(
        '[site]\nname = "Example"\nbase_url = "https://example.com"\n[email]\ntransport = "maildir:var/mail"\n'
        'from = "Example <policies@example.com>"\n',
        "utf-8",
    )
    newest: dict[str, int] = {}
    for text in texts:
        folder = root / "policies" / text.policy / f"v{text.number}"
        folder.mkdir(parents=True)
        (folder / "en.md").write_text(text.source, "utf-8")
        newest[text.policy] = text.number
    for policy, number in newest.items():
        settings = _SETTINGS.format(title=policy.replace("-", " ").capitalize())
        (root / "policies" / policy / "policy.toml").write_text(settings, "utf-8")
        publisher(root, "adopt", policy, "--through", f"v{number}", "--by", "the benchmark")


def publisher(root: Path, *arguments: str) -> str:
    """One command in a workspace; what it printed."""
    command = [str(Path(sys.executable).parent / "publisher"), "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
