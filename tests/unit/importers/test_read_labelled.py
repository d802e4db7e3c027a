"""Folders of labelled revisions."""

import json
from pathlib import Path

import pytest

from publisher.domain.assessment import Limb, Side
from publisher.errors import PublisherError
from publisher.importers.labelled import read_labelled

LABEL = {"limb": "B", "kind": "new-purpose", "anchor": "for profit", "side": "new", "why": "said by a reader"}
ENTRY = {"id": "a-1", "repo": "acme", "path_old": "privacy.md", "material": True, "ambiguous": False}


def folder(path: Path, *entries: object) -> Path:
    (path / "texts").mkdir()
    (path / "pairs.jsonl").write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), "utf-8")
    for side in ("old", "new"):
        (path / "texts" / f"a-1.{side}.md").write_text(f"我们的{side}文本", "utf-8")
    return path


def test_a_revision_is_read_with_its_texts_and_labels(tmp_path: Path) -> None:
    (found,) = read_labelled(folder(tmp_path, ENTRY | {"findings": [LABEL]}), "labels")
    assert (found.id, found.folder, found.source, found.path) == ("a-1", "labels", "acme", "privacy.md")
    assert (found.old, found.new, found.language) == ("我们的old文本", "我们的new文本", "zh-CN")
    assert [(one.limb, one.side, one.anchor) for one in found.labels] == [(Limb.COLLECTION, Side.NEW, "for profit")]


def test_a_language_that_is_given_is_kept(tmp_path: Path) -> None:
    (found,) = read_labelled(folder(tmp_path, ENTRY | {"findings": [], "material": False, "language": "en"}))
    assert found.language == "en"


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    given = folder(tmp_path, ENTRY, ENTRY | {"id": "b", "findings": []}, ENTRY | {"id": "../c", "findings": []})
    with pytest.raises(PublisherError) as told:
        read_labelled(given, "labels")
    assert [(fault.code, str(fault.place)) for fault in told.value.faults] == [
        ("labels-line", "labels/pairs.jsonl:1"),
        ("labels-text", "labels/pairs.jsonl:2"),
        ("labels-line", "labels/pairs.jsonl:3"),
    ]
    assert "'findings' is missing" in told.value.faults[0].message


def test_a_name_that_stands_twice_is_told(tmp_path: Path) -> None:
    entry = ENTRY | {"findings": [LABEL]}
    with pytest.raises(PublisherError, match="a-1 stands here twice"):
        read_labelled(folder(tmp_path, entry, entry))


def test_a_folder_without_labels_is_told(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match=r"pairs\.jsonl"):
        read_labelled(tmp_path)
