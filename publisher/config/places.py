"""Where a setting stands in publisher.toml, for whoever has to correct it."""

import re
from pathlib import Path

from publisher.errors import Place

FILE_NAME = "publisher.toml"


def setting_place(root: Path, section: str, key: str) -> Place:
    """Where a key stands in a workspace's publisher.toml, as far as it can be read."""
    try:
        text = (root / FILE_NAME).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return Place(FILE_NAME)
    return line_of(text, section, key)


def line_of(text: str, section: str, key: str | None) -> Place:
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


def redirect_place(text: str, old: str) -> Place:
    """Where the redirect of an old path stands: in a table of its own, or in one line of [site]."""
    place = line_of(text, "site.redirects", old)
    return place if place.line is not None else line_of(text, "site", "redirects")
