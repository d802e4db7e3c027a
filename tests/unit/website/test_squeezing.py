from publisher.website.squeezing import squeezed


def test_comments_and_needless_spaces_go_and_lines_stay() -> None:
    script = "// Says hello.\nconst say = (a, b) => a ? b : ''\n\n  // why\n  return say({ a: 1 })\n"
    assert squeezed(script) == "const say=(a,b)=>a?b:''\nreturn say({a:1})\n"


def test_words_stay_apart_and_quoted_texts_as_they_are() -> None:
    assert (
        squeezed("for (const x of list) f('a, b = { c }  // d', x)\n")
        == "for(const x of list)f('a, b = { c }  // d',x)\n"
    )
    assert squeezed("return await go\n") == "return await go\n"
