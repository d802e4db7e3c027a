"""Policies, versions and revisions: what an organisation has written, before anything is parsed."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from publisher.domain.digest import digest_of
from publisher.domain.pack import Pack
from publisher.domain.regime import Counsel, LeadTime, floor_days, lead_times, stricter

_VERSION = re.compile(r"v([1-9][0-9]*)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_LANGUAGE_IN_A_REGION = re.compile(r"[a-z]{2,3}-[a-z]{2}")
"""`zh-cn` is one folder with `zh-CN` where names know no case."""

RESERVED_NAMES = frozenset(
    """
    api static banners banner healthz metrics timemap timegate history notices feed versions calendar
    sitemap robots index con nul aux prn
    """.split()
)
"""Policy names that would clash with addresses of the website, or that some file systems refuse."""


def is_version(name: str) -> bool:
    """Whether `name` is `v1`, `v2`, ... without leading zeros."""
    return _VERSION.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def version_number(version: str) -> int:
    """The number by which versions are ordered: `v12` is 12.

    Raises:
        ValueError: `version` is no version name.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is no version name")
    return int(match[1])


def is_language(tag: str) -> bool:
    """Whether `tag` is a language tag of the shape language-Script-REGION (BCP 47), such as `en` or `zh-CN`."""
    return _LANGUAGE.fullmatch(tag) is not None


def is_policy_name(name: str) -> bool:
    """Whether `name` may be a policy's folder and address: short, lower-case, and no clash with the website's paths."""
    return (
        len(name) <= 64
        and _NAME.fullmatch(name) is not None
        and name not in RESERVED_NAMES
        and not is_language(name)
        and _LANGUAGE_IN_A_REGION.fullmatch(name) is None
        and not is_version(name)
    )


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is affected by changes to some clauses (ids, with all below them): the users for whom `where` holds."""

    name: str
    clauses: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """A policy.toml. `notice_days` and `delivery_days` are whole days, `notice_share` a fraction from 0 to 1."""

    name: str
    title: str
    language: str
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    regimes: tuple[str, ...] = ("section-8",)
    notice_days: int = 30
    delivery_days: int = 3
    notice_share: float = 1.0
    applies_to: str | None = None
    channels: tuple[str, ...] = ("banner", "email")
    contact: str = ""
    sign_off: int = 1
    terms: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    counsel: tuple[Counsel, ...] = ()

    @property
    def all_languages(self) -> tuple[str, ...]:
        """The authoritative language first, then the translations that a version must have."""
        return (self.language, *self.languages)

    @property
    def lead_times(self) -> tuple[LeadTime, ...]:
        """What each regime asks for under these settings."""
        return lead_times(self.regimes, self.counsel)

    @property
    def floor(self) -> int:
        """The least days between completed notice and effect of a material version."""
        return floor_days(self.regimes, self.notice_days, self.counsel)

    def no_laxer_than(self, promised: "PolicySettings") -> "PolicySettings":
        """These settings, with every promise to readers that `promised` made and these make smaller put back.

        Floors, shares and time for delivery take the longer value, regimes both lists; the rest is as it is here.
        """
        regimes = tuple(dict.fromkeys((*promised.regimes, *self.regimes)))
        shared = tuple(name for name in regimes if name in promised.regimes and name in self.regimes)
        return replace(
            self,
            regimes=regimes,
            counsel=(
                *stricter(shared, self.counsel, promised.counsel),
                *(entry for entry in promised.counsel if entry.regime in set(promised.regimes) - set(shared)),
                *(entry for entry in self.counsel if entry.regime in set(self.regimes) - set(shared)),
            ),
            notice_days=max(promised.notice_days, self.notice_days),
            notice_share=max(promised.notice_share, self.notice_share),
            delivery_days=max(promised.delivery_days, self.delivery_days),
        )


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands between the `---` lines at the top of a text.

    `effective` is a date in the policy's time zone, or a number of days from the release. `lines` gives the source line
    of each key, counted from 1.
    """

    effective: date | int
    summary: str
    campaign: str | None = None
    lines: tuple[tuple[str, int], ...] = field(default=(), compare=False)

    def line_of(self, key: str) -> int:
        """The source line of a key; 1 when it is not there."""
        return dict(self.lines).get(key, 1)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One revision: an immutable text of a version in one language.

    Attributes:
        policy, version, language: which text it is.
        revision: 1 for the first released text of this version and language, then 2, ...
        path: the file as staff know it, relative to the workspace.
        source: the whole file, LF, without byte order mark.
        front: its front matter, read strictly.
        body: the Markdown below the front matter.
        body_line: the line of the file on which `body` begins, counted from 1.
        digest: the revision's identity: the digest of the whole file, front matter included.
    """

    policy: str
    version: str
    language: str
    path: str
    source: str
    front: FrontMatter
    body: str
    body_line: int
    revision: int = 1
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest_of(self.source))


@dataclass(frozen=True, slots=True)
class Spoilt:
    """The words of a text whose front matter cannot be used: for telling what is wrong with them, and no more."""

    language: str
    path: str
    body: str
    body_line: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it lies in its folder: its texts by language, and the folder's name relative to the workspace.

    `revisions` holds the former texts of a released version, oldest first.
    """

    policy: str
    name: str
    folder: str
    texts: tuple[Manuscript, ...]
    revisions: tuple[Manuscript, ...] = ()
    spoilt: tuple[Spoilt, ...] = ()

    def text(self, language: str) -> Manuscript | None:
        """The text in one language, or None."""
        return next((text for text in self.texts if text.language == language), None)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy's folder: its settings and its versions in ascending order; `packs` are the organisation's own."""

    settings: PolicySettings
    folder: str
    versions: tuple[Version, ...]
    packs: tuple[Pack, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name, which is also its address on the website."""
        return self.settings.name

    def version(self, name: str) -> Version | None:
        """The version of that name, or None."""
        return next((version for version in self.versions if version.name == name), None)
