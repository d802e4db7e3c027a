"""What pages are made of: released versions with their texts, and each page as a value to be laid out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from publisher.domain.assessment import FindingKind
from publisher.domain.change import ChangeSet
from publisher.domain.clause import ClauseTree
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import Standing
from publisher.domain.notice import NoticeId, NoticeKind, ToldChange
from publisher.domain.policy import Audience, Manuscript, PolicySettings
from publisher.domain.statement import Statement
from publisher.domain.timeline import in_force, upcoming


@dataclass(frozen=True, slots=True)
class Comparison:
    """An older text in the same language, and what differs, read when it is needed.

    `key` is the digest of both texts with the ids of their clauses, `count` how many changes there are. `told` are the
    material changes where they are not those of the edition alone, but of all versions since the older text.
    """

    old: Callable[[], ClauseTree]
    changes: Callable[[], ChangeSet]
    key: Callable[[], str]
    count: Callable[[], int]
    told: Callable[[], tuple[ToldChange, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A version's text in one language.

    Trees and changes are read when a page needs them, and not kept here: a long history is never in memory as a whole.

    Attributes:
        text: the file as released.
        read: its clauses under the ids that the ledger keeps.
        named: what the text calls itself; empty when it does not.
        identity: the digest of the text with the ids of its clauses.
        comparison: what it is compared with; None for a text that has nothing before it.
        told: the material changes as readers are told of them, in reading order.
        former: ids of earlier versions that this text no longer has, by the id of the clause now standing for them
            (empty: the text as a whole), so that old links still arrive somewhere.
    """

    text: Manuscript
    read: Callable[[], ClauseTree]
    named: Callable[[], str]
    identity: Callable[[], str]
    comparison: Comparison | None = None
    told: tuple[ToldChange, ...] = ()
    former: Callable[[], Mapping[str, Sequence[str]]] = dict

    @property
    def tree(self) -> ClauseTree:
        """Its clauses under the ids that the ledger keeps."""
        return self.read()

    @property
    def title(self) -> str:
        """What the text calls itself; empty when it does not."""
        return self.named()

    @property
    def language(self) -> str:
        """The language of the text."""
        return self.text.language


@dataclass(frozen=True, slots=True)
class Published:
    """A version that is in the ledger.

    `before` is the version it is compared with, None for the first; `former` are its texts before corrections, by
    language and revision; `audiences` are those whom its material changes concern, none of them: everyone bound;
    `consents` are the kinds of change to which a regime of the policy asks for fresh consent.
    """

    standing: Standing
    settings: PolicySettings
    editions: tuple[Edition, ...]
    before: str | None = None
    former: tuple[Edition, ...] = ()
    audiences: tuple[Audience, ...] = ()
    consents: frozenset[FindingKind] = frozenset()

    @property
    def name(self) -> str:
        """`v2`."""
        return self.standing.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it exists in, the authoritative one first."""
        return tuple(edition.language for edition in self.editions)

    def edition(self, language: str) -> Edition | None:
        """The text in one language, or None."""
        for edition in self.editions:
            if edition.text.language == language:
                return edition
        return None

    def revisions(self, language: str) -> tuple[Edition, ...]:
        """Every revision of the text in one language, oldest first, when it was ever corrected; else none."""
        old = tuple(edition for edition in self.former if edition.language == language)
        now = self.edition(language)
        return (*old, now) if old and now is not None else ()

    @property
    def authoritative(self) -> Edition:
        """The text in which changes are judged."""
        return self.editions[0]


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that was sent, with each of its texts as clauses, by language."""

    statement: Statement
    trees: Mapping[str, ClauseTree]

    def title(self, language: str) -> str:
        """What it calls itself in a language, or in the authoritative one."""
        return self.trees[self.statement.text(language).language].title


@dataclass(frozen=True, slots=True)
class Series:
    """A policy with every version that is in its ledger, in ascending order; there is at least one.

    `compared` are versions against older ones than the one before: those that mails show somebody's changes since.
    `statements` are the notices of incidents and transfers that were sent, the oldest first.
    """

    settings: PolicySettings
    events: tuple[LedgerEvent, ...]
    versions: tuple[Published, ...]
    compared: tuple[Published, ...] = ()
    statements: tuple[Told, ...] = ()
    _by_name: Mapping[str, Published] = field(init=False, repr=False, compare=False)
    _titles: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {version.name: version for version in self.versions})

    @property
    def name(self) -> str:
        """The policy's name, which is also its address."""
        return self.settings.name

    def version(self, name: str | None) -> Published | None:
        """The version of that name, or None."""
        return self._by_name.get(name) if name is not None else None

    def beside(self, version: Published) -> tuple[Published | None, Published | None]:
        """The versions before and after one of these, in ascending order."""
        # By name: comparing versions compares all that they hold.
        place = list(self._by_name).index(version.name)
        after = self.versions[place + 1] if place + 1 < len(self.versions) else None
        return self.versions[place - 1] if place else None, after

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Where each version stands."""
        return tuple(version.standing for version in self.versions)

    @property
    def applying(self) -> Published | None:
        """The version in force, or None before the first takes effect."""
        found = in_force(self.standings)
        return self.version(found.version) if found else None

    @property
    def coming(self) -> tuple[Published, ...]:
        """The versions that are announced and do not apply yet, held ones included."""
        names = {standing.version for standing in upcoming(self.standings)}
        return tuple(version for version in self.versions if version.name in names)

    @property
    def shown(self) -> Published:
        """What the policy's own address shows: the version in force, else the first to come, else the last of all."""
        return self.applying or next(iter(self.coming), self.versions[-1])

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that some version exists in, the authoritative one first."""
        found = dict.fromkeys([self.settings.language])
        for version in reversed(self.versions):
            found.update(dict.fromkeys(version.languages))
        return tuple(found)

    def title(self, language: str) -> str:
        """The policy's name in a language, as its newest text in that language calls itself."""
        if language not in self._titles:
            # Of a policy whose texts name no title all are asked, which every page and entry would do again.
            self._titles[language] = next(self._called(language), self.settings.title)
        return self._titles[language]

    def _called(self, language: str) -> Iterator[str]:
        for version in (self.shown, *reversed(self.versions)):
            edition = version.edition(language)
            if edition is not None and edition.title:
                yield edition.title


@dataclass(frozen=True, slots=True)
class Banner:
    """An announcement of a material change, shown until it takes effect, in every language of the policy.

    That of a statement, whose `kind` says what it is about, is shown until its time is over.

    `policy` is the one that leads, `policies` are all that it announces. `starts` and `ends` are instants as texts;
    `names` (of the policy), `day` (of effect, in words), `title`, `text` and `digest` are by language. `notice` is the
    path of its notice, made on the day `sent`, in words by language; `before` is the version that `redline` compares
    it with; `audiences` are the names of those whom it concerns, none of them: everyone.
    """

    id: str
    policy: str
    policies: tuple[str, ...]
    version: str
    revision: int
    names: Mapping[str, str]
    day: Mapping[str, str]
    starts: str
    ends: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    href: str
    redline: Mapping[str, str]
    digest: Mapping[str, str]
    notice: str
    audiences: tuple[str, ...]
    kind: NoticeKind = NoticeKind.REVISION
    before: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        """`everyone`, or the names of the audiences."""
        return ", ".join(self.audiences) or "everyone"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the website shows.

    `sender` is whom its mails come from, as a From line has it; `redirects` are old paths with those they lead to;
    `now` is the instant as of which it is shown.
    """

    name: str
    base_url: str
    policies: tuple[Series, ...]
    sender: str = ""
    redirects: tuple[tuple[str, str], ...] = ()
    now: datetime | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language of any policy; the first is that of the pages whose address names none."""
        found: dict[str, None] = {}
        for series in self.policies:
            found.update(dict.fromkeys([series.settings.language]))
        for series in self.policies:
            found.update(dict.fromkeys(series.languages))
        return tuple(found) or ("en",)


@dataclass(frozen=True, slots=True)
class HomeView:
    """The homepage. `language` is None at the address that names none."""

    language: str
    named: bool


@dataclass(frozen=True, slots=True)
class TextView:
    """A version in one language.

    `current` is set at the policy's own address, `named` where that names a language, `revision` where it names one.
    """

    series: Series
    version: Published
    language: str
    named: bool
    current: bool = False
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryView:
    """All versions of a policy. `served` when any two of them can be compared on request, which a form then offers."""

    series: Series
    language: str
    named: bool
    served: bool = False


@dataclass(frozen=True, slots=True)
class RedlineView:
    """The changes to this version from `version.before`, its neighbour or an older one, in one language."""

    series: Series
    version: Published
    language: str
    named: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice: the event that made it, and each version that it told of, that of its own policy first."""

    told: tuple[tuple[Series, Published], ...]
    event: LedgerEvent
    notice: NoticeId
    language: str
    named: bool

    @property
    def series(self) -> Series:
        """The policy that the notice is named by."""
        return self.told[0][0]

    @property
    def version(self) -> Published:
        """The version that the notice is named by."""
        return self.told[0][1]

    @property
    def kind(self) -> NoticeKind:
        """What the notice told; a correction that changed no text only told of the version apart from others."""
        if self.event.kind is EventKind.CORRECT and self.event.texts:
            return NoticeKind.CORRECTION
        kinds = {EventKind.POSTPONE: NoticeKind.FOLLOW_UP, EventKind.WITHDRAW: NoticeKind.WITHDRAWAL}
        return kinds.get(self.event.kind, NoticeKind.REVISION)


@dataclass(frozen=True, slots=True)
class StatementView:
    """A notice of an incident or a transfer."""

    series: Series
    told: Told
    language: str
    named: bool


View = HomeView | TextView | HistoryView | RedlineView | NoticeView | StatementView
