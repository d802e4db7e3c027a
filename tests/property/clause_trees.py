"""Generated texts for the laws of the diff."""

from hypothesis import strategies as st

from publisher.domain.clause import Clause, ClauseKind, ClauseTree

WORDS = st.sampled_from(
    "we will may not share your data third-party “partners” 30 days 4.2 , . ; 不 会 共享 信息 。 don't don’t -".split()
)
SENTENCES = st.lists(WORDS, min_size=0, max_size=14).map(" ".join)
ANY_TEXT = st.one_of(SENTENCES, st.text(st.characters(exclude_categories=["Cs"]), max_size=60))


@st.composite
def trees(draw: st.DrawFn) -> ClauseTree:
    """A tree of up to three levels with a few repeated sentences and some numbers."""
    pool = draw(st.lists(SENTENCES, min_size=1, max_size=8))
    count = iter(range(10_000))

    def clause(depth: int, value: tuple[int, ...]) -> Clause:
        numbered = bool(value)
        below = draw(st.integers(0, 3 - depth)) if depth < 3 else 0
        return Clause(
            ClauseKind.HEADING if depth == 0 and below else ClauseKind.PARAGRAPH,
            f"c{next(count)}",
            " ".join(draw(st.sampled_from(pool)).split()),
            1,
            1,
            number=".".join(map(str, value)) if numbered else None,
            value=value,
            children=tuple(clause(depth + 1, (*value, place) if numbered else ()) for place in range(1, below + 1)),
        )

    return ClauseTree(
        "en",
        tuple(clause(0, (place,) if draw(st.booleans()) else ()) for place in range(1, draw(st.integers(0, 6)) + 1)),
    )
