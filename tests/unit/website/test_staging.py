"""What the folder that a build replaced is good for: the next one puts into it only what differs."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.website.manifest import Stamp
from publisher.website.staging import STAGING_PREFIX, staged
from publisher.website.swap import MARKER, swap

Files = dict[str, bytes | Stamp]

PAGES = [f"{name}/index.html" for name in "abcdefgh"]


def built(output: Path, changed: dict[str, bytes], former: Files | None = None) -> Files:
    """Builds a site of which some pages differ from the former one, and gives all stamps."""
    stamps: Files = {}
    files: Files = dict.fromkeys(PAGES, b"first") if former is None else dict(former)
    swap(output, (files | changed).items(), stamps.__setitem__)
    return {name: stamps.get(name, content) for name, content in (files | changed).items()}


def pages(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def spare_of(output: Path) -> Path:
    return output.parent / f"{STAGING_PREFIX}{output.name}"


def test_two_folders_take_turns(tmp_path: Path) -> None:
    output = tmp_path / "public"
    first = built(output, {})
    began = output.stat().st_ino
    second = built(output, {PAGES[0]: b"second"}, first)
    built(output, {PAGES[1]: b"third"}, second)
    assert output.stat().st_ino == began
    assert pages(output) == dict.fromkeys(PAGES, b"first") | {PAGES[0]: b"second", PAGES[1]: b"third"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [spare_of(output).name, "public"]
    assert (spare_of(output) / ".gitignore").read_text("utf-8") == "*\n"
    assert not (output / ".gitignore").exists()


def test_a_page_that_a_reader_has_open_is_never_written_into(tmp_path: Path) -> None:
    output = tmp_path / "public"
    first = built(output, {})
    with (output / PAGES[0]).open("rb") as before:
        second = built(output, {PAGES[0]: b"second"}, first)
        built(output, {PAGES[0]: b"third"}, second)
        assert before.read() == b"first"


def a_page_is_another(spare: Path) -> None:
    (spare / PAGES[3]).unlink()
    (spare / PAGES[3]).write_bytes(b"wrong")


def a_folder_is_a_file(spare: Path) -> None:
    shutil.rmtree(spare / "c")
    (spare / "c").write_bytes(b"wrong")


def a_page_is_a_folder(spare: Path) -> None:
    (spare / PAGES[4]).unlink()
    (spare / PAGES[4]).mkdir()
    (spare / PAGES[4] / "more.html").write_bytes(b"wrong")


def a_folder_is_a_link(spare: Path) -> None:
    (spare / "d").rename(spare.parent / "elsewhere")
    (spare / "d").symlink_to(spare.parent / "elsewhere")


def more_is_there(spare: Path) -> None:
    (spare / "x/y").mkdir(parents=True)
    (spare / "x/y/index.html").write_bytes(b"wrong")
    (spare / "empty").mkdir()


def the_marker_is_a_folder(spare: Path) -> None:
    (spare / MARKER).unlink()
    (spare / MARKER).mkdir()


def all_is_gone(spare: Path) -> None:
    shutil.rmtree(spare)


def what_hides_it_is_a_folder(spare: Path) -> None:
    (spare / ".gitignore").unlink()
    (spare / ".gitignore").mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        a_page_is_another,
        a_folder_is_a_file,
        a_page_is_a_folder,
        a_folder_is_a_link,
        more_is_there,
        the_marker_is_a_folder,
        what_hides_it_is_a_folder,
        all_is_gone,
    ],
)
def test_a_damaged_spare_costs_time_and_no_more(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    output = tmp_path / "public"
    second = built(output, {PAGES[0]: b"second"}, built(output, {}))
    damage(spare_of(output))
    built(output, {PAGES[1]: b"third"}, second)
    assert pages(output) == dict.fromkeys(PAGES, b"first") | {PAGES[0]: b"second", PAGES[1]: b"third"}
    assert not (output / "d").is_symlink()
    assert sorted(path.name for path in output.iterdir()) == sorted([MARKER, *"abcdefgh"])


def test_what_a_build_takes_away_is_not_brought_back(tmp_path: Path) -> None:
    output = tmp_path / "public"
    first = built(output, {})
    built(output, {PAGES[0]: b"second"}, first)
    fewer = {name: content for name, content in first.items() if name not in PAGES[:2]}
    swap(output, fewer.items())
    assert set(pages(output)) == set(PAGES[2:])
    assert not (output / "a").exists()


def test_a_site_that_shares_little_leaves_no_spare(tmp_path: Path) -> None:
    output = tmp_path / "public"
    built(output, {})
    built(output, dict.fromkeys(PAGES, b"second"))
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_where_files_cannot_be_linked_there_is_no_spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "public"
    first = built(output, {})

    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    built(output, {PAGES[0]: b"second"}, first)
    assert [path.name for path in tmp_path.iterdir()] == ["public"]
    assert pages(output) == dict.fromkeys(PAGES, b"first") | {PAGES[0]: b"second"}


def test_of_two_builds_at_once_one_alone_has_the_spare(tmp_path: Path) -> None:
    output = tmp_path / "public"
    built(output, {PAGES[0]: b"second"}, built(output, {}))
    one, other = staged(output), staged(output)
    assert (one.folder / PAGES[3]).exists()
    assert not (other.folder / PAGES[3]).exists()
    assert not spare_of(output).exists()
