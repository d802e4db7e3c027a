"""The report on a terminal: one text with marks, or old and new side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Edit, Grade, Op
from publisher.domain.comparison import Comparison
from publisher.reports.columns import Piece, padded, width_of, wrapped
from publisher.reports.layout import Folded, Layout, Left, Same, Told, is_heading, sequence, sides
from publisher.reports.phrases import (
    LIMBS,
    folded,
    kinds_label,
    numbers_label,
    passage_label,
    path_label,
    summary,
    title,
    unchanged,
    visible,
)

_PLAIN = "\x1b[0m"
_BOLD, _FAINT, _MATERIAL = "\x1b[1m", "\x1b[2m", "\x1b[1;33m"
_DELETED, _INSERTED = "\x1b[9;31m", "\x1b[4;32m"
_NARROWEST_COLUMN = 24
_WIDTH_OF_A_PIPE = 130
"""Columns of side by side where no terminal has a width; that of `diff -y`."""
_SEPARATOR = " │ "
_INDENT = "  "
_UNMARKED = str.maketrans({"\n": " ", "\t": " "})


def terminal(shown: Comparison | Assessment, layout: Layout, *, colour: bool, width: int | None) -> str:
    """The comparison as lines of text.

    Args:
        shown: what to show; of an assessment alone its changes, without the unchanged clauses between them.
        layout: which parts, and how.
        colour: mark deleted and inserted words with colour and line; else as `[-deleted-]` and `{+inserted+}`.
        width: columns of the terminal; None when lines may be as long as they are.
    """
    return _Writer(layout, colour, width).written(shown)


@dataclass(frozen=True, slots=True)
class _Writer:
    layout: Layout
    colour: bool
    width: int | None

    def written(self, shown: Comparison | Assessment) -> str:
        found = sequence(shown, self.layout)
        assessment = shown if isinstance(shown, Assessment) else shown.assessment
        blocks: list[list[str]] = []
        if isinstance(shown, Comparison):
            head = self._lines([(title(shown), _BOLD), (f" · {visible(assessment.language)}", _FAINT)])
            blocks.append([*head, *self._column_heads()])
        for entry in found.entries:
            if isinstance(entry, Told):
                blocks.append(self._change(entry))
            elif isinstance(entry, Folded):
                blocks.append(self._lines([(f"⋯ {unchanged(len(entry.clauses))}", _FAINT)], _INDENT))
            elif isinstance(entry, Left):
                gone = f"{passage_label(entry.change.old)} stood here; now {passage_label(entry.change.new)}"
                blocks.append(self._lines([(f"⋯ {gone}", _FAINT)], _INDENT))
            else:
                blocks.append(self._same(entry))
        if found.others:
            blocks.append([line for finding in found.others for line in self._finding(finding)])
        grave = assessment.material
        blocks.append(self._lines([(summary(assessment), _MATERIAL if grave else _BOLD)]))
        material = [entry for entry in found.told if entry.change.grade is Grade.MATERIAL]
        for entry in material:
            reasons = ", ".join(dict.fromkeys(finding.kind for finding in entry.findings))
            place = passage_label(entry.change.new or entry.change.old)
            blocks[-1].extend(self._lines([(place, ""), (f": {reasons}" if reasons else "", _MATERIAL)], _INDENT))
        return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"

    def _change(self, told: Told) -> list[str]:
        change = told.change
        style = _MATERIAL if change.grade is Grade.MATERIAL else _BOLD
        number, path = visible(numbers_label(change)), visible(path_label(change))
        head = [(f"{kinds_label(change)} {number}".rstrip(), style), (f" ({path})" if path else "", "")]
        lines = self._lines([*head, (f" · {change.grade}", style if change.grade is Grade.MATERIAL else _FAINT)])
        edits = folded(change.edits, self.layout.around)
        if self.layout.side_by_side:
            before, after = sides(change, edits)
            lines.extend(self._beside(self._pieces(before), self._pieces(after)))
        elif edits:
            lines.extend(self._lines(self._pieces(edits) or (), _INDENT))
        for finding in told.findings:
            lines.extend(self._finding(finding))
        return lines

    def _same(self, same: Same) -> list[str]:
        style = _BOLD if is_heading(same.clause) else ""
        words = visible(same.clause.text).translate(_UNMARKED)
        old, new = ([(f"{visible(number)} {words}".strip(), style)] for number in (same.old_number, same.new_number))
        apart = self.layout.side_by_side and self._column is not None
        return self._beside(old, new) if apart else self._lines(new, _INDENT)

    def _finding(self, finding: Finding) -> list[str]:
        where = " in the old text" if finding.side == "old" else ""
        clause, quote = visible(finding.clause), visible(finding.quote).translate(_UNMARKED)
        why = f": {visible(finding.why)} ({LIMBS[finding.limb]}; rule {visible(finding.rule)})"
        return [
            *self._lines([(f"! {finding.kind}", _MATERIAL), (why, "")], _INDENT),
            *self._lines([(f"clause {clause}: “{quote}”{where}", "")], 2 * _INDENT),
        ]

    def _pieces(self, edits: Iterable[Edit] | None) -> list[Piece] | None:
        """Words as pieces; without colour the marks are part of the words."""
        if edits is None:
            return None
        pieces: list[Piece] = []
        for op, raw in edits:
            text = visible(raw).translate(_UNMARKED)
            if op is Op.EQUAL:
                pieces.append((text if self.colour else _unmarked(text), ""))
            elif self.colour:
                pieces.append((text, _DELETED if op is Op.DELETE else _INSERTED))
            else:
                open_mark, close_mark = ("[-", "-]") if op is Op.DELETE else ("{+", "+}")
                pieces.append((f"{open_mark}{_unmarked(text)}{close_mark}", ""))
        return pieces

    def _lines(self, pieces: Sequence[Piece], indent: str = "") -> list[str]:
        room = None if self.width is None else self.width - len(indent)
        return [indent + self._styled(line) for line in wrapped(pieces, room)]

    def _column_heads(self) -> list[str]:
        column = self._column
        if not self.layout.side_by_side or column is None:
            return []
        rule = "─" * column
        heads = self._beside([("old", _FAINT)], [("new", _FAINT)])
        return ["", *heads, f"{rule}─┼─{rule}"]

    @property
    def _column(self) -> int | None:
        """The width of one of two columns; None where two do not fit."""
        column = ((self.width or _WIDTH_OF_A_PIPE) - width_of(_SEPARATOR)) // 2
        return column if column >= _NARROWEST_COLUMN else None

    def _beside(self, old: Sequence[Piece] | None, new: Sequence[Piece] | None) -> list[str]:
        column = self._column
        if column is None:
            return [
                *(self._lines([("- ", _FAINT), *old], _INDENT) if old is not None else ()),
                *(self._lines([("+ ", _FAINT), *new], _INDENT) if new is not None else ()),
            ]
        left = wrapped(old, column) if old is not None else []
        right = wrapped(new, column) if new is not None else []
        lines = []
        for index in range(max(len(left), len(right))):
            before = padded(left[index] if index < len(left) else (), column)
            after = right[index] if index < len(right) else []
            lines.append(f"{self._styled(before)}{_SEPARATOR}{self._styled(after)}".rstrip())
        return lines

    def _styled(self, line: Iterable[Piece]) -> str:
        return "".join(f"{style}{text}{_PLAIN}" if style and self.colour else text for text, style in line)


def _unmarked(text: str) -> str:
    """The words of a text that look like this report's own marks, told apart by a backslash."""
    for mark in ("[-", "-]", "{+", "+}"):
        text = text.replace(mark, f"{mark[0]}\\{mark[1]}")
    return text
