import pytest

from publisher.render.brief import NARROW, WIDE, in_parts


def test_a_text_that_fits_is_one_part() -> None:
    assert in_parts("We collect less (2.1). We keep it for 6 months (5.2).") == (
        "We collect less (2.1). We keep it for 6 months (5.2).",
    )


def test_a_text_is_cut_after_a_sentence() -> None:
    text = "Partners get your name, for the purposes that clause 4.1 lists (4.1). " * 8
    shown, more, rest = in_parts(text.strip())
    assert shown.endswith("(4.1).")
    assert more.endswith("(4.1).")
    assert len(shown) <= NARROW
    assert len(shown + more) <= WIDE
    assert shown + more + rest == text.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            (
                "We share records of use with partners for advertising in Germany, France and Italy; these partners "
                "may combine them with records of their own and keep them for two years."
            ),
            "We share records of use with partners for advertising in Germany, France and Italy;",
        ),
        ("Wewill " + "unbroken " * 30, "Wewill" + " unbroken" * 13),
        (
            "我们与德国的合作伙伴共享您使用平台的记录，" + "并在账号注销后继续保留" * 20,
            "我们与德国的合作伙伴共享您使用平台的记录，",
        ),
        ("记录" * 60, "记录" * 30),
    ],
)
def test_a_sentence_too_long_is_cut_at_a_pause_else_at_a_word(text: str, shown: str) -> None:
    assert in_parts(text)[0] == shown
    assert "".join(in_parts(text)) == text


def test_no_number_and_no_bracket_is_torn_apart() -> None:
    for length in range(40, 70):
        text = "字" * length + "（2027年12月31日）" + "字" * 80
        shown, following = in_parts(text)[0], "".join(in_parts(text)[1:])
        assert not (shown[-1].isdigit() and following[0].isdigit())
        assert shown[-1] != "（"
        assert following[0] != "）"
