"""Statements as files."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from publisher.domain.notice import Channel, NoticeId, NoticeKind
from publisher.domain.policy import PolicySettings
from publisher.domain.statement import Statement
from publisher.library.folders import read_policies
from publisher.library.statements import named_files, read_statement, read_statements, write_statement

SENT = Statement(
    id=NoticeId("privacy", "transfer", 2),
    kind=NoticeKind.TRANSFER,
    sent=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
    until=datetime(2027, 1, 31, 16, 0, tzinfo=UTC),
    before=date(2027, 2, 1),
    channels=(Channel.BANNER, Channel.EMAIL),
    everyone=False,
    by=('Ada “the” "First"', "贝\\n"),
    texts=(),
)
SOURCES = {"en": "---\nsummary: What: it is.\n---\n# T\n", "zh-CN": "---\nsummary: 摘要\n---\n# 题\n"}
SETTINGS = PolicySettings(name="privacy", title="Privacy", language="en", languages=("zh-CN",))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    files = write_statement(tmp_path, SENT, {"en": SOURCES["zh-CN"], "zh-CN": SOURCES["zh-CN"]})
    assert files[-1] == "policies/privacy/notices/privacy-transfer-2/notice.toml"
    (found,), faults = read_statements(tmp_path, SETTINGS)
    assert faults == ()
    assert replace(found, texts=()) == SENT
    assert found.languages == ("en", "zh-CN")
    assert [text.summary for text in found.texts] == ["摘要", "摘要"]


def test_a_text_that_was_changed_after_it_was_sent_is_told(tmp_path: Path) -> None:
    write_statement(tmp_path, SENT, {"en": SOURCES["zh-CN"]})
    file = tmp_path / "policies/privacy/notices/privacy-transfer-2/en.md"
    file.write_text(file.read_text("utf-8") + "More.\n", "utf-8")
    found, faults = read_statements(tmp_path, SETTINGS)
    assert (found, [(fault.code, fault.place.file) for fault in faults]) == (
        (),
        [("statement-altered", "policies/privacy/notices/privacy-transfer-2/en.md")],
    )


def test_a_missing_text_is_told(tmp_path: Path) -> None:
    write_statement(tmp_path, SENT, {"en": SOURCES["zh-CN"]})
    (tmp_path / "policies/privacy/notices/privacy-transfer-2/en.md").unlink()
    assert [fault.code for fault in read_statements(tmp_path, SETTINGS)[1]] == ["file-unreadable"]


@pytest.mark.parametrize("name", ["privacy-v2-1", "terms-incident-1", "privacy-incident-01", "other"])
def test_a_folder_that_is_no_statement_of_the_policy_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "policies/privacy/notices" / name).mkdir(parents=True)
    found, faults = read_statements(tmp_path, SETTINGS)
    assert (found, [fault.code for fault in faults]) == ((), ["file-unknown"])


def test_the_folder_of_notices_is_no_version(tmp_path: Path) -> None:
    write_statement(tmp_path, SENT, {"en": SOURCES["zh-CN"]})
    (tmp_path / "policies/privacy/policy.toml").write_text(
        'title = "P"\nlanguage = "en"\ncontact = "a@b.example"\n', "utf-8"
    )
    reading = read_policies(tmp_path)
    assert ([policy.versions for policy in reading.policies], reading.faults) == ([()], ())


@pytest.mark.parametrize(
    ("files", "given", "languages"),
    [
        (["incident.en.md", "incident.zh-CN.md", "other.en.md"], "incident.en.md", ["en", "zh-CN"]),
        (["en.md", "zh-CN.md", "notice.toml", "notes.md"], ".", ["en", "zh-CN"]),
        (["en.md", "zh-CN.md"], "zh-CN.md", ["en", "zh-CN"]),
        (["incident.md", "incident.en.md"], "incident.md", ["en"]),
        (["inc.md", "inc.zh-CN.md"], "inc.md", ["en", "zh-CN"]),
        (["zh-CN.md"], "zh-CN.md", ["zh-CN"]),
        (["inc.fr.md"], "inc.fr.md", ["fr"]),
    ],
)
def test_a_path_names_every_language(tmp_path: Path, files: list[str], given: str, languages: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_text("x", "utf-8")
    found = named_files(tmp_path / given, ["en", "zh-CN"])
    assert [language for language, _ in found.files] == languages
    assert all(path.is_file() for _, path in found.files)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("# T\n", [("statement-front", 1)]),
        ("---\nsummary: x\n", [("statement-front", 1)]),
        ("---\nuntil: 2027-01-01\n---\n", [("statement-summary", 1)]),
        (f"---\nsummary: {'x' * 601}\n---\n", [("statement-summary", 2)]),
        ("---\nsummary: x\nuntil: 2027-02-30\n---\n", [("statement-until", 3)]),
        ("---\nsummary: x\nsumary: y\n---\n", [("statement-key", 3)]),
    ],
)
def test_front_matter_that_cannot_be_meant_is_told(tmp_path: Path, source: str, told: list[tuple[str, int]]) -> None:
    path = tmp_path / "en.md"
    path.write_text(source, "utf-8")
    text, faults = read_statement(path, "en", "en.md")
    assert text is None
    assert [(fault.code, fault.place.line) for fault in faults] == told
