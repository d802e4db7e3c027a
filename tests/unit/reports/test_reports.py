import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from publisher.diff import align, carry_ids, compare
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import Change, ChangeKind, Grade, Op, Passage
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.comparison import ComparedText, Comparison
from publisher.parse import parse
from publisher.reports import Layout, github, html_fragment, html_page, json_report, markdown, terminal

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


def test_the_terminal_marks_words_without_colour() -> None:
    assert plain(assessed(OLD, NEW, FINDING)) == (
        "old.md → new.md · en\n"
        "\n"
        "  ⋯ 1 clause unchanged\n"
        "\n"
        "Reworded 4.1 (4. Sharing) · clarification\n"
        "  We [-will-]{+may+} ask you first.\n"
        "  ! obligation-weakened: A firm duty became a permission. (reduces users' rights; rule modal-weakened)\n"
        "    clause 4.1: “We may”\n"
        "\n"
        "Added 4.2 (4. Sharing) · clarification\n"
        "  {+Auditors see nothing at all.+}\n"
        "\n"
        "Renumbered 4.2 → 4.3 (4. Sharing) · editorial\n"
        "  Our accountants may see your invoices once a year.\n"
        "\n"
        "3 changes: 1 added, 1 reworded, 1 renumbered. Grade: material, with 1 finding.\n"
    )


def test_the_terminal_colours_words_instead_of_bracketing_them() -> None:
    seen = terminal(assessed(), INLINE, colour=True, width=None)
    assert "[-" not in seen
    assert "\x1b[9;31mwill\x1b[0m\x1b[4;32mmay\x1b[0m" in seen


def test_an_assessment_alone_is_shown_without_what_stands_between() -> None:
    seen = terminal(assessed().assessment, colour=False)
    assert seen.startswith("Reworded 4.1 (4. Sharing)")
    assert "unchanged" not in seen


def test_no_changes_are_said_in_every_format() -> None:
    nothing = assessed(OLD, OLD)
    assert "No changes.\n" in plain(nothing)
    assert "3 clauses unchanged" in plain(nothing)
    assert "No changes" in markdown(nothing, INLINE)
    assert "No changes." in html_fragment(nothing, INLINE)
    assert "No changes." in github(nothing)
    assert json.loads(json_report(nothing))["changes"] == []


def test_a_single_change_is_counted_in_the_singular() -> None:
    assert "1 change: 1 reworded." in plain(assessed("We ask.", "We ask you."))


def test_long_unchanged_stretches_are_folded_and_shown_on_demand() -> None:
    words = "several plain words that nobody touched " * 20
    long = shown((Op.EQUAL, words), (Op.INSERT, "new"), (Op.EQUAL, words))
    seen = plain(long)
    assert seen.count("…") == 2
    assert len(seen) < 400
    assert "nobody touched {+new+}several plain" in seen
    assert "…" not in plain(long, WHOLE)
    assert plain(long, WHOLE).count("nobody touched") == 40


def test_unchanged_clauses_around_a_change_are_shown_on_demand() -> None:
    old = "".join(f"{number}. Clause number {number} of this text.\n\n" for number in range(1, 10))
    changed = assessed(old, old.replace("number 5", "number five"))
    assert "⋯ 4 clauses unchanged" in plain(changed)
    near = plain(changed, Layout(context=1))
    assert near.count("⋯ 3 clauses unchanged") == 2
    assert "  4. Clause number 4 of this text." in near
    assert "3. Clause" not in near
    assert "unchanged" not in plain(changed, WHOLE)
    assert "  9. Clause number 9 of this text." in plain(changed, WHOLE)


def test_the_place_that_a_moved_clause_left_is_shown_with_its_surroundings() -> None:
    one, two = "1. We keep letters in the cellar for a year.", "2. You may ask for a copy of any letter at any time."
    three = "3. Letters that nobody asks for are burnt in the spring."
    moved = assessed("\n\n".join((one, two, three)), "\n\n".join((two, three, one)))
    assert "stood here; now" in plain(moved, WHOLE)
    assert "stood here" not in plain(moved)


def test_a_finding_on_no_change_is_still_told() -> None:
    nothing = assessed(OLD, OLD, FINDING)
    for seen in (plain(nothing), markdown(nothing, INLINE), html_page(nothing, INLINE), github(nothing)):
        assert "A firm duty became a permission." in seen


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\u200b", "\x00", "\u2028", "\r", "\x9b", "\ufffe"])
def test_what_a_reader_cannot_see_is_written_out(hidden: str) -> None:
    name = f"U+{ord(hidden[0]):04X}"
    quoted = replace(FINDING, clause="p1", quote=f"x{hidden}", why=f"why{hidden}", rule=f"r{hidden}")
    attacked = shown((Op.EQUAL, "safe "), (Op.INSERT, hidden), findings=(quoted,), file=f"a{hidden}.md")
    attacked = replace(attacked, old=replace(attacked.old, name=f"old{hidden}"))
    for layout in (INLINE, BESIDE, WHOLE):
        for report in (
            plain(attacked, layout),
            markdown(attacked, layout),
            html_page(attacked, layout),
            github(attacked),
        ):
            assert name in report
            assert hidden not in report


def test_words_that_look_like_marks_are_told_apart_from_marks() -> None:
    seen = plain(shown((Op.EQUAL, "We {+never+} "), (Op.DELETE, "sell-] [-no"), (Op.EQUAL, " data.")))
    assert "We {\\+never+\\} [-sell-\\] [\\-no-] data." in seen


def test_old_and_new_stand_side_by_side_in_columns_of_equal_width() -> None:
    seen = plain(assessed(OLD, NEW, FINDING), BESIDE, 75).splitlines()
    rows = [line for line in seen if " │ " in line or line.endswith(" │")]
    assert {line.index("│") for line in rows} == {37}
    assert any(line.startswith("We [-will-] ask you first.") and "We {+may+} ask you" in line for line in rows)
    assert any(line.startswith(" " * 37 + "│ {+Auditors") for line in rows)


def test_side_by_side_becomes_one_above_the_other_where_two_columns_do_not_fit() -> None:
    seen = plain(assessed(OLD, NEW), BESIDE, 40)
    assert "│" not in seen
    assert "  - We [-will-] ask you first.\n  + We {+may+} ask you first.\n" in seen


@pytest.mark.parametrize("width", [20, 40, 80, 160])
@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_no_line_is_wider_than_the_terminal(width: int, layout: Layout) -> None:
    old = "## 一、共享\n\n1.1 " + "我们会事先征得您的同意，" * 20 + "\n\n1.2 " + "x" * 300 + " end.\n"
    new = old.replace("会事先", "可以事先", 3).replace("end", "ends")
    for line in plain(assessed(old, new, FINDING, language="zh-CN"), layout, width).splitlines():
        assert cell_len(line) <= width


def test_the_json_has_the_agreed_shape() -> None:
    report = json.loads(json_report(assessed(OLD, NEW, FINDING)))
    assert list(report) == [
        "old", "new", "language", "grade", "material", "consent_needed", "changes", "findings",
    ]  # fmt: skip
    assert report["old"] == {"digest": "sha256:0"}
    assert report["material"] is True
    assert report["changes"][0] == {
        "kind": "reworded",
        "kinds": ["reworded"],
        "grade": "clarification",
        "id": "4.1",
        "old": {"number": "4.1", "path": ["4. Sharing"], "text": "We will ask you first."},
        "new": {"number": "4.1", "path": ["4. Sharing"], "text": "We may ask you first."},
        "edits": [["equal", "We "], ["delete", "will"], ["insert", "may"], ["equal", " ask you first."]],
    }
    assert report["changes"][1]["old"] is None
    assert report["findings"] == [
        {
            "limb": "A",
            "kind": "obligation-weakened",
            "grade": "material",
            "clause": "4.1",
            "side": "new",
            "quote": "We may",
            "why": "A firm duty became a permission.",
            "rule": "modal-weakened",
        }
    ]


def test_the_json_names_the_parts_of_a_split_and_of_a_merge() -> None:
    whole, parts = (
        "We keep letters for a year. We burn them later.",
        "We keep letters for a year.\n\nWe burn them later.",
    )
    split = json.loads(json_report(assessed(whole, parts)))["changes"][0]
    assert split["kind"] == "split"
    assert split["new"]["parts"] == [
        {"id": "preamble-p1", "number": None, "path": [], "text": "We keep letters for a year."},
        {"id": "preamble-p2", "number": None, "path": [], "text": "We burn them later."},
    ]
    assert "parts" not in split["old"]
    merged = json.loads(json_report(assessed(parts, whole)))["changes"][0]
    assert merged["kind"] == "merged"
    assert [part["id"] for part in merged["old"]["parts"]] == ["preamble-p1", "preamble-p2"]


def test_the_json_keeps_chinese_as_it_is() -> None:
    assert '"不"' in json_report(assessed("我们不会出售信息。", "我们会出售信息。", language="zh-CN"))


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


@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_html_is_well_formed_and_escapes_every_word_of_the_texts(layout: Layout) -> None:
    attack = '<script>alert("1")</script>'
    finding = replace(FINDING, clause="p1", quote=attack, why=f"Why {attack}", rule="rule<b>")
    hostile = shown((Op.EQUAL, attack * 20), (Op.DELETE, attack), (Op.INSERT, attack), findings=(finding,))
    named = replace(hostile, old=replace(hostile.old, name=f"{attack} & more"))
    tags = Tags()
    tags.feed(html_page(named, layout))
    tags.close()
    assert tags.open == []
    assert "script" not in tags.seen
    assert "<b>" not in html_page(named, layout)


def test_html_says_deleted_and_inserted_in_words_too() -> None:
    for layout in (INLINE, BESIDE):
        seen = html_fragment(assessed(), layout)
        assert '<del><span class="hidden" lang="en">Deleted: </span>will</del>' in seen
        assert '<ins><span class="hidden" lang="en">Inserted: </span>may</ins>' in seen


def test_html_folds_unchanged_clauses_and_long_unchanged_runs_without_losing_a_word() -> None:
    words = "several plain words that nobody touched " * 20
    old = f"1. First of all.\n\n2. {words} end.\n"
    seen = html_fragment(assessed(old, old.replace("end", "ending")), INLINE)
    assert "<summary>1 clause unchanged</summary>" in seen
    assert "First of all." in seen
    assert re.search(r'<details class="rest"><summary>⋯ [\d,]+ characters unchanged</summary>', seen)
    assert seen.count("nobody touched") == 20
    assert "<details" not in html_fragment(assessed(old, old.replace("end", "ending")), WHOLE)


def test_html_lists_the_material_changes_with_links_to_them() -> None:
    grave = assessed(OLD, NEW, FINDING)
    change = replace(grave.assessment.changes[0], grade=Grade.MATERIAL)
    grave = replace(grave, assessment=replace(grave.assessment, changes=(change, *grave.assessment.changes[1:])))
    seen = html_page(grave, INLINE)
    assert "<h2>1 material change</h2>" in seen
    assert 'href="#policy-diff-1"' in seen
    assert 'id="policy-diff-1" data-clause="4.1"' in seen


def test_a_fragment_is_no_page_and_styles_nothing_but_itself() -> None:
    seen = html_fragment(assessed(), INLINE)
    assert "<html" not in seen
    assert "<body" not in seen
    sheet = seen[seen.index("<style>") + 7 : seen.index("</style>")]
    selectors = re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]+\{", "", sheet))
    assert selectors
    assert all(part.strip().startswith(".policy-diff") for rule in selectors for part in rule.split("\n, "))


def test_the_html_page_needs_nothing_else() -> None:
    page = html_page(assessed(), INLINE)
    assert not re.search(r"\bsrc=|@import|url\(|href=\"(?!#)", page)


@pytest.mark.parametrize("layout", [INLINE, BESIDE, WHOLE])
def test_markdown_lets_no_word_of_the_texts_become_markup(layout: Layout) -> None:
    attack = "a *b* [c](d) <i> `x` | y | https://evil.example www.evil.example ![z](q) &amp; # h"
    seen = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(
        markdown(shown((Op.EQUAL, attack), (Op.DELETE, attack), (Op.INSERT, attack)), layout)
    )
    tags = Tags()
    tags.feed(seen)
    assert tags.seen <= {
        "h2",
        "h3",
        "p",
        "strong",
        "em",
        "blockquote",
        "del",
        "ins",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert html.escape(attack, quote=False) in seen.replace("&quot;", '"')


def test_markdown_calls_nobody_and_links_to_no_issue() -> None:
    seen = markdown(shown((Op.INSERT, "Ask @octocat about #12, or mail a@example.com.")), INLINE)
    assert "@octocat" not in seen
    assert not re.search(r"#12", seen)
    assert "a@example.com" in seen


def test_markdown_starts_no_list_with_the_words_of_a_text() -> None:
    assert "\n> 1\\. a" in markdown(shown((Op.EQUAL, "1. a "), (Op.INSERT, "b")), INLINE)
    assert "\n> \\- a" in markdown(shown((Op.EQUAL, "- a "), (Op.INSERT, "b")), INLINE)


def test_markdown_shows_old_and_new_in_a_table() -> None:
    seen = markdown(assessed(), BESIDE)
    assert "| We <del>will</del> ask you first. | We <ins>may</ins> ask you first. |" in seen


def test_github_gets_one_command_a_line_with_its_place() -> None:
    seen = github(assessed(OLD, NEW, FINDING)).splitlines()
    assert seen[0].startswith("::warning file=new.md,line=3,title=Reworded 4.1 (4. Sharing)::We [-will-]{+may+}")
    assert "%0Aobligation-weakened" in seen[0]
    assert seen[1].startswith("::notice file=new.md,line=5,")
    assert len(seen) == 4


def test_github_points_to_the_old_file_for_what_is_gone_and_to_all_lines_of_a_clause() -> None:
    old = "1. We ask you first.\n\n2. Our accountants may see\nyour invoices once a year.\n"
    seen = github(assessed(old, "1. We ask you first.\n"))
    assert seen.startswith("::notice file=old.md,line=3,endLine=4,title=Removed 2::")


def test_github_tells_the_gravest_first() -> None:
    late = replace(FINDING, clause="4.2", quote="Auditors")
    seen = github(assessed(OLD, NEW, late)).splitlines()
    assert seen[0].startswith("::warning file=new.md,line=5,title=Added 4.2")


def test_github_commands_cannot_be_forged_by_a_text() -> None:
    seen = github(shown((Op.INSERT, "50% \n::error::x"), file="a,b:c.md\n::error::")).splitlines()
    assert seen[0] == "::notice file=a%2Cb%3Ac.md%0A%3A%3Aerror%3A%3A,line=7,title=Reworded::{+50%25 %0A::error::x+}"
    assert all(line.startswith(("::notice file=", "::warning file=")) for line in seen)
