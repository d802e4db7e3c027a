"""Bad input is told with file, line and remedy, and nothing is written."""

import json
from pathlib import Path

import pytest

from tests.acceptance.workspaces import V2, Workbench

EN = "policies/privacy/v2/en.md"


def snapshot(bench: Workbench) -> dict[str, bytes]:
    return {
        str(path.relative_to(bench.folder)): path.read_bytes()
        for part in ("policies", "site")
        for path in sorted((bench.folder / part).rglob("*"))
        if path.is_file()
    }


def edit(bench: Workbench, name: str, old: str, new: str) -> None:
    path = bench.folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def no_front_matter(bench: Workbench) -> str:
    bench.write(EN, V2["en"])
    return f"{EN}:1"


def wrong_date(bench: Workbench) -> str:
    edit(bench, EN, 'effective: "+45 days"', "effective: 2027-02-30")
    return f"{EN}:2"


def edited_released_text(bench: Workbench) -> str:
    edit(bench, "policies/privacy/v1/en.md", "12 months", "13 months")
    return "policies/privacy/v1/en.md"


def missing_translation(bench: Workbench) -> str:
    (bench.folder / "policies/privacy/v2/zh-CN.md").unlink()
    return "policies/privacy/v2"


def invalid_utf8(bench: Workbench) -> str:
    path = bench.folder / EN
    path.write_bytes(path.read_bytes().replace(b"1.2 We", b"1.2 W\xff"))
    return f"{EN}:11"


def script(bench: Workbench) -> str:
    edit(bench, EN, "1.2 We", "1.2 <script>alert(1)</script> We")
    return f"{EN}:11"


def below_floor(bench: Workbench) -> str:
    edit(bench, EN, 'effective: "+45 days"', "effective: 2026-12-20")
    edit(bench, EN.replace("en.md", "zh-CN.md"), 'effective: "+45 days"', "effective: 2026-12-20")
    return f"{EN}:2"


@pytest.mark.parametrize(
    "spoil",
    [no_front_matter, wrong_date, edited_released_text, missing_translation, invalid_utf8, script, below_floor],
    ids=lambda spoil: spoil.__name__,
)
def test_publishing_a_spoilt_version_is_refused_with_its_place_and_nothing_is_written(
    workbench: Workbench, spoil: object
) -> None:
    workbench.import_users(3)
    workbench.sign()
    assert callable(spoil)
    place = spoil(workbench)
    before = snapshot(workbench)
    told = workbench.refused("publish")
    assert place in told, told
    assert "Traceback" not in told
    assert snapshot(workbench) == before
    assert not any(event["kind"] == "release" for event in workbench.ledger())
    assert workbench.json("deliver")["accepted"] == 0


def test_all_reasons_are_told_at_once_the_floor_among_them(workbench: Workbench) -> None:
    workbench.sign()
    below_floor(workbench)
    edit(workbench, EN, "24 months", "36 months")
    told = workbench.refused("publish")
    assert "below" in told or "floor" in told
    assert "2027-01-03" in told
    assert "review" in told


def test_a_malformed_address_is_told_with_its_row_and_the_others_go_on(workbench: Workbench) -> None:
    header = "id,email,name,language,joined"
    people = ("1,a@example.com,A,en,2024-01-01", "2,no address,B,en,2024-01-01", "3,,C,en,2024-01-01")
    rows = "\n".join((header, *people)) + "\n"
    told = workbench.run("users", "import", str(workbench.write("people.csv", rows)))
    assert "people.csv:3" in told
    assert "3 users imported; 1 address kept aside." in told
    workbench.sign()
    workbench.run("publish")
    messages = workbench.state_of("v2")["messages"]
    assert (messages["queued"], messages["skipped"]) == (1, 2)


def test_a_file_of_users_with_errors_is_taken_whole_or_not_at_all(workbench: Workbench) -> None:
    rows = "id,email,name,language,joined\n1,a@example.com,A,en,2024-01-01\n2,b@example.com,B,en,yesterday\n"
    assert "people.csv:3" in workbench.refused("users", "import", str(workbench.write("people.csv", rows)))
    workbench.sign()
    workbench.run("publish")
    assert sum(workbench.state_of("v2")["messages"].values()) == 0


def test_a_tampered_ledger_stops_everything(workbench: Workbench) -> None:
    path = workbench.folder / "policies/privacy/ledger.jsonl"
    path.write_text(path.read_text("utf-8").replace('"by":"Acme"', '"by":"Mallory"'), "utf-8")
    workbench.sign()
    assert "ledger.jsonl:1" in workbench.refused("publish")


def test_misuse_exits_2(workbench: Workbench) -> None:
    assert workbench.invoke("publish", "--nonsense").exit_code == 2
    assert workbench.invoke("review", "privacy", "v2").exit_code == 2
    assert workbench.invoke("postpone", "privacy", "v2", "--to", "soon", "--by", "A", "--reason", "B").exit_code == 2


def test_a_folder_without_a_workspace_is_told_what_to_do(tmp_path: Path) -> None:
    told = Workbench(tmp_path).refused("status")
    assert "publisher.toml" in told


def test_a_tampered_ledger_of_a_released_version_is_refused_and_left_as_it_is(workbench: Workbench) -> None:
    workbench.import_users(2)
    workbench.sign()
    workbench.run("publish")
    edit(workbench, "policies/privacy/ledger.jsonl", '"by":"Acme"', '"by":"Mallory"')
    before = snapshot(workbench)
    for command in ("publish", "tick"):
        assert "ledger.jsonl:" in workbench.refused(command)
        assert snapshot(workbench) == before
    assert "ledger.jsonl:" in workbench.refused(
        "postpone", "privacy", "v2", "--to", "2027-05-01", "--by", "A", "--reason", "B"
    )
    assert snapshot(workbench) == before


def test_every_clause_edited_after_the_signature_is_told_in_one_run(workbench: Workbench) -> None:
    workbench.sign()
    edit(workbench, EN, "24 months", "36 months")
    edit(workbench, EN, "precise location", "precise location and your contacts")
    told = workbench.refused("publish")
    assert "1.1" in told
    assert "2.2" in told


def test_numbered_lines_without_a_blank_line_are_an_error_with_the_remedy(workbench: Workbench) -> None:
    edit(workbench, EN, "1.2 We will not", "1.2 We may do so:\n(a) for law\n(b) for safety\n\n1.3 We will not")
    told = workbench.refused("check")
    assert f"{EN}:12" in told
    assert "blank line" in told


def test_a_fault_of_the_front_matter_does_not_hide_those_of_the_words(workbench: Workbench) -> None:
    edit(workbench, EN, "1.2 We will not", "1.2 We may do so:\n(a) for law\n(b) for safety\n\n1.3 We will not")
    edit(workbench, EN, 'effective: "+45 days"', "effective: soon")
    told = workbench.refused("check")
    assert f"{EN}:2" in told
    assert f"{EN}:12" in told
    assert "blank line" in told


def test_settings_that_are_no_toml_are_told_in_the_form_that_was_asked_for(workbench: Workbench) -> None:
    workbench.write("publisher.toml", "[site\n")
    assert json.loads(workbench.refused("check", "--json"))[0]["code"] == "settings-syntax"
    assert workbench.refused("check", "--format", "github").startswith("::error file=publisher.toml,line=1")


def test_settings_may_begin_as_windows_editor_begins_them(workbench: Workbench) -> None:
    settings = workbench.folder / "publisher.toml"
    settings.write_bytes(b"\xef\xbb\xbf" + settings.read_bytes())
    workbench.run("check")
    settings.write_bytes(settings.read_bytes() + b"\n# caf\xe9\n")
    line = settings.read_bytes().count(b"\n")
    told = workbench.refused("check")
    assert f"publisher.toml:{line}: error: A character here is not written in UTF-8." in told
    assert "Save the file as UTF-8." in told


def test_a_value_of_the_environment_is_told_of_its_variable(workbench: Workbench) -> None:
    workbench.environment = {"PUBLISHER_EMAIL__TRANSPORT": "foo:bar"}
    told = workbench.refused("check")
    assert "environment: error: PUBLISHER_EMAIL__TRANSPORT: 'foo:' is no transport." in told
    assert "publisher.toml" not in told


def test_a_regime_that_nobody_knows_is_misuse(workbench: Workbench) -> None:
    done = workbench.invoke("diff", "privacy@v1", "privacy@v2", "--regime", "nope")
    assert done.exit_code == 2
    assert "No regime is called nope. Known are: section-8" in done.output
    assert workbench.invoke("diff", "privacy@v1", "privacy@v2", "--regime", "gdpr").exit_code == 0


def test_whoever_cannot_be_erased_is_told_what_to_give(workbench: Workbench) -> None:
    workbench.import_users(1)
    assert "Give the id as it was imported" in workbench.refused("users", "erase", "nobody")
    assert json.loads(workbench.refused("users", "erase", "nobody", "--json")) == {"erased": False}
