import gzip
import hashlib

import brotli
import pytest

from publisher.workflow.encoded import encoded, preferred

PAGE = b"<p>We collect your name and your e-mail address.</p>\n" * 40


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        (None, "identity"),
        (b"", "identity"),
        (b"gzip", "gzip"),
        (b"gzip, deflate, br, zstd", "br"),
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"br;q=0, gzip", "gzip"),
        (b"*", "br"),
        (b"*;q=0", "identity"),
        (b"identity;q=0", "identity"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"x-gzip", "gzip"),
        (b"gzip;q=nan", "identity"),
        (b"gzip;q=", "identity"),
        (b"\xff\xfe;;;,,", "identity"),
        (b"gzip," * 400, "identity"),
        (b"GZIP ; Q=0.8", "gzip"),
    ],
)
def test_the_encoding_is_one_that_the_reader_takes(accepted: bytes | None, wanted: str) -> None:
    assert encoded(PAGE, b"text/html").best(accepted) == wanted


def test_every_encoding_gives_the_same_bytes_back() -> None:
    page = encoded(PAGE, b"text/html")
    assert gzip.decompress(page.body("gzip")) == brotli.decompress(page.body("br")) == page.body("identity") == PAGE
    assert len({page.tag(encoding) for encoding in ("br", "gzip", "identity")}) == 3
    assert encoded(PAGE, b"text/html") == page
    assert encoded(PAGE + b" ", b"text/html").digest != page.digest


def test_what_compressing_does_not_shorten_stays_plain() -> None:
    small = encoded(b"x" * 100, b"text/plain")
    assert (small.best(b"br"), small.body("identity")) == ("identity", b"x" * 100)
    noise = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(40))
    assert encoded(noise, b"image/png").best(b"gzip, br") == "identity"


def test_a_reader_is_asked_once_what_it_takes() -> None:
    preferred.cache_clear()
    for _ in range(3):
        assert preferred(b"br") == ("br", "identity")
    assert preferred.cache_info().hits == 2
