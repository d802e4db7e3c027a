"""The Maildir transport: whole messages, once each, readable by mail programs."""

import errno
import mailbox
import os
from pathlib import Path

import pytest

from publisher.delivery.maildir import MaildirTransport
from publisher.domain.notice import Outcome

SENDER = "privacy@example.com"


def message(number: int) -> bytes:
    return f"To: user{number}@example.com\r\nMessage-ID: <n.{number}@example.com>\r\n\r\nHello {number}\r\n".encode()


def send(folder: Path, number: int) -> Outcome:
    return MaildirTransport(folder).send(SENDER, f"user{number}@example.com", message(number)).outcome


def test_a_message_lies_in_new_with_the_line_ends_of_the_disk(tmp_path: Path) -> None:
    assert send(tmp_path / "mail", 1) is Outcome.ACCEPTED
    (file,) = (tmp_path / "mail" / "new").iterdir()
    assert file.read_bytes() == message(1).replace(b"\r\n", b"\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


def test_a_mail_program_reads_what_was_delivered(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    for number in range(20):
        transport.send(SENDER, f"user{number}@example.com", message(number))
    box = mailbox.Maildir(tmp_path, create=False)
    assert sorted(str(entry["To"]) for entry in box) == sorted(f"user{number}@example.com" for number in range(20))


def test_the_same_message_again_is_accepted_without_a_second_copy(tmp_path: Path) -> None:
    outcomes = [send(tmp_path, 1) for _ in range(3)]
    assert outcomes == [Outcome.ACCEPTED] * 3
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_message_already_read_is_not_delivered_again(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    transport.send(SENDER, "user1@example.com", message(1))
    transport.send(SENDER, "user2@example.com", message(2))
    for file in list((tmp_path / "new").iterdir()):
        file.rename(tmp_path / "cur" / f"{file.name}:2,FS")
    assert transport.send(SENDER, "user1@example.com", message(1)).outcome is Outcome.ACCEPTED
    assert send(tmp_path, 2) is Outcome.ACCEPTED
    assert list((tmp_path / "new").iterdir()) == []


def test_a_message_without_message_id_is_known_by_its_bytes(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    for body in (b"A: 1\r\n\r\nMessage-ID: <n.1@example.com>\r\n", b"A: 2\r\n\r\nMessage-ID: <n.1@example.com>\r\n"):
        for _ in range(2):
            transport.send(SENDER, "user1@example.com", body)
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_a_full_disk_is_a_busy_host_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    transport = MaildirTransport(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        receipt = transport.send(SENDER, "user1@example.com", message(1))
    assert receipt.outcome is Outcome.HOST_BUSY
    assert "No space left" in receipt.reply
    assert [*(tmp_path / "tmp").iterdir(), *(tmp_path / "new").iterdir()] == []
    assert transport.send(SENDER, "user1@example.com", message(1)).outcome is Outcome.ACCEPTED


def test_a_file_in_the_folders_place_is_our_own_fault(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    assert send(tmp_path / "mail", 1) is Outcome.SENDER_FAULT


def test_a_folder_removed_midway_is_made_again(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path / "mail")
    transport.send(SENDER, "user1@example.com", message(1))
    for part in ("new", "cur", "tmp"):
        for file in (tmp_path / "mail" / part).iterdir():
            file.unlink()
        (tmp_path / "mail" / part).rmdir()
    outcomes = [transport.send(SENDER, "user1@example.com", message(1)).outcome for _ in range(2)]
    assert outcomes[-1] is Outcome.ACCEPTED
