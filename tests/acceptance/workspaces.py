"""A workspace of its own for each test, driven through the command line in this process or as a program."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from publisher.cli import publisher as group
from publisher.cli.context import Desk
from publisher.cli.faults import told_and_exited

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

SETTINGS = """\
[site]
name = "Acme"
base_url = "https://acme.example"
[email]
transport = "maildir:var/mail"
from = "Acme Privacy <privacy@acme.example>"
"""

POLICY = """\
title = "Privacy Policy"
language = "en"
languages = ["zh-CN"]
timezone = "Asia/Shanghai"
regimes = ["section-8"]
contact = "privacy@acme.example"
"""

FRONT = "---\neffective: {effective}\nsummary: {summary}\n---\n"

V1 = {
    "en": """\
# Privacy Policy

## 1. What we collect

1.1 We collect your name and your e-mail address.

1.2 We will not share your data with anyone without your consent.

## 2. Your rights

2.1 You may ask us to delete your data at any time.

2.2 We keep your data for 12 months.
""",
    "zh-CN": """\
# 隐私政策

## 1. 我们收集的信息

1.1 我们收集您的姓名和电子邮箱地址。

1.2 未经您的同意，我们不会与任何人共享您的数据。

## 2. 您的权利

2.1 您可以随时要求我们删除您的数据。

2.2 我们保存您的数据 12 个月。
""",
}

V2 = {
    "en": V1["en"]
    .replace("your name and your e-mail address", "your name, your e-mail address and your precise location")
    .replace("for 12 months", "for 24 months"),
    "zh-CN": V1["zh-CN"].replace("姓名和电子邮箱地址", "姓名、电子邮箱地址和精确位置").replace("12 个月", "24 个月"),
}

SUMMARIES = {
    "en": "We also collect your location (1.1) and keep data for longer (2.2).",
    "zh-CN": "我们还会收集您的位置（1.1），并延长保存期限（2.2）。",
}


@dataclass
class Workbench:
    """A workspace folder and the clock by which commands are run in it."""

    folder: Path
    now: datetime = NOW
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, environment: Mapping[str, str] | None = None) -> "Workbench":
        """A workspace whose v1 applies and whose v2 waits for its review."""
        bench = cls(folder, environment=environment or {})
        bench.write("publisher.toml", SETTINGS)
        bench.write("policies/privacy/policy.toml", POLICY)
        bench.write_version("v1", V1, "2024-10-01")
        bench.write_version("v2", V2, '"+45 days"')
        bench.run("adopt", "privacy", "--through", "v1", "--by", "Acme")
        return bench

    @classmethod
    def empty(cls, folder: Path, environment: Mapping[str, str]) -> "Workbench":
        """A workspace with settings and no policy."""
        bench = cls(folder, environment=environment)
        bench.write("publisher.toml", SETTINGS)
        return bench

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def write_version(self, version: str, texts: Mapping[str, str], effective: str) -> None:
        for language, text in texts.items():
            front = FRONT.format(effective=effective, summary=SUMMARIES[language])
            self.write(f"policies/privacy/{version}/{language}.md", front + text)

    def invoke(self, *arguments: str) -> Result:
        """Runs a command in this process; faults become words and exit code 1, as for the installed command."""
        with_faults = CliRunner(env={**self.environment})

        def run(args: list[str]) -> Result:
            return with_faults.invoke(wrapped, args, obj=None)

        desk = Desk(clock=lambda: self.now, folder=self.folder)

        import click

        @click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
        @click.argument("args", nargs=-1, type=click.UNPROCESSED)
        def wrapped(args: tuple[str, ...]) -> None:
            with told_and_exited():
                group.main(list(args), prog_name="publisher", standalone_mode=True, obj=desk)

        return run(list(arguments))

    def run(self, *arguments: str) -> str:
        """The same; it must succeed."""
        done = self.invoke(*arguments)
        assert done.exit_code == 0, f"{arguments}: {done.output}{done.exception!r}"
        return done.output

    def refused(self, *arguments: str) -> str:
        """The same; it must exit 1."""
        done = self.invoke(*arguments)
        assert done.exit_code == 1, f"{arguments}: {done.exit_code} {done.output}{done.exception!r}"
        return done.output

    def json(self, *arguments: str) -> Any:
        done = self.invoke(*arguments, "--json")
        assert done.exit_code == 0, f"{arguments}: {done.output}{done.exception!r}"
        return json.loads(done.stdout)

    def program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The installed command, as a program of its own, by the machine's clock."""
        return subprocess.run(
            [sys.executable, "-m", "publisher", "-C", str(self.folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.environment},
        )

    def sign(self, version: str = "v2") -> None:
        self.run("review", "privacy", version, "--accept-all", "--by", "Ada", "--note", "read")

    def import_users(self, number: int) -> None:
        rows = ["id,email,name,language,joined"]
        for index in range(number):
            language = "zh-CN" if index % 3 == 0 else "en"
            rows.append(f"u{index:05},u{index:05}@example.com,User {index},{language},2024-01-01")
        self.run("users", "import", str(self.write("users.csv", "\n".join(rows) + "\n")))

    def ledger(self) -> list[dict[str, Any]]:
        path = self.folder / "policies/privacy/ledger.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def state_of(self, version: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.json("status")["versions"]
        return next(entry for entry in found if entry["version"] == version)
