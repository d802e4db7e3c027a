"""Promises of policy.toml that were made smaller are signed like the text."""

from dataclasses import replace

import pytest

from publisher.config import Settings
from publisher.domain.assessment import Finding, FindingKind, Limb
from publisher.domain.change import Grade
from publisher.domain.review import SETTING_LOWERED, Decided, Decision, quote_digest
from publisher.errors import Fault, Severity
from publisher.workflow.release import governed
from publisher.workflow.settings_findings import settings_findings, with_settings
from publisher.workflow.workspace import open_workspace
from tests.unit.workflow.checking import Desk


def found(desk: Desk) -> tuple[Finding, ...]:
    workspace = open_workspace(Settings(desk.root))
    return settings_findings(workspace.policy("privacy"), workspace.events("privacy"))


def stale(desk: Desk) -> list[Fault]:
    return [fault for fault in desk.faults() if fault.code == "review-stale"]


def confirmed(finding: Finding) -> Decided:
    return Decided(
        finding.limb,
        finding.kind,
        finding.clause,
        finding.side,
        quote_digest(finding.quote),
        finding.quote,
        Decision.CONFIRMED,
        ("Ada",),
        added=True,
        rule=finding.rule,
        why=finding.why,
    )


@pytest.mark.parametrize(
    ("old", "new", "quote", "why"),
    [
        ("notice_days = 30", "notice_days = 14", "notice_days = 14", "14 days of notice instead of 30"),
        ("notice_days = 30", "notice_days = 30\nnotice_share = 0.8", "notice_share = 0.8", "80% of the audience"),
        ('["banner", "email"]', '["banner"]', 'channels = ["banner"]', "no longer told by email"),
        ('languages = ["zh-CN"]', "languages = []", "languages = []", "Readers of zh-CN"),
        ("privacy@example.com", "legal@example.com", 'contact = "legal@example.com"', "privacy@example.com"),
        ('contact = "privacy@example.com"', "", 'contact = ""', "no longer named"),
        ("notice_days = 30", "notice_days = 30\nregimes = []", "regimes = []", "What section-8 asks for"),
        ("notice_days = 30", "notice_days = 30\napplies_to = \"region = 'CN'\"", "applies_to = ", "narrowed"),
        (
            'contact = "privacy@example.com"',
            'contact = "privacy@example.com"\n[[audience]]\nname = "a"\nclauses = ["2.1"]\nwhere = "region = \'CN\'"',
            "audiences = [",
            "Who is told",
        ),
    ],
)
def test_what_was_lowered_is_a_finding_with_the_new_words_and_a_reason(
    adopted: Desk, old: str, new: str, quote: str, why: str
) -> None:
    adopted.edit("policy.toml", old, new)

    (finding,) = found(adopted)

    assert finding.quote.startswith(quote)
    assert why in finding.why
    assert (finding.rule, finding.limb, finding.grade) == (SETTING_LOWERED, Limb.RIGHTS, Grade.MATERIAL)
    assert finding.kind is (FindingKind.OTHER if "contact" in quote else FindingKind.NOTICE_WEAKENED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("notice_days = 30", "notice_days = 60"),
        ('["banner", "email"]', '["email", "webhook", "banner"]'),
        ('title = "Privacy Policy"', 'title = "Privacy Notice"'),
    ],
)
def test_a_promise_made_larger_or_kept_is_none(adopted: Desk, old: str, new: str) -> None:
    adopted.edit("policy.toml", old, new)

    assert found(adopted) == ()


def test_a_regime_that_goes_tells_by_how_much_the_floor_falls(first: Desk) -> None:
    first.edit("policy.toml", "notice_days = 30", 'notice_days = 30\nregimes = ["psd2"]')
    first.record("v1")
    first.edit("policy.toml", 'regimes = ["psd2"]', 'regimes = ["section-8"]')

    (finding,) = found(first)

    assert "The floor falls from 62 to 30 days." in finding.why


def test_without_a_release_there_is_nothing_to_compare_with(first: Desk) -> None:
    assert found(first) == ()


def test_a_signed_review_that_does_not_know_of_it_is_stale_and_names_the_line(signed: Desk) -> None:
    signed.edit("policy.toml", "notice_days = 30", "notice_days = 7")

    (fault,) = stale(signed)

    assert (fault.place.file, fault.place.line, fault.severity) == ("policies/privacy/policy.toml", 5, Severity.ERROR)
    assert "notice_days" in fault.message


def test_a_decision_on_it_is_kept_in_the_review_and_settles_it(drafted: Desk) -> None:
    drafted.edit("policy.toml", "notice_days = 30", "notice_days = 14")
    drafted.sign()
    review_path = drafted.root / "policies/privacy/v2"
    from publisher import library

    review, _ = library.read_review(review_path)
    assert review is not None
    assert len(stale(drafted)) == 1

    decided = confirmed(found(drafted)[0])
    library.write_review(review_path, replace(review, decisions=(*review.decisions, decided)))

    again, faults = library.read_review(review_path)
    assert faults == ()
    assert again is not None
    assert again.decisions[-1] == decided
    assert stale(drafted) == []


def test_lowered_once_more_it_is_open_again(drafted: Desk) -> None:
    test_a_decision_on_it_is_kept_in_the_review_and_settles_it(drafted)

    drafted.edit("policy.toml", "notice_days = 14", "notice_days = 1")

    assert len(stale(drafted)) == 1


def test_it_makes_a_version_material_by_itself(adopted: Desk) -> None:
    adopted.write(
        "v2/en.md", (adopted.root / "policies/privacy/v1/en.md").read_text("utf-8").replace("applies", "apply")
    )
    adopted.edit("policy.toml", "notice_days = 30", "notice_days = 14")
    workspace = open_workspace(Settings(adopted.root))
    events = workspace.events("privacy")

    assessment = adopted.assessment()

    assert not assessment.material
    assert with_settings(assessment, workspace.policy("privacy"), events).material


def test_fewer_days_by_the_word_of_counsel_are_a_finding_and_the_longer_floor_stands_until_released(
    drafted: Desk,
) -> None:
    counsel = '\n[[counsel]]\nregime = "section-8"\nby = "Dr. Lee"\nat = 2026-11-01\ndays = 10\n'
    settings = (drafted.root / "policies/privacy/policy.toml").read_text("utf-8")
    drafted.write("policy.toml", settings + counsel)

    assert [finding.why for finding in found(drafted)] == [
        "Counsel gives users fewer days than they were promised: section-8 10 instead of 30. (policy.toml, against v1)"
    ]
    workspace = open_workspace(Settings(drafted.root))
    assert governed(workspace.policy("privacy"), workspace.events("privacy")).settings.floor == 30
