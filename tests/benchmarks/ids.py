"""Ids over whole histories: `python tests/benchmarks/ids.py FOLDER [LANGUAGE]`.

FOLDER holds a folder for each document, with its versions as Markdown files that sort from the oldest to the newest.
Ids are carried from version to version with the full memory of all that were ever given, as publishing does, and judged
by the texts themselves rather than by the alignment. Exit 1 when an id was lost or given to another clause.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rapidfuzz.distance import LCSseq

from publisher.diff import align, carry_ids
from publisher.diff.alignment import Alignment
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.frontmatter import divide, normal_line_ends
from publisher.languages.words import word_keys
from publisher.parse import parse
from publisher.website.aliases import Aliases

TITLE = "title"
"""The id of a text's own title, which is the page: a clause that becomes it leads to the top."""
LEAST_SHARED = 0.2
"""Below this share of common words two clauses have nothing to do with each other."""


@dataclass(slots=True)
class History:
    """One document as its versions come: the trees under their lasting ids, and every id ever given."""

    trees: list[ClauseTree] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def add(self, fresh: ClauseTree) -> list[str]:
        """Carries ids on to the next version; what is wrong with them."""
        if not self.trees:
            found = list(_repeated(fresh))
            tree = fresh
        else:
            alignment = align(self.trees[-1], fresh)
            tree = carry_ids(alignment, frozenset(self.used))
            found = [
                *_repeated(tree),
                *self._reused(alignment, tree),
                *_not_kept(self.trees[-1], tree),
                *_passed_on(self.trees[-1], tree),
                *self._unresolved(tree),
            ]
        self.trees.append(tree)
        self.used.update(placed.clause.id for placed in tree.walk())
        return found

    def _reused(self, alignment: Alignment, tree: ClauseTree) -> Iterator[str]:
        """Ids on a clause that the alignment does not say is the one that bore them."""
        for placed, before in zip(tree.walk(), alignment.partners_of_new(), strict=True):
            name = placed.clause.id
            if name in self.used and (before < 0 or alignment.old.clause(before).id != name):
                yield f"{name}: given to a new clause: {_shown(placed.clause)}"

    def _unresolved(self, tree: ClauseTree) -> Iterator[str]:
        here = {placed.clause.id for placed in tree.walk()}
        known = Aliases()
        for old in self.trees:
            known.remember(old)
        placed_elsewhere = {name: place for place, names in known.of(tree).items() for name in names}
        for name in sorted(self.used - here):
            if placed_elsewhere.get(name, name) not in here | {""}:
                yield f"{name}: leads nowhere"


def _repeated(tree: ClauseTree) -> Iterator[str]:
    counts = Counter(placed.clause.id for placed in tree.walk())
    yield from (f"{name}: on {count} clauses" for name, count in counts.items() if count > 1)


def _not_kept(old: ClauseTree, new: ClauseTree) -> Iterator[str]:
    """Clauses whose words stand once in either text and are the same, under another id.

    A heading and a paragraph of the same words may be two clauses, unless the one's id went when the other came.
    """
    olds, news, here = _by_words(old), _by_words(new), new.by_id()
    for words, before in olds.items():
        after = news.get(words, ())
        if not len(before) == len(after) == 1 or len(words) < 2 or before[0].id == after[0].id:
            continue
        if TITLE in (before[0].id, after[0].id):
            continue
        if before[0].id not in here or (before[0].kind is ClauseKind.HEADING) == (after[0].kind is ClauseKind.HEADING):
            yield f"{before[0].id}: became {after[0].id} with the same words: {_shown(after[0])}"


def _passed_on(old: ClauseTree, new: ClauseTree) -> Iterator[str]:
    """Clauses under an id whose former words have next to nothing in common with theirs, nor anything below them."""
    before = {placed.clause.id: placed.clause for placed in old.walk()}
    for placed in new.walk():
        clause = placed.clause
        former = before.get(clause.id)
        if former is None or _shared(former.text, clause.text) >= LEAST_SHARED:
            continue
        below, known = {child.id for child in _all(clause)}, {child.id for child in _all(former)}
        if not below & known:
            yield f"{clause.id}: passed from {_shown(former)} to {_shown(clause)}"


def _by_words(tree: ClauseTree) -> Mapping[tuple[str, ...], Sequence[Clause]]:
    found: dict[tuple[str, ...], list[Clause]] = {}
    for placed in tree.walk():
        found.setdefault(tuple(word_keys(placed.clause.text)), []).append(placed.clause)
    return found


def _all(clause: Clause) -> Iterator[Clause]:
    for child in clause.children:
        yield child
        yield from _all(child)


def _shared(old: str, new: str) -> float:
    before, after = ([key.lower() for key in word_keys(text) if key[0].isalnum()] for text in (old, new))
    if not before and not after:
        return 1.0
    return LCSseq.similarity(before, after) / max(1, min(len(before), len(after)))


def _shown(clause: Clause) -> str:
    return f"“{clause.heading_line[:60]}”"


def main(folder: Path, language: str) -> int:
    """Walks every document of a folder."""
    versions = clauses = wrong = 0
    for document in sorted({path.parent for path in folder.rglob("*.md")}):
        history = History()
        for path in sorted(document.glob("*.md")):
            divided = divide(normal_line_ends(path.read_text("utf-8")))
            tree = parse(divided.body, language, first_line=divided.body_line)
            for fault in history.add(tree):
                wrong += 1
                click.echo(f"{path.relative_to(folder)}: {fault}")
            versions += 1
            clauses += sum(1 for _ in tree.walk())
    click.echo(f"{versions} versions, {clauses} clauses: {wrong} ids lost or given to another clause")
    return 1 if wrong or not versions else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "en"))
