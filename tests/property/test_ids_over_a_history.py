"""No id is ever lost or given to another clause, however a text is edited from version to version."""

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.parse import parse
from tests.benchmarks.ids import History

_SENTENCES = tuple(
    f"{subject} {verb} {thing} {when}."
    for subject, verb, thing, when in (
        ("We", "collect", "your name and postal address", "when you open an account"),
        ("Advertisers", "never receive", "private messages or photographs", "from our servers"),
        ("Children under sixteen", "need", "permission of a parent", "before they register"),
        ("Courts in Shenzhen", "decide", "disputes about this agreement", "after mediation failed"),
        ("You", "can download", "an archive of everything uploaded", "through the settings page"),
        ("Payment details", "are held by", "a certified processor abroad", "for seven years"),
        ("Our security team", "investigates", "every reported breach", "within two working days"),
        ("Cookies", "remember", "language, region and font size", "until the browser closes"),
    )
)
_FORMS = ("{words}", "- {words}", "> {words}", "({letter}) {words}", "| {words} | cell |\n| - | - |", "## {words}")


@st.composite
def _versions(draw: st.DrawFn) -> list[str]:
    """A text and what a few rounds of editing make of it: blocks come, go, swap, repeat, change and are renumbered."""
    blocks = [(draw(st.sampled_from(_FORMS)), words) for words in draw(st.permutations(_SENTENCES))[:5]]
    versions: list[str] = []
    for _ in range(draw(st.integers(2, 5))):
        numbered = draw(st.booleans())
        versions.append(_written(blocks, numbered=numbered))
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(blocks)))
            match draw(st.sampled_from(("insert", "remove", "swap", "repeat", "reword", "reform"))):
                case "insert":
                    blocks.insert(at, (draw(st.sampled_from(_FORMS)), draw(st.sampled_from(_SENTENCES))))
                case "remove":
                    del blocks[at : at + 1]
                case "swap":
                    blocks[at:] = reversed(blocks[at:])
                case "repeat":
                    blocks.extend(blocks[at : at + 1])
                case "reword":
                    blocks[at : at + 1] = [(form, f"{words} Soon.") for form, words in blocks[at : at + 1]]
                case "reform":
                    blocks[at : at + 1] = [(draw(st.sampled_from(_FORMS)), words) for _, words in blocks[at : at + 1]]
    return versions


def _written(blocks: list[tuple[str, str]], *, numbered: bool) -> str:
    lines: list[str] = []
    for count, (form, words) in enumerate(blocks, start=1):
        number = f"{count}. " if numbered and form in ("{words}", "## {words}") else ""
        lines.append(form.format(words=number + words, letter="abcdefghijklmnopqrstuvwxyz"[count % 26]))
    return "\n\n".join(lines)


@settings(max_examples=300, deadline=None)
@given(_versions())
def test_no_id_is_lost_or_given_to_another_clause(versions: list[str]) -> None:
    history = History()
    told = [fault for text in versions for fault in history.add(parse(text, "en"))]
    assert not told, "\n".join([*told, *versions])
