"""An organisation's own rule packs, read strictly."""

from pathlib import Path

import pytest

from publisher.domain.assessment import FindingKind, Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn
from publisher.errors import Severity
from publisher.library import read_policies
from publisher.library.packs import packs_of, read_packs

GOOD = """\
# What the board promised.
[[pack]]
dated = 2026-12-01
source = "Board resolution 7"
note = "Prices and points."
extends = "gdpr@2026-11-25"
switched_off = ["dispute-forum", "controller"]

[pack.material]
fee-or-refund = "We promised to tell of prices."

[pack.consent]
new-purpose = "We promised to ask first."

[[pack.pattern]]
name = "points"
limb = "A"
kind = "right-weakened"
side = "went"
language = "en"
expression = '\\bacme points?\\b'
why = "The points of members are spoken of."

[[pack.pattern]]
name = "points"
limb = "A"
language = "zh"
expression = "积分"
why = "The points of members are spoken of."

[[pack]]
dated = "2027-06-01"
source = "Board resolution 9"
any_change = "We promised to tell of everything."
"""
LEAST = '[[pack]]\ndated = 2026-12-01\nsource = "s"\nany_change = "Because."\n'


def told(text: str) -> list[tuple[str, int | None]]:
    packs, faults = packs_of(text, "acme", "packs/acme.toml")
    assert packs == ()
    assert all(fault.remedy and fault.place.file == "packs/acme.toml" for fault in faults)
    return [(fault.code, fault.place.line) for fault in faults]


def test_every_key_is_read() -> None:
    why = "The points of members are spoken of."

    assert packs_of(GOOD, "acme", "packs/acme.toml") == (
        (
            Pack(
                "acme",
                "2026-12-01",
                "Board resolution 7",
                "Prices and points.",
                (
                    Treatment(FindingKind.FEE_OR_REFUND, "We promised to tell of prices."),
                    Treatment(FindingKind.NEW_PURPOSE, "We promised to ask first.", consent=True),
                ),
                (
                    Pattern(
                        "points",
                        Limb.RIGHTS,
                        FindingKind.RIGHT_WEAKENED,
                        Turn.WENT,
                        "en",
                        r"\bacme points?\b",
                        why,
                    ),
                    Pattern("points", Limb.RIGHTS, FindingKind.OTHER, Turn.CAME, "zh", "积分", why),
                ),
                extends="gdpr@2026-11-25",
                switched_off=("dispute-forum", "controller"),
            ),
            Pack("acme", "2027-06-01", "Board resolution 9", "", any_change="We promised to tell of everything."),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [("pack-missing", 1)]),
        ("pack = 1\n", [("pack-type", 1), ("pack-missing", 1)]),
        (LEAST.replace("2026-12-01", '"soon"'), [("pack-value", 2)]),
        (LEAST.replace("dated = 2026-12-01\n", ""), [("pack-missing", 1)]),
        (LEAST.replace('source = "s"', 'sorce = "s"'), [("pack-missing", 1), ("pack-unknown", 3)]),
        (LEAST.replace('any_change = "Because."\n', ""), [("pack-value", 1)]),
        (LEAST + '[pack.material]\nnew-colour = "Because."\n', [("pack-value", 6)]),
        (LEAST + "[pack.material]\nother = 3\n", [("pack-type", 6)]),
        (LEAST + '[pack.material]\nother = "A."\n[pack.consent]\nother = "A."\n', [("pack-value", 1)]),
        (LEAST + 'switched_off = ["other"]\n', [("pack-value", 5)]),
        (LEAST + LEAST, [("pack-value", 2), ("pack-value", 6)]),
        (
            LEAST + "[[pack.pattern]]\nname = 'A B'\nlimb = 'C'\nside = 'up'\nlanguage = 'EN'\n"
            "expression = '(?=x)'\nwhy = 'w'\n",
            [
                ("pack-value", 7),
                ("pack-value", 8),
                ("pack-value", 6),
                ("pack-value", 9),
                ("pack-expression", 10),
            ],
        ),
    ],
)
def test_every_fault_is_told_at_once_with_its_line(text: str, faults: list[tuple[str, int]]) -> None:
    assert told(text) == faults


def test_two_patterns_of_one_name_and_language_are_told() -> None:
    pattern = "[[pack.pattern]]\nname = 'a'\nlimb = 'A'\nexpression = 'x'\nwhy = 'w'\n"

    assert told(LEAST + pattern + pattern) == [("pack-value", 1)]


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert read_packs(tmp_path).packs == ()


def shelf(tmp_path: Path, name: str, text: str) -> list[tuple[str, str | None, Severity]]:
    (tmp_path / "packs").mkdir(exist_ok=True)
    (tmp_path / "packs" / name).write_text(text, "utf-8")
    return [(fault.code, fault.place.file, fault.severity) for fault in read_packs(tmp_path).faults]


@pytest.mark.parametrize(
    ("name", "text", "code", "severity"),
    [
        ("gdpr.toml", LEAST, "pack-name", Severity.ERROR),
        ("Our Terms.toml", LEAST, "pack-name", Severity.ERROR),
        ("readme.md", "x", "file-unknown", Severity.WARNING),
        ("acme.toml", LEAST + 'extends = "gdpr@2001-01-01"\n', "pack-base", Severity.ERROR),
        (
            "acme.toml",
            LEAST + 'extends = "gdpr@2026-11-25"\nswitched_off = ["fee-or-refund"]\n',
            "pack-switch",
            Severity.ERROR,
        ),
        ("acme.toml", "[[pack", "pack-syntax", Severity.ERROR),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, name: str, text: str, code: str, severity: Severity) -> None:
    assert shelf(tmp_path, name, text) == [(code, f"packs/{name}", severity)]


def test_a_policy_may_name_a_pack_as_its_regime_and_gets_it(tmp_path: Path) -> None:
    shelf(tmp_path, "acme.toml", GOOD)
    (tmp_path / "policies/privacy").mkdir(parents=True)
    settings = 'title = "T"\nlanguage = "en"\ncontact = "a@b.example"\nregimes = ["section-8", "acme"]\n'
    (tmp_path / "policies/privacy/policy.toml").write_text(settings, "utf-8")

    reading = read_policies(tmp_path)

    assert [fault for fault in reading.faults if fault.severity is Severity.ERROR] == []
    assert reading.policies[0].settings.regimes == ("section-8", "acme")
    assert [pack.citation for pack in reading.policies[0].packs] == ["acme@2026-12-01", "acme@2027-06-01"]


def test_a_pack_that_cannot_be_read_is_told_once_and_not_as_an_unknown_regime_too(tmp_path: Path) -> None:
    shelf(tmp_path, "acme.toml", "[[pack")
    (tmp_path / "policies/privacy").mkdir(parents=True)
    settings = 'title = "T"\nlanguage = "en"\ncontact = "a@b.example"\nregimes = ["acme"]\n'
    (tmp_path / "policies/privacy/policy.toml").write_text(settings, "utf-8")

    errors = [fault.code for fault in read_policies(tmp_path).faults if fault.severity is Severity.ERROR]

    assert errors == ["pack-syntax"]
