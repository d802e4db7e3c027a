"""What is read of a build, and what is believed to be as it was."""

import os
import time
from pathlib import Path

from publisher.workflow.snapshot import Snapshot

LONG_AGO = 1_700_000_000_000_000_000


def _written(path: Path, text: str, at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    os.utime(path, ns=(at, at))


def test_a_file_that_is_still_the_one_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    _written(tmp_path / "privacy/index.html", "12 months", LONG_AGO)
    first = Snapshot(tmp_path)
    _written(tmp_path / "privacy/index.html", "24 months", LONG_AGO)
    assert Snapshot(tmp_path, former=(first,)).text("/privacy/index.html") == "12 months"
    assert Snapshot(tmp_path).text("/privacy/index.html") == "24 months"


def test_a_file_that_changed_is_read_again_whatever_of_it_shows_that(tmp_path: Path) -> None:
    page = tmp_path / "privacy/index.html"
    _written(page, "12 months", LONG_AGO)
    first = Snapshot(tmp_path)
    _written(page, "24 months", LONG_AGO + 1)
    assert Snapshot(tmp_path, former=(first,)).text("/privacy/index.html") == "24 months"
    _written(page, "124 months", LONG_AGO)
    assert Snapshot(tmp_path, former=(first,)).text("/privacy/index.html") == "124 months"
    _written(tmp_path / "other", "36 months", LONG_AGO)
    (tmp_path / "other").rename(page)
    assert Snapshot(tmp_path, former=(first,)).text("/privacy/index.html") == "36 months"


def test_a_file_that_was_written_just_before_it_was_read_is_read_again(tmp_path: Path) -> None:
    lately = time.time_ns() + 60_000_000_000  # however long this machine stands still before it reads
    _written(tmp_path / "index.html", "12 months", lately)
    first = Snapshot(tmp_path)
    _written(tmp_path / "index.html", "24 months", lately)
    assert Snapshot(tmp_path, former=(first,)).text("/index.html") == "24 months"


def test_the_same_page_elsewhere_is_compressed_once(tmp_path: Path) -> None:
    _written(tmp_path / "one/index.html", "<p>12 months</p>" * 100, LONG_AGO)
    _written(tmp_path / "two/index.html", "<p>12 months</p>" * 100, LONG_AGO)
    one = Snapshot(tmp_path / "one")
    two = Snapshot(tmp_path / "two", former=(one,))
    assert two.find("/") is one.find("/")
    assert two.digest == one.digest


def test_builds_that_say_another_thing_have_another_digest(tmp_path: Path) -> None:
    _written(tmp_path / "a", "12", LONG_AGO)
    digests = {Snapshot(tmp_path).digest}
    _written(tmp_path / "b", "12", LONG_AGO)
    digests.add(Snapshot(tmp_path).digest)
    (tmp_path / "a").rename(tmp_path / "c")
    digests.add(Snapshot(tmp_path).digest)
    assert len(digests) == 3


def test_neither_links_nor_hidden_files_are_served(tmp_path: Path) -> None:
    _written(tmp_path / "site/index.html", "12 months", LONG_AGO)
    _written(tmp_path / "site/.hidden/index.html", "no", LONG_AGO)
    _written(tmp_path / "secret/key", "no", LONG_AGO)
    (tmp_path / "site/link").symlink_to(tmp_path / "secret/key")
    (tmp_path / "site/folder").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "site/pipe")
    pages = Snapshot(tmp_path / "site")
    assert pages.find("/") is not None
    for path in ("/.hidden/", "/link", "/folder/key", "/pipe"):
        assert pages.find(path) is None, path


def test_a_served_time_map_names_the_time_gate(tmp_path: Path) -> None:
    built = '<https://e.example/privacy/>;rel="original",\n<https://e.example/timemap/privacy>;rel="self"\n'
    _written(tmp_path / "timemap/privacy", built, LONG_AGO)
    served = Snapshot(tmp_path, base_url="https://e.example/").text("/timemap/privacy").split(",\n")
    assert served[1] == '<https://e.example/timegate/privacy>;rel="timegate"'
    assert ",\n".join(served[:1] + served[2:]) == built
