"""Receipts from files: every fault with its line, and nothing taken for a receipt that is none."""

import io
import json

import pytest

from publisher.delivery.provider_events import EVENTS
from publisher.domain.handoff import ProviderReceipt, ReceiptStatus
from publisher.errors import Fault
from publisher.importers.receipts import Aside, Line, read_receipts


def read(text: str | bytes, name: str = "receipts.csv", provider: str = "") -> list[Line | Aside | Fault]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_receipts(io.BytesIO(data), name, EVENTS.get(provider)))


def faults(found: list[Line | Aside | Fault]) -> list[tuple[str, int | None]]:
    return [(entry.code, entry.place.line) for entry in found if isinstance(entry, Fault)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_of_csv_are_receipts_with_their_lines(delimiter: str) -> None:
    rows = [["id", "status", "code", "reply"], ["a", "accepted", "", ""], ["b", "refused", "550", '"5.1.1\nunknown"']]
    text = "\n".join(delimiter.join(row) for row in [*rows, ["c", "delayed", "", ""]]) + "\n"
    assert read(text) == [
        Line(2, ProviderReceipt("a", ReceiptStatus.ACCEPTED)),
        Line(3, ProviderReceipt("b", ReceiptStatus.REFUSED, None, 550, "5.1.1\nunknown")),
        Line(5, ProviderReceipt("c", ReceiptStatus.DELAYED)),
    ]


@pytest.mark.parametrize("name", ["receipts.jsonl", "receipts"])
def test_lines_of_json_are_receipts_and_empty_ones_nothing(name: str) -> None:
    text = '\ufeff{"id": "a", "status": "accepted"}\n\n{"id": "b", "status": "deferred"}\n'
    found = read(text, name)
    assert [(entry.number, entry.receipt.id) for entry in found if isinstance(entry, Line)] == [(1, "a"), (3, "b")]
    assert faults(found) == []


def test_all_faults_of_a_csv_are_told() -> None:
    text = 'id,status,code\na,delivered,\nb,accepted\nc,refused,abc\n"d,accepted,\n'
    assert faults(read(text)) == [
        ("receipts-value", 2),
        ("receipts-cells", 3),
        ("receipts-value", 4),
        ("receipts-csv", 5),
    ]


@pytest.mark.parametrize("header", ["", "id,state", "id,status,status", "id,status,colour", "email,event"])
def test_a_header_that_cannot_be_used_is_told_once(header: str) -> None:
    assert faults(read(f"{header}\na,accepted,x\n" if header else "")) == [("receipts-columns", 1)]


def test_all_faults_of_json_lines_are_told() -> None:
    text = (
        b'{"id": "a"\n[1]\n"x"\n{"id": "a", "status": "accepted", "at": "now"}\n{"id": "\xff", "status": "accepted"}\n'
    )
    assert faults(read(text, "receipts.jsonl")) == [
        ("receipts-json", 1),
        ("receipts-json", 2),
        ("receipts-json", 3),
        ("receipts-value", 4),
        ("receipts-encoding", 5),
    ]


def test_what_is_no_text_is_told_once() -> None:
    assert faults(read("id,status\n".encode("utf-16"))) == [("receipts-encoding", 1)]
    assert faults(read(b"x" * ((1 << 20) + 1), "receipts.jsonl")) == [("receipts-line-length", 1)]


@pytest.mark.parametrize("provider", ["sendgrid", "mailgun"])
@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event": "delivered"},
        {"event": ["delivered"], "publisher_id": "a", "user-variables": {"publisher_id": "a"}},
        {"event": "delivered", "publisher_id": 3, "user-variables": {"publisher_id": 3}},
        {"event": "delivered", "user-variables": "publisher_id"},
        {"event": "open", "publisher_id": "a", "user-variables": {"publisher_id": "a"}},
        {"event-data": 3},
    ],
)
def test_an_event_that_says_nothing_of_ours_is_put_aside(provider: str, event: dict[str, object]) -> None:
    assert read(json.dumps(event), "events.jsonl", provider) == [Aside()]


@pytest.mark.parametrize("stamp", [-1, 1 << 40, "1513299569", None, True, 1e300])
@pytest.mark.parametrize("provider", ["sendgrid", "mailgun"])
def test_a_strange_instant_is_left_out(provider: str, stamp: object) -> None:
    event = {
        "event": "delivered",
        "timestamp": stamp,
        "publisher_id": "a",
        "user-variables": {"publisher_id": "a"},
        "delivery-status": {"code": 10**30, "message": ["x"]},
        "message": {"headers": []},
        "reason": {"x": 1},
    }
    (found,) = read(json.dumps(event), "events.jsonl", provider)
    assert isinstance(found, Line)
    assert (found.receipt.at, found.receipt.code, found.receipt.reply) == (None, 0, "")


def test_a_list_of_events_on_one_line_is_read_as_it_was_posted() -> None:
    events = [{"event": "delivered", "publisher_id": "a"}, {"event": "click"}, 3]
    found = read(json.dumps(events), "events.jsonl", "sendgrid")
    assert [type(entry) for entry in found] == [Line, Aside, Fault]
