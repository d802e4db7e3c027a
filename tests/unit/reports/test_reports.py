import json
import re
from html.parser import HTMLParser

import pytest

from publisher.diff import align, compare
from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import Change, ChangeKind, Grade, Op, Passage
from publisher.parse import parse
from publisher.reports import github, html_fragment, html_page, json_report, markdown, terminal

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


def assessed(old: str = OLD, new: str = NEW, *findings: Finding, language: str = "en") -> Assessment:
    changes = compare(align(parse(old, language), parse(new, language))).changes
    grade = Grade.MATERIAL if findings else Grade.CLARIFICATION
    return Assessment(
        language, "sha256:0", "sha256:1", grade, False, changes, findings, (RulePack("gdpr", "2024-01-01"),)
    )


def shown(*edits: tuple[Op, str]) -> Assessment:
    text = "".join(text for op, text in edits if op is not Op.DELETE)
    passage = Passage("p1", None, (), text, 7)
    change = Change((ChangeKind.REWORDED,), Grade.CLARIFICATION, "p1", passage, passage, edits)
    return Assessment("en", "sha256:0", "sha256:1", Grade.CLARIFICATION, False, (change,), (), ())


def test_the_terminal_marks_words_without_colour() -> None:
    assert terminal(assessed(OLD, NEW, FINDING), colour=False) == (
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
    seen = terminal(assessed(), colour=True)
    assert "[-" not in seen
    assert "\x1b[9;31mwill\x1b[0m\x1b[4;32mmay\x1b[0m" in seen


def test_no_changes_are_said_in_every_format() -> None:
    nothing = assessed(OLD, OLD)
    assert terminal(nothing, colour=False) == "No changes.\n"
    assert "No changes" in markdown(nothing)
    assert "No changes." in html_fragment(nothing)
    assert "No changes." in github(nothing, "en.md")
    assert json.loads(json_report(nothing))["changes"] == []


def test_a_single_change_is_counted_in_the_singular() -> None:
    assert "1 change: 1 reworded." in terminal(assessed("We ask.", "We ask you."), colour=False)


def test_long_unchanged_stretches_are_folded() -> None:
    words = "several plain words that nobody touched " * 20
    seen = terminal(shown((Op.EQUAL, words), (Op.INSERT, "new"), (Op.EQUAL, words)), colour=False)
    assert seen.count("…") == 2
    assert len(seen) < 400
    assert "nobody touched {+new+}several plain" in seen


def test_a_finding_on_no_change_is_still_told() -> None:
    seen = terminal(assessed(OLD, OLD, FINDING), colour=False)
    assert "A firm duty became a permission." in seen


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\u200b", "\x00", "\u2028"])
def test_what_a_reader_cannot_see_is_written_out(hidden: str) -> None:
    attacked = shown((Op.EQUAL, "safe "), (Op.INSERT, hidden))
    name = f"U+{ord(hidden[0]):04X}"
    for report in (
        terminal(attacked, colour=False),
        markdown(attacked),
        html_page(attacked),
        github(attacked, "en.md"),
    ):
        assert name in report
        assert hidden not in report


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


def test_html_is_well_formed_and_escapes_every_word_of_the_texts() -> None:
    attack = '<script>alert("1")</script>'
    finding = Finding(
        Limb.RIGHTS, FindingKind.OTHER, Grade.MATERIAL, "p1", attack, Side.OLD, attack, f"Why {attack}", "rule<b>"
    )
    base = shown((Op.EQUAL, attack), (Op.DELETE, attack), (Op.INSERT, attack))
    hostile = Assessment("en", "a", "b", Grade.MATERIAL, True, base.changes, (finding,), ())
    tags = Tags()
    tags.feed(html_page(hostile, title=f"{attack} & more"))
    tags.close()
    assert tags.open == []
    assert "script" not in tags.seen
    assert "<b>" not in html_page(hostile)


def test_html_says_deleted_and_inserted_in_words_too() -> None:
    seen = html_fragment(assessed())
    assert '<del><span class="hidden" lang="en">Deleted: </span>will</del>' in seen
    assert '<ins><span class="hidden" lang="en">Inserted: </span>may</ins>' in seen


def test_the_html_page_needs_nothing_else() -> None:
    assert not re.search(r"\b(?:src|href)=|@import|url\(", html_page(assessed()))


def test_markdown_lets_no_word_of_the_texts_become_markup() -> None:
    seen = markdown(shown((Op.EQUAL, "a *b* [c](d) <i> "), (Op.DELETE, "`x`"), (Op.INSERT, "| y |")))
    assert "a \\*b\\* \\[c\\](d) &lt;i&gt; <del>\\`x\\`</del><ins>\\| y \\|</ins>" in seen


def test_markdown_starts_no_list_with_the_words_of_a_text() -> None:
    assert "\n> 1\\. a" in markdown(shown((Op.EQUAL, "1. a "), (Op.INSERT, "b")))
    assert "\n> \\- a" in markdown(shown((Op.EQUAL, "- a "), (Op.INSERT, "b")))


def test_github_gets_one_command_a_line_with_its_place() -> None:
    seen = github(assessed(OLD, NEW, FINDING), "policies/privacy/v2/en.md").splitlines()
    assert seen[0].startswith(
        "::warning file=policies/privacy/v2/en.md,line=3,title=Reworded 4.1 (4. Sharing)::We [-will-]{+may+}"
    )
    assert "%0Aobligation-weakened" in seen[0]
    assert seen[1].startswith("::notice file=policies/privacy/v2/en.md,line=5,")
    assert len(seen) == 4


def test_github_commands_cannot_be_forged_by_a_text() -> None:
    seen = github(shown((Op.INSERT, "50% \n::error::x")), "a,b:c.md").splitlines()
    assert seen[0] == "::notice file=a%2Cb%3Ac.md,line=7,title=Reworded::{+50%25 %0A::error::x+}"
