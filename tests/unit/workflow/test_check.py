import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.domain.digest import digest_of
from publisher.domain.ledger import EventKind
from publisher.errors import PublisherError, Severity
from publisher.workflow.check import ordered
from tests.unit.workflow.checking import EN2, NOW, SETTINGS, ZH2, Desk


def test_a_good_workspace_has_no_fault(first: Desk) -> None:
    assert first.codes() == []


def test_an_adopted_version_has_no_fault(adopted: Desk) -> None:
    assert adopted.codes() == []


def test_a_signed_version_has_no_fault(signed: Desk) -> None:
    assert signed.codes() == []


def test_nothing_is_written_and_the_store_is_not_opened(signed: Desk) -> None:
    before = {path: path.stat().st_mtime_ns for path in signed.root.rglob("*")}

    signed.faults()

    assert {path: path.stat().st_mtime_ns for path in signed.root.rglob("*")} == before


def test_checking_loads_no_database_and_no_templates() -> None:
    code = (
        "import sys, publisher.workflow.check;"
        "sys.exit(' '.join(set(sys.modules) & {'sqlalchemy', 'jinja2', 'deepdiff', 'babel', 'alembic'}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("edit", "code", "severity", "line"),
    [
        (("2.2 Write", "2.1 Write"), "number-duplicate", "error", 17),
        (("section 2.1", "section 7.4"), "reference-broken", "error", 11),
        (("This Privacy Policy", "This Cookie Policy"), "policy-misnamed", "warning", 9),
        (("applies to the website", "applies to <script>alert(1)</script>"), "raw-html", "error", 9),
        (("website", "web\u200bsite"), "character-invisible", "error", 9),
    ],
)
def test_what_is_wrong_with_words_is_told_with_its_line(
    first: Desk, edit: tuple[str, str], code: str, severity: str, line: int
) -> None:
    first.edit("v1/en.md", *edit)

    told = [(f.severity.value, f.place.line) for f in first.faults() if f.place.file == "policies/privacy/v1/en.md"]

    assert (severity, line) in told, (code, first.faults())


def test_what_is_wrong_with_the_words_of_a_released_text_is_only_told(first: Desk) -> None:
    first.edit("v1/en.md", "section 2.1", "section 7.4")
    assert "error" in {severity for _, severity in first.codes()}

    first.record("v1")

    assert {severity for _, severity in first.codes()} == {"warning"}
    assert "next version" in first.faults()[0].remedy


@pytest.mark.parametrize(
    ("edit", "named", "line"),
    [
        (("for 30 days", "for 300 days"), "1.2", 11),
        (("\n2.1 We will not share your name without your consent.\n", ""), "2.1", 1),
        (("summary: The first", "summary: The very first"), "front matter", 1),
    ],
)
def test_an_edited_released_text_is_an_error_that_names_version_and_clauses(
    adopted: Desk, edit: tuple[str, str], named: str, line: int
) -> None:
    adopted.edit("v1/en.md", *edit)

    fault = adopted.one("released-edited")

    assert fault.severity is Severity.ERROR
    assert "privacy v1" in fault.message
    assert named in fault.message
    assert (fault.place.file, fault.place.line) == ("policies/privacy/v1/en.md", line)
    assert "into the next version (publisher draft" in fault.remedy


def test_an_edited_released_translation_is_an_error(adopted: Desk) -> None:
    adopted.edit("v1/zh-CN.md", "姓名", "名字")

    assert adopted.one("released-edited").place.file == "policies/privacy/v1/zh-CN.md"


def test_a_released_version_whose_folder_is_gone_is_an_error(drafted: Desk) -> None:
    (drafted.root / "policies/privacy/v1").rename(drafted.root / "gone")

    assert drafted.one("released-missing").place.file == "policies/privacy/v1"


def test_a_broken_ledger_is_an_error_with_its_line(adopted: Desk) -> None:
    adopted.record("v1", EventKind.COMPLETE)
    adopted.edit("ledger.jsonl", '"kind":"adopt"', '"kind":"release"')

    fault = adopted.one("ledger-chain")

    assert (fault.place.file, fault.place.line) == ("policies/privacy/ledger.jsonl", 2)


def test_a_corrected_text_is_held_against_its_newest_digest_and_the_old_one_is_kept(adopted: Desk) -> None:
    old = (adopted.root / "policies/privacy/v1/en.md").read_text("utf-8")
    new = old.replace("website", "web site")
    adopted.edit("v1/en.md", "website", "web site")
    adopted.record("v1", EventKind.CORRECT, texts=(("en", digest_of(new)),))

    assert adopted.one("released-missing").place.file == "policies/privacy/v1/revisions/1/en.md"

    adopted.write("v1/revisions/1/en.md", old)
    assert [code for code, _ in adopted.codes() if code.startswith("re")] == []

    adopted.write("v1/revisions/2/en.md", old)
    assert adopted.one("revision-unknown").place.file == "policies/privacy/v1/revisions/2/en.md"


def test_a_date_before_the_version_it_follows_is_an_error(drafted: Desk) -> None:
    drafted.edit("v2/en.md", '"+45 days"', "2024-09-30")
    drafted.edit("v2/zh-CN.md", '"+45 days"', "2024-09-30")

    fault = drafted.one("effective-decreases")

    assert (fault.place.line, fault.severity) == (2, Severity.ERROR)
    assert "2024-10-01" in fault.remedy


@pytest.mark.parametrize(("hour", "past"), [(15, False), (16, True)])
def test_a_date_is_past_by_the_policys_own_clock(drafted: Desk, hour: int, past: bool) -> None:
    drafted.edit("v2/en.md", '"+45 days"', "2026-12-01")
    drafted.edit("v2/zh-CN.md", '"+45 days"', "2026-12-01")
    now = datetime(2026, 12, 1, hour, 30, tzinfo=UTC)  # half past midnight in Shanghai is 16:30 of the day before

    assert ("effective-past" in [code for code, _ in drafted.codes(now)]) is past


def test_a_first_version_may_have_been_in_force_for_long(first: Desk) -> None:
    assert first.codes(NOW + timedelta(days=1000)) == []


def test_a_material_version_below_its_floor_is_a_warning(drafted: Desk) -> None:
    drafted.edit("v2/en.md", '"+45 days"', '"+32 days"')
    drafted.edit("v2/zh-CN.md", '"+45 days"', '"+32 days"')

    fault = drafted.one("below-floor")

    assert fault.severity is Severity.WARNING
    assert '"+33 days"' in fault.remedy
    assert "2027-01-03" in fault.remedy


def test_languages_must_name_one_date(drafted: Desk) -> None:
    drafted.edit("v2/zh-CN.md", '"+45 days"', '"+46 days"')

    fault = drafted.one("effective-differs")

    assert (fault.place.file, fault.place.line) == ("policies/privacy/v2/zh-CN.md", 2)


@pytest.mark.parametrize(
    ("edit", "code", "severity"),
    [
        (("三十天", "四十五天"), "translation-number", "warning"),
        (("三十天", "45天"), "translation-number", "warning"),
        (("2027年10月", "2027年11月"), "translation-number", "warning"),
        (("mailto:privacy@", "mailto:other@"), "translation-link", "warning"),
        (("\n2.2 请", "\n2.3 请"), "translation-structure", "error"),
        (("\n2.1 未经您的同意，我们不会共享您的姓名。\n", ""), "translation-structure", "error"),
    ],
)
def test_clauses_that_differ_between_languages_are_told(
    first: Desk, edit: tuple[str, str], code: str, severity: str
) -> None:
    first.edit("v1/zh-CN.md", *edit)

    assert (code, severity) in first.codes()


def test_a_differing_number_names_both_lines(first: Desk) -> None:
    first.edit("v1/zh-CN.md", "三十天", "45天")

    fault = first.one("translation-number")

    assert (fault.place.file, fault.place.line, fault.place.clause) == ("policies/privacy/v1/zh-CN.md", 11, "1.2")
    assert "policies/privacy/v1/en.md:11" in fault.message


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("notice_days = 30", "notice_days = 14", "settings-weakened", "lowered from 30 to 14"),
        ('["banner", "email"]', '["banner"]', "settings-weakened", "no longer holds email"),
        ('languages = ["zh-CN"]', "languages = []", "settings-weakened", "no longer holds zh-CN"),
        ("notice_days = 30", "notice_days = 60", "settings-changed", "was 30"),
        ("privacy@example.com", "legal@example.com", "settings-changed", "legal@example.com"),
        ('["banner", "email"]', '["banner", "email", "webhook"]', "settings-changed", "webhook"),
    ],
)
def test_settings_that_are_others_than_at_the_last_release_are_warnings_with_their_line(
    adopted: Desk, old: str, new: str, code: str, words: str
) -> None:
    adopted.edit("policy.toml", old, new)

    fault = adopted.one(code)

    assert words in fault.message
    assert fault.severity is Severity.WARNING
    assert fault.place.line == 1 + SETTINGS[: SETTINGS.index(old)].count("\n")


def test_the_order_of_lists_is_no_change(adopted: Desk) -> None:
    adopted.edit("policy.toml", '["banner", "email"]', '["email", "banner"]')

    assert adopted.codes() == []


def test_a_summary_that_was_only_copied_is_a_warning(drafted: Desk) -> None:
    drafted.edit("v2/en.md", "We share your name with partners (2.1).", "The first version.")

    assert drafted.one("summary-unchanged").place.line == 3


def test_an_audience_for_a_clause_that_no_text_has_is_a_warning(first: Desk) -> None:
    first.edit("policy.toml", "contact", "sign_off = 1\ncontact")
    text = (first.root / "policies/privacy/policy.toml").read_text("utf-8")
    first.write("policy.toml", text + '\n[[audience]]\nname = "a"\nclauses = ["1.2", "9.9"]\nwhere = "a = 1"\n')

    fault = first.one("audience-clause-unknown")

    assert "9.9" in fault.message
    assert fault.place.line == 10


def test_a_draft_after_a_version_that_cannot_be_read_is_still_read(adopted: Desk) -> None:
    adopted.edit("v1/en.md", "effective", "efective")
    adopted.write("v2/en.md", EN2.replace("2.2 Write", "2.1 Write"))
    adopted.write("v2/zh-CN.md", ZH2)

    files = {fault.place.file for fault in adopted.faults() if fault.severity is Severity.ERROR}

    assert files >= {"policies/privacy/v1/en.md", "policies/privacy/v2/en.md"}


def test_only_one_policy_is_checked_when_asked(first: Desk) -> None:
    other = first.root / "policies/cookies"
    other.mkdir()
    (other / "policy.toml").write_text("title = 1\n", "utf-8")

    assert first.faults(only="privacy") == ()
    assert {fault.place.file for fault in first.faults(only="cookies")} == {"policies/cookies/policy.toml"}
    with pytest.raises(PublisherError, match="no policy 'terms'"):
        first.faults(only="terms")


def test_faults_are_sorted_and_told_once(first: Desk) -> None:
    first.edit("v1/en.md", "section 2.1", "section 7.4")
    first.edit("v1/zh-CN.md", "2024-10-01", "2024-11-31")
    faults = first.faults()

    assert faults == ordered((*reversed(faults), *faults))
    assert [fault.place.file for fault in faults] == sorted(fault.place.file or "" for fault in faults)


@pytest.mark.parametrize(
    "harm",
    [
        lambda root: (root / "policies/privacy/v1/en.md").write_bytes(b"\xff"),
        lambda root: (root / "policies/privacy/v1/en.md").unlink(),
        lambda root: (root / "policies/privacy/v1/en.md").write_text("", "utf-8"),
        lambda root: (root / "policies/privacy/ledger.jsonl").write_text("nonsense\n", "utf-8"),
        lambda root: (root / "policies/privacy/ledger.jsonl").unlink(),
        lambda root: (root / "policies/privacy/policy.toml").write_text("", "utf-8"),
        lambda root: (root / "policies/privacy/v2/en.md").write_text(
            "---\neffective: 2028-01-01\nsummary: x\n---\n", "utf-8"
        ),
        lambda root: (root / "policies/privacy/v2/review.toml").write_text("x", "utf-8"),
    ],
)
def test_no_damage_makes_check_crash(signed: Desk, harm: Callable[[Path], object]) -> None:
    harm(signed.root)

    assert signed.faults()


def test_a_date_years_ahead_is_a_warning(drafted: Desk) -> None:
    for language in ("en", "zh-CN"):
        drafted.edit(f"v2/{language}.md", '"+45 days"', "2127-03-01")
    fault = drafted.one("effective-far")
    assert (fault.severity.value, fault.place.file, fault.place.line) == ("warning", "policies/privacy/v2/en.md", 2)


def test_a_clause_on_changes_that_promises_more_than_the_settings_keep_is_an_error(drafted: Desk) -> None:
    for language, words in (
        ("en", "\n## 3. Changes\n\n3.1 We will notify you by e-mail at least 45 days before a change.\n"),
        ("zh-CN", "\n## 3. 变更\n\n3.1 我们将在变更前至少 45 日通过电子邮件通知您。\n"),
    ):
        path = drafted.root / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8") + words, "utf-8")
    fault = drafted.one("promise-longer")
    assert (fault.severity.value, fault.place.file, fault.place.line) == ("error", "policies/privacy/v2/en.md", 21)
    assert "notice_days = 45" in fault.remedy
    drafted.edit("policy.toml", "notice_days = 30", "notice_days = 45")
    drafted.edit("policy.toml", '["banner", "email"]', '["banner"]')
    assert "does not use email" in drafted.one("promise-channel").message


def test_going_on_taken_for_agreement_is_told_where_consent_must_be_given(drafted: Desk) -> None:
    drafted.edit("v2/en.md", "See section 2.1.", "If you continue to use the site, you agree to this. See section 2.1.")
    assert "consent-deemed" not in [code for code, _ in drafted.codes()]
    drafted.edit("policy.toml", "notice_days = 30", 'regimes = ["section-8", "pipl"]\nnotice_days = 30')
    fault = drafted.one("consent-deemed")
    assert (fault.severity.value, fault.place.line) == ("warning", 11)


def test_an_impossible_order_of_events_is_told_with_its_line_and_nothing_crashes(adopted: Desk) -> None:
    adopted.record("v1", EventKind.WITHDRAW)
    adopted.record("v1", EventKind.IN_FORCE)

    told = [fault for fault in adopted.faults() if fault.code == "ledger-order"]

    assert [(fault.place.file, fault.place.line, fault.severity) for fault in told] == [
        ("policies/privacy/ledger.jsonl", 2, Severity.ERROR)
    ]
    assert told[0].message == (
        "This line cannot follow those before it: privacy v1 is in force; what applies cannot be withdrawn."
    )
