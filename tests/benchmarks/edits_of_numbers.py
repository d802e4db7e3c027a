"""Edits of numbered clauses (`4.2`, `(a)`, 第四条, （一）), with and without the numbers after them counting on."""

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.benchmarks.edits_by_hand import SENTENCE, Case, Edit, expect
from tests.benchmarks.edits_of_sections import han
from tests.benchmarks.sources import Node, Text

_NEW = {
    False: "Gardeners water the orchard before sunrise, and they prune the hedges once the thrushes have left.",
    True: "园丁在日出之前给苹果树浇水，等画眉离巢以后再修剪篱笆。",
}
_HAN = "零一二三四五六七八九十"
_STYLES = (
    re.compile(r"(?P<before>[*_#\s]{0,6})(?P<stem>(?:\d+\.)+)(?P<count>\d+)(?P<after>[*_.:]{0,3}\s+)"),
    re.compile(r"(?P<before>[*_\s]{0,4})(?P<stem>[(（])(?P<count>[a-z])(?P<after>[)）]\s*)"),
    re.compile(r"(?P<before>[*_#\s]{0,6})(?P<stem>第)(?P<count>[一二三四五六七八九十]{1,3})(?P<after>条\s*)"),
    re.compile(r"(?P<before>[*_#\s]{0,6})(?P<stem>[（(])(?P<count>[一二三四五六七八九十]{1,3})(?P<after>[）)]\s*)"),
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A numbered clause of a run: its node, all nodes in it, the lines start..end, and its label's parts."""

    node: Node
    inside: tuple[Node, ...]
    start: int
    end: int
    label: re.Match[str]

    @property
    def count(self) -> int:
        return _count(self.label["count"])


def _count(written: str) -> int:
    if written.isdigit():
        return int(written)
    if written.isascii():
        return ord(written) - ord("a") + 1
    tens, mark, ones = written.rpartition("十")
    return (_HAN.index(tens) if tens else 1 if mark else 0) * 10 * bool(mark) + (_HAN.index(ones) if ones else 0)


def _written(count: int, like: str) -> str:
    if like.isdigit():
        return str(count)
    return chr(ord("a") + count - 1) if like.isascii() else han(count)


def _runs(text: Text) -> list[list[_Member]]:
    """Runs of at least three clauses that count up one by one, whatever stands inside them."""
    found: list[list[_Member]] = []
    for style in _STYLES:
        labelled = [
            (at, match)
            for at, node in enumerate(text.nodes)
            if node.plain
            and node.kind in {"paragraph", "heading"}
            and node.depth == 0
            and (match := style.match(text.lines[node.start]))
        ]
        run: list[_Member] = []
        for index, (at, match) in enumerate(labelled):
            node = text.nodes[at]
            following = labelled[index + 1][0] if index + 1 < len(labelled) else len(text.nodes)
            stop = next(
                (
                    place
                    for place in range(at + 1, len(text.nodes))
                    if place >= following
                    or (text.nodes[place].kind == "heading" and not _deeper(text, node, place, match))
                ),
                len(text.nodes),
            )
            last = [other for other in text.nodes[at:stop] if other.depth == 0]
            member = _Member(node, tuple(text.nodes[at:stop]), node.start, max(one.end for one in last), match)
            if run and not _continues(text, run[-1], member):
                found.append(run)
                run = []
            run.append(member)
        found.append(run)
    return [_grown(text, run) for run in found if len(run) >= 3]


def _continues(text: Text, before: _Member, member: _Member) -> bool:
    """Whether a clause is the next of a run, under the same heading."""
    level = member.node.level or 7
    parted = any(
        node.kind == "heading" and node.level < level and before.start < node.start < member.start
        for node in text.nodes
    )
    return not parted and member.label["stem"] == before.label["stem"] and member.count == before.count + 1


def _deeper(text: Text, node: Node, place: int, match: re.Match[str]) -> bool:
    line = text.lines[text.nodes[place].start].lstrip("#* _")
    return match["count"].isdigit() and line.startswith(f"{match['stem']}{match['count']}.") and node.kind == "heading"


def _grown(text: Text, run: list[_Member]) -> list[_Member]:
    """The run with each member's clauses in it up to the next member; of the last only its own, if it is clear."""
    grown = [
        replace(
            member,
            inside=tuple(node for node in text.nodes if member.start <= node.start < after.start),
        )
        for member, after in itertools.pairwise(run)
    ]
    clear = all(
        len({node.kind for node in member.inside} & {"heading", "code", "row", "head"})
        == (member.node.kind == "heading")
        for member in grown
    )
    return grown if clear else []


def _lines(text: Text, member: _Member, count: int) -> list[str]:
    """A member's lines under another count; numbers inside that continue it follow."""
    stem, old = member.label["stem"], member.label["count"]
    new = _written(count, old)
    lines = list(text.lines[member.start : member.end])
    label = member.label
    lines[0] = f"{label['before']}{stem}{new}{label['after']}{lines[0][label.end() :]}"
    if old.isdigit():
        inner = re.compile(rf"^([*_#\s]{{0,6}}){re.escape(stem)}{old}(?=\.\d)")
        lines[1:] = [inner.sub(lambda found: f"{found[1]}{stem}{new}", line) for line in lines[1:]]
    return lines


def _write(text: Text, run: Sequence[_Member], parts: Sequence[Sequence[str]]) -> str:
    head, tail = text.lines[: run[0].start], text.lines[run[-1].end :]
    body = [line for part in parts for line in (*part, "")]
    return "\n".join([*head, *body[:-1], *tail])


def _chosen(text: Text, rng: random.Random, least: int = 2) -> list[_Member] | None:
    runs = [run for run in _runs(text) if len(run) >= least and all(_unique(text, member.node) for member in run)]
    return rng.choice(runs) if runs else None


def _unique(text: Text, node: Node) -> bool:
    words = node.text.partition(" ")[2] or node.text
    return sum(words in other.text for other in text.nodes) == 1 and len(words.encode()) > 15


def _chinese(text: Text) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text.nodes[-1].text)


def _new_part(text: Text, member: _Member, count: int) -> list[str]:
    label = member.label
    number = f"{label['before']}{label['stem']}{_written(count, label['count'])}{label['after']}"
    marks = label["before"].strip(" #\t")
    after = "" if not marks or marks in label["after"] else marks
    return [f"{number}{_NEW[_chinese(text)]}{after}"]


def clause_inserted(text: Text, rng: random.Random) -> Case | None:
    """A numbered clause comes, and those after it count on."""
    run = _chosen(text, rng)
    if run is None:
        return None
    at = rng.randrange(len(run))
    parts = [_lines(text, member, member.count + (place >= at)) for place, member in enumerate(run)]
    parts.insert(at, _new_part(text, run[at], run[at].count))
    last = _after_run(text, run)
    if last is None:
        return None
    expected = [expect("renumbered", member.node.text, member.node.text) for member in (*run[at:], *last)]
    new = _NEW[_chinese(text)]
    return Case(
        "clause inserted",
        "\n".join(text.lines),
        _with_rest(text, run, parts, last, 1),
        (*expected, expect("added", None, new)),
    )


def _after_run(text: Text, run: Sequence[_Member]) -> list[_Member] | None:
    """The members of the same count that follow a run: its own last one, and in Chinese those of later chapters."""
    style = next(style for style in _STYLES if style.match(text.lines[run[0].start]))
    rest: list[_Member] = []
    for node in text.nodes:
        if node.start < run[-1].end or not node.plain or node.depth or node.kind not in {"paragraph", "heading"}:
            continue
        match = style.match(text.lines[node.start])
        if match and match["stem"] == run[0].label["stem"] and _count(match["count"]) == run[-1].count + len(rest) + 1:
            following = [other.start for other in text.nodes if other.start > node.start and other.kind == "heading"]
            end = min([*following, len(text.lines)])
            rest.append(_Member(node, (node,), node.start, end, match))
    return rest or None


def _with_rest(
    text: Text, run: Sequence[_Member], parts: Sequence[Sequence[str]], rest: Sequence[_Member], by: int
) -> str:
    lines = list(text.lines)
    for member in rest:
        stop = next((other.start for other in rest if other.start > member.start), member.end)
        lines[member.start : stop] = _lines(text, replace(member, end=stop), member.count + by)
    return _write(Text(tuple(lines), text.nodes), run, parts)


def clause_removed(text: Text, rng: random.Random) -> Case | None:
    """A numbered clause goes, and those after it count on."""
    run = _chosen(text, rng)
    last = _after_run(text, run) if run else None
    if run is None or last is None:
        return None
    at = rng.randrange(len(run))
    parts = [_lines(text, member, member.count - (place > at)) for place, member in enumerate(run) if place != at]
    expected = [expect("renumbered", one.node.text, one.node.text) for one in (*run[at + 1 :], *last)]
    expected += [expect("removed", node.text, None) for node in run[at].inside]
    return Case("clause removed", "\n".join(text.lines), _with_rest(text, run, parts, last, -1), tuple(expected))


def clause_removed_gap(text: Text, rng: random.Random) -> Case | None:
    """A numbered clause goes and leaves a gap in the numbers."""
    run = _chosen(text, rng)
    if run is None:
        return None
    at = rng.randrange(len(run))
    parts = [text.lines[member.start : member.end] for place, member in enumerate(run) if place != at]
    expected = tuple(expect("removed", node.text, None) for node in run[at].inside)
    return Case("clause removed, gap left", "\n".join(text.lines), _write(text, run, parts), expected)


def clause_moved(text: Text, rng: random.Random) -> Case | None:
    """A numbered clause moves among its siblings, and all count on."""
    run = _chosen(text, rng, least=3)
    if run is None:
        return None
    at = rng.randrange(len(run))
    to = rng.choice([place for place in range(len(run)) if abs(place - at) > 1] or [at])
    if to == at:
        return None
    order = list(range(len(run)))
    order.insert(to, order.pop(at))
    first = run[0].count
    parts = [_lines(text, run[place], first + number) for number, place in enumerate(order)]
    expected = []
    for number, place in enumerate(order):
        if number != place:
            words = run[place].node.text
            expected.append(expect("moved renumbered" if place == at else "renumbered", words, words))
    return Case("clause moved", "\n".join(text.lines), _write(text, run, parts), tuple(expected))


def clause_split(text: Text, rng: random.Random) -> Case | None:
    """A numbered clause becomes two numbered ones, and those after it count on."""
    run = _chosen(text, rng)
    last = _after_run(text, run) if run else None
    if run is None or last is None:
        return None
    able = [
        (at, cut) for at, one in enumerate(run) if len(one.inside) == 1 and (cut := _sentence(one.node)) is not None
    ]
    if not able:
        return None
    at, cut = rng.choice(able)
    source = run[at].node.source
    first, second = source[: cut.start()], source[cut.end() :]
    parts = [_lines(text, member, member.count + (place > at)) for place, member in enumerate(run)]
    label = run[at].label
    number = f"{label['before']}{label['stem']}{_written(run[at].count + 1, label['count'])}{label['after']}"
    parts[at : at + 1] = [first.split("\n"), (number + second).split("\n")]
    words = run[at].node.text
    expected = [expect("renumbered", one.node.text, one.node.text) for one in (*run[at + 1 :], *last)]
    expected.append(expect("split", words, words))
    return Case("clause split", "\n".join(text.lines), _with_rest(text, run, parts, last, 1), tuple(expected))


def _sentence(node: Node) -> re.Match[str] | None:
    if node.kind == "heading" or any(mark in node.source for mark in "*_`["):
        return None
    return next((cut for cut in SENTENCE.finditer(node.source) if 20 < cut.start() < len(node.source) - 12), None)


# --- whole numbered sections ------------------------------------------------------------------------------------------

_TOP = re.compile(
    r"(?P<before>#{0,4} ?)(?P<count>\d{1,2}|[一二三四五六七八九十]{1,3})(?P<after>\. +|、 *| +)(?=[A-Z\u4e00-\u9fff])"
)


def _tops(text: Text) -> list[tuple[int, re.Match[str]]]:
    """The lines on which sections begin that are numbered 1, 2, 3 and on to the end of the text, if it has such."""
    found: list[tuple[int, re.Match[str]]] = []
    starts = {node.start for node in text.nodes if node.plain or node.kind == "item"}
    for at, line in enumerate(text.lines):
        match = _TOP.match(line) if at in starts else None
        like = not found or (match is not None and match["before"] == found[0][1]["before"])
        if match is not None and like and _count(match["count"]) == len(found) + 1:
            found.append((at, match))
    nested = any(re.match(r"[*_#\s]{0,6}\d+\.\d", line) for line in text.lines)
    return found if len(found) >= 4 and (nested or all(match["before"] for _, match in found)) else []


def _section_lines(lines: Sequence[str], match: re.Match[str], count: int) -> list[str]:
    """A section under another count, and the numbers in it that continue its own."""
    old = str(_count(match["count"]))
    inner = re.compile(rf"^([*_#\s]{{0,6}}){old}(?=\.\d)")
    head = f"{match['before']}{_written(count, match['count'])}{match['after']}{lines[0][match.end() :]}"
    return [head, *(inner.sub(lambda found: f"{found[1]}{count}", line) for line in lines[1:])]


def _sections_changed(text: Text, rng: random.Random, what: str) -> Case | None:
    tops = _tops(text)
    if not tops:
        return None
    starts = [at for at, _ in tops] + [len(text.lines)]
    parts = [list(text.lines[start:stop]) for start, stop in itertools.pairwise(starts)]
    parts[-1] = [*parts[-1], ""]
    nodes = [[node for node in text.nodes if start <= node.start < stop] for start, stop in itertools.pairwise(starts)]
    at = rng.randrange(len(parts))
    order = list(range(len(parts)))
    title, words = ("果园的篱笆", _NEW[True]) if _chinese(text) else ("Care of Hedges", _NEW[False])
    if what == "inserted":
        order.insert(at, -1)
    elif what == "removed":
        order.pop(at)
    else:
        to = rng.choice([place for place in range(len(parts)) if abs(place - at) > 1])
        order.insert(to, order.pop(at))
    lines = list(text.lines[: starts[0]])
    expected = [expect("removed", node.text, None) for node in nodes[at]] if what == "removed" else []
    for count, place in enumerate(order, 1):
        if place < 0:
            label = f"{tops[0][1]['before']}{_written(count, tops[0][1]['count'])}{tops[0][1]['after']}"
            lines += [label + title, "", f"{count}.1 {words}", ""]
            expected += [expect("added", None, title), expect("added", None, words)]
            continue
        lines += _section_lines(parts[place], tops[place][1], count)
        kinds = "moved renumbered" if what == "moved" and place == at else "renumbered" if count != place + 1 else ""
        if kinds:
            expected.append(expect(kinds, nodes[place][0].text, nodes[place][0].text))
    return Case(f"section {what}, counted", "\n".join(text.lines), "\n".join(lines), tuple(expected))


def counted_section_inserted(text: Text, rng: random.Random) -> Case | None:
    """A section with numbered clauses comes, and everything after it counts on."""
    return _sections_changed(text, rng, "inserted")


def counted_section_removed(text: Text, rng: random.Random) -> Case | None:
    """A section with numbered clauses goes, and everything after it counts on."""
    return _sections_changed(text, rng, "removed")


def counted_section_moved(text: Text, rng: random.Random) -> Case | None:
    """A section with numbered clauses moves, and everything between counts on."""
    return _sections_changed(text, rng, "moved")


def split_anywhere(text: Text, rng: random.Random) -> Case | None:
    """A paragraph breaks in two between any two of its words."""
    able = [
        node
        for node in text.nodes
        if node.kind == "paragraph"
        and node.plain
        and not node.depth
        and len(node.text.split()) > 16
        and not any(mark in node.source for mark in "*_`[")
        and sum(one.text == node.text for one in text.nodes) == 1
    ]
    if not able:
        return None
    node = rng.choice(able)
    places = [
        found
        for found in re.finditer(r"(?<=[a-z,]) (?=[a-z]{3,} )", node.source)
        if 30 < found.start() < len(node.source) - 30
    ]
    if not places:
        return None
    cut = rng.choice(places)
    source = f"{node.source[: cut.start()]}\n\n{node.source[cut.end() :]}"
    lines = [*text.lines[: node.start], *source.split("\n"), *text.lines[node.end :]]
    return Case("paragraph broken", "\n".join(text.lines), "\n".join(lines), (expect("split", node.text, node.text),))


OF_NUMBERS: tuple[Edit, ...] = (
    clause_inserted,
    clause_removed,
    clause_removed_gap,
    clause_moved,
    clause_split,
    counted_section_inserted,
    counted_section_removed,
    counted_section_moved,
    split_anywhere,
)
"""The edits of numbered clauses."""
