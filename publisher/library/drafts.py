"""A version's folder made from the texts of the one before: their words stay, date and campaign are its own."""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from publisher.domain.frontmatter import divide

_EFFECTIVE = re.compile(r"^([\"']?effective[\"']?[ \t]*:).*$", re.MULTILINE)
_CAMPAIGN = re.compile(r"^[\"']?campaign[\"']?[ \t]*:.*\n", re.MULTILINE)


def redated(source: str, effective: date | int) -> str:
    """The text with a date, or so many days after its release, and in no campaign; all else stays as it was written."""
    front = divide(source).front
    if front is None:
        return source
    written = effective.isoformat() if isinstance(effective, date) else f'"+{effective} days"'
    fresh = _CAMPAIGN.sub("", _EFFECTIVE.sub(rf"\1 {written}", front, count=1), count=1)
    return source.replace(front, fresh, 1)


def write_draft(folder: Path, version: str, texts: Mapping[str, str]) -> None:
    """Makes a version's folder with a text for each language: all of it is there, or nothing.

    Raises:
        OSError: it could not be written, or is there already.
    """
    scratch = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=folder))
    try:
        for language, text in texts.items():
            (scratch / f"{language}.md").write_text(text, "utf-8", newline="\n")
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o777 & ~mask)
        scratch.rename(folder / version)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
