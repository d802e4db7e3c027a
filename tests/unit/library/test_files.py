import os
from pathlib import Path

import pytest

from publisher.library.files import atomic_write, read_bytes


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"old")
    path.chmod(0o640)

    atomic_write(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["ledger.jsonl"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_fault_while_writing_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)

    with pytest.raises(OSError, match="No space"):
        atomic_write(path, b"new")

    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["ledger.jsonl"]


def test_a_symbolic_link_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "en.md").symlink_to("secret")

    held, faults = read_bytes(tmp_path / "en.md", "en.md", 100)

    assert held is None
    assert [fault.code for fault in faults] == ["file-irregular"]


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "en.md")

    held, faults = read_bytes(tmp_path / "en.md", "en.md", 100)

    assert held is None
    assert [fault.code for fault in faults] == ["file-irregular"]


@pytest.mark.parametrize("name", ["missing.md", "nul\0.md"])
def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    held, faults = read_bytes(tmp_path / name, "en.md", 100)

    assert held is None
    assert [fault.code for fault in faults] == ["file-unreadable"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert [fault.code for fault in read_bytes(tmp_path, "en.md", 100)[1]] == ["file-irregular"]


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.md").write_bytes(b"x" * 2_000_001)

    _, faults = read_bytes(tmp_path / "en.md", "en.md", 2_000_000)

    assert "2 MB" in faults[0].message
