import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.domain.policy import PolicySettings
from publisher.errors import PublisherError
from publisher.library import append_lines, ledger_lines, read_ledger

ADOPT = LedgerEvent(
    EventKind.ADOPT,
    "privacy",
    "v1",
    datetime(2026, 1, 1, tzinfo=UTC),
    "Ada",
    effective=date(2024, 10, 1),
    texts=(("en", "sha256:" + "0" * 64),),
    settings=PolicySettings("privacy", "Privacy Policy", "en"),
)
COMPLETE = replace(
    ADOPT, kind=EventKind.COMPLETE, at=datetime(2026, 2, 1, tzinfo=UTC), effective=None, settings=None, texts=()
)
HOLD = replace(COMPLETE, kind=EventKind.HOLD, at=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "policies/privacy").mkdir(parents=True)
    return tmp_path


def file_of(root: Path) -> Path:
    return root / "policies/privacy/ledger.jsonl"


def lines_of(*events: LedgerEvent) -> list[str]:
    return [event.line() for event in chained(events, None)]


def told(root: Path) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.place.line) for fault in read_ledger(root, "privacy")[1]]


def test_there_need_not_be_a_ledger(root: Path) -> None:
    assert ledger_lines(root, "privacy") == ()
    assert read_ledger(root, "privacy") == ((), ())


def test_lines_are_appended_and_read_back(root: Path) -> None:
    lines = lines_of(ADOPT, COMPLETE, HOLD)
    append_lines(root, "privacy", lines[:1])
    append_lines(root, "privacy", lines[1:])

    assert ledger_lines(root, "privacy") == tuple(lines)
    assert file_of(root).read_bytes() == "".join(line + "\n" for line in lines).encode()
    assert read_ledger(root, "privacy") == (chained((ADOPT, COMPLETE, HOLD), None), ())


def test_lines_that_another_process_put_there_meanwhile_are_not_put_there_twice(root: Path) -> None:
    lines = lines_of(ADOPT, COMPLETE)
    append_lines(root, "privacy", lines)
    append_lines(root, "privacy", lines)
    append_lines(root, "privacy", lines[1:])
    assert ledger_lines(root, "privacy") == tuple(lines)


def test_appending_nothing_makes_no_file(root: Path) -> None:
    append_lines(root, "privacy", [])

    assert not file_of(root).exists()


@pytest.mark.parametrize("line", ["", "a\nb", "a\r"])
def test_a_line_with_a_line_end_is_a_bug(root: Path, line: str) -> None:
    with pytest.raises(ValueError, match="one event"):
        append_lines(root, "privacy", [line])


def test_a_line_that_was_never_finished_is_told_and_nothing_is_appended_to_it(root: Path) -> None:
    lines = lines_of(ADOPT, COMPLETE)
    file_of(root).write_text(lines[0] + "\n" + lines[1][:40], "utf-8")

    assert told(root) == [("ledger-torn", 2)]
    assert [event.kind for event in read_ledger(root, "privacy")[0]] == [EventKind.ADOPT]
    with pytest.raises(PublisherError, match="never finished"):
        append_lines(root, "privacy", lines[1:])


def test_a_full_disk_is_told_and_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(ADOPT, COMPLETE)
    append_lines(root, "privacy", lines[:1])

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(PublisherError, match="No space left"):
        append_lines(root, "privacy", lines[1:])

    assert ledger_lines(root, "privacy") == (lines[0],)


@pytest.mark.parametrize("edit", ["change", "delete", "swap"])
def test_a_line_changed_moved_or_deleted_breaks_the_chain_after_it(root: Path, edit: str) -> None:
    lines = lines_of(ADOPT, COMPLETE, HOLD)
    if edit == "change":
        lines[0] = lines[0].replace("Ada", "Eve")
    elif edit == "delete":
        del lines[1]
    else:
        lines[1], lines[2] = lines[2], lines[1]
    file_of(root).write_text("".join(line + "\n" for line in lines), "utf-8")

    assert ("ledger-chain", 2) in told(root)


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        "null",
        "not json",
        "",
        '{"kind":"adopt"}',
        ADOPT.line().replace('"kind":"adopt"', '"kind":"invent"'),
        ADOPT.line().replace(",", ", "),
        ADOPT.line().replace("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
        ADOPT.line().replace("2024-10-01", "20241001"),
        ADOPT.line().replace("2024-10-01", "2024-11-31"),
        ADOPT.line().replace('"floor":0', '"floor":"0"'),
        ADOPT.line().replace('"floor":0', '"floor":-1'),
        ADOPT.line().replace('"floor":0', '"floor":true'),
        ADOPT.line().replace('"by":"Ada"', '"by":5'),
        ADOPT.line().replace('"version":"v1"', '"version":1'),
        ADOPT.line().replace('"policy":"privacy"', '"policy":null'),
        ADOPT.line().replace('"clauses":[]', '"clauses":[["1",null]]'),
        ADOPT.line().replace('"clauses":[]', '"clauses":[[1,null,"x"]]'),
        ADOPT.line().replace('{"en":"', '{"en":5,"de":"'),
        ADOPT.line().replace('"store":null', '"store":null,"unknown":1'),
        ADOPT.line().replace('"consent_needed":false', '"consent_needed":"no"'),
        ADOPT.line().replace('"notice":null', '"notice":7'),
        ADOPT.line().replace('"previous":null', '"previous":7'),
        "[" * 100_000,
    ],
)
def test_what_is_no_canonical_event_is_told_with_its_line(root: Path, line: str) -> None:
    file_of(root).write_text(line + "\n", "utf-8")

    assert told(root) == [("ledger-line", 1)]


@pytest.mark.parametrize(
    ("events", "code", "line"),
    [
        ((replace(ADOPT, policy="cookies"),), "ledger-policy", 1),
        ((replace(ADOPT, version="1"),), "ledger-line", 1),
        ((replace(ADOPT, version=None),), "ledger-line", 1),
        ((replace(ADOPT, effective=None),), "ledger-line", 1),
        ((ADOPT, HOLD, COMPLETE), "ledger-clock", 3),
        ((replace(COMPLETE, kind=EventKind.STORE, version=None),), "ledger-line", 1),
    ],
)
def test_what_cannot_have_happened_is_told_although_the_chain_is_whole(
    root: Path, events: tuple[LedgerEvent, ...], code: str, line: int
) -> None:
    append_lines(root, "privacy", lines_of(*events))

    assert told(root) == [(code, line)]


def test_a_store_line_has_no_version(root: Path) -> None:
    store = replace(COMPLETE, kind=EventKind.STORE, version=None, store="4f2a", at=ADOPT.at)
    append_lines(root, "privacy", lines_of(store, ADOPT))

    assert told(root) == []


def test_line_ends_of_another_system_are_told_as_such(root: Path) -> None:
    file_of(root).write_bytes((ADOPT.line() + "\r\n").encode())

    assert told(root) == [("ledger-line-ends", 1)]


def test_bytes_that_are_no_text_are_told(root: Path) -> None:
    file_of(root).write_bytes((ADOPT.line() + "\n").encode() + b"\xff\n")

    assert told(root) == [("ledger-line", 2)]


def test_a_linked_ledger_is_refused(root: Path) -> None:
    file_of(root).symlink_to("/dev/null")

    assert told(root) == [("file-irregular", None)]
