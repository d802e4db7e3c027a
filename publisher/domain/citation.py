"""Citations: the one place that reads and writes the addresses of texts, so that links, files and keys agree."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from publisher.domain.policy import is_language, is_policy_name, is_version

_WRITTEN = re.compile(r"([^@/]+)@([^@/]+)(?:/([A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]))??(?:/r([1-9][0-9]{0,5}))?")


@dataclass(frozen=True, slots=True)
class Citation:
    """The address of a policy, a version of it, a language, a revision, a clause: as far as each is given.

    Without `version` it is the text in force. Paths begin and end with a slash and are the same on disk and over HTTP.
    """

    policy: str
    version: str | None = None
    language: str | None = None
    revision: int | None = None
    clause: str | None = None

    @classmethod
    def parse(cls, written: str) -> "Citation | None":
        """Reads `privacy@v2`, `privacy@v2/zh-CN`, `privacy@v2/r1`, `privacy@v2/zh-CN/r1`; None for anything else."""
        match = _WRITTEN.fullmatch(written)
        if match is None or not is_policy_name(match[1]) or not is_version(match[2]):
            return None
        if match[3] is not None and not is_language(match[3]):
            return None
        return cls(match[1], match[2], match[3], int(match[4]) if match[4] else None)

    @property
    def path(self) -> str:
        """`/privacy/v2/en/`, with `#4.1` when a clause is cited."""
        parts = [self.policy]
        if self.version is not None:
            parts.append(self.version)
        if self.language is not None:
            parts.append(self.language)
        if self.revision is not None:
            parts.append(f"r{self.revision}")
        return at_clause(_join(*parts), self.clause) if self.clause else _join(*parts)

    def to(self, clause: str) -> "Citation":
        """The same text, at one clause."""
        return replace(self, clause=clause)


@lru_cache(maxsize=4096)
def at_clause(base: str, clause: str) -> str:
    """An address with the clause's id as its fragment."""
    return f"{base}#{quote(clause, safe='~().-_')}"


def redline_path(policy: str, old: str, new: str, language: str | None = None) -> str:
    """`/privacy/v1...v2/` and, for a language, `/privacy/v1...v2/en/`."""
    return _join(policy, f"{old}...{new}", *([language] if language else []))


def history_path(policy: str, language: str | None = None) -> str:
    """`/privacy/history/` and, for a language, `/privacy/history/en/`."""
    return _join(policy, "history", *([language] if language else []))


def notice_path(policy: str, notice: str, language: str | None = None) -> str:
    """`/privacy/notices/privacy-v2-1/` and, for a language, `/privacy/notices/privacy-v2-1/en/`."""
    return _join(policy, "notices", notice, *([language] if language else []))


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def _join(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="~.-_") for part in parts) + "/"
