"""Published versions from values, for what pages tell readers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from publisher import diff, parse
from publisher.domain.assessment import FindingKind
from publisher.domain.change import Change, ChangeSet, Grade
from publisher.domain.life import Standing, State
from publisher.domain.notice import ToldChange
from publisher.domain.policy import Audience, FrontMatter, Manuscript, PolicySettings
from publisher.render.frame import Kit
from publisher.render.templates import environment, strings
from publisher.render.views import Comparison, Edition, Published, Series, Site

OLD = """# Terms

## 1. Data

1.1 We keep your data for 12 months.

1.2 We never sell your data.

## 2. Rights

2.1 You can have your data deleted.
"""

NEW = """# Terms

## 1. Data

1.1 We keep your data for 24 months.

1.2 We sell your data to brokers.

## 2. Rights

2.1 You can have your data deleted on paper.
"""

REASONS: Mapping[str, tuple[FindingKind, ...]] = {
    "1.1": (FindingKind.RETENTION_LONGER,),
    "1.2": (FindingKind.OBLIGATION_WEAKENED, FindingKind.NEW_RECIPIENT),
    "2.1": (FindingKind.RIGHT_WEAKENED,),
}

SUMMARY = "Deleting your data needs a paper (2.1). We keep your data longer (1.1). Brokers get your data (1.2)."


def edition(
    summary: str = SUMMARY,
    *,
    old: str = OLD,
    new: str = NEW,
    reasons: Mapping[str, tuple[FindingKind, ...]] = REASONS,
    notes: Mapping[str, str] | None = None,
    language: str = "en",
) -> Edition:
    """A text with its changes, those named in `reasons` being important."""
    before, after = parse.parse(old, language), parse.parse(new, language)
    after = diff.carry_ids(diff.align(before, after))
    changes = diff.compare(diff.align(before, after, identified=True))
    text = Manuscript("terms", "v2", language, f"{language}.md", new, FrontMatter(date(2027, 3, 1), summary), new, 1)
    told = tuple(_told(change, reasons, notes or {}) for change in changes.changes if change.id in reasons)
    return Edition(text, lambda: after, lambda: "Terms", lambda: text.digest, _compared(old, language, changes), told)


def version(
    *editions: Edition,
    state: State = State.ANNOUNCED,
    before: str | None = "v1",
    consents: Sequence[FindingKind] | None = None,
    audiences: tuple[Audience, ...] = (),
    grade: Grade = Grade.MATERIAL,
) -> Published:
    """A version that takes effect on 1 March 2027 in Shanghai; `consents` None: it asks for none."""
    standing = Standing(
        policy="terms",
        version="v2",
        state=state,
        announced=datetime(2027, 1, 10, 9, tzinfo=UTC),
        effective=date(2027, 3, 1),
        starts=datetime(2027, 2, 28, 16, tzinfo=UTC),
        grade=grade,
        floor=30,
        completed=None,
        notice="terms-v2-1",
        consent_needed=consents is not None,
        witnessed=True,
        texts=(),
        timezone="Asia/Shanghai",
    )
    settings = PolicySettings("terms", "Terms", "en", timezone="Asia/Shanghai")
    return Published(standing, settings, editions, before, (), audiences, frozenset(consents or ()))


def series(published: Published) -> Series:
    """A policy that has this version alone."""
    return Series(published.settings, (), (published,))


def kit() -> Kit:
    """What pages are laid out with."""
    return Kit(Site("Example", "https://example.com/legal/", ()), environment(), strings, {}, ())


def _compared(old: str, language: str, changes: ChangeSet) -> Comparison:
    before = parse.parse(old, language)
    return Comparison(lambda: before, lambda: changes, lambda: "key", lambda: len(changes.changes))


def _told(change: Change, reasons: Mapping[str, tuple[FindingKind, ...]], notes: Mapping[str, str]) -> ToldChange:
    place = change.new or change.old
    assert place is not None
    where = " › ".join((*place.path, place.number or ""))
    return ToldChange(change.id, where, reasons[change.id], change.edits, f"#{change.id}", notes.get(change.id, ""))
