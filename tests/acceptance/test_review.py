"""The review as a lawyer does it: at a terminal, in an editor, and with a second person."""

import tomllib
from typing import Any

from tests.acceptance.at_a_terminal import typed
from tests.acceptance.workspaces import V1, V2, Workbench

ON = "Number to decide again, add a finding, go on, quit"


def written(bench: Workbench) -> dict[str, Any]:
    return tomllib.loads((bench.folder / "policies/privacy/v2/review.toml").read_text("utf-8"))


def test_a_review_is_held_with_a_way_back_and_a_look_over_everything(workbench: Workbench) -> None:
    code, screen = typed(
        workbench.folder,
        ("review", "privacy", "v2", "--by", "Ada Berg"),
        [
            ("[1/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            ("[2/2]", "b"),
            ("[1/2]", "o"),
            ("why (private)", "It was always collected."),
            ("note for readers", ""),
            ("[2/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            (ON, "1"),
            ("[again]", "c"),
            ("why (private)", "On reflection it is new."),
            ("note for readers", ""),
            (ON, "g"),
            ("Does the zh-CN translation say the same?", "y"),
            ("Your role", "Counsel"),
            ("Sign as Ada Berg, Counsel?", "y"),
        ],
    )
    assert code == 0, screen
    assert "精确位置" in screen  # the translation's own redline was shown before it was affirmed
    review = written(workbench)
    assert [entry["decision"] for entry in review["finding"]] == ["confirmed", "confirmed"]
    assert review["finding"][0]["note"] == "On reflection it is new."
    assert review["sign_off"][0]["role"] == "Counsel"
    assert review["translations"]["zh-CN"]["by"] == "Ada Berg"


def test_a_second_person_sees_what_was_lowered_before_they_sign(workbench: Workbench) -> None:
    lower = [
        ("[1/2]", "o"),
        ("why (private)", "It was always collected."),
        ("note for readers", ""),
        ("[2/2]", "c"),
        ("why (private)", ""),
        ("note for readers", ""),
        (ON, "g"),
        ("translation say the same?", "y"),
        ("Your role", ""),
        ("Sign as Ada?", "y"),
    ]
    code, screen = typed(workbench.folder, ("review", "privacy", "v2", "--by", "Ada"), lower)
    assert code == 0, screen
    assert "1 more person must sign" in screen
    assert "1 more person must sign" in workbench.state_of("v2")["due"]
    assert "needs 2 people to sign and has 1" in workbench.refused("publish")
    code, screen = typed(
        workbench.folder,
        ("review", "privacy", "v2", "--by", "Ben"),
        [
            ("overridden by Ada", ""),
            ("translation say the same?", "y"),
            ("Your role", ""),
            ("Sign as Ben?", "y"),
        ],
    )
    assert code == 0, screen
    assert "It was always collected." in screen
    assert [entry["name"] for entry in written(workbench)["sign_off"]] == ["Ada", "Ben"]
    workbench.run("publish")


def test_a_finding_added_by_hand_must_be_in_the_text(workbench: Workbench) -> None:
    fields = [("limb", "A"), ("kind", "right-weakened")]
    code, screen = typed(
        workbench.folder,
        ("review", "privacy", "v2", "--by", "Ada", "--role", ""),
        [
            ("[1/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            ("[2/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            (ON, "a"),
            *fields,
            ("clause", "2.9"),
            ("side", "new"),
            ("the words", "at any time"),
            ("why (private)", "x"),
            ("has no clause 2.9", ""),
            ("translation say the same?", "n"),
            ("Sign as Ada?", "n"),
        ],
    )
    assert code == 0, screen
    assert "Nothing was written." in screen
    assert not (workbench.folder / "policies/privacy/v2/review.toml").exists()


def test_a_review_can_be_filled_in_with_an_editor(workbench: Workbench) -> None:
    assert "2 findings to decide" in workbench.run("review", "privacy", "v2", "--prefill")
    path = workbench.folder / "policies/privacy/v2/review.toml"
    prefilled = path.read_text("utf-8")
    assert "Skipped privacy v2: nobody has signed its review." in workbench.run("publish")
    assert prefilled.count('decision = ""') == 2
    signed = '\n[[sign_off]]\nname = "Ada"\nrole = "Counsel"\nat = 2026-12-01 08:00:00Z\n'
    path.write_text(prefilled + signed, "utf-8")
    assert "Nobody has decided" in workbench.refused("publish")
    decided = prefilled.replace('decision = ""', 'decision = "confirmed"').replace("by = []", 'by = ["Ada"]')
    path.write_text(decided + signed, "utf-8")
    assert "privacy v2" in workbench.run("publish")


def test_a_change_in_one_language_alone_is_an_error_until_somebody_affirms_it(workbench: Workbench) -> None:
    texts = V2 | {"zh-CN": V1["zh-CN"].replace("12 个月", "24 个月")}
    workbench.write_version("v2", texts, '"+45 days"')
    told = workbench.refused("check")
    assert "policies/privacy/v2/zh-CN.md:9: error: Clause 1.1 changed in en" in told
    code, screen = typed(
        workbench.folder,
        ("review", "privacy", "v2", "--by", "Ada", "--role", ""),
        [
            ("[1/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            ("[2/2]", "c"),
            ("why (private)", ""),
            ("note for readers", ""),
            (ON, "g"),
            ("translation say the same?", ""),
            ("Sign as Ada?", "y"),
        ],
    )
    assert code == 0, screen
    assert "Clause 1.1 changed in en" in workbench.refused("publish")
    workbench.sign()
    workbench.run("publish")


def test_a_word_turned_in_the_translation_alone_is_an_error(workbench: Workbench) -> None:
    texts = V2 | {"zh-CN": V2["zh-CN"].replace("我们不会与任何人共享", "我们会与任何人共享")}
    workbench.write_version("v2", texts, '"+45 days"')
    told = workbench.refused("check")
    assert "policies/privacy/v2/zh-CN.md:11: error: Clause 1.2 changed in zh-CN and says in en what it said" in told


def test_other_channels_undo_earlier_signatures(workbench: Workbench) -> None:
    workbench.sign()
    path = workbench.folder / "policies/privacy/policy.toml"
    path.write_text(path.read_text("utf-8") + 'channels = ["email"]\nsign_off = 2\n', "utf-8")
    workbench.run("review", "privacy", "v2", "--accept-all", "--by", "Ben", "--note", "read")
    assert [entry["name"] for entry in written(workbench)["sign_off"]] == ["Ben"]
