from pathlib import Path

import pytest

from publisher.errors import Severity
from publisher.library import read_source, read_text


def write(folder: Path, content: bytes) -> Path:
    path = folder / "en.md"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "byte", "line", "column"),
    [
        (b"good\nCaf\xe9\n", 8, 2, 4),
        ("第一\r\n".encode() + b"a\xff", 9, 2, 2),
        (b"one\rtwo\r\n\x80", 9, 3, 1),
        (b"\xed\xa0\x80", 0, 1, 1),
        (b"\xc0\xaf", 0, 1, 1),
    ],
)
def test_bytes_that_are_no_utf8_are_told_with_offset_line_and_column(
    tmp_path: Path, content: bytes, byte: int, line: int, column: int
) -> None:
    text, (fault,) = read_source(write(tmp_path, content), name="en.md")

    assert text is None
    assert fault.code == "encoding-wrong"
    assert f"Byte {byte} " in fault.message
    assert (fault.place.file, fault.place.line, fault.place.column) == ("en.md", line, column)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    content = ("\ufeff" if encoding == "utf-16-be" else "") + "Privacy"

    text, (fault,) = read_source(write(tmp_path, content.encode(encoding)))

    assert text is None
    assert "UTF-" in fault.message


def test_one_byte_order_mark_is_left_out_with_a_warning(tmp_path: Path) -> None:
    text, (fault,) = read_source(write(tmp_path, b"\xef\xbb\xbf---\n"))

    assert text == "---\n"
    assert (fault.code, fault.severity) == ("byte-order-mark", Severity.WARNING)


def test_a_byte_order_mark_inside_is_an_error(tmp_path: Path) -> None:
    _, faults = read_source(write(tmp_path, b"\xef\xbb\xbf\xef\xbb\xbfa"))

    assert [fault.code for fault in faults] == ["byte-order-mark", "character-invisible"]


def test_line_ends_of_other_systems_become_line_feeds(tmp_path: Path) -> None:
    assert read_source(write(tmp_path, b"a\r\nb\rc\n")) == ("a\nb\nc\n", ())


def test_other_separators_are_no_line_ends(tmp_path: Path) -> None:
    text, faults = read_source(write(tmp_path, "a\u2028b\x0cc\x85d".encode()))

    assert text == "a\u2028b\x0cc\x85d"
    assert [(fault.code, fault.place.line) for fault in faults] == [("character-control", 1)] * 3


def test_read_text_looks_at_no_characters(tmp_path: Path) -> None:
    assert read_text(write(tmp_path, "a\u200bb".encode())) == ("a\u200bb", ())


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    assert read_source(write(tmp_path, b"")) == ("", ())
