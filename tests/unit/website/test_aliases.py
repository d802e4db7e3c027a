from collections.abc import Mapping, Sequence

from publisher import parse
from publisher.domain.clause import ClauseTree
from publisher.website.aliases import Aliases

FIRST = "# P\n\n## 1. One\n\n1.1 First words here.\n\n1.2 Second words here.\n\n## 2. Two\n\n2.1 Third words here.\n"
SECOND = "# P\n\n## 1. One\n\n1.1 First words here.\n"


def found(tree: ClauseTree, *earlier: ClauseTree) -> Mapping[str, Sequence[str]]:
    known = Aliases()
    for old in earlier:
        known.remember(old)
    return known.of(tree)


def test_a_clause_that_went_is_stood_for_by_the_one_above_it() -> None:
    old, new = parse.parse(FIRST, "en"), parse.parse(SECOND, "en")
    assert found(new, old) == {"1": ["1.2"], "": ["2", "2.1"]}


def test_what_is_still_there_needs_no_alias() -> None:
    old = parse.parse(FIRST, "en")
    assert found(old, old, parse.parse(SECOND, "en")) == {}
