"""A text read stretch by stretch is the text read as a whole."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.parse import memory, parse, parse_recorded, with_ids

LINES = (
    *("", "", "", "Words of a paragraph.", "**Bold** words", "# One", "## 2. Two", "2.1 A clause", "(a) a letter"),
    *("- an item", "  - an inner item", "    indented", "1. first", "2. second", "> quoted", "| a | b |", "|---|---|"),
    *("```", "``` text", "  ```", "~~~", "====", "---", "{#anchor}", "Words {#other}", "[label]: https://a.example"),
    *("A [link][label] here", "Term", ": its meaning", "A note[^1]", "[^1]: the note", "第一条 范围", "一、总则"),
    *(
        "lazy words on",
        "<div>",
        "</div>",
        "<!-- unclosed",
        "&nbsp;",
        "\\",
        "***",
        "Words  ",
        "\t",
        "\tindented",
        "-\tan item",
    ),
    *(
        "Win\r",
        "\r",
        "a\0b",
        "\0",
        "\ufeffWords",
        "Words\u2028more",
        "\x0b",
        "\x0cWords",
        "\x85",
        "\u00a0",
        "e\u0301",
        "#\u3000Three",
    ),
    *(
        "~~~~ text",
        "````",
        "`a ``",
        "> ```",
        "> - deep",
        "1) other",
        "10. tenth",
        "[label]",
        "![shown](/a.png)",
        "| c |",
    ),
)
texts = st.lists(st.sampled_from(LINES), max_size=24).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(texts, texts, st.sampled_from((1, 1_000_000)))
def test_stretches_read_as_the_whole_does(first: str, second: str, most: int) -> None:
    """However much a memory holds of earlier texts, and whichever stretches it knows already."""
    shared = memory()
    with patch("publisher.parse.inline.MOST_HELD", most):
        found = [parse(text, "en", memory=shared) for text in (first, second, f"{second}\n\n{first}")]
    with patch("publisher.parse.tree.stretches", lambda _: None):
        wanted = [parse(text, "en") for text in (first, second, f"{second}\n\n{first}")]
    assert found == wanted


@settings(max_examples=100, deadline=None)
@given(texts)
def test_a_text_whose_ids_are_known_reads_as_with_these_ids(text: str) -> None:
    tree = parse(text, "en")
    ids = tuple(f"own-{place}" for place, _ in enumerate(tree.walk()))
    found = parse_recorded(text, "en", ids)
    if found is not None:
        assert found.clauses == with_ids(tree, ids).clauses
        assert found.title == tree.title
