"""The next version begun as a copy, and its open review once it says something new."""

from datetime import timedelta

from tests.acceptance.workspaces import V2, Workbench


def text(bench: Workbench, version: str, language: str = "en") -> str:
    return (bench.folder / f"policies/privacy/{version}/{language}.md").read_text("utf-8")


def announced(bench: Workbench) -> Workbench:
    bench.import_users(2)
    bench.sign()
    bench.run("publish")
    return bench


def test_it_copies_the_words_and_not_the_date_the_campaign_or_the_review(workbench: Workbench) -> None:
    path = workbench.folder / "policies/privacy/v2/en.md"
    path.write_text(path.read_text("utf-8").replace("summary:", "campaign: spring\nsummary:", 1), "utf-8")
    announced(workbench)
    workbench.now += timedelta(days=100)
    workbench.run("deliver")
    done = workbench.json("draft", "privacy")
    assert (done["version"], done["before"], done["copied_from"]) == ("v3", "v2", "v2")
    assert done["files"] == ["policies/privacy/v3/en.md", "policies/privacy/v3/zh-CN.md"]
    old, new = text(workbench, "v2"), text(workbench, "v3")
    assert new == old.replace('"+45 days"', '"+33 days"').replace("campaign: spring\n", "")
    assert {path.name for path in (workbench.folder / "policies/privacy/v3").iterdir()} == {"en.md", "zh-CN.md"}


def test_after_an_announced_version_it_takes_effect_with_that_at_the_earliest(workbench: Workbench) -> None:
    announced(workbench)
    workbench.run("draft", "privacy")
    assert "effective: 2027-01-15\n" in text(workbench, "v3")
    assert "0 errors" in workbench.run("check")


def test_run_again_it_writes_the_open_review_once_it_differs_and_then_leaves_it(workbench: Workbench) -> None:
    announced(workbench)
    workbench.run("draft", "privacy")
    assert "does not differ from v2 yet" in workbench.run("draft", "privacy")
    for language, old, new in (("en", "24 months", "36 months"), ("zh-CN", "24 个月", "36 个月")):
        path = workbench.folder / f"policies/privacy/v3/{language}.md"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    review = workbench.folder / "policies/privacy/v3/review.toml"
    assert not review.exists()
    assert "1 finding to decide on in policies/privacy/v3/review.toml" in workbench.run("draft", "privacy")
    held = review.read_bytes()
    assert b"retention-longer" in held
    assert "has a review" in workbench.run("draft", "privacy")
    assert review.read_bytes() == held


def test_a_copy_of_a_withdrawn_version_says_so(workbench: Workbench) -> None:
    announced(workbench)
    workbench.run("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "no")
    told = workbench.run("draft", "privacy")
    assert "privacy v3 is a copy of v2, which was withdrawn" in told
    assert V2["en"] in text(workbench, "v3")


def test_without_a_released_version_there_is_nothing_to_go_on_from(workbench: Workbench) -> None:
    (workbench.folder / "policies/privacy/ledger.jsonl").unlink()
    assert "publisher adopt privacy --through v1" in workbench.refused("draft", "privacy")


def test_what_is_broken_is_told_and_nothing_is_made(workbench: Workbench) -> None:
    announced(workbench)
    workbench.write("policies/privacy/policy.toml", 'title = "x"\nlanguage = "nonsense!"\n')
    assert "policies/privacy/policy.toml:2: error" in workbench.refused("draft", "privacy")
    assert not (workbench.folder / "policies/privacy/v3").exists()
