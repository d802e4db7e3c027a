"""Redirects that cannot work as they are written, or would lead readers to somebody else's site."""

import re
from collections.abc import Mapping

from publisher.config.places import redirect_place
from publisher.errors import Fault

_PART = re.compile(
    r"[^\x00-\x20\x7f-\xa0\u2028\u2029\\?%\"'<>{}$;#/.][^\x00-\x20\x7f-\xa0\u2028\u2029\\?%\"'<>{}$;#/]*"
)
_LONGEST = 200
"""Bytes of one part of a path, so that it can be the name of a folder anywhere."""

_REMEDY = 'Write a path from the root of this site, without an address or a query: "/legal/privacy.html" = "/privacy/".'


def impossible_redirects(redirects: Mapping[str, str], text: str) -> list[Fault]:
    """What is wrong with redirects as they are written; whether a target exists is seen when the site is planned."""
    faults: list[Fault] = []
    for old, new in redirects.items():
        target, _, clause = new.partition("#")
        if not _is_path(old) or old == "/":
            message, remedy = f"'{old}' is no path that a page had before.", _REMEDY
        elif not _is_path(target) or re.search(r"[\s#\"'<>\\%]", clause):
            message, remedy = f"'{old}' cannot lead to '{new}', which is no path of this site.", _REMEDY
        elif target in redirects:
            message, remedy = f"'{old}' leads to '{new}', which is redirected itself.", "Name the page where it ends."
        else:
            continue
        faults.append(Fault("settings-value", message, remedy, redirect_place(text, old)))
    return faults


def _is_path(path: str) -> bool:
    parts = path.removeprefix("/").removesuffix("/").split("/")
    sound = all(_PART.fullmatch(part) and len(part.encode("utf-8")) <= _LONGEST for part in parts)
    return path == "/" or (path.startswith("/") and sound)
