import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from publisher.domain.digest import digest_of
from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.errors import Fault, Severity
from publisher.library import append_lines, read_policies, setting_place

SETTINGS = 'title = "Privacy Policy"\nlanguage = "en"\nlanguages = ["zh-CN"]\ncontact = "privacy@example.com"\n'
TEXT = "---\neffective: 2027-03-01\nsummary: New.\n---\n# Privacy Policy\n\n1. We care.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "policies/privacy/policy.toml", SETTINGS)
    write(tmp_path, "policies/privacy/v1/en.md", TEXT)
    write(tmp_path, "policies/privacy/v1/zh-CN.md", TEXT)
    return tmp_path


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    return path


def told(root: Path) -> list[tuple[str, str | None, Severity]]:
    return [(fault.code, fault.place.file, fault.severity) for fault in read_policies(root).faults]


def faults(root: Path) -> tuple[Fault, ...]:
    return read_policies(root).faults


def release(root: Path, version: str = "v1", **texts: str) -> None:
    event = LedgerEvent(
        EventKind.ADOPT,
        "privacy",
        version,
        datetime(2026, 1, 1, tzinfo=UTC),
        "Ada",
        effective=date(2027, 3, 1),
        texts=tuple((name.replace("_", "-"), digest) for name, digest in texts.items()),
    )
    append_lines(root, "privacy", [entry.line() for entry in chained((event,), None)])


def test_a_policy_is_read_with_its_versions_in_order_and_the_authoritative_text_first(root: Path) -> None:
    for number in range(2, 12):
        write(root, f"policies/privacy/v{number}/en.md", TEXT)
        write(root, f"policies/privacy/v{number}/zh-CN.md", TEXT)

    reading = read_policies(root)

    assert reading.faults == ()
    (policy,) = reading.policies
    assert [version.name for version in policy.versions] == [f"v{number}" for number in range(1, 12)]
    text = policy.versions[0].texts[0]
    assert (text.language, text.path, text.body_line) == ("en", "policies/privacy/v1/en.md", 5)
    assert text.digest == digest_of(TEXT)
    assert text.body.startswith("# Privacy Policy")


def test_the_digest_does_not_depend_on_line_ends_or_a_byte_order_mark(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", "\ufeff" + TEXT.replace("\n", "\r\n"))

    (policy,) = read_policies(root).policies

    assert policy.versions[0].texts[0].digest == digest_of(TEXT)


def test_a_missing_translation_is_an_error_that_names_the_file(root: Path) -> None:
    (root / "policies/privacy/v1/zh-CN.md").unlink()

    (fault,) = faults(root)

    assert (fault.code, fault.severity) == ("translation-missing", Severity.ERROR)
    assert "policies/privacy/v1/zh-CN.md" in fault.remedy


def test_a_missing_authoritative_text_is_an_error(root: Path) -> None:
    (root / "policies/privacy/v1/en.md").unlink()

    assert told(root) == [("text-missing", "policies/privacy/v1/en.md", Severity.ERROR)]


def test_a_released_version_needs_the_languages_it_was_released_in_and_no_others(root: Path) -> None:
    (root / "policies/privacy/v1/zh-CN.md").unlink()
    release(root, en=digest_of(TEXT))

    assert faults(root) == ()


def test_a_released_text_that_is_gone_is_an_error(root: Path) -> None:
    (root / "policies/privacy/v1/zh-CN.md").unlink()
    release(root, en=digest_of(TEXT), zh_CN=digest_of(TEXT))

    assert told(root) == [("released-missing", "policies/privacy/v1/zh-CN.md", Severity.ERROR)]


def test_what_is_wrong_with_the_characters_of_a_released_text_is_a_warning(root: Path) -> None:
    text = TEXT.replace("care", "ca\u200bre")
    write(root, "policies/privacy/v1/en.md", text)
    assert [severity for *_, severity in told(root)] == [Severity.ERROR]

    release(root, en=digest_of(text), zh_CN=digest_of(TEXT))

    assert [severity for *_, severity in told(root)] == [Severity.WARNING]


def test_a_text_without_front_matter_is_left_out_and_told(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", "# Privacy Policy\n")

    reading = read_policies(root)

    assert [str(fault.place) for fault in reading.faults] == ["policies/privacy/v1/en.md:1:1"]
    assert [text.language for text in reading.policies[0].versions[0].texts] == ["zh-CN"]


def test_former_revisions_are_read_and_the_current_text_counts_on(root: Path) -> None:
    write(root, "policies/privacy/v1/revisions/1/en.md", TEXT)
    write(root, "policies/privacy/v1/revisions/2/en.md", TEXT)

    (policy,) = read_policies(root).policies
    version = policy.versions[0]

    assert [(text.revision, text.path) for text in version.revisions] == [
        (1, "policies/privacy/v1/revisions/1/en.md"),
        (2, "policies/privacy/v1/revisions/2/en.md"),
    ]
    assert [(text.language, text.revision) for text in version.texts] == [("en", 3), ("zh-CN", 1)]


@pytest.mark.parametrize(
    "name",
    [
        "Privacy",
        "privacy_",
        "-rf",
        "a--b",
        "con",
        "api",
        "en",
        "zh-cn",
        "v1",
        "a" * 65,
        "%2e%2e",
        "a b",
        "history",
        "ä",
    ],
)
def test_a_folder_that_cannot_be_a_policy_is_an_error(root: Path, name: str) -> None:
    write(root, f"policies/{name}/policy.toml", SETTINGS)
    expected = [("policy-name", f"policies/{name}", Severity.ERROR)]

    assert [entry for entry in told(root) if entry[0] == "policy-name"] == expected


def test_a_name_with_a_line_end_is_told_in_one_line(root: Path) -> None:
    write(root, "policies/privacy/v1\n/en.md", TEXT)

    (fault,) = faults(root)

    assert fault.code == "file-unknown"
    assert "\n" not in str(fault)


@pytest.mark.parametrize(
    "name",
    [
        "policies/notes.txt",
        "policies/privacy/notes.txt",
        "policies/privacy/v01/en.md",
        "policies/privacy/V2/en.md",
        "policies/privacy/drafts/en.md",
        "policies/privacy/v1/EN.md.bak",
        "policies/privacy/v1/english.md",
        "policies/privacy/v1/images/a.png",
        "policies/privacy/v1/revisions/en.md",
        "policies/privacy/v1/revisions/01/en.md",
        "policies/privacy/v1/revisions/1/notes.txt",
    ],
)
def test_what_nothing_reads_is_a_warning(root: Path, name: str) -> None:
    write(root, name, TEXT)

    assert [(code, severity) for code, _, severity in told(root)] == [("file-unknown", Severity.WARNING)]


def test_hidden_files_are_passed_over(root: Path) -> None:
    write(root, "policies/.DS_Store", "x")
    write(root, "policies/privacy/v1/.en.md.swp", "x")

    assert faults(root) == ()


def test_a_language_that_the_settings_do_not_name_is_a_warning_until_it_is_released(root: Path) -> None:
    write(root, "policies/privacy/v1/de.md", TEXT)
    assert told(root) == [("language-undeclared", "policies/privacy/v1/de.md", Severity.WARNING)]

    release(root, en=digest_of(TEXT), zh_CN=digest_of(TEXT), de=digest_of(TEXT))
    assert faults(root) == ()


def test_versions_that_do_not_follow_each_other_are_a_warning(root: Path) -> None:
    write(root, "policies/privacy/v3/en.md", TEXT)
    write(root, "policies/privacy/v3/zh-CN.md", TEXT)

    assert told(root) == [("version-gap", "policies/privacy/v3", Severity.WARNING)]


@pytest.mark.parametrize(
    "link", ["policies/privacy/v1/de.md", "policies/privacy/v2", "policies/terms", "policies/privacy/x"]
)
def test_symbolic_links_are_refused_everywhere(root: Path, link: str) -> None:
    (root / link).symlink_to("/etc/passwd" if link.endswith(".md") else "/etc")

    assert told(root) == [("file-irregular", link, Severity.ERROR)]


def test_a_linked_text_counts_as_missing(root: Path) -> None:
    (root / "policies/privacy/v1/en.md").unlink()
    (root / "policies/privacy/v1/en.md").symlink_to("zh-CN.md")

    assert [code for code, *_ in told(root)] == ["file-irregular", "text-missing"]


def test_a_pipe_is_refused_without_waiting_for_it(root: Path) -> None:
    os.mkfifo(root / "policies/privacy/v1/de.md")

    assert told(root) == [("file-irregular", "policies/privacy/v1/de.md", Severity.ERROR)]


def test_names_that_are_one_on_other_systems_are_an_error(root: Path) -> None:
    write(root, "policies/privacy/v1/EN.md", TEXT)

    assert ("file-twin", "policies/privacy/v1/en.md", Severity.ERROR) in told(root)


def test_a_huge_text_is_refused(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", TEXT + "x" * 2_000_000)

    assert told(root) == [("file-large", "policies/privacy/v1/en.md", Severity.ERROR)]


def test_settings_that_cannot_be_read_leave_the_policy_out_and_the_others_in(root: Path) -> None:
    write(root, "policies/cookies/policy.toml", "title = \n")
    write(root, "policies/cookies/v1/en.md", TEXT)

    reading = read_policies(root)

    assert [policy.name for policy in reading.policies] == ["privacy"]
    assert [str(fault.place) for fault in reading.faults] == ["policies/cookies/policy.toml:1:9"]


def test_a_policy_without_settings_is_an_error(root: Path) -> None:
    (root / "policies/privacy/policy.toml").unlink()

    assert told(root) == [("settings-missing", "policies/privacy/policy.toml", Severity.ERROR)]


def test_a_workspace_without_policies_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == [("policies-missing", "policies", Severity.ERROR)]

    (tmp_path / "policies").mkdir()

    assert told(tmp_path) == [("policies-empty", "policies", Severity.WARNING)]


def test_all_faults_of_all_files_are_told_at_once(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", TEXT.replace("2027-03-01", "2026-11-31"))
    (root / "policies/privacy/v1/zh-CN.md").write_bytes(b"\xff\xfe")
    write(root, "policies/privacy/v2/en.md", "---\n")

    assert {code for code, *_ in told(root)} == {
        "effective-wrong",
        "encoding-wrong",
        "front-matter-unclosed",
        "translation-missing",
    }


def test_the_place_of_a_setting_is_its_line(root: Path) -> None:
    assert setting_place(root, "privacy", "languages").line == 3
    assert setting_place(root, "nowhere", "languages").line == 1


def test_a_character_is_told_with_its_line_in_the_file(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", TEXT.replace("care", "c\u200bare"))

    (fault,) = faults(root)

    assert (fault.place.line, fault.place.column) == (7, 8)


def test_a_control_character_in_front_matter_is_told_once(root: Path) -> None:
    write(root, "policies/privacy/v1/en.md", TEXT.replace("New.", "New\x85."))

    assert [(fault.code, fault.place.line) for fault in faults(root)] == [("character-control", 3)]
