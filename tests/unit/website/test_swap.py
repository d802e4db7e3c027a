import os
import threading
from pathlib import Path

import pytest

from publisher.errors import PublisherError
from publisher.website.manifest import Stamp
from publisher.website.swap import MARKER, swap


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != MARKER)


def test_files_are_written_and_orphans_of_ours_go(tmp_path: Path) -> None:
    output = tmp_path / "site/public"
    swap(output, [("index.html", b"1"), ("a/index.html", b"2")])
    done = swap(output, [("index.html", b"1"), ("b/index.html", b"3")])
    assert names(output) == ["b/index.html", "index.html"]
    assert (done.files, done.changed, done.removed) == (2, 1, 1)
    assert not (output / "a").exists()


def test_unchanged_files_keep_their_time(tmp_path: Path) -> None:
    output = tmp_path / "public"
    swap(output, [("index.html", b"1")])
    os.utime(output / "index.html", ns=(1, 1))
    swap(output, [("index.html", b"1")])
    assert (output / "index.html").stat().st_mtime_ns == 1


def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    output = tmp_path / "public"
    output.mkdir()
    (output / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(PublisherError) as told:
        swap(output, [("index.html", b"1")])
    assert told.value.faults[0].code == "site-foreign"
    assert names(output) == ["thesis.txt"]


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublisherError):
        swap(tmp_path / "public", [("index.html", b"1")])
    assert names(tmp_path / "elsewhere") == []


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    swap(tmp_path / "public", [("index.html", b"1")])
    assert names(tmp_path / "public") == ["index.html"]


def test_what_somebody_put_into_our_folder_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "public"
    swap(output, [("index.html", b"1")])
    (output / ".well-known").mkdir()
    (output / ".well-known/security.txt").write_text("Contact", "utf-8")
    swap(output, [("index.html", b"2")])
    swap(output, [("index.html", b"3")])
    assert names(output) == [".well-known/security.txt", "index.html"]


@pytest.mark.parametrize("name", ["../escape", "/etc/x", "a/../../b", "a\\b", ""])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    output = tmp_path / "deep/public"
    with pytest.raises(PublisherError):
        swap(output, [(name, b"x")])
    assert not output.exists()
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_build_that_fails_midway_leaves_the_old_site_and_no_rubbish(tmp_path: Path) -> None:
    output = tmp_path / "public"
    swap(output, [("index.html", b"old")])

    def failing() -> "list[tuple[str, bytes]]":
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        swap(output, failing())
    assert (output / "index.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_an_unwritable_disk_is_told_in_words(tmp_path: Path) -> None:
    output = tmp_path / "public"
    with pytest.raises(PublisherError) as told:
        swap(output, [("a", b"1"), ("a/b", b"2")])
    assert told.value.faults[0].code == "site-unwritable"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_finds_the_whole_old_or_the_whole_new_site(tmp_path: Path) -> None:
    output = tmp_path / "public"
    pages = [f"{number}/index.html" for number in range(20)]
    swap(output, [(name, b"0") for name in pages])
    stop = threading.Event()
    torn: list[object] = []

    def read() -> None:
        while not stop.is_set():
            folder = os.open(output, os.O_RDONLY)
            try:
                found = set()
                for name in pages:
                    file = os.open(name, os.O_RDONLY, dir_fd=folder)
                    found.add(os.read(file, 10))
                    os.close(file)
                if len(found) != 1:
                    torn.append(found)
            except FileNotFoundError:
                pass  # the old folder was being cleared away under an open handle: the next opening finds the new one
            finally:
                os.close(folder)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 30):
        swap(output, [(name, str(number).encode()) for name in pages])
    stop.set()
    reader.join()
    assert torn == []


def _stamped(output: Path) -> list[tuple[str, bytes | Stamp]]:
    stamps: dict[str, Stamp] = {}
    swap(output, [("a/index.html", b"A"), ("b/index.html", b"B")], stamps.__setitem__)
    return list(stamps.items())


def test_a_site_of_which_all_stays_is_not_moved(tmp_path: Path) -> None:
    output = tmp_path / "public"
    kept = _stamped(output)
    folder = output.stat().st_ino

    done = swap(output, kept)

    assert output.stat().st_ino == folder
    assert (done.files, done.changed, done.removed, done.bytes) == (2, 0, 0, 2)


def test_a_site_that_loses_a_file_is_replaced(tmp_path: Path) -> None:
    output = tmp_path / "public"
    kept = _stamped(output)

    assert swap(output, kept[:1]).removed == 1
    assert not (output / "b").exists()


def test_what_stays_comes_along_with_what_is_new(tmp_path: Path) -> None:
    output = tmp_path / "public"
    kept = _stamped(output)

    assert swap(output, [kept[0], ("b/index.html", b"new"), ("c/index.html", b"C")]).changed == 2
    assert [(output / name / "index.html").read_bytes() for name in "abc"] == [b"A", b"new", b"C"]


def test_a_folder_that_became_a_link_is_made_a_folder_again(tmp_path: Path) -> None:
    output = tmp_path / "public"
    kept = _stamped(output)
    (output / "a").rename(tmp_path / "elsewhere")
    (output / "a").symlink_to(tmp_path / "elsewhere")

    swap(output, kept)

    assert not (output / "a").is_symlink()
    assert (output / "a" / "index.html").read_bytes() == b"A"
