"""Rule packs, summaries and lowered promises, through the commands that staff type."""

import re
from pathlib import Path

import pytest

from tests.acceptance.workspaces import POLICY, SUMMARIES, V1, Workbench

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench.made(tmp_path)


def documented() -> str:
    found = re.search(r"```toml\n(# packs/our-promises\.toml\n.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def second_version(bench: Workbench, old: str, new: str, chinese_old: str, chinese_new: str, summary: str) -> None:
    for language, pair in (("en", (old, new)), ("zh-CN", (chinese_old, chinese_new))):
        assert pair[0] in V1[language]
        text = V1[language].replace(*pair)
        bench.write(
            f"policies/privacy/v2/{language}.md", f'---\neffective: "+45 days"\nsummary: {summary}\n---\n{text}'
        )


def under(bench: Workbench, *regimes: str) -> None:
    named = ", ".join(f'"{name}"' for name in regimes)
    bench.write("policies/privacy/policy.toml", POLICY.replace('["section-8"]', f"[{named}]"))


def test_the_readmes_pack_is_read_used_and_recorded(bench: Workbench) -> None:
    bench.write(
        "packs/our-promises.toml", documented().replace("member points", "name").replace(r"member points?", "name")
    )
    under(bench, "section-8", "our-promises")
    second_version(bench, "your name and your", "your", "姓名和", "", "We no longer collect your name (1.1).")

    found = bench.json("review", "privacy", "v2")["findings"]
    assert ("our-promises:member-points", "1.1", "old") in [(f["rule"], f["clause"], f["side"]) for f in found]

    bench.sign()
    assert 'our-promises = "2026-12-01"' in (bench.folder / "policies/privacy/v2/review.toml").read_text("utf-8")
    bench.run("publish")
    assert bench.ledger()[-1]["grade"] == "material"


def test_a_refused_expression_stops_review_and_publish_with_file_line_and_remedy(bench: Workbench) -> None:
    bench.sign()
    bench.write("packs/ours.toml", documented().replace(r"\bmember points?\b", "(?=points)"))
    under(bench, "section-8", "ours")

    for command in (("check", "privacy"), ("publish",), ("review", "privacy", "v2", "--json")):
        told = bench.refused(*command)
        assert re.search(r"packs/ours\.toml:\d+: error: .*looks around", told), told
        assert "Write the words themselves" in told


def test_an_unknown_regime_is_an_error_that_names_own_packs_too(bench: Workbench) -> None:
    bench.write("packs/our-promises.toml", documented())
    under(bench, "our-promise")

    assert "Did you mean 'our-promises'?" in bench.refused("check")


def test_packs_lists_old_and_new_and_own_and_prints_one_as_a_file(bench: Workbench) -> None:
    bench.write("packs/our-promises.toml", documented())

    listed = bench.run("packs")
    assert {"gdpr@2026-11-01", "gdpr@2026-11-25", "our-promises@2026-12-01"} <= {
        line.split()[0] for line in listed.splitlines()
    }
    printed = bench.run("packs", "gb-t-35273")
    bench.write("packs/copied.toml", printed)
    under(bench, "copied")
    assert "error" not in bench.run("check", "privacy").replace("0 errors", "")
    assert bench.json("packs", "ftc")["consent"] != []
    assert "publisher packs" in bench.refused("packs", "atlantis")


def test_own_packs_and_old_days_in_a_diff_of_files(bench: Workbench) -> None:
    bench.write("packs/our-promises.toml", documented())
    old = bench.write("old.md", "1. You keep your member points.\n")
    new = bench.write("new.md", "1. You keep your stars.\n")

    def rules(*regimes: str) -> list[str]:
        options = [part for name in regimes for part in ("--regime", name)]
        found = bench.json("diff", str(old), str(new), *options)["findings"]
        return [finding["rule"] for finding in found]

    assert "our-promises:member-points" in rules("our-promises")
    assert "our-promises:member-points" not in rules("gdpr@2026-11-01")


@pytest.mark.parametrize("summary", ["Minor clarifications (1.1, 2.2).", "本次更新不影响您的权利（1.1、2.2）。"])
def test_a_summary_that_makes_little_of_a_material_change_is_not_published(bench: Workbench, summary: str) -> None:
    for language in ("en", "zh-CN"):
        path = bench.folder / f"policies/privacy/v2/{language}.md"
        wanted = "zh-CN" if summary.startswith("本") else "en"
        if language == wanted:
            path.write_text(path.read_text("utf-8").replace(SUMMARIES[language], summary), "utf-8")
    bench.sign()

    assert "summary says" in bench.refused("check", "privacy")
    assert "summary says" in bench.refused("publish")
    assert bench.ledger()[-1]["kind"] == "adopt"


def test_a_summary_that_passes_over_a_clause_fails_check_and_is_told_at_publish(bench: Workbench) -> None:
    for language in ("en", "zh-CN"):
        path = bench.folder / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace("(2.2)", "").replace("（2.2）", ""), "utf-8")
    bench.sign()

    assert "does not name clause 2.2" in bench.refused("check", "privacy")
    assert "does not name clause 2.2" in bench.run("publish")


def test_a_lowered_promise_is_signed_with_the_text_and_never_shown_to_readers(bench: Workbench) -> None:
    bench.write("policies/privacy/policy.toml", POLICY + "notice_days = 7\n")
    assert "settings-weakened" in bench.run("check", "privacy", "--json")

    (found,) = [f for f in bench.json("review", "privacy", "v2")["undecided"] if f["clause"] == "policy.toml"]
    assert (found["quote"], found["rule"]) == ("notice_days = 7", "setting-lowered")
    bench.sign()

    bench.run("publish")
    assert bench.ledger()[-1]["floor"] == 30
    for form in ("text", "html"):
        assert "notice_days" not in bench.run("notice", "show", "privacy", "v2", "--format", form)
        assert "policy.toml" not in bench.run("notice", "show", "privacy", "v2", "--format", form)


def test_lowered_after_the_signature_it_stops_the_release(bench: Workbench) -> None:
    bench.sign()
    bench.write("policies/privacy/policy.toml", POLICY.replace("privacy@acme.example", "other@acme.example"))

    told = bench.refused("publish")

    assert re.search(r"policies/privacy/policy\.toml:6: error: Nobody has signed that contact promises less", told), (
        told
    )
