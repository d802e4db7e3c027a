"""The judge against hand-made changes and trees, and the packs of the regimes."""

from publisher.domain.assessment import FindingKind, Limb, Side
from publisher.domain.change import Change, ChangeKind, ChangeSet, Grade, Passage
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.regime import known_regimes
from publisher.materiality import judge
from publisher.materiality.packs import PACKS, packs_for


def tree(*texts: str, language: str = "en") -> ClauseTree:
    return ClauseTree(
        language,
        tuple(Clause(ClauseKind.PARAGRAPH, f"p{place}", text, place, place) for place, text in enumerate(texts, 1)),
    )


def changed(old: str | None, new: str | None, id_: str = "p1") -> Change:
    kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED if new is None else ChangeKind.REWORDED
    sides = [None if text is None else Passage(id_, None, (), text) for text in (old, new)]
    return Change((kind,), Grade.CLARIFICATION, id_, sides[0], sides[1], ())


def judged(old: str, new: str, *regimes: str, language: str = "en", terms: tuple[str, ...] = ()) -> list[str]:
    changes = ChangeSet(language, (changed(old, new),))
    judgement = judge(changes, tree(old, language=language), tree(new, language=language), regimes=regimes, terms=terms)
    return [finding.kind for finding in judgement.findings]


def test_a_finding_says_where_and_why() -> None:
    changes = ChangeSet("en", (changed("We will tell you first.", "We may tell you first."),))
    (finding,) = judge(
        changes, tree("We will tell you first."), tree("We may tell you first."), regimes=("section-8",)
    ).findings
    assert (finding.limb, finding.kind, finding.side) == (
        Limb.RIGHTS,
        FindingKind.OBLIGATION_WEAKENED,
        Side.NEW,
    )
    assert finding.clause == "p1"
    assert finding.quote == finding.clause_text == "We may tell you first."
    assert finding.rule == "modal-weakened"
    assert finding.why.endswith(".")


def test_no_change_is_no_finding() -> None:
    judgement = judge(ChangeSet("en", ()), tree("We share data."), tree("We share data."), regimes=("section-8",))
    assert judgement.findings == ()
    assert not judgement.consent_needed


def test_words_that_stand_elsewhere_were_not_removed() -> None:
    old = tree("We never sell your data.", "We never sell your data.")
    new = tree("We never sell your data.")
    changes = ChangeSet("en", (changed("We never sell your data.", None, "p2"),))
    assert judge(changes, old, new, regimes=("section-8",)).findings == ()


def test_a_removed_promise_is_quoted_from_the_old_text() -> None:
    old = tree("We never sell your data.", "Write to us.")
    changes = ChangeSet("en", (changed("We never sell your data.", None),))
    new = ClauseTree("en", old.clauses[1:])
    (finding,) = judge(changes, old, new, regimes=("section-8",)).findings
    assert finding.side is Side.OLD
    assert finding.clause == "p1"


def test_consent_is_needed_only_under_a_regime_that_knows_it() -> None:
    changes = ChangeSet("en", (changed("We collect your name.", "We collect your name and voice."),))
    old, new = tree("We collect your name."), tree("We collect your name and voice.")
    assert not judge(changes, old, new, regimes=("section-8", "gdpr")).consent_needed
    assert judge(changes, old, new, regimes=("section-8", "pipl")).consent_needed


def test_a_softer_promise_needs_no_consent_under_pipl() -> None:
    changes = ChangeSet("en", (changed("We will tell you first.", "We may tell you first."),))
    old, new = tree("We will tell you first."), tree("We may tell you first.")
    assert not judge(changes, old, new, regimes=("pipl",)).consent_needed


def test_a_kind_that_no_pack_names_is_no_finding() -> None:
    assert "fee-or-refund" in judged("You pay a fee of 2 USD.", "You pay a fee of 3 USD.", "section-8")
    assert judged("You pay a fee of 2 USD.", "You pay a fee of 3 USD.", "gdpr") == []


def test_an_unknown_regime_is_passed_over() -> None:
    judgement = judge(ChangeSet("en", ()), tree("A."), tree("A."), regimes=("atlantis",))
    assert [pack.name for pack in judgement.rules] == ["section-8"]


def test_the_packs_used_are_recorded_with_their_dates() -> None:
    judgement = judge(ChangeSet("en", ()), tree("A."), tree("A."), regimes=("section-8", "pipl"))
    assert [pack.name for pack in judgement.rules] == ["section-8", "pipl"]
    assert all(pack.dated for pack in judgement.rules)


def test_the_organisations_own_term_is_material_when_it_comes() -> None:
    old, new = "We use your name to greet you.", "We use your name and your Sky Score to greet you."
    assert judged(old, new, "section-8", terms=("Sky Score",))


def test_a_language_without_rules_is_shown_to_a_person() -> None:
    assert judged("Wir sagen Ihnen das vorher.", "Wir sagen Ihnen das danach.", "section-8", language="de") == ["other"]


def test_chinese_is_judged_by_chinese_words() -> None:
    kinds = judged("我们应当事先通知您。", "我们可以事先通知您。", "section-8", language="zh-CN")
    assert kinds == ["obligation-weakened"]


def test_every_regime_has_a_pack() -> None:
    assert {pack.name for pack in PACKS} == set(known_regimes())


def test_packs_come_in_the_order_of_the_regimes() -> None:
    assert [pack.name for pack in packs_for(("pipl", "gdpr", "pipl"))] == ["pipl", "gdpr"]


def test_no_quote_is_longer_than_sixty_words() -> None:
    long = "We collect " + ", ".join(f"thing{place}" for place in range(100)) + " and your voice recordings."
    changes = ChangeSet("en", (changed("We collect your name.", long),))
    findings = judge(changes, tree("We collect your name."), tree(long), regimes=("section-8",)).findings
    assert findings
    assert all(len(f.quote.split()) <= 60 and f.quote in long for f in findings)
