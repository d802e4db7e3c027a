"""`publisher diff` as it is typed: on versions, files and both; every format; every mistake."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.workspaces import V1, V2, Workbench

PAIR = ("privacy@v1", "privacy@v2")
V1_FILE, V2_FILE = "policies/privacy/v1/en.md", "policies/privacy/v2/en.md"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Read only: `diff` writes nothing but what --output names."""
    return Workbench.made(tmp_path_factory.mktemp("diff"))


def on_a_terminal(bench: Workbench, *arguments: str, columns: int = 80, **environment: str) -> str:
    """What the installed command prints on a terminal of that width."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "publisher", "-C", str(bench.folder), "diff", *arguments],
        stdout=theirs,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert done.wait(60) == 0
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def shape(value: Any) -> Any:
    """The keys of JSON at every depth, and nothing of what they hold."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    return type(value).__name__


def test_two_versions_two_files_and_one_of_each_have_the_same_json(bench: Workbench) -> None:
    versions = bench.json("diff", *PAIR)
    assert list(versions) == ["old", "new", "language", "grade", "material", "consent_needed", "changes", "findings"]
    assert [change["id"] for change in versions["changes"]] == ["1.1", "2.2"]
    for pair in ((V1_FILE, V2_FILE), ("privacy@v1", V2_FILE), (V1_FILE, "privacy@v2")):
        found = bench.json("diff", *pair)
        assert shape(found) == shape(versions)
        assert found == versions


def test_json_is_the_same_by_either_option(bench: Workbench) -> None:
    assert bench.run("diff", *PAIR, "--json") == bench.run("diff", *PAIR, "--format", "json")


def test_off_a_terminal_words_are_marked_and_nothing_is_coloured(bench: Workbench) -> None:
    seen = bench.program("diff", *PAIR).stdout
    assert "We keep your data for [-12-]{+24+} months." in seen
    assert "\x1b" not in seen


def test_on_a_terminal_words_are_coloured_unless_told_otherwise(bench: Workbench) -> None:
    assert "\x1b[9;31m12\x1b[0m\x1b[4;32m24\x1b[0m" in on_a_terminal(bench, *PAIR)
    for plain in (
        on_a_terminal(bench, *PAIR, NO_COLOR="1"),
        on_a_terminal(bench, *PAIR, TERM="dumb"),
        on_a_terminal(bench, *PAIR, "--colour", "never"),
    ):
        assert "[-12-]{+24+}" in plain
        assert "\x1b" not in plain
    assert "\x1b[9;31m12" in bench.program("diff", *PAIR, "--color", "always").stdout


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_terminal_is_never_overrun(bench: Workbench, columns: int) -> None:
    for layout in ((), ("--side-by-side",), ("-y", "--all")):
        seen = on_a_terminal(bench, *PAIR, *layout, "--language", "zh-CN", columns=columns, NO_COLOR="1")
        wide = [line for line in seen.splitlines() if len(line) + len(re.findall("[\u2e80-\uffef]", line)) > columns]
        assert wide == []


def test_languages_are_chosen_by_option_or_by_name(bench: Workbench) -> None:
    by_option = bench.json("diff", *PAIR, "--language", "zh-CN")
    assert by_option["language"] == "zh-CN"
    assert by_option == bench.json("diff", "privacy@v1/zh-CN", "privacy@v2")
    assert [change["id"] for change in by_option["changes"]] == ["1.1", "2.2"]


def test_context_all_and_side_by_side(bench: Workbench) -> None:
    assert "clauses unchanged" in bench.run("diff", *PAIR)
    assert "2.1 You may ask us to delete" in bench.run("diff", *PAIR, "--context", "1")
    whole = bench.run("diff", *PAIR, "--all")
    assert "unchanged" not in whole
    assert all(words in whole for words in ("1. What we collect", "1.2 We will not share", "2.1 You may ask"))
    beside = bench.run("diff", *PAIR, "--side-by-side", "--width", "100")
    assert re.search(r"\[-12-\] months\. +│ We keep your data for \{\+24\+\} months\.", beside)


def test_output_goes_into_a_file_whose_name_says_its_format(bench: Workbench, tmp_path: Path) -> None:
    for name, beginning in (
        ("d.html", "<!doctype html>"),
        ("d.md", "## privacy v1"),
        ("d.json", "{"),
        ("d.txt", "privacy v1"),
    ):
        assert bench.run("diff", *PAIR, "-o", str(tmp_path / name)) == ""
        assert (tmp_path / name).read_text("utf-8").startswith(beginning)
    bench.run("diff", *PAIR, "--fragment", "-o", str(tmp_path / "f.html"))
    assert "<html" not in (tmp_path / "f.html").read_text("utf-8")
    assert "name another file" in bench.invoke("diff", V1_FILE, V2_FILE, "-o", V2_FILE, "--format", "json").output
    assert (bench.folder / V2_FILE).read_text("utf-8").startswith("---\n")
    assert "folder that exists" in bench.refused("diff", *PAIR, "-o", str(tmp_path / "none" / "d.md"))


def test_standard_input_can_be_one_of_the_texts(bench: Workbench) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "publisher", "-C", str(bench.folder), "diff", V1_FILE, "-", "--json"],
        input=(bench.folder / V2_FILE).read_bytes(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == bench.json("diff", *PAIR)
    assert bench.invoke("diff", "-", "-").exit_code == 2


def test_clauses_keep_their_identity_through_files_between(bench: Workbench, tmp_path: Path) -> None:
    text = V1["en"]
    moved = text.replace("2.2 We keep your data for 12 months.\n", "").replace(
        "## 2. Your rights\n", "1.3 We keep your data for 12 months.\n\n## 2. Your rights\n"
    )
    for name, words in (
        ("a", text),
        ("b", moved),
        ("c", moved.replace("We keep your data for 12 months", "We keep every record for 24 months")),
    ):
        (tmp_path / f"{name}.md").write_text(words, "utf-8")
    files = [str(tmp_path / f"{name}.md") for name in "abc"]
    straight = bench.json("diff", files[0], files[2])
    assert {kind for change in straight["changes"] for kind in change["kinds"]} >= {"added", "removed"}
    (change,) = bench.json("diff", files[0], files[2], "--between", files[1])["changes"]
    assert change["id"] == "2.2"
    assert set(change["kinds"]) == {"reworded", "moved", "renumbered"}


def test_every_annotation_names_a_line_of_the_source(bench: Workbench) -> None:
    seen = bench.run("diff", *PAIR, "--format", "github").splitlines()
    source = (bench.folder / V2_FILE).read_text("utf-8").splitlines()
    placed = [re.match(rf"::warning file={re.escape(V2_FILE)},line=(\d+),", line) for line in seen[:-1]]
    assert [source[int(found[1]) - 1][:3] for found in placed if found] == ["1.1", "2.2"]
    assert len(placed) == 2


def test_the_texts_do_not_reach_a_terminal_or_a_page_raw(bench: Workbench, tmp_path: Path) -> None:
    hostile = "1.1 We\x1b[2J \u202eevil\u202c keep\r::error::x <script>alert(1)</script> [x](javascript:y) `z`\x07.\n"
    (tmp_path / "new.md").write_text(hostile, "utf-8", newline="")
    (tmp_path / "old.md").write_text("1.1 We keep.\n", "utf-8")
    pair = (str(tmp_path / "old.md"), str(tmp_path / "new.md"))
    for form in ("terminal", "markdown", "html", "github"):
        seen = bench.program("diff", *pair, "--format", form, "--all").stdout
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", seen), form
        assert not re.search(r"(?m)^::error::", seen)
        assert form in ("terminal", "github") or "<script" not in seen
    assert json.loads(bench.program("diff", *pair, "--json").stdout)["changes"]


def test_a_terminal_that_lacks_a_sign_stops_nothing(bench: Workbench) -> None:
    strict = Workbench(bench.folder, environment={"PYTHONIOENCODING": "ascii"})
    done = strict.program("diff", *PAIR, "--language", "zh-CN")
    assert done.returncode == 0, done.stderr
    assert "\\u2192" in done.stdout
    assert json.loads(strict.program("diff", *PAIR, "--json").stdout)["language"] == "en"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.md", V2_FILE), ["nowhere.md: error: It cannot be read: No such file", "Name a file that exists"]),
        (("nowhere.md", "policies"), ["nowhere.md: error", "policies: error: It cannot be read: Is a directory"]),
        (("privacy@v7", "privacy@v2"), ["policies/privacy: error: privacy has no v7.", "It has: v1, v2."]),
        (("privacy@v1", "privacy@v2/fr"), ["policies/privacy/v1: error: privacy v1 has no text in fr.", "en, zh-CN"]),
        (("privacy@v1/r4", "privacy@v2"), ["has no revision 4 in en", "It has: r1."]),
        (("secrecy@v1", "secrecy@v2"), ["There is no policy 'secrecy'.", "Known are: privacy."]),
        (("privacy@1", "privacy@v2"), ["privacy@1: error: It cannot be read", "Name a version such as privacy@v2"]),
    ],
)
def test_what_cannot_be_compared_is_told_with_its_remedy(
    bench: Workbench, arguments: tuple[str, ...], told: list[str]
) -> None:
    seen = bench.refused("diff", *arguments)
    assert [words for words in told if words not in seen] == []


def test_bytes_that_are_no_text_are_told_by_line(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"One.\n\nCaf\xe9.\n")
    (tmp_path / "wide.md").write_bytes("One.".encode("utf-16"))
    seen = bench.refused("diff", str(tmp_path / "latin.md"), str(tmp_path / "wide.md"))
    assert "latin.md:3:4: error: Byte 9 (0xE9) is not UTF-8." in seen
    assert "wide.md:1:1: error: This file is UTF-16" in seen
    assert "Save the file as UTF-8." in seen


def test_sixteen_megabytes_are_the_most(bench: Workbench, tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    with large.open("wb") as file:
        file.truncate(16_000_001)
    seen = bench.refused("diff", str(large), V2_FILE)
    assert "It has over 16 MB." in seen
    assert "Compare it in parts." in seen


@pytest.mark.parametrize(
    "arguments",
    [
        ("privacy@v1",),
        ("privacy@v1", "cookies@v1"),
        ("privacy@v1/en", "privacy@v2/zh-CN"),
        ("privacy@v1/en", "privacy@v2", "--language", "zh-CN"),
        (*PAIR, "--format", "docs"),
        (*PAIR, "--json", "--format", "html"),
        (*PAIR, "--fragment", "--json"),
        (*PAIR, "--context", "-1"),
        (*PAIR, "--between", "x.md"),
        (*PAIR, "-o", "report.pdf"),
    ],
)
def test_misuse_exits_2(bench: Workbench, arguments: tuple[str, ...]) -> None:
    done = bench.invoke("diff", *arguments)
    assert done.exit_code == 2
    assert "Error: " in done.output


def test_a_rewritten_text_gives_every_word_of_both_sides(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text(V1["en"], "utf-8")
    (tmp_path / "new.md").write_text(V2["zh-CN"], "utf-8")
    for change in bench.json("diff", str(tmp_path / "old.md"), str(tmp_path / "new.md"))["changes"]:
        for side, other in (("old", "insert"), ("new", "delete")):
            words = "".join(text for op, text in change["edits"] if op != other)
            assert words == (change[side]["text"] if change[side] else "")
