"""What a text must not carry to its readers: HTML, links and images that lead elsewhere than they say, unseen words."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from publisher.errors import Fault, Place, Severity

Check = Callable[[str, int], Fault | None]
"""Judges one address on one line."""

_TAG = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>|/[A-Za-z][^<>]*>|!--|!\[CDATA\[|![A-Za-z]|\?)", re.DOTALL
)
_BEGUN_TAG = re.compile(
    r"<(?:script|style|iframe|img|svg|object|embed|form|input|link|meta|base|div|span|a|p|table|details)(?=[\s/]|$)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN = 60


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def raw_html(content: str, line: int) -> Fault | None:
    """A fault when words hold an HTML tag or comment."""
    found = _TAG.search(content) or _BEGUN_TAG.search(content)
    if found is None:
        return None
    return Fault(
        "raw-html",
        f"There is HTML in the text: {_cut(content[found.start() :])}",
        "Write it in Markdown, or put it between backquotes if readers should see it. HTML is never interpreted.",
        Place(line=line + content.count("\n", 0, found.start())),
    )


def link(target: str, line: int) -> Fault | None:
    """A fault when a link leads anywhere but to https, mailto, a place in this text or a page of this site."""
    problem = _problem(target)
    if problem is not None:
        return Fault(
            "link-unsafe",
            f"The link to {_cut(target) or 'nothing'} {problem}.",
            "Link to an https address, a mailto address, a #place in this text, or a page of this site.",
            Place(line=line),
        )
    if _scheme(target) == "http":
        return Fault(
            "link-insecure",
            f"The link to {_cut(target)} is not encrypted.",
            "Use the https address if there is one.",
            Place(line=line),
            Severity.WARNING,
        )
    return None


def image(target: str, line: int) -> Fault | None:
    """A fault when an image is not one of the site's own files."""
    if target and not _scheme(target) and _problem(target) is None and not target.startswith("#"):
        return None
    return Fault(
        "image-remote",
        f"The image {_cut(target) or 'without an address'} is not a file of this site.",
        "Put it among the site's own files and name it by its path: other servers would learn who reads this text.",
        Place(line=line),
    )


def wordless(target: str, line: int) -> Fault:
    """The fault of a link that has no words to click."""
    return unseen(f"a link to {_cut(target)} without words", line)


def long_row(cells: int, columns: int, line: int) -> Fault:
    """The fault of a table row with cells beyond its heading's columns, which most readers of Markdown drop."""
    return Fault(
        "row-long",
        f"This row has {cells} cells, and its table's heading has {columns}.",
        "Give every row as many cells as the heading.",
        Place(line=line),
        Severity.WARNING,
    )


def overloaded(line: int) -> Fault:
    """The fault of a paragraph with so many brackets that links in it are not looked for."""
    return Fault(
        "markup-overloaded",
        "This paragraph holds thousands of brackets; its markup was not read.",
        "Divide it, or take the brackets out.",
        Place(line=line),
    )


def unseen(what: str, line: int) -> Fault:
    """The fault of source text that readers would not see."""
    return Fault(
        "text-unseen",
        f"Readers cannot see this: {what}.",
        "Write it as ordinary text, or delete it.",
        Place(line=line),
    )


def _scheme(target: str) -> str:
    head = re.split(r"[/?#]", target.strip(), maxsplit=1)[0]
    return head.partition(":")[0].lower() if ":" in head else ""


def _problem(target: str) -> str | None:
    """What is wrong with a link's address, as the end of a sentence; None when nothing is."""
    plain = unquote(target).replace("\\", "/").strip()
    scheme = _scheme(target) or _scheme("".join(plain.split()))
    if not target:
        return "leads nowhere"
    if plain.startswith("//"):
        return "leads to another site without saying so"
    if _CONTROL.search(unquote(target)):
        return "holds control characters"
    if scheme in ("http", "https"):
        host = re.match(r"https?://([^/?#]+)", target, re.IGNORECASE)
        if host is None:
            return "names no host"
        return "hides its host behind a user name" if "@" in host[1] else None
    return f"uses {scheme}:, which is not allowed" if scheme not in ("", "mailto") else None
