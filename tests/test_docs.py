"""The README tells the truth: every command and setting is there, and what it shows runs."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from publisher.cli import publisher as group
from publisher.config.sections import SECTIONS
from publisher.domain.policy import PolicySettings
from tests.acceptance.labelled import labelled_folder
from tests.acceptance.statements_said import INCIDENT, written
from tests.acceptance.workspaces import Workbench

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")

PLAYBOOK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("init", ("another", "--name", "Acme", "--language", "en")),
    ("adopt", ("privacy", "--through", "v1", "--by", "Ada")),
    ("check", ()),
    ("check", ("privacy", "--format", "github")),
    ("diff", ("privacy@v1", "privacy@v2", "--format", "markdown")),
    ("explain", ("privacy", "v2", "--notes")),
    ("packs", ()),
    ("packs", ("gdpr@2026-11-01",)),
    ("users import", ("users.csv",)),
    ("users token", ("u1",)),
    ("users key", ()),
    ("users erase", ("u2",)),
    ("review", ("privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")),
    ("notice show", ("privacy", "v2", "--language", "zh-CN", "--format", "html")),
    ("notice test", ("privacy", "v2", "--to", "ada@example.com")),
    ("publish", ("--dry-run",)),
    ("publish", ()),
    ("notice send", ("incident", "incident.en.md", "--users", "all", "--by", "Ada", "--by", "Ben", "--yes")),
    ("pause", ("privacy", "v2")),
    ("resume", ("privacy", "v2")),
    ("deliver", ("--rate", "0")),
    ("bounces", ("-",)),
    ("receipts import", ("receipts.csv",)),
    ("tick", ()),
    ("status", ()),
    ("draft", ("privacy",)),
    ("postpone", ("privacy", "v2", "--to", "2027-04-01", "--by", "Ada", "--reason", "more time")),
    ("correct", ("privacy", "v2", "--text", "corrected.md", "--by", "Ada", "--reason", "emphasis")),
    ("consent export", ("privacy", "v2")),
    ("withdraw", ("privacy", "v2", "--by", "Ada", "--reason", "given up")),
    ("build", ("--at", "2027-05-01T00:00:00Z", "--no-redlines")),
    ("asof", ("privacy", "2025-01-01", "--language", "en")),
    ("verify", ()),
    ("hosting", ("cron", "--into", "server", "--user", "publisher", "--port", "8000", "--workers", "2")),
    ("learn", ("labels",)),
    ("demo", ("demonstration",)),
)
"""Every command that the README names, in an order in which a person could type them, with its placeholders filled."""


def commands(of: click.Group, prefix: str = "") -> list[str]:
    found = []
    for name in of.list_commands(click.Context(of)):
        command = of.get_command(click.Context(of), name)
        if isinstance(command, click.Group):
            found.extend(commands(command, f"{prefix}{name} "))
        else:
            found.append(prefix + name)
    return found


def shown_commands() -> set[str]:
    known = commands(group)
    words = re.findall(r"publisher ([a-z]+(?: [a-z]+)?)", README)
    return {name for word in words for name in known if word == name or word.split()[0] == name}


def test_every_command_is_in_the_readme() -> None:
    assert set(commands(group)) - shown_commands() == set()


def test_every_option_of_a_command_that_the_readme_shows_exists() -> None:
    named = r"`publisher ([a-z]+(?: show| test| send| import| erase| token| export)?)([^`]*)`"
    for name, options in re.findall(named, README):
        command: click.Command = group
        for word in name.split():
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None, name
            command = found
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", options)) <= known, name


def test_every_setting_is_in_the_readme() -> None:
    for section, kind in SECTIONS.items():
        for entry in fields(kind):
            key = entry.metadata.get("key", entry.name)
            assert f"`[{section}] {key}`" in README
    hidden = {"name", "audiences", "applies_to"}
    assert [e.name for e in fields(PolicySettings) if e.name not in hidden and f"`{e.name}`" not in README] == []


def test_every_command_that_the_readme_shows_runs(tmp_path: Path) -> None:
    until_stopped = {"serve", "preview", "worker"}  # run in tests/acceptance, in files of their names
    assert shown_commands() - until_stopped == {name for name, _ in PLAYBOOK}
    shutil.copytree(
        ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("ledger.jsonl", "review.toml")
    )
    shutil.copy(ROOT / "publisher.toml", tmp_path)
    rows = "id,email,name,language,joined\nu1,a@example.com,A,en,2024-01-01\nu2,b@example.com,B,zh-CN,2024-01-01\n"
    (tmp_path / "users.csv").write_text(rows, "utf-8")
    (tmp_path / "receipts.csv").write_text("id,status\n", "utf-8")
    text = (tmp_path / "policies/privacy/v2/en.md").read_text("utf-8")
    (tmp_path / "corrected.md").write_text(text.replace("free of charge", "**free of charge**"), "utf-8")
    written(tmp_path, INCIDENT, "incident")
    labelled_folder(tmp_path / "labels")
    bench = Workbench(tmp_path)
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for name, arguments in PLAYBOOK:
            assert bench.run(*name.split(), *arguments).strip()
    finally:
        os.chdir(here)


def blocks() -> list[str]:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("export ")]


def test_the_five_minute_start_runs_as_written(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    lines = blocks()
    assert "make publish" in lines
    assert len(lines) >= 5
    (checkout / ".venv").symlink_to(Path(sys.prefix))
    for line in lines:
        done = subprocess.run(line.split(), cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", ["policies/privacy", "policies/cookies"])
def test_the_committed_sample_ledgers_hold_adoptions_alone(name: str) -> None:
    lines = (ROOT / name / "ledger.jsonl").read_text("utf-8").splitlines()
    assert [re.search(r'"kind":"([a-z-]+)"', line) for line in lines]
    assert {match[1] for line in lines if (match := re.search(r'"kind":"([a-z-]+)"', line))} == {"adopt"}
    assert not any('"version":"v2"' in line for line in lines)


def _anchors(headings: list[str]) -> set[str]:
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_within_it_leads_to_one_of_its_headings_and_every_chapter_has_one() -> None:
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    linked = set(re.findall(r"\]\(#([^)]+)\)", prose))
    assert linked - _anchors(re.findall(r"^#+ (.+)$", prose, flags=re.MULTILINE)) == set()
    assert _anchors(re.findall(r"^## (.+)$", prose, flags=re.MULTILINE)) - linked == set()
