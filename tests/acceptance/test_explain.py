"""The page for the file: what was judged material and why, what not and why not."""

from tests.acceptance.workspaces import V2, Workbench


def test_every_change_is_explained_with_what_was_found_or_why_nothing_was(workbench: Workbench) -> None:
    texts = {
        "en": V2["en"]
        .replace("You may ask us", "You can ask us")
        .replace("## 2. Your rights", "## 2. Rights of yours"),
        "zh-CN": V2["zh-CN"].replace("## 2. 您的权利", "## 2. 您享有的权利").replace("您可以随时", "您随时可以"),
    }
    workbench.write_version("v2", texts, '"+45 days"')
    page = workbench.run("explain", "privacy", "v2")
    material, others = page.split("Not judged material")
    assert "precise location" in material
    assert "rule " in material
    assert "Nobody has decided on it." in material
    assert "No rule of section-8" in others
    workbench.sign()
    page = workbench.run("explain", "privacy", "v2")
    assert "confirmed by Ada, with all others at once.</p>" in page
    assert "with all others at once. read</p>" in workbench.run("explain", "privacy", "v2", "--notes")
    target = workbench.folder / "page.html"
    workbench.run("explain", "privacy", "v2", "--output", str(target))
    assert target.read_text("utf-8") == page


def test_the_first_version_has_nothing_to_explain(workbench: Workbench) -> None:
    assert "is the first version" in workbench.refused("explain", "privacy", "v1")
    assert "has no v9" in workbench.refused("explain", "privacy", "v9")


def test_words_of_a_policy_are_words_on_the_page(workbench: Workbench) -> None:
    hostile = {lang: text.replace("precise location", "<script>alert(1)</script>") for lang, text in V2.items()}
    workbench.write_version("v2", hostile | {"zh-CN": V2["zh-CN"]}, '"+45 days"')
    page = workbench.run("explain", "privacy", "v2")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
