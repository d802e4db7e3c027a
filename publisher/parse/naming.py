"""Whether a text calls itself by its own name: “this Cookie Policy” in a Privacy Policy is a slip."""

import re
from collections.abc import Iterator

from publisher.domain.clause import Clause, ClauseTree
from publisher.errors import Fault, Place, Severity

_NOUNS = "Policy|Notice|Terms|Statement|Agreement"
_ENGLISH = re.compile(
    rf"\b(?:[Tt]his|[Tt]hese|THIS|THESE)\s(?P<name>(?:[A-Z][\w’'&-]*\s(?:and\s|of\s|for\s|&\s)?){{1,4}}"
    rf"(?:{_NOUNS}|{_NOUNS.upper()})(?:\sof\s[A-Z]\w+)?)\b"
)
_ENGLISH_TITLE = re.compile(rf"\b(?:{_NOUNS})\b", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?<![日版基原根资成样书文])本《?(?P<name>(?P<what>[\u4e00-\u9fffA-Za-z &]{1,12}?)(?:政策|声明|条款|协议|须知))》?"
)
_CHINESE_TITLE = re.compile("政策|声明|条款|协议|须知")
_OWNERS = ("公司", "平台", "网站", "集团", "应用", "产品", "服务", "人", "网", "项", "条", "段", "节", "章", "次", "份")
_GENERIC = frozenset("policy notice terms statement agreement of and for the & our".split())


def naming_faults(tree: ClauseTree) -> tuple[Fault, ...]:
    """A warning for each place where a text calls itself by a name that is not its title."""
    if not tree.title:
        return ()
    return tuple(fault for placed in tree.walk() for fault in _in_clause(placed.clause, tree.title))


def _in_clause(clause: Clause, title: str) -> Iterator[Fault]:
    told: set[str] = set()
    for name, words in (*_misnamed_english(clause.text, title), *_misnamed_chinese(clause.text, title)):
        if name not in told:
            told.add(name)
            yield _fault(words, title, clause)


def _misnamed_english(text: str, title: str) -> Iterator[tuple[str, str]]:
    if not _ENGLISH_TITLE.search(title):
        return
    own = _kept(title)
    for match in _ENGLISH.finditer(text):
        named = _kept(match["name"])
        if named and own and not (named <= own or own <= named):
            yield match["name"].casefold(), match[0]


def _kept(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w’'-]+", name.casefold())) - _GENERIC


def _misnamed_chinese(text: str, title: str) -> Iterator[tuple[str, str]]:
    if "本" not in text or not _CHINESE_TITLE.search(title):
        return
    own = _joined(title)
    for match in _CHINESE.finditer(text):
        what = match["what"].strip()
        if not what or "的" in what or what.startswith(_OWNERS):
            continue
        named = _joined(match["name"])
        if named not in own and own not in named:
            yield named, match[0]


def _joined(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _fault(words: str, title: str, clause: Clause) -> Fault:
    return Fault(
        "policy-misnamed",
        f"The text calls itself “{words}”, but its title is “{title}”.",
        "Write the title, or name the other policy with a link to it.",
        Place(line=clause.line, clause=clause.id),
        Severity.WARNING,
    )
