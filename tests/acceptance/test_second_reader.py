"""A second reader: a real program beside the rules, from its first look to a release that no longer needs it."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.acceptance.workspaces import V1, Workbench

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PLAIN = {
    language: text.replace("data for 12 months", "biometric data for 12 months").replace(
        "您的数据 12", "您的生物特征数据 12"
    )
    for language, text in V1.items()
}
"""A second version with a word that the example watches."""
SUMMARY = "We keep biometric data (2.2)."


def example() -> str:
    start = README.index("```python\n# reader.py") + len("```python\n")
    return README[start : README.index("```", start)]


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    bench = Workbench.made(tmp_path)
    set_reader(bench, example())
    return bench


def set_reader(bench: Workbench, program: str, **keys: object) -> None:
    bench.write("reader.py", program)
    settings = (bench.folder / "publisher.toml").read_text("utf-8").partition("[judge]")[0]
    more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    bench.write("publisher.toml", f'{settings}[judge]\ncommand = ["{sys.executable}", "reader.py"]\n{more}')


def rules(bench: Workbench) -> list[str]:
    return [finding["rule"] for finding in bench.json("review", "privacy", "v2")["findings"]]


def review_file(bench: Workbench) -> str:
    return (bench.folder / "policies/privacy/v2/review.toml").read_text("utf-8")


def plain(bench: Workbench) -> None:
    """A second version with nothing else in it."""
    for language, text in PLAIN.items():
        front = f'---\neffective: "+45 days"\nsummary: {SUMMARY}\n---\n'
        bench.write(f"policies/privacy/v2/{language}.md", front + text)


def test_the_readmes_example_adds_a_finding_that_is_marked(bench: Workbench) -> None:
    plain(bench)

    found = [f for f in bench.json("review", "privacy", "v2")["undecided"] if f["rule"] == "second-reader"]

    assert [(f["clause"], f["side"], f["kind"], f["grade"]) for f in found] == [
        ("2.2", "new", "new-data-type", "material")
    ]
    assert "biometric" in found[0]["quote"]


def test_its_findings_are_frozen_and_publish_never_needs_the_program(bench: Workbench) -> None:
    plain(bench)
    bench.run("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    assert 'rule = "second-reader"' in review_file(bench)
    (bench.folder / "reader.py").unlink()

    bench.run("check", "privacy")
    bench.run("publish")

    assert bench.ledger()[-1]["grade"] == "material"
    assert "2.2" in bench.run("notice", "show", "privacy", "v2")


def test_what_it_adds_may_need_consent(bench: Workbench) -> None:
    policy = bench.folder / "policies/privacy/policy.toml"
    bench.write("policies/privacy/policy.toml", policy.read_text("utf-8").replace('"section-8"', '"section-8", "pipl"'))
    plain(bench)
    bench.sign()
    asked = "Part of this change needs your consent (2.2)."
    assert asked in bench.run("notice", "show", "privacy", "v2")

    bench.run("publish")

    assert bench.ledger()[-1]["consent_needed"] is True
    assert asked in bench.run("notice", "show", "privacy", "v2")


def test_the_second_person_signs_what_the_first_one_saw(bench: Workbench) -> None:
    asked = "import sys\nopen('asked', 'a').write('x')\nsys.stdin.read()\n"
    set_reader(bench, asked + 'print(\'{"clause": "2.2", "quote": "24 months", "kind": "other", "limb": "A"}\')\n')
    bench.run("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    set_reader(bench, asked + 'print(\'{"clause": "2.2", "quote": "We keep", "kind": "other", "limb": "A"}\')\n')

    bench.run("review", "privacy", "v2", "--accept-all", "--by", "Bo", "--note", "read too")

    assert (bench.folder / "asked").read_text("utf-8") == "x"
    assert review_file(bench).count("[[sign_off]]") == 2
    assert "second-reader" in rules(bench)


def test_only_an_edited_clause_is_read_again(bench: Workbench) -> None:
    set_reader(bench, "import sys\nopen('asked', 'a').write(str(len(sys.stdin.readlines())))\n")
    bench.sign()
    for language in ("en", "zh-CN"):
        path = bench.folder / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace("24", "36"), "utf-8")

    bench.sign()

    assert (bench.folder / "asked").read_text("utf-8") == "21"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; sys.exit('no key')", "exit code 1. It said: no key"),
        ("print('not json')", "no JSON"),
        ('print(\'{"clause": "99", "quote": "x"}\')', "'99'"),
        ('print(\'{"clause": "2.2", "quote": "words of mine"}\')', "words of mine"),
        ("import time; time.sleep(60)", "longer than 1 second"),
        ("while True: print('x' * 1000)", "more than 1,000,000 bytes"),
        ("import os; os.abort()", "crashed (SIGABRT)"),
    ],
)
def test_its_failures_are_told_block_nothing_and_lose_nothing(bench: Workbench, program: str, words: str) -> None:
    found = rules(bench)
    bench.write("reader.py", program)
    set_reader(bench, program, seconds=1 if "sleep" in program else 60)

    output = bench.invoke("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")

    assert output.exit_code == 0, output.output
    assert words in output.output
    assert "publisher.toml:" in output.output
    assert rules(bench) == [rule for rule in found if rule != "second-reader"]
    bench.run("publish")


def test_a_program_that_is_not_there_is_told(bench: Workbench) -> None:
    text = (bench.folder / "publisher.toml").read_text("utf-8").replace(sys.executable, "/nowhere/python")
    bench.write("publisher.toml", text)

    assert "cannot be started" in bench.run("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "n")


def test_after_a_failure_it_is_asked_again(bench: Workbench) -> None:
    plain(bench)
    set_reader(bench, "raise SystemExit(1)")
    bench.sign()
    assert "second-reader" not in review_file(bench)

    set_reader(bench, example())

    assert "second-reader" in rules(bench)


def test_a_finding_left_open_in_an_editor_is_not_lost(bench: Workbench) -> None:
    plain(bench)
    bench.run("review", "privacy", "v2", "--prefill")
    text = review_file(bench)
    assert text.count('decision = ""') >= 1
    signed = text.replace(
        "\n[[finding]]", '\n[[sign_off]]\nname = "Ada"\nrole = ""\nat = 2026-12-01T09:00:00Z\n\n[[finding]]', 1
    )
    bench.write("policies/privacy/v2/review.toml", signed)
    (bench.folder / "reader.py").unlink()

    assert "biometric data" in bench.refused("check", "privacy")


def test_it_reads_neither_check_nor_publish_nor_a_plain_diff(bench: Workbench) -> None:
    set_reader(bench, "open('asked', 'a').write('x')\n")
    bench.run("check", "privacy")
    bench.run("diff", "privacy@v1", "privacy@v2")
    bench.run("status")
    assert not (bench.folder / "asked").exists()


def test_diff_asks_it_on_demand(bench: Workbench) -> None:
    plain(bench)

    report = bench.json("diff", "privacy@v1", "privacy@v2", "--second-reader")

    assert "second-reader" in [finding["rule"] for finding in report["findings"]]
    assert [change["grade"] for change in report["changes"]] == ["material"]


def test_diff_without_one_says_where_it_is_set(tmp_path: Path) -> None:
    bench = Workbench.made(tmp_path)

    assert "[judge] command" in bench.refused("diff", "privacy@v1", "privacy@v2", "--second-reader")


def test_it_is_handed_no_secrets_but_those_that_are_named(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_KEY", "k")
    monkeypatch.setenv("OTHER_KEY", "o")
    monkeypatch.setenv("PUBLISHER_EMAIL__TRANSPORT", "smtp://user:password@relay.example.com:587")
    set_reader(bench, "import json, os\njson.dump(dict(os.environ), open('seen', 'w'))\n", environment=["MODEL_KEY"])

    bench.run("review", "privacy", "v2", "--json")

    seen = json.loads((bench.folder / "seen").read_text("utf-8"))
    assert seen["MODEL_KEY"] == "k"
    assert {"OTHER_KEY", "PUBLISHER_EMAIL__TRANSPORT"}.isdisjoint(seen)
    assert os.environ["OTHER_KEY"] == "o"
    assert shutil.which("python3", path=seen["PATH"])
