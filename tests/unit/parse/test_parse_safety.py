"""What a text must not carry to its readers, and words that it must not lose."""

import pytest

from publisher.domain.clause import ClauseTree, MarkKind
from publisher.parse import memory, parse


def codes(text: str) -> set[str]:
    return {fault.code for fault in parse(text, "en").faults}


def targets(tree: ClauseTree) -> list[str]:
    kinds = (MarkKind.LINK, MarkKind.IMAGE)
    return [mark.target for placed in tree.walk() for mark in placed.clause.marks if mark.kind in kinds]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<svg onload=x>",
        "<iframe src=x></iframe>",
        "<style>a{}</style>",
        "<meta x>",
        "<base href=x>",
        "<img\nsrc=x>",
        "</div>",
        "<!-- hidden -->",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "words <b>bold</b>",
        "<a href='x'>",
        "<details\n",
    ],
)
def test_html_is_an_error_and_stays_visible_words(html: str) -> None:
    tree = parse(html, "en", first_line=9)
    [fault] = [fault for fault in tree.faults if fault.code == "raw-html"]
    assert (fault.severity, fault.place.line) == ("error", 9)
    assert "<" in tree.clauses[0].text


@pytest.mark.parametrize("text", ["a < b and b > c", "`<b>` is code", "&lt;b&gt;", "<https://example.com>", "<5 days"])
def test_what_is_no_html_is_not_told(text: str) -> None:
    assert "raw-html" not in codes(text)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "java&#x0A;script:x",
        "vbscript:x",
        "data:text/html,x",
        "blob:x",
        "intent:x",
        "filesystem:x",
        "mhtml:x",
        "ftp://x.example",
        "file:///etc",
        "//evil.example",
        "/\\\\evil.example",
        "\\\\\\\\evil.example",
        "https:evil",
        "tel:1",
        "https://good.example@evil.example/",
        "",
    ],
)
def test_an_unsafe_link_is_an_error_and_no_link(target: str) -> None:
    tree = parse(f"[words]({target})", "en")
    assert [fault.code for fault in tree.faults] == ["link-unsafe"]
    assert tree.clauses[0].text == "words"
    assert targets(tree) == []


@pytest.mark.parametrize(
    "target", ["https://a.example/b?c=d:e", "mailto:a@b.example", "#4.1", "/cookies/", "page.html", "../x:y"]
)
def test_a_safe_link_is_a_mark(target: str) -> None:
    tree = parse(f"[words]({target})", "en")
    assert (tree.faults, targets(tree)) == ((), [target])


@pytest.mark.parametrize(
    "target", ["https://a.example/x.png", "//a.example/x.png", "data:image/png;base64,x", "http://a/x", ""]
)
def test_an_image_from_elsewhere_is_an_error_and_its_words_stay(target: str) -> None:
    tree = parse(f"![words]({target})", "en")
    assert [fault.code for fault in tree.faults] == ["image-remote"]
    assert (tree.clauses[0].text, targets(tree)) == ("words", [])


@pytest.mark.parametrize("mark", ["> ", "- "])
@pytest.mark.parametrize("depth", [9, 60, 150, 1200])
def test_deep_nesting_is_an_error_and_loses_no_words(mark: str, depth: int) -> None:
    tree = parse(f"before\n\n{mark * depth}deep\n\nafter\n", "en", first_line=4)
    assert ("nesting-deep", 6) in [(fault.code, fault.place.line) for fault in tree.faults]
    assert [placed.clause.text for placed in tree.walk() if placed.clause.text] == ["before", "deep", "after"]


def test_eight_lists_are_not_too_deep() -> None:
    assert codes("".join("  " * depth + "- x\n" for depth in range(8))) == set()


def test_text_that_cannot_be_followed_is_told_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.parse import tree

    def endless(body: str) -> object:
        raise RecursionError(body)

    monkeypatch.setattr(tree, "blocks", endless)
    told = parse("one\n\ntwo\nmore\n", "en", first_line=3)
    assert [(fault.code, fault.place.line) for fault in told.faults] == [("nesting-endless", 3)]
    assert [clause.text for clause in told.clauses] == ["one", "two more"]


def test_a_paragraph_of_brackets_is_told_instead_of_searched() -> None:
    assert codes("[" * 100_000) == {"markup-overloaded"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one\ntwo", "one two"),
        ("适用于\n全部服务。\n包括", "适用于全部服务。包括"),
        ("使用 Cookie\n的服务", "使用 Cookie 的服务"),
        ("one\u00a0two\u3000three\u2028four", "one two three four"),
        ("e\u0301 and &eacute; and e&#x301;", "é and é and é"),
        ("one  \ntwo", "one two"),
        ("`a  b` ~~c~~ ![d](e.png) &amp; \\*", "a b c d & *"),
    ],
)
def test_text_is_plain_words_with_single_spaces(text: str, words: str) -> None:
    assert parse(text, "en").clauses[0].text == words


def test_marks_lie_over_the_words_after_the_number() -> None:
    [clause] = parse("4.1.3 We **may** [share](https://a.example)  \nit\n", "en").clauses
    shown = [(mark.kind, clause.text[mark.start : mark.end], mark.target) for mark in clause.marks]
    assert shown == [
        (MarkKind.STRONG, "may", ""),
        (MarkKind.LINK, "share", "https://a.example"),
        (MarkKind.BREAK, "", ""),
    ]


def test_thousands_of_open_brackets_are_told_and_cost_nothing() -> None:
    tree = parse("[" * 4_000 + " words\n\n" + "[a](/b) " * 1_000, "en")
    assert [(fault.code, fault.place.line) for fault in tree.faults] == [("markup-overloaded", 1)]
    assert len(tree.clauses[1].marks) == 1_000


def test_a_memory_changes_nothing_of_what_a_text_says() -> None:
    shared = memory()
    first = "[here] is **bold** <b>\n\n[here]: https://one.example\n"
    second = "line\n\n[here] is **bold** <b>\n\n[here]: https://two.example\n"
    for text in (first, second, first):
        assert parse(text, "en", memory=shared) == parse(text, "en")
