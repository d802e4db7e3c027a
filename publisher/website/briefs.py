"""What the pages and files that all policies share want to know of each, in a form that outlasts a build."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar

from markupsafe import Markup

from publisher.domain.notice import NoticeKind
from publisher.render.crawlers import Listed, listed
from publisher.render.pages import Card, Kit, card
from publisher.render.views import Banner, Series

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Brief:
    """One policy: its languages, the authoritative one first, its card in each language of the site, its banners.

    `listed` are its pages in the sitemap.
    """

    policy: str
    languages: tuple[str, ...]
    cards: Mapping[str, Card]
    banners: tuple[Banner, ...]
    listed: tuple[Listed, ...]

    def record(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "policy": self.policy,
            "languages": list(self.languages),
            "cards": {language: _plain(asdict(found)) for language, found in self.cards.items()},
            "banners": [_plain(asdict(banner)) for banner in self.banners],
            "listed": [_plain(asdict(page)) for page in self.listed],
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Brief":
        """Reads `record` back.

        Raises:
            KeyError, TypeError: it is none.
        """
        return cls(
            record["policy"],
            tuple(record["languages"]),
            {language: _made(Card, found) for language, found in record["cards"].items()},
            tuple(_banner(found) for found in record["banners"]),
            tuple(_made(Listed, found) for found in record["listed"]),
        )


def brief_of(series: Series, languages: Sequence[str], banners: Sequence[Banner], kit: Kit) -> Brief:
    """What all policies' pages want to know of one; `banners` are all that its site shows."""
    own = tuple(banner for banner in banners if banner.policy == series.name)
    cards = {language: card(series, language, kit) for language in languages}
    return Brief(series.name, series.languages, cards, own, listed(series))


def languages_of(policies: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Every language of any policy, given each one's own; the first is that of pages whose address names none."""
    authoritative = dict.fromkeys(languages[0] for languages in policies)
    return tuple(authoritative | dict.fromkeys(name for languages in policies for name in languages)) or ("en",)


def _banner(record: Mapping[str, Any]) -> Banner:
    found = _made(Banner, record)
    return replace(found, kind=NoticeKind(found.kind))


def _plain(value: Any) -> Any:
    if isinstance(value, Markup):
        return {"html": str(value)}
    if isinstance(value, Mapping):
        return {"map": {key: _plain(entry) for key, entry in value.items()}}
    if isinstance(value, (tuple, list)):
        return [_plain(entry) for entry in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(entry) for entry in value)
    if isinstance(value, dict):
        if "html" in value:
            return Markup(value["html"])  # noqa: S704  written by this program, and proved by its digest
        return {key: _read(entry) for key, entry in value["map"].items()}
    return value


def _made(kind: type[Made], record: Mapping[str, Any]) -> Made:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # only dataclasses are given
    return kind(**{key: _read(value) for key, value in record["map"].items() if key in known})
