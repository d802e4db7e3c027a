"""Ids that newcomers receive, and the one id that nobody inherits."""

from publisher.diff import align, carry_ids
from publisher.domain.clause import ClauseTree
from publisher.parse import parse

_TITLED = "# Policy\n\nWe collect your name and postal address.\n\n## Keeping\n\nWe keep it for two years.\n"


def _carried(old: str, new: str, used: frozenset[str] = frozenset()) -> ClauseTree:
    return carry_ids(align(parse(old, "en"), parse(new, "en")), used)


def _ids(tree: ClauseTree) -> list[str]:
    return [placed.clause.id for placed in tree.walk()]


def test_a_heading_that_was_the_title_is_a_clause_of_its_own() -> None:
    tree = _carried(_TITLED, _TITLED + "\n# Annex\n\nFurther words stand here.\n")
    assert tree.title == ""
    assert "title" not in _ids(tree)
    assert len(set(_ids(tree))) == len(_ids(tree))


def test_a_title_is_named_title_whatever_it_was() -> None:
    tree = _carried(_TITLED + "\n# Annex\n\nFurther words stand here.\n", _TITLED)
    assert tree.title == "Policy"
    assert _ids(tree)[0] == "title"


def test_a_newcomer_is_named_after_the_lasting_id_of_the_clause_above_it() -> None:
    old = "## Sharing\n\nWe share your data with partners.\n"
    new = "## Scope\n\nThis is about all our services.\n\n" + old + "\nPartners sign a contract with us first.\n"
    assert _ids(_carried(old, new)) == ["h1~2", "h1~2-p1", "h1", "h1-p1", "h1-p2"]


def test_a_newcomer_keeps_its_own_dotted_number_below_a_renumbered_clause() -> None:
    old = "## 1. Sharing\n\n1.1 We share your data with partners.\n"
    new = "## 1. Scope\n\n1.1 All our services.\n\n## 2. Sharing\n\n2.1 We share your data with partners.\n\n"
    tree = _carried(old, new + "2.2 Partners sign a contract with us.\n\n(a) in writing;\n")
    assert _ids(tree) == ["1~2", "1.1~2", "1", "1.1", "2.2", "2.2(a)"]


def test_an_id_is_not_given_again_after_its_clause_is_gone() -> None:
    old, without = "1. Scope\n\n1.1 We collect names.\n\n1.2 We sell nothing.\n", "1. Scope\n\n1.1 We collect names.\n"
    used = frozenset(_ids(parse(old, "en")))
    tree = _carried(without, without + "\n1.2 Courts in Shenzhen decide.\n", used)
    assert _ids(tree)[-1] == "1.2~2"


def test_a_heading_that_becomes_a_paragraph_keeps_its_id() -> None:
    line = "Advertisers never receive private messages or photographs from our servers."
    old = f"## Rules\n\nBe kind to each other.\n\n### {line}\n\nNot even summaries.\n"
    new = f"## Rules\n\nBe kind to each other.\n\n{line}\n\nNot even summaries.\n"
    assert _ids(_carried(old, new)) == _ids(parse(old, "en"))
