"""What the law wants in a statement: its parts, known by their headings in English and Chinese, or by their anchors.

Sources: GDPR art. 33(3) and 34(2) and PIPL art. 57 for an incident; PIPL art. 22 and section 4.3.2 of the sample policy
for a transfer. Counsel decides what else a notice needs; a heading shows that a part is there, not that it is right.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.domain.clause import Clause, ClauseKind, ClauseTree, MarkKind
from publisher.domain.notice import NoticeKind
from publisher.errors import Fault, Place, Severity

_TITLE = "title"


@dataclass(frozen=True, slots=True)
class Part:
    """One part that a statement must have.

    Attributes:
        key: its anchor: `{#consequences}`.
        needed: what the part tells, and what asks for it.
        headings: a heading that staff may take over, by language.
        phrases: what is looked for in a heading, in small letters, by language; after `=` the whole heading.
        reachable: whether somebody's address, page or telephone number belongs into it.
    """

    key: str
    needed: str
    headings: Mapping[str, str]
    phrases: Mapping[str, Sequence[str]]
    reachable: bool = False


_CONTACT = Part(
    "contact",
    "where readers can ask",
    {"en": "How to reach us", "zh": "如何联系我们"},
    {
        "en": (
            "contact us",
            "reach us",
            "questions",
            "our contact",
            "=contact",
            "=contact information",
            "=contact details",
        ),
        "zh": ("联系我们", "聯繫我們", "聯絡我們", "联络我们", "我们的联系", "=联系方式", "=聯繫方式", "联系人"),
    },
    reachable=True,
)

_WHICH_INFORMATION = {
    "en": (
        *(f"{ask} {what}" for ask in ("what", "which") for what in ("information", "data", "personal", "records")),
        *(
            f"{what} {how}"
            for what in ("information", "data", "records")
            for how in ("concerned", "involved", "affected", "transferred", "that is", "that was")
        ),
        *(
            f"{sort} of {what}"
            for sort in ("kinds", "types", "categories")
            for what in ("information", "data", "personal")
        ),
        "=information",
        "=the information",
    ),
    "zh": (
        *(
            f"{ask}{what}"
            for ask in ("哪些", "什么", "涉及的", "受影响的", "转移的")
            for what in ("信息", "数据", "个人")
        ),
        *(f"{ask}{what}" for ask in ("哪些", "涉及的", "轉移的") for what in ("資訊", "資料", "數據", "個人")),
        *(
            f"{what}{sort}"
            for what in ("信息", "数据", "信息的", "数据的")
            for sort in ("种类", "类型", "类别", "范围")
        ),
    ),
}

PARTS: Mapping[NoticeKind, Sequence[Part]] = {
    NoticeKind.INCIDENT: (
        Part(
            "nature",
            "the nature of the incident (GDPR 33(3)(a))",
            {"en": "What happened", "zh": "发生了什么"},
            {
                "en": ("what happened", "what has happened", "nature of", "about the incident", "=the incident"),
                "zh": ("发生了什么", "發生了什麼", "经过", "經過", "事件概", "事件情况", "事件情況", "基本情况"),
            },
        ),
        Part(
            "cause",
            "its cause (PIPL 57)",
            {"en": "Why it happened", "zh": "事件原因"},
            {
                "en": ("why it", "why this", "and why", "=why", "cause", "how it happened", "how this happened"),
                "zh": ("原因", "为何", "為何", "为什么", "為什麼"),
            },
        ),
        Part(
            "information",
            "which kinds of information are concerned (PIPL 57)",
            {"en": "What information is concerned", "zh": "涉及哪些信息"},
            _WHICH_INFORMATION,
        ),
        Part(
            "consequences",
            "the likely consequences and possible harm (GDPR 33(3)(c), PIPL 57)",
            {"en": "What this may mean for you", "zh": "可能造成的影响和危害"},
            {
                "en": (
                    "mean for you",
                    "means for you",
                    "consequence",
                    "harm",
                    "risk",
                    "impact on you",
                    "possible impact",
                ),
                "zh": (
                    "可能的影响",
                    "可能造成",
                    "对您的影响",
                    "影响和",
                    "=影响",
                    "危害",
                    "后果",
                    "後果",
                    "风险",
                    "風險",
                ),
            },
        ),
        Part(
            "measures",
            "what was and is being done (GDPR 33(3)(d), PIPL 57)",
            {"en": "What we have done and are doing", "zh": "我们已采取的补救措施"},
            {
                "en": (
                    "we have done",
                    "we did",
                    "we are doing",
                    "we took",
                    "we have taken",
                    "measures taken",
                    "our response",
                    "remed",
                ),
                "zh": ("补救", "補救", "我们的措施", "我們的措施", "已采取", "已採取", "我们采取", "处置", "處置"),
            },
        ),
        Part(
            "advice",
            "what readers can do themselves (PIPL 57, and section 6.2 of the policy: advice)",
            {"en": "What you can do", "zh": "您可以采取的措施"},
            {
                "en": ("you can do", "you can take", "you should", "protect yourself", "advice", "steps you"),
                "zh": ("您可", "你可", "建议", "建議", "自我保护", "自我保護"),
            },
        ),
        _CONTACT,
    ),
    NoticeKind.TRANSFER: (
        Part(
            "recipient",
            "the recipient's name and how to reach it (PIPL 22)",
            {"en": "Who will receive your information", "zh": "接收方的名称和联系方式"},
            {
                "en": ("who will", "who receives", "recipient", "new controller", "new provider"),
                "zh": (
                    *(
                        "接收方的名",
                        "接收方名",
                        "接收方信息",
                        "接收方的信息",
                        "接收方是",
                        "接收方和",
                        "接收方及",
                        "=接收方",
                    ),
                    *("接收人", "谁将接收", "誰將接收", "受让方的", "受讓方的", "=受让方"),
                ),
            },
            reachable=True,
        ),
        Part(
            "information",
            "which information is transferred",
            {"en": "What information is transferred", "zh": "转移哪些信息"},
            _WHICH_INFORMATION,
        ),
        Part(
            "date",
            "when it is transferred",
            {"en": "When this takes place", "zh": "转移时间"},
            {
                "en": ("when this", "when the", "when it", "when will", "=when", "date of", "=date"),
                "zh": ("时间", "時間", "日期", "何时", "何時"),
            },
        ),
        Part(
            "obligations",
            "that the recipient goes on with our obligations, and needs consent for other purposes (PIPL 22)",
            {"en": "What stays the same", "zh": "接收方继续履行的义务"},
            {
                "en": ("stays the same", "stay the same", "obligation", "duties", "responsibilit", "continue"),
                "zh": ("义务", "義務", "责任", "責任", "继续", "繼續", "不变", "不變"),
            },
        ),
        _CONTACT,
    ),
}

_REACHED = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://|(?:[0-9０-９][\s()+.-]*){7,}")
_PLACEHOLDER = re.compile(r"\[[^\]\n]*\]|_{4,}|\b(?:TODO|TBD|XXX)\b|（待[^）]*）|【[^】\n]*】")


def statement_faults(kind: NoticeKind, tree: ClauseTree) -> tuple[Fault, ...]:
    """What a statement lacks, with lines and without a file name; all at once."""
    return tuple(_faults(kind, tree))


def _faults(kind: NoticeKind, tree: ClauseTree) -> Iterator[Fault]:
    family = tree.language.partition("-")[0].lower()
    headings = [placed.clause for placed in tree.walk() if _is_heading(placed.clause)]
    if not tree.title:
        yield Fault(
            "statement-title",
            "The statement has no title.",
            "Begin it with one line such as: # A security incident that concerns your account",
            Place(line=1),
        )
    for part in PARTS[kind]:
        found = [clause for clause in headings if _tells(part, clause, family)]
        if not found:
            heading = part.headings.get(family, part.headings["en"])
            anchor = "" if family in part.headings else f" {{#{part.key}}}"
            yield Fault(
                "statement-part",
                f"The heading is missing that tells {part.needed}.",
                f"Add a line: ## {heading}{anchor} (or end a heading of your own with {{#{part.key}}}),"
                " and below it what readers must know.",
                Place(line=headings[-1].line if headings else 1),
            )
        elif not any(_words_below(clause) for clause in found):
            yield _empty(found[0])
        elif part.reachable and not any(_REACHED.search(_words_below(clause)) for clause in found):
            yield Fault(
                "statement-reach",
                f"Below “{found[0].text}” there is no way to reach anybody.",
                "Write an e-mail address, a web address or a telephone number there.",
                Place(line=found[0].line),
            )
    for placed in tree.walk():
        left = _PLACEHOLDER.search(placed.clause.text)
        if left is not None:
            yield Fault(
                "statement-placeholder",
                f"“{left[0][:60]}” looks like a place that was to be filled in.",
                "Write what belongs there.",
                Place(line=placed.clause.line),
                Severity.WARNING,
            )


def _is_heading(clause: Clause) -> bool:
    return clause.kind is ClauseKind.HEADING and clause.id != _TITLE


def _tells(part: Part, heading: Clause, family: str) -> bool:
    if heading.anchor == part.key:
        return True
    words = heading.text.casefold()
    return any(
        words == phrase[1:] if phrase.startswith("=") else phrase in words for phrase in part.phrases.get(family, ())
    )


def _words_below(heading: Clause) -> str:
    """Everything that stands below a heading, its own words not among it; links with their addresses."""
    found: list[str] = []
    waiting = list(heading.children)
    while waiting:
        clause = waiting.pop()
        if clause.kind is not ClauseKind.HEADING:
            found.append(clause.text)
        found.extend(mark.target for mark in clause.marks if mark.kind is MarkKind.LINK)
        waiting.extend(clause.children)
    return " ".join(found).strip()


def _empty(heading: Clause) -> Fault:
    return Fault(
        "statement-empty",
        f"Nothing stands below “{heading.text}”.",
        "Write there what readers must know.",
        Place(line=heading.line),
    )
