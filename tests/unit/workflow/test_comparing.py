from collections.abc import Sequence
from pathlib import Path

import pytest

from publisher.assessing import compare_texts
from publisher.config import Settings
from publisher.domain.change import Change, ChangeKind, Grade
from publisher.domain.citation import Citation
from publisher.domain.comparison import Comparison, LooseText
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.policy import Policy
from publisher.errors import PublisherError
from publisher.workflow.comparing import compare_cited
from publisher.workflow.texts import Trees, released_trees
from publisher.workflow.workspace import open_workspace
from tests.unit.workflow.checking import EN, SETTINGS, ZH, Desk

ALONE = SETTINGS.replace('languages = ["zh-CN"]\n', "")
FRONT = "---\neffective: {}\nsummary: One more version.\n---\n"
CELLAR = "We keep letters in the cellar of our office for a whole year."
LONGER = CELLAR.replace("year", "decade")
COPIES = "You may ask us for a copy of any letter at any time you like."
BURNT = "Letters that nobody asks for are burnt in the spring of every year."
GUESTS = "Guests of the house may read old newspapers in the garden."

V1 = f"# Letters\n\n## 1. Keeping\n\n1.1 {CELLAR}\n\n1.2 {COPIES}\n\n## 2. Ending\n\n2.1 {BURNT}\n"
V2 = f"# Letters\n\n## 1. Keeping\n\n1.1 {COPIES}\n\n## 2. Ending\n\n2.1 {BURNT}\n\n2.2 {CELLAR}\n\n2.3 {GUESTS}\n"
V3 = f"# Letters\n\n## 1. Keeping\n\n1.1 {COPIES}\n\n## 2. Ending\n\n2.1 {CELLAR}\n\n2.2 {BURNT}\n"
V4 = f"# Letters\n\n## 1. Keeping\n\n1.1 {COPIES}\n\n## 2. Ending\n\n2.1 {BURNT}\n\n2.2 {LONGER}\n"
TEXTS = {"v1": V1, "v2": V2, "v3": V3, "v4": V4}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Four versions of one text, none of them released."""
    desk = Desk(tmp_path)
    desk.write("policy.toml", ALONE)
    for number, (version, text) in enumerate(TEXTS.items(), start=1):
        desk.write(f"{version}/en.md", FRONT.format(f"202{number}-01-01") + text)
    return desk


@pytest.fixture
def released(desk: Desk) -> Desk:
    """The same, all in the ledger."""
    desk.record("v1")
    for version in ("v2", "v3", "v4"):
        desk.record(version, EventKind.RELEASE, grade=Grade.CLARIFICATION)
    return desk


def compared(desk: Desk, old: str | LooseText, new: str | LooseText, **options: str) -> Comparison:
    workspace = open_workspace(Settings(desk.root))
    sides = [Citation.parse(side) if isinstance(side, str) else side for side in (old, new)]
    assert sides[0] is not None
    assert sides[1] is not None
    return compare_cited(workspace, sides[0], sides[1], **options)


def told(changes: tuple[Change, ...]) -> list[tuple[str, tuple[ChangeKind, ...]]]:
    return [(change.id, change.kinds) for change in changes]


@pytest.mark.parametrize("made", ["desk", "released"])
def test_versions_further_apart_are_compared_as_one_step(made: str, request: pytest.FixtureRequest) -> None:
    found = compared(request.getfixturevalue(made), "privacy@v1", "privacy@v4").assessment
    moved = [change for change in found.changes if ChangeKind.MOVED in change.kinds]
    assert [change.id for change in moved] == ["1.1"]
    assert ChangeKind.REWORDED in moved[0].kinds
    assert not {ChangeKind.ADDED, ChangeKind.REMOVED} & {kind for change in found.changes for kind in change.kinds}


def test_drafts_carry_ids_from_each_to_the_next_and_none_is_given_twice(desk: Desk) -> None:
    desk.write("v3/en.md", FRONT.format("2023-01-01") + V2.replace(GUESTS, "Nothing here applies to the post office."))
    removed, added = compared(desk, "privacy@v2", "privacy@v3").assessment.changes
    assert (removed.kinds, added.kinds) == ((ChangeKind.REMOVED,), (ChangeKind.ADDED,))
    assert removed.id != added.id


def test_the_ids_are_those_of_the_ledger(released: Desk) -> None:
    found = compared(released, "privacy@v3", "privacy@v4")
    events = open_workspace(Settings(released.root)).events("privacy")
    assert [entry.id for entry in events[-1].clauses] == [placed.clause.id for placed in found.new.tree.walk()]


def test_a_newer_version_compares_with_an_older_one_backwards(released: Desk) -> None:
    there = compared(released, "privacy@v1", "privacy@v2").assessment
    back = compared(released, "privacy@v2", "privacy@v1").assessment
    assert {change.id for change in there.changes if change.old is None} == {
        change.id for change in back.changes if change.new is None
    }


def test_a_file_takes_its_ids_from_the_version_that_it_is_compared_with(released: Desk) -> None:
    file = LooseText("letters.md", V4.replace(COPIES, "2.1 nothing"))
    found = compared(released, "privacy@v4", file)
    assert found.new.name == "letters.md"
    by_words = {placed.clause.text: placed.clause.id for placed in found.new.tree.walk()}
    assert by_words[LONGER] == "1.1"
    assert compared(released, LooseText("same.md", V4), "privacy@v4").assessment.changes == ()


def test_files_keep_their_clauses_through_those_between() -> None:
    texts = [LooseText(f"{name}.md", text) for name, text in TEXTS.items()]
    through = compare_texts(texts, "en", ("section-8",)).assessment
    assert [change.id for change in through.changes if ChangeKind.MOVED in change.kinds] == ["1.1"]
    assert compare_texts(texts[:2], "en", ()).old.name == "v1.md"


def test_a_translation_is_compared_under_the_same_ids(drafted: Desk) -> None:
    found = compared(drafted, "privacy@v1/zh-CN", "privacy@v2")
    assert found.assessment.language == "zh-CN"
    assert told(found.assessment.changes) == told(compared(drafted, "privacy@v1", "privacy@v2").assessment.changes)
    assert found.new.file == "policies/privacy/v2/zh-CN.md"


def test_former_revisions_can_be_compared(adopted: Desk) -> None:
    adopted.write("v1/revisions/1/en.md", EN.replace("30 days", "20 days"))
    adopted.write("v1/revisions/1/zh-CN.md", ZH)
    found = compared(adopted, "privacy@v1/r1", "privacy@v1")
    assert told(found.assessment.changes) == [("1.2", (ChangeKind.REWORDED,))]
    assert found.old.file == "policies/privacy/v1/revisions/1/en.md"
    assert compared(adopted, "privacy@v1/en/r2", "privacy@v1").assessment.changes == ()


@pytest.mark.parametrize(
    ("cited", "code", "remedy"),
    [
        ("privacy@v9", "version-unknown", "It has: v1, v2."),
        ("privacy@v2/fr", "text-missing", "It has: en, zh-CN."),
        ("privacy@v2/r3", "revision-unknown", "It has: r1."),
    ],
)
def test_what_is_not_there_is_named_with_what_is(drafted: Desk, cited: str, code: str, remedy: str) -> None:
    with pytest.raises(PublisherError) as caught:
        compared(drafted, cited, "privacy@v2")
    assert code in {fault.code for fault in caught.value.faults}
    assert remedy in {fault.remedy for fault in caught.value.faults}


def test_a_text_that_cannot_be_read_is_told_by_its_line(drafted: Desk) -> None:
    (drafted.root / "policies/privacy/v2/en.md").write_bytes(b"---\nsummary: x\n---\n\n\xff\n")
    with pytest.raises(PublisherError) as caught:
        compared(drafted, "privacy@v1", "privacy@v2")
    assert [str(fault.place) for fault in caught.value.faults] == ["policies/privacy/v2/en.md:5:1"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("privacy@v2", Citation("privacy", "v2")),
        ("privacy@v12/zh-CN", Citation("privacy", "v12", "zh-CN")),
        ("privacy@v2/r1", Citation("privacy", "v2", None, 1)),
        ("privacy@v2/en/r1", Citation("privacy", "v2", "en", 1)),
        ("privacy@v0", None),
        ("privacy@2", None),
        ("Privacy@v1", None),
        ("privacy@v1/", None),
        ("privacy@v1/EN", None),
        ("privacy@v1/en/r0", None),
        ("./privacy@v1", None),
        ("policy.md", None),
    ],
)
def test_citations_are_read_as_they_are_written(written: str, meant: Citation | None) -> None:
    assert Citation.parse(written) == meant


def test_versions_between_two_released_ones_are_not_even_read(released: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(policy: Policy, events: Sequence[LedgerEvent], version: str) -> Trees:
        read.append(version)
        return released_trees(policy, events, version)

    monkeypatch.setattr("publisher.workflow.comparing.released_trees", noted)
    compared(released, "privacy@v1", "privacy@v4")
    assert read == ["v1", "v4"]
