"""Lists of user ids."""

import io

import pytest

from publisher.importers.listed import Listing, read_listing


def read(text: str | bytes, name: str = "list.csv") -> Listing:
    return read_listing(io.BytesIO(text.encode() if isinstance(text, str) else text), name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("u1\nu2\n", "list.csv"),
        ("id\nu1\nu2\n", "list.csv"),
        ("name;ID;note\nAnn; u1 ;x\nBen;u2;\n", "list.csv"),
        ('\ufeffid,"note"\r\nu1,"two\r\nlines"\r\nu2,\r\n', "list.txt"),
        ('{"id": "u1"}\n\n{"id": "u2", "name": "Ben"}\n', "list.jsonl"),
        ('"u1"\n"u2"\n', "list.ndjson"),
    ],
)
def test_ids_are_read_from_every_kind_of_list(text: str, name: str) -> None:
    found = read(text, name)
    assert (list(found.lines), found.repeated, found.faults) == (["u1", "u2"], 0, ())


def test_numbers_are_ids_as_they_are_written() -> None:
    assert list(read('{"id": 12345678901234567890}\n{"id": 7}\n', "list.jsonl").lines) == ["12345678901234567890", "7"]


def test_an_id_keeps_the_line_on_which_it_first_stands() -> None:
    found = read("id\nu1\nu2\nu1\n")
    assert (found.lines, found.repeated) == ({"u1": 2, "u2": 3}, 1)


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("", "list.csv", [("list-empty", 1)]),
        ("id\n", "list.csv", [("list-empty", 1)]),
        ("name,mail\nAnn,a@b.c\n", "list.csv", [("list-column", 1)]),
        ("id,note\n,x\nu1,\n" + "y" * 300 + ",\n", "list.csv", [("list-id", 2), ("list-id", 4)]),
        ('{"id": null}\n{"name": 1}\nnot json\n', "list.jsonl", [("list-json", 1), ("list-json", 2), ("list-json", 3)]),
        ('["u1"]\n', "list.jsonl", [("list-json", 1)]),
        (b"\xff\xfeu\x001\x00", "list.csv", [("users-encoding", 1)]),
    ],
)
def test_what_is_no_id_is_told_with_its_line(text: str | bytes, name: str, told: list[tuple[str, int]]) -> None:
    assert [(fault.code, fault.place.line) for fault in read(text, name).faults] == told
