"""Markdown text to a clause tree: nodes, nesting by number, ids, and every fault that the text itself shows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.domain.clause import ClauseTree
from publisher.errors import Fault

if TYPE_CHECKING:
    from publisher.parse.inline import Memory


def parse(body: str, language: str, *, first_line: int = 1, memory: "Memory | None" = None) -> ClauseTree:
    """The clause tree of a text without its front matter; never raises on text.

    Args:
        body: the Markdown.
        language: its language tag.
        first_line: the line of the file on which the body begins.
        memory: shared by texts that have much in common, it spares reading the same block again.

    Returns:
        The tree. Its faults carry lines but no file name.
    """
    from publisher.parse.inline import Memory
    from publisher.parse.tree import read

    return read(body, language, first_line, memory if memory is not None else Memory())


def parse_recorded(
    body: str, language: str, ids: Sequence[str], *, first_line: int = 1, memory: "Memory | None" = None
) -> ClauseTree | None:
    """The tree of a text whose clauses' ids are known, without looking for faults again.

    Args:
        body: the Markdown.
        language: its language tag.
        ids: the ids in reading order.
        first_line: the line of the file on which the body begins.
        memory: shared by texts that have much in common.

    Returns:
        The tree, or None where it has more or fewer clauses than ids, or footnotes: then `parse` and `with_ids` tell.
    """
    from publisher.parse.inline import Memory
    from publisher.parse.tree import recorded

    return recorded(body, language, ids, first_line, memory if memory is not None else Memory())


def memory(*, shown: bool = False) -> "Memory":
    """A fresh memory for texts that will be compared with each other.

    Args:
        shown: whether the texts are released ones that are only shown: trees read with it do not tell all faults.
    """
    from publisher.parse.inline import Memory

    return Memory(shown=shown)


def inherit_ids(translation: ClauseTree, authoritative: ClauseTree) -> ClauseTree:
    """The translation with the authoritative text's ids, matched by number value, else by ordinal.

    What has no counterpart keeps an id of its own; both sides' leftovers are told as faults on the translation's lines.
    """
    from publisher.parse.inheritance import inherit

    return inherit(translation, authoritative)


def with_ids(tree: ClauseTree, ids: Sequence[str]) -> ClauseTree:
    """The same tree with these ids in reading order.

    Raises:
        ValueError: there are more or fewer ids than clauses.
    """
    from publisher.parse.identity import with_ids as given

    return given(tree, ids)


def text_faults(tree: ClauseTree) -> tuple[Fault, ...]:
    """What only the finished text shows: broken cross references, and a policy that calls itself by another's name."""
    from publisher.parse.naming import naming_faults
    from publisher.parse.references import reference_faults

    return (*reference_faults(tree), *naming_faults(tree))
