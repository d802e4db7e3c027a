"""What the tests of reports compare."""

from html.parser import HTMLParser

from publisher.diff import align, carry_ids, compare
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import Change, ChangeKind, Grade, Op, Passage
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.comparison import ComparedText, Comparison
from publisher.parse import parse
from publisher.reports import Layout, terminal

OLD = "## 4. Sharing\n\n4.1 We will ask you first.\n\n4.2 Our accountants may see your invoices once a year.\n"
NEW = (
    "## 4. Sharing\n\n4.1 We may ask you first.\n\n4.2 Auditors see nothing at all.\n\n"
    "4.3 Our accountants may see your invoices once a year.\n"
)
FINDING = Finding(
    Limb.RIGHTS,
    FindingKind.OBLIGATION_WEAKENED,
    Grade.MATERIAL,
    "4.1",
    "We may ask you first.",
    Side.NEW,
    "We may",
    "A firm duty became a permission.",
    "modal-weakened",
)


INLINE = Layout()
BESIDE = Layout(side_by_side=True)
WHOLE = Layout(context=None)


def assessed(old: str = OLD, new: str = NEW, *findings: Finding, language: str = "en") -> Comparison:
    before, after = parse(old, language), parse(new, language)
    alignment = align(before, after)
    grade = Grade.MATERIAL if findings else Grade.CLARIFICATION
    assessment = Assessment(
        language,
        "sha256:0",
        "sha256:1",
        grade,
        False,
        compare(alignment).changes,
        findings,
        (RulePack("gdpr", "2024-01-01"),),
    )
    return Comparison(
        ComparedText("old.md", "old.md", before), ComparedText("new.md", "new.md", carry_ids(alignment)), assessment
    )


def shown(*edits: tuple[Op, str], findings: tuple[Finding, ...] = (), file: str = "new.md") -> Comparison:
    """One reworded clause with these words, whatever a text might hold."""
    text = "".join(text for op, text in edits if op is not Op.DELETE)
    passage = Passage("p1", None, (), text, 7)
    change = Change((ChangeKind.REWORDED,), Grade.CLARIFICATION, "p1", passage, passage, edits)
    tree = ClauseTree("en", (Clause(ClauseKind.PARAGRAPH, "p1", text, 7, 7),))
    assessment = Assessment("en", "sha256:0", "sha256:1", Grade.CLARIFICATION, False, (change,), findings, ())
    return Comparison(ComparedText("old.md", "old.md", tree), ComparedText("new.md", file, tree), assessment)


def plain(comparison: Comparison, layout: Layout = INLINE, width: int | None = None) -> str:
    return terminal(comparison, layout, colour=False, width=width)


class Tags(HTMLParser):
    """Checks that tags close in the order in which they open, and gathers them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.add(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
