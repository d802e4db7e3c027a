"""The scheduled workflow, step by step as a runner does it: git, a database, a mail server, the built package."""

import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.counting_sink import Sink, counting
from tests.acceptance.runner import Runner, built_wheel, git
from tests.acceptance.workspaces import Workbench
from tests.postgresql import Server

READERS = 30
IGNORED = "/var/\n/site/public/\n"

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@dataclass
class Hosted:
    """A repository that its owner works on, the runner that runs its workflow, and the mail server."""

    bench: Workbench
    top: Path
    runner: Runner
    sink: Sink

    def push(self, message: str) -> None:
        git(self.top, "add", "--all")
        git(self.top, "commit", "--quiet", "--message", message)
        git(self.top, "pull", "--quiet", "--rebase")
        git(self.top, "push", "--quiet")

    def messages(self) -> list[str]:
        """What was committed, newest first."""
        return git(self.runner.origin, "log", "--format=%s", "main").splitlines()


@contextmanager
def hosted(server: Server, folder: Path, below: str) -> Iterator[Hosted]:
    """A policy whose v2 is signed and not yet pushed, and the workflow as `publisher hosting github` writes it."""
    origin, top = folder / "origin.git", folder / "laptop"
    git(folder, "init", "--quiet", "--bare", origin)
    git(folder, "clone", "--quiet", origin, top)
    wheel = built_wheel(folder / "wheel")
    with server.database() as url, counting() as sink:
        bench = Workbench.made(top / below, {"PUBLISHER_STORE__URL": url})
        bench.now = datetime.now(UTC).replace(microsecond=0)
        bench.write(".gitignore", IGNORED)
        bench.run("hosting", "github", "--package", str(wheel), "--into", str(top))
        bench.import_users(READERS)
        given = {
            "PUBLISHER_STORE__URL": url,
            "PUBLISHER_EMAIL__TRANSPORT": f"smtp://127.0.0.1:{sink.port}?tls=off",
            "PUBLISHER_KEY": secrets.token_hex(32),
        }
        runs = folder / "runs"
        runs.mkdir()
        made = Hosted(bench, top, Runner(origin, runs, given), sink)
        git(top, "add", "--all")
        git(top, "commit", "--quiet", "--message", "Begin")
        git(top, "push", "--quiet", "--set-upstream", "origin", "main")
        yield made


@pytest.mark.parametrize("below", [".", "legal/site"], ids=["at-the-top", "in-a-folder"])
def test_a_signed_version_goes_out_once_and_a_push_meanwhile_is_in_nobodys_way(
    postgresql_server: Server, tmp_path: Path, below: str
) -> None:
    with hosted(postgresql_server, tmp_path, below) as at_work:
        at_work.bench.sign()
        at_work.push("Sign v2")

        def meanwhile(script: str) -> None:
            if "git commit" in script:
                (at_work.top / "NOTES").write_text("of a colleague\n", "utf-8")
                at_work.push("Push meanwhile")

        at_work.runner.before = meanwhile
        first = at_work.runner.run("push")
        assert first.succeeded, first.text
        assert Counter(at_work.sink.recipients) == {f"u{number:05}@example.com": 1 for number in range(READERS)}
        assert at_work.messages() == ["What happened to the policies", "Push meanwhile", "Sign v2", "Begin"]
        assert first.pages is not None
        assert (first.pages / "privacy/v2/index.html").is_file()

        at_work.runner.before = lambda _: None
        for _ in range(2):
            again = at_work.runner.run("schedule")
            assert again.succeeded, again.text
        assert len(at_work.sink.recipients) == READERS
        git(at_work.top, "pull", "--quiet", "--rebase")
        assert [entry["kind"] for entry in at_work.bench.ledger()].count("release") == 1
        assert not [
            path
            for path in git(at_work.runner.origin, "ls-tree", "-r", "--name-only", "main").splitlines()
            if "/var/" in f"/{path}"
        ]


def test_a_fault_that_waits_for_a_person_fails_the_run_and_campaigns_go_on(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with hosted(postgresql_server, tmp_path, ".") as at_work:
        at_work.bench.sign()
        at_work.bench.write("policies/privacy/v3/en.md", "---\neffective: soon\n---\n# Privacy\n")
        at_work.push("Sign v2, and begin a v3")
        came = at_work.runner.run("push")
        assert not came.succeeded
        assert "check: failure" in came.said[-1]
        assert len(at_work.sink.recipients) == READERS
        assert came.pages is not None
        assert at_work.messages()[0] == "What happened to the policies"


def test_a_secret_that_is_missing_is_named_and_nothing_is_sent(postgresql_server: Server, tmp_path: Path) -> None:
    with hosted(postgresql_server, tmp_path, ".") as at_work:
        at_work.bench.sign()
        at_work.push("Sign v2")
        at_work.runner.secrets = {**at_work.runner.secrets, "PUBLISHER_STORE__URL": ""}
        came = at_work.runner.run("push")
        assert not came.succeeded
        assert "::error::The secret PUBLISHER_STORE__URL is missing" in came.text
        assert not at_work.sink.recipients
        assert at_work.messages() == ["Sign v2", "Begin"]
