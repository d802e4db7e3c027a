from datetime import date

import pytest

from publisher.domain.policy import Audience, PolicySettings
from publisher.domain.regime import Counsel
from publisher.errors import Severity
from publisher.library.settings import known_zone, setting_line, settings_of

GOOD = """\
# policies/privacy/policy.toml
title = "Privacy Policy"
language = "en"
languages = ["zh-CN"]
timezone = "Asia/Shanghai"
regimes = [
    "section-8",   # a comment with "quotes" ]
    "pipl",
]
notice_days = 45
delivery_days = 2
notice_share = 0.9
applies_to = "status = 'active'"
channels = ["banner", "email"]
contact = "privacy@example.com"
sign_off = 2
terms = ["Platform"]

[[audience]]
name = "online-message"
clauses = ["2.2"]
where = "region = 'CN'"

[[audience]]
name = "cookies"
clauses = ["3.2", "3.3"]
where = \"\"\"
language = 'en'
\"\"\"
"""
LEAST = 'title = "T"\nlanguage = "en"\ncontact = "a@b.example"\n'


def told(text: str) -> list[tuple[str, int | None]]:
    settings, faults = settings_of(text, "privacy", "policy.toml")
    assert settings is None
    return [(fault.code, fault.place.line) for fault in faults if fault.severity is Severity.ERROR]


COUNSEL = """
[[counsel]]
regime = "gdpr"
by = "Dr. Lee"
role = "outside counsel"
at = 2027-01-10
days = 21

[[counsel]]
regime = "psd2"
by = "Dr. Lee"
at = 2027-01-10
"""


def test_what_counsel_confirmed_is_read() -> None:
    settings, faults = settings_of(LEAST + COUNSEL, "privacy", "policy.toml")

    assert faults == ()
    assert settings is not None
    assert settings.counsel == (
        Counsel("gdpr", "Dr. Lee", "outside counsel", date(2027, 1, 10), 21),
        Counsel("psd2", "Dr. Lee", "", date(2027, 1, 10), None),
    )


@pytest.mark.parametrize(
    ("edit", "line", "words"),
    [
        (("days = 21", "days = -1"), 10, "days"),
        (("at = 2027-01-10", 'at = "2027-13-10"'), 9, "date"),
        (('regime = "psd2"', 'regime = "atlantis"'), 13, "no regime 'atlantis'"),
        (('regime = "psd2"', 'regime = "gdpr"'), 13, "confirmed twice"),
        (('by = "Dr. Lee"\nat = 2027-01-10\n', 'by = "Dr. Lee"\nat = 2027-01-10\ndays = 59\n'), 16, "minimum is 60"),
        (("role =", "rule ="), 8, "Unknown key"),
    ],
)
def test_what_counsel_cannot_confirm_is_told_with_its_line(edit: tuple[str, str], line: int, words: str) -> None:
    settings, faults = settings_of((LEAST + COUNSEL).replace(*edit), "privacy", "policy.toml")

    assert settings is None
    assert any(fault.place.line == line and words in fault.message for fault in faults), faults


def test_every_key_is_read() -> None:
    assert settings_of(GOOD, "privacy", "policy.toml") == (
        PolicySettings(
            name="privacy",
            title="Privacy Policy",
            language="en",
            languages=("zh-CN",),
            timezone="Asia/Shanghai",
            regimes=("section-8", "pipl"),
            notice_days=45,
            delivery_days=2,
            notice_share=0.9,
            applies_to="status = 'active'",
            channels=("banner", "email"),
            contact="privacy@example.com",
            sign_off=2,
            terms=("Platform",),
            audiences=(
                Audience("online-message", ("2.2",), "region = 'CN'"),
                Audience("cookies", ("3.2", "3.3"), "language = 'en'\n"),
            ),
        ),
        (),
    )


def test_title_and_language_are_enough_but_a_missing_contact_is_a_warning() -> None:
    settings, faults = settings_of('title = "T"\nlanguage = "en"\n', "privacy", "policy.toml")

    assert settings == PolicySettings("privacy", "T", "en")
    assert [(fault.code, fault.severity) for fault in faults] == [("settings-missing", Severity.WARNING)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("titel = 'x'", "settings-unknown"),
        ("notice_days = -1", "settings-value"),
        ("notice_days = '30'", "settings-type"),
        ("notice_days = true", "settings-type"),
        ("notice_days = 30.0", "settings-type"),
        ("delivery_days = 0", "settings-value"),
        ("notice_share = 0", "settings-value"),
        ("notice_share = 1.01", "settings-value"),
        ("notice_share = nan", "settings-value"),
        ("notice_share = '1'", "settings-type"),
        ("sign_off = 0", "settings-value"),
        ("regimes = ['pipll']", "settings-value"),
        ("regimes = 'pipl'", "settings-type"),
        ("languages = ['zh_CN']", "settings-value"),
        ("languages = ['en']", "settings-value"),
        ("languages = ['de', 'de']", "settings-value"),
        ("languages = [1]", "settings-type"),
        ("channels = ['fax']", "settings-value"),
        ("channels = []", "settings-value"),
        ("applies_to = ''", "settings-value"),
        ("terms = ['']", "settings-value"),
        ("timezone = 'Asia/Shangai'", "settings-value"),
        ("timezone = 3", "settings-type"),
        ("audience = 'x'", "settings-type"),
        ("audience = ['x']", "settings-type"),
        ("terms = ['a\\u202Eb']", None),
        ('terms = ["a\\u202Eb"]', "character-direction"),
    ],
)
def test_a_wrong_value_is_told_on_its_line(line: str, code: str | None) -> None:
    if code is None:
        assert settings_of(LEAST + line, "privacy", "policy.toml")[1] == ()
        return
    assert told(LEAST + line + "\n") == [(code, 4)]


@pytest.mark.parametrize("contact", ["privacy", "a@b", "a b@c.d", "x <a@b.example>", "a@b.example\\nBcc: c@d.example"])
def test_a_contact_must_be_a_mail_address(contact: str) -> None:
    assert told(f'title = "T"\nlanguage = "en"\ncontact = "{contact}"\n') == [("settings-value", 3)]


@pytest.mark.parametrize("key", ["title", "language"])
def test_a_key_that_must_be_there_is_told_when_it_is_not(key: str) -> None:
    text = "".join(line + "\n" for line in LEAST.split("\n") if line and not line.startswith(key))

    assert ("settings-missing", 1) in told(text)


@pytest.mark.parametrize(
    ("audience", "line"),
    [
        ("clauses = ['1']\nwhere = 'a = 1'", 4),
        ("name = 'a'\nwhere = 'a = 1'", 4),
        ("name = 'a'\nclauses = ['1']", 4),
        ("name = 'a'\nclauses = []\nwhere = 'a = 1'", 6),
        ("name = 'a'\nclauses = ['1']\nwhere = ''", 7),
        ("name = 'A B'\nclauses = ['1']\nwhere = 'a = 1'", 5),
        ("name = 'a'\nclauses = ['1 2']\nwhere = 'a = 1'", 6),
        ("name = 'a'\nclauses = ['1']\nwhere = 'a = 1'\nwhen = 'x'", 8),
    ],
)
def test_an_audience_needs_name_clauses_and_where(audience: str, line: int) -> None:
    assert [found for _, found in told(f"{LEAST}[[audience]]\n{audience}\n")] == [line]


def test_two_audiences_of_one_name_and_the_name_everyone_are_errors() -> None:
    one = "[[audience]]\nname = 'everyone'\nclauses = ['1']\nwhere = 'a = 1'\n"

    assert len(told(LEAST + one + one)) == 2


@pytest.mark.parametrize(
    "zone",
    [
        "../../etc/passwd",
        "America",
        "/etc/passwd",
        "Asia/Shanghai\0",
        "Nowhere/City",
        "",
        "Asia//Shanghai",
        "a" * 300,
        ".",
    ],
)
def test_a_zone_that_is_none_is_told_without_a_traceback(zone: str) -> None:
    assert not known_zone(zone)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+8"])
def test_zones_of_the_database_are_known(zone: str) -> None:
    assert known_zone(zone)


def test_a_near_zone_and_a_near_key_are_suggested() -> None:
    _, faults = settings_of(LEAST + "timezone = 'Asia/Shangai'\nnotce_days = 3\n", "privacy", "policy.toml")

    assert {fault.remedy for fault in faults} == {"Did you mean 'Asia/Shanghai'?", "Did you mean 'notice_days'?"}


@pytest.mark.parametrize(
    ("text", "line"), [("title = \n", 1), ("title = 'T'\ntitle = 'U'\n", 2), ("a = [\n", 2), ("a = " + "[" * 5000, 1)]
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    assert told(text) == [("settings-syntax", line)]


@pytest.mark.parametrize(
    ("key", "line"), [("title", 2), ("regimes", 6), ("notice_days", 10), ("audience", 19), ("x", 1)]
)
def test_the_line_of_a_setting_is_found(key: str, line: int) -> None:
    assert setting_line(GOOD, key) == line
