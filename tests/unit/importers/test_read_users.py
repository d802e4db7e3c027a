"""Users from CSV and JSON Lines."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import cast

import pytest

from publisher.domain.users import User
from publisher.errors import Fault, Severity
from publisher.importers.users import MOST_ERRORS, address_of, read_users

HEADER = "id,name,language,joined,email,region\n"


def read(text: str | bytes, name: str = "users.csv") -> list[User | Fault]:
    return list(read_users(io.BytesIO(text.encode() if isinstance(text, str) else text), name))


def users(text: str | bytes, name: str = "users.csv") -> list[User]:
    found = read(text, name)
    assert [str(entry) for entry in found if isinstance(entry, Fault)] == []
    return [entry for entry in found if isinstance(entry, User)]


def faults(text: str | bytes, name: str = "users.csv") -> list[tuple[str, int | None, Severity]]:
    return [(entry.code, entry.place.line, entry.severity) for entry in read(text, name) if isinstance(entry, Fault)]


ERROR, WARNING = Severity.ERROR, Severity.WARNING


def test_a_row_becomes_a_user_with_further_columns_as_attributes() -> None:
    assert users(HEADER + "u1,Ann Li,en,2024-01-31,ann@Example.com,CN\n") == [
        User("u1", "Ann Li", "en", date(2024, 1, 31), "ann@example.com", attributes=(("region", "CN"),))
    ]


def test_an_empty_cell_is_unknown_not_empty() -> None:
    (user,) = users(HEADER + "u1,,en,2024-01-31,,\n")
    assert (user.name, user.email, user.email_fault, user.attributes) == ("", None, None, (("region", None),))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_byte_order_mark_and_line_end_are_noticed(delimiter: str, mark: str, end: str) -> None:
    rows = ["id,name,language,joined,email", "u1,Ann,en,2024-01-31,ann@example.com", "u2,本,zh-CN,2024-02-01,"]
    found = users(mark + end.join(row.replace(",", delimiter) for row in rows))
    assert [(user.id, user.name, user.email) for user in found] == [
        ("u1", "Ann", "ann@example.com"),
        ("u2", "本", None),
    ]


def test_a_quoted_value_may_hold_delimiter_quote_and_line_end_and_later_rows_keep_their_line() -> None:
    text = HEADER + 'u1,"Li, ""Ann""",en,2024-01-31,,"two\nlines"\nu2,Ben,en,wrong,,\n'
    found = read(text)
    assert isinstance(found[0], User)
    assert (found[0].name, found[0].attributes) == ('Li, "Ann"', (("region", "two\nlines"),))
    assert faults(text) == [("users-joined", 4, ERROR)]


def test_columns_may_stand_in_any_order_and_email_may_be_missing() -> None:
    (user,) = users("joined,language,plan,name,id\n2024-01-31,zh_cn,pro,Ann,u1\n")
    assert (user.id, user.language, user.email, user.attributes) == ("u1", "zh-CN", None, (("plan", "pro"),))


def test_missing_repeated_and_badly_named_columns_are_told_all_at_once() -> None:
    text = "ID,name,language,region,region,Uses Online,\nu1,Ann,en,CN,CN,yes,\n"
    assert faults(text) == [
        ("users-column-name", 1, ERROR),
        ("users-column-twice", 1, ERROR),
        ("users-column-name", 1, ERROR),
        ("users-column-name", 1, ERROR),
        ("users-column-missing", 1, ERROR),
        ("users-column-missing", 1, ERROR),
    ]
    told = "\n".join(str(entry) for entry in read(text))
    assert "Is 'id' meant?" in told
    assert "uses_online" in told


@pytest.mark.parametrize(
    "joined", ["", "2024-1-31", "20240131", "2024-W05-3", "2024-02-30", "31.01.2024", "２０２４-01-31"]
)
def test_a_date_is_strict(joined: str) -> None:
    assert faults(HEADER + f"u1,Ann,en,{joined},,\n") == [("users-joined", 2, ERROR)]


def test_an_id_is_wanted_once_in_every_row() -> None:
    rows = ",Ann,en,2024-01-31,,\nu1,Ann,en,2024-01-31,,\nu2,Ben,en,2024-01-31,,\nu1,Ann,en,2024-01-31,,\n"
    assert faults(HEADER + rows) == [("users-id", 2, ERROR), ("users-id-twice", 5, ERROR)]


def test_all_faults_of_a_row_are_told() -> None:
    assert faults(HEADER + ",A\x07nn,en,soon,,\n") == [
        ("users-characters", 2, ERROR),
        ("users-id", 2, ERROR),
        ("users-joined", 2, ERROR),
    ]


def test_a_row_with_other_cells_than_the_header_is_told_and_the_rest_is_read() -> None:
    found = read(HEADER + "u1,Ann,en\nu2,Ben,en,2024-01-31,,\n")
    assert [type(entry) for entry in found] == [Fault, User]


def test_a_language_that_cannot_be_read_is_warned_of_and_left_undetermined() -> None:
    text = HEADER + "u1,Ann,,2024-01-31,,\nu2,Ben,English!,2024-01-31,,\n"
    assert faults(text) == [("users-language", 2, WARNING), ("users-language", 3, WARNING)]
    assert [entry.language for entry in read(text) if isinstance(entry, User)] == ["und", "und"]


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "a@localhost",
        "-oQ/tmp@x.co",
        "a" * 65 + "@example.com",
        "ann@example.com>",
        "Ann <ann@example.com>",
        "ann@example.com;ben@example.com",
        "ann@exa mple.com",
        "ann..li@example.com",
        "@example.com",
        "zoe",
        '"ann li"@example.com',
        "ann@[127.0.0.1]",
        "=?utf-8?q?x?=@example.com",
        "ann@example.test",
        "ann\u2028@example.com",
    ],
)
def test_a_malformed_address_is_kept_aside_with_the_reason_and_the_others_go_on(address: str) -> None:
    text = (
        HEADER
        + f'u1,Ann,en,2024-01-31,"{address.replace(chr(34), chr(34) * 2)}",\nu2,Ben,en,2024-01-31,ben@example.com,\n'
    )
    fault, ann, ben = read(text)
    assert isinstance(fault, Fault)
    assert isinstance(ann, User)
    assert isinstance(ben, User)
    assert (fault.code, fault.place.line, fault.severity) == ("users-address", 2, WARNING)
    assert address not in str(fault)
    assert (ann.email, ann.aside) == (None, address)
    assert ann.email_fault
    assert ben.email == "ben@example.com"


@pytest.mark.parametrize(
    ("given", "ready"),
    [
        ("Ann.Li+news@EXAMPLE.Com", "Ann.Li+news@example.com"),
        ("ann@münchen.de", "ann@xn--mnchen-3ya.de"),
        ("ann@xn--mnchen-3ya.de", "ann@xn--mnchen-3ya.de"),
        ("ann@x。com", "ann@x.com"),
        ("δοκιμή@example.com", "δοκιμή@example.com"),
        ("ann@lindenholt.example", "ann@lindenholt.example"),
    ],
)
def test_an_address_is_made_ready_for_the_envelope(given: str, ready: str) -> None:
    assert address_of(given) == (ready, None)


@pytest.mark.parametrize("given", ["ann@example.com\nbcc", "ann@exa\x00mple.com", "ann\x85@example.com"])
def test_control_characters_in_an_address_are_refused(given: str) -> None:
    assert address_of(given) == (None, "it holds a control character.")


def test_bytes_that_are_not_utf_8_are_told_with_line_and_offset_each_of_them() -> None:
    text = HEADER.encode() + b"u1,Ann,en,2024-01-31,,\nu2,B\xe9n,en,2024-01-31,,\nu3,C,en,2024-01-31,,\xff\n"
    assert faults(text) == [("users-encoding", 3, ERROR), ("users-encoding", 4, ERROR)]
    told = next(entry for entry in read(text) if isinstance(entry, Fault))
    assert f"offset {text.index(0xE9)}" in told.message


@pytest.mark.parametrize("start", ["id,name".encode("utf-16"), b"PK\x03\x04\x14\x00\n"])
def test_another_kind_of_file_is_named_once(start: bytes) -> None:
    assert faults(start) == [("users-encoding", 1, ERROR)]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_told(text: str) -> None:
    assert [code for code, _, _ in faults(text)] == ["users-empty"]


def test_an_unclosed_quote_is_told_where_it_begins() -> None:
    assert faults(HEADER + 'u1,"Ann,en,2024-01-31,,\nu2,Ben,en,2024-01-31,,\n') == [("users-csv", 2, ERROR)]


def test_a_line_without_end_is_told_instead_of_read() -> None:
    assert faults(HEADER + "u1," + "x" * 3_000_000) == [("users-line-length", 2, ERROR)]


def test_reading_stops_after_many_errors() -> None:
    found = faults(HEADER + ",Ann,en,2024-01-31,,\n" * 5000)
    assert len(found) == MOST_ERRORS + 1
    assert found[-1] == ("users-too-many-faults", None, ERROR)


def test_half_a_character_never_leaves_the_importer() -> None:
    line = '{"id":"u1","name":"A","language":"en","joined":"2024-01-31","email":"\\ud800@x.co","plan":"\\udc00"}'
    assert ("users-characters", 1, ERROR) in faults(line, "users.jsonl")
    kept = read(line.replace(',"plan":"\\udc00"', ""), "users.jsonl")[-1]
    assert isinstance(kept, User)
    assert kept.aside == "\ufffd@x.co"


# JSON Lines


def test_json_lines_keep_numbers_as_written_and_null_as_unknown() -> None:
    line = '{"id":17,"name":"Ann","language":"en","joined":"2024-01-31","score":1.50,"active":true,"region":null}\n'
    (user,) = users("\n" + line, "users.jsonl")
    assert user.id == "17"
    assert user.attributes == (("score", "1.50"), ("active", "true"), ("region", None))


def test_json_lines_are_known_by_their_first_byte_when_the_name_says_nothing() -> None:
    assert users('\ufeff{"id":"u1","name":"Ann","language":"en","joined":"2024-01-31"}', "users")[0].id == "u1"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"id":"u1","id":"u2","name":"","language":"en","joined":"2024-01-31"}', "users-column-twice"),
        ('{"id":"u1","name":"","language":"en","joined":"2024-01-31","x y":1}', "users-column-name"),
        ('{"id":"u1","name":"","language":"en","joined":"2024-01-31","x":[1]}', "users-value"),
        ('{"id":"u1","name":"","language":"en","joined":"2024-01-31","x":{"y":1}}', "users-value"),
        ('{"id":"u1","name":"","language":"en","joined":"2024-01-31","x":NaN}', "users-json"),
        ('{"id":"u1","name":"\\u0000","language":"en","joined":"2024-01-31"}', "users-characters"),
        ('{"id":"u1","name":"","language":"en"}', "users-column-missing"),
        ('{"id":"u1"', "users-json"),
        ("17", "users-json"),
        ("[" * 100_000, "users-json"),
        ('{"id":"u1","name":"","language":"en","joined":20240131}', "users-joined"),
    ],
)
def test_a_line_of_json_that_is_no_user_is_told_with_its_line(line: str, code: str) -> None:
    good = '{"id":"u0","name":"","language":"en","joined":"2024-01-31"}\n'
    assert faults(good + line, "users.jsonl") == [(code, 2, ERROR)]


def test_a_json_array_is_told_once() -> None:
    assert faults('[\n {"id": 1},\n {"id": 2}\n]\n', "users.json") == [("users-json", 1, ERROR)]


def test_reading_needs_little_memory_however_long_the_file_is() -> None:
    class Endless(io.RawIOBase):
        """A file of rows that is nowhere at once."""

        def __init__(self, rows: int) -> None:
            self._rows = self._made(rows)

        @staticmethod
        def _made(rows: int) -> Iterator[bytes]:
            yield HEADER.encode()
            for number in range(rows):
                yield f"u{number},Ann,en,2024-01-31,,CN\n".encode()

        def readline(self, size: int | None = -1, /) -> bytes:
            del size
            return next(self._rows, b"")

    tracemalloc.start()
    try:
        count = sum(
            isinstance(entry, User) for entry in read_users(cast("io.BufferedReader", Endless(20_000)), "u.csv")
        )
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert most < 4_000_000
