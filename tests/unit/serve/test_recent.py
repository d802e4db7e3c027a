from publisher.serve.recent import Recent


def test_what_nobody_asked_for_longest_goes_first() -> None:
    recent: Recent[bytes] = Recent(10, len)
    recent.keep("one", b"1" * 4)
    recent.keep("two", b"2" * 4)
    assert recent.get("one") == b"1111"
    recent.keep("three", b"3" * 4)
    assert [recent.get(key) for key in ("one", "two", "three")] == [b"1111", None, b"3333"]


def test_what_is_kept_never_has_more_bytes_than_it_may() -> None:
    recent: Recent[bytes] = Recent(10, len)
    recent.keep("long", b"x" * 11)
    assert recent.get("long") is None
    for size in (3, 9, 10, 2):
        recent.keep("again", b"y" * size)
        assert recent.get("again") == b"y" * size
    recent.keep("other", b"z" * 8)
    assert recent.get("again") == b"yy"
