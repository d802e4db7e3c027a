"""Rule packs: what each regime treats as material, under its name and on its day."""

import re
import subprocess
import sys

import pytest

import publisher
from publisher.domain.assessment import Assessment, FindingKind, Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn
from publisher.domain.regime import known_regimes, regime
from publisher.languages.expressions import refusal
from publisher.materiality.packs import PACKS, pack_named, packs_for

OWNED = "1.1 The service is operated by Acme Ltd.\n\n1.2 We use your name.\n"
RISK_ZH = "1.1 我们进行了个人信息安全影响评估。\n\n1.2 我们使用您的姓名。\n"


def rules(assessment: Assessment) -> list[str]:
    return [finding.rule for finding in assessment.findings]


def judged(old: str, new: str, *regimes: str, language: str = "en", packs: tuple[Pack, ...] = ()) -> Assessment:
    return publisher.assess(old, new, language=language, regimes=regimes, packs=packs)


def own(**given: object) -> Pack:
    return Pack(**({"name": "acme", "dated": "2026-12-01", "source": "s", "note": "n"} | given))  # type: ignore[arg-type]


def pattern(expression: str, **given: object) -> Pattern:
    whole = {
        "name": "points",
        "limb": Limb.RIGHTS,
        "kind": FindingKind.RIGHT_WEAKENED,
        "turn": Turn.CAME,
        "language": "",
        "expression": expression,
        "why": "The points of members are spoken of.",
    }
    return Pattern(**(whole | given))  # type: ignore[arg-type]


def test_every_regime_has_a_pack() -> None:
    assert {pack.name for pack in PACKS} == set(known_regimes())


def test_no_two_packs_of_a_name_have_one_date() -> None:
    assert len({pack.citation for pack in PACKS}) == len(PACKS)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", pack.dated) for pack in PACKS)


def test_exactly_the_regimes_that_know_consent_ask_for_it() -> None:
    knowing = {name for name in known_regimes() if (preset := regime(name)) is not None and preset.knows_consent}
    assert {pack.name for pack in PACKS if pack.consent} == knowing


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.citation)
def test_a_pack_says_why_of_each_kind_once_and_its_expressions_are_taken(pack: Pack) -> None:
    kinds = [treatment.kind for treatment in pack.treatments]
    assert len(kinds) == len(set(kinds)) > 0
    reasons = [*(treatment.why for treatment in pack.treatments), *(pattern.why for pattern in pack.patterns)]
    assert all(len(why) > 10 and why.endswith(".") for why in reasons)
    assert [entry.name for entry in pack.patterns if refusal(entry.expression) is not None] == []
    assert pack.source
    assert pack.note


@pytest.mark.parametrize(
    ("old", "new", "language", "rule"),
    [
        (OWNED, OWNED.replace("Acme Ltd", "Beta Ltd"), "en", "gb-t-35273:ownership"),
        (
            "1.1 To complain, call 400-123-4567.\n",
            "1.1 To complain, call 400-765-4321.\n",
            "en",
            "gb-t-35273:complaint-channel",
        ),
        (
            "1.1 如需投诉，请发送邮件至 a@x.example。\n",
            "1.1 如需投诉，请发送邮件至 b@x.example。\n",
            "zh-CN",
            "gb-t-35273:complaint-channel",
        ),
        (RISK_ZH, RISK_ZH.replace("评估。", "评估，结果显示存在高风险。"), "zh-CN", "gb-t-35273:high-risk-assessment"),
        ("1.1 本平台由甲公司运营。\n", "1.1 本平台由乙公司运营。\n", "zh-CN", "gb-t-35273:ownership"),
    ],
)
def test_categories_of_the_chinese_standard_are_found_under_it_alone(
    old: str, new: str, language: str, rule: str
) -> None:
    assert rule in rules(judged(old, new, "gb-t-35273", language=language))
    assert not judged(old, new, "section-8", language=language).material
    assert judged(old, new, "section-8", "gb-t-35273", language=language).material


def test_an_owner_renamed_throughout_is_no_mere_renaming() -> None:
    old = "1. The service is operated by Acme Ltd.\n\n2. Ask Acme Ltd.\n\n3. Acme Ltd answers.\n\n4. Acme Ltd again.\n"

    assert "gb-t-35273:ownership" in rules(judged(old, old.replace("Acme", "Beta"), "gb-t-35273"))


def test_reaching_back_needs_consent_under_the_ftc_alone() -> None:
    old = "1. This policy applies to data that we collect from now on.\n"
    new = "1. This policy applies to data that we collected before its effective date.\n"

    assert judged(old, new, "ftc").consent_needed
    assert "ftc:retroactive" in rules(judged(old, new, "ftc"))
    assert not judged(old, new, "section-8").consent_needed


def test_more_data_from_now_on_needs_no_consent_under_the_ftc() -> None:
    old, new = "1. We collect your name.\n", "1. We collect your name and your fingerprints.\n"

    assert judged(old, new, "ftc").material
    assert not judged(old, new, "ftc").consent_needed
    assert judged(old, new, "ftc@2026-11-01").consent_needed


@pytest.mark.parametrize("name", ["eu-p2b", "psd2", "cn-ecommerce"])
def test_regimes_that_have_every_change_told_find_one_in_each_changed_clause(name: str) -> None:
    old = "1.1 The office is in Lyon.\n\n1.2 We greet you.\n\n1.3 We like tea.\n"
    new = "1.1 The office is in Paris.\n\n1.2 We greet you.\n\n1.3 We like coffee.\n"

    found = judged(old, new, name).findings

    assert [(finding.clause, finding.rule) for finding in found] == [
        ("1.1", f"{name}:any-change"),
        ("1.3", f"{name}:any-change"),
    ]
    assert not judged(old, new, "section-8").material


def test_an_old_pack_can_be_asked_for_by_its_day() -> None:
    assert packs_for(("gdpr@2026-11-01",))[0].dated == "2026-11-01"
    assert packs_for(("gdpr",))[0].dated > "2026-11-01"
    assert [pack.dated for pack in judged("1. A.\n", "1. B.\n", "gdpr@2026-11-01").rules] == ["2026-11-01"]


def test_packs_come_in_the_order_of_the_regimes_and_unknown_ones_are_passed_over() -> None:
    assert [pack.name for pack in packs_for(("pipl", "atlantis", "gdpr", "pipl"))] == ["pipl", "gdpr"]


def test_an_own_pattern_is_found_where_its_words_came() -> None:
    pack = own(patterns=(pattern(r"\bacme points?\b"),))
    old, new = "1. You earn stars.\n\n2. Hello.\n", "1. You earn Acme Points.\n\n2. Hello.\n"

    (finding,) = [f for f in judged(old, new, "section-8", "acme", packs=(pack,)).findings if f.rule == "acme:points"]

    assert (finding.limb, finding.kind, finding.side) == ("A", "right-weakened", "new")
    assert finding.quote == "You earn Acme Points."
    assert judged(old, new, "acme", packs=(pack,)).rules[0].dated == "2026-12-01"
    assert "acme:points" not in rules(judged(new, old, "acme", packs=(pack,)))
    assert "acme:points" not in rules(judged(old, new, "section-8", packs=(pack,)))


def test_an_own_pattern_is_found_where_its_words_went() -> None:
    pack = own(patterns=(pattern(r"积分", turn=Turn.WENT, language="zh"),))
    old, new = "1. 您可以使用积分。\n", "1. 您可以使用余额。\n"

    assert "acme:points" in rules(judged(old, new, "acme", language="zh-CN", packs=(pack,)))
    assert "acme:points" not in rules(judged(new, old, "acme", language="zh-CN", packs=(pack,)))
    assert "acme:points" not in rules(judged(old, new, "acme", language="en", packs=(pack,)))


def test_an_untouched_or_moved_sentence_is_not_found() -> None:
    pack = own(patterns=(pattern(r"\bacme points?\b", turn=Turn.EITHER),))
    one, two = "You earn Acme Points with each order.", "We keep your address for a year."

    assert judged(f"1. {one}\n\n2. {two}\n", f"1. {two}\n\n2. {one}\n", "acme", packs=(pack,)).findings == ()
    assert judged(f"1. {one}\n\n2. We greet.\n", f"1. {one}\n\n2. We wave.\n", "acme", packs=(pack,)).findings == ()


def test_a_pattern_adds_to_what_rules_find_and_takes_nothing_away() -> None:
    old, new = "1. We collect your name.\n", "1. We collect your name and your fingerprints.\n"
    pack = own(patterns=(pattern("fingerprints", limb=Limb.COLLECTION, kind=FindingKind.OTHER),))

    with_it = judged(old, new, "section-8", "acme", packs=(pack,)).findings

    assert set(judged(old, new, "section-8").findings) < set(with_it)
    assert "acme:points" in [finding.rule for finding in with_it]


def test_one_limb_for_each_clause_and_quote() -> None:
    old, new = "1. We collect your name.\n", "1. We collect your name and your fingerprints.\n"
    pack = own(
        patterns=(pattern("fingerprints"), pattern("name and your fingerprints", name="more", limb=Limb.COLLECTION))
    )

    found = judged(old, new, "section-8", "acme", packs=(pack,)).findings

    limbs: dict[tuple[str, str], set[str]] = {}
    for finding in found:
        limbs.setdefault((finding.clause, finding.quote), set()).add(finding.limb)
        assert finding.quote in new
    assert len(found) >= 2
    assert all(len(several) == 1 for several in limbs.values())


def test_a_pack_may_extend_another_and_switch_parts_of_it_off() -> None:
    pack = own(
        extends="gb-t-35273@2026-11-25",
        switched_off=("ownership", "retention-longer"),
        treatments=(Treatment(FindingKind.FEE_OR_REFUND, "We promised to tell of prices."),),
    )
    channel = ("1.1 To complain, call 400-123-4567.\n", "1.1 To complain, call 400-765-4321.\n")

    assert judged(*channel, "acme", packs=(pack,)).material
    assert not judged(OWNED, OWNED.replace("Acme Ltd", "Beta Ltd"), "acme", packs=(pack,)).material
    found = pack_named("acme", (pack,))
    assert found is not None
    assert FindingKind.FEE_OR_REFUND in found.material
    assert FindingKind.RETENTION_LONGER not in found.material


def test_the_newest_of_an_organisations_packs_counts() -> None:
    packs = (own(dated="2027-01-01", note="new"), own(note="old"))

    assert packs_for(("acme",), packs)[0].note == "new"
    assert packs_for(("acme@2026-12-01",), packs)[0].note == "old"


def test_the_engine_of_expressions_is_loaded_only_where_a_pack_has_some() -> None:
    program = (
        "import sys, publisher\n"
        "publisher.assess('We keep it.', 'We sell it.', regimes=('section-8', 'psd2'))\n"
        "assert 're2' not in sys.modules\n"
        "publisher.assess('We keep it.', 'We sell it.', regimes=('gdpr',))\n"
        "assert 're2' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
