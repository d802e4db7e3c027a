"""What GitHub's runner does with a workflow of one job: a fresh checkout, and each step's script by bash, in order."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
NOBODY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_TOLD = re.compile(r"\$\{\{\s*([\w.]+)\s*\}\}")


@dataclass
class Came:
    """What a run came to: each step's outcome and output by its place, and what was deployed as the website."""

    outcomes: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    pages: Path | None = None

    @property
    def succeeded(self) -> bool:
        return "failure" not in self.outcomes

    @property
    def text(self) -> str:
        return "\n".join(self.said)


@dataclass
class Runner:
    """A machine that runs one workflow of a repository again and again, each time from nothing.

    `before` is called with each script before it is run: what others do meanwhile.
    """

    origin: Path
    folder: Path
    secrets: Mapping[str, str]
    branch: str = "main"
    before: Callable[[str], None] = lambda _: None
    runs: int = 0

    def run(self, event: str) -> Came:
        """One run of the workflow as it stands on the branch."""
        self.runs += 1
        here = self.folder / f"run-{self.runs}"
        checkout = here / "checkout"
        git(self.folder, "clone", "--quiet", "--depth", "1", "--branch", self.branch, f"file://{self.origin}", checkout)
        (file,) = (checkout / ".github/workflows").glob("*.yml")
        read = yaml.safe_load(file.read_text("utf-8"))
        assert event in read[True], f"nothing runs at {event}"  # YAML 1.1 reads `on` as true
        (job,) = read["jobs"].values()
        return self._job(job, event, checkout, here)

    def _job(self, job: Mapping[str, Any], event: str, checkout: Path, here: Path) -> Came:
        came, known = Came(), self._known(event)
        home = here / "home"
        home.mkdir()
        environment = {**NOBODY, "HOME": str(home), "LANG": "C.UTF-8", "CI": "true", "GITHUB_WORKSPACE": str(checkout)}
        environment |= {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment["PATH"] = f"{self._python()}{os.pathsep}{os.environ['PATH']}"
        environment |= {name: _filled(value, known) for name, value in job["env"].items()}
        key = environment["PUBLISHER_SECRETS__KEY_FILE"]
        environment["PUBLISHER_SECRETS__KEY_FILE"] = str(here / Path(key).name)  # two tests at once share /dev/shm
        inside = checkout / job.get("defaults", {}).get("run", {}).get("working-directory", ".")
        for step in job["steps"]:
            goes = step.get("if") == "always()" or came.succeeded
            assert step.get("if") in (None, "always()"), step
            outcome = "skipped"
            if goes and "run" in step:
                self.before(step["run"])
                own = {name: _filled(value, known) for name, value in step.get("env", {}).items()}
                done = _bash(step["run"], inside, {**environment, **own})
                came.said.append(done.stdout)
                outcome = "failure" if done.returncode else "success"
            elif goes:
                self._action(step, checkout, came)
                outcome = "success"
            known[f"steps.{step.get('id')}.outcome"] = outcome
            tolerated = outcome == "failure" and step.get("continue-on-error")
            came.outcomes.append("success" if tolerated else outcome)
        return came

    def _python(self) -> Path:
        """An environment that has what the package needs, so that no index is asked, and at first not the package."""
        folder = self.folder / "python"
        if folder.exists():
            return folder / "bin"
        venv.create(folder, with_pip=True)
        own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
        needed = folder / "needed"
        needed.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if "policy_publisher" not in path.name and path.name.partition("-")[0] != "pip":
                (needed / path.name).symlink_to(path)
        (own / "needed.pth").write_text(f"{needed}\n", "utf-8")
        return folder / "bin"

    def _known(self, event: str) -> dict[str, str]:
        return {
            "github.ref_name": self.branch,
            "github.event_name": event,
            **{f"secrets.{name}": value for name, value in self.secrets.items()},
        }

    def _action(self, step: Mapping[str, Any], checkout: Path, came: Came) -> None:
        name = step["uses"].partition("@")[0]
        if name == "actions/upload-pages-artifact":
            came.pages = checkout / step["with"]["path"]
            assert (came.pages / "index.html").is_file()
        else:
            assert name in ("actions/checkout", "actions/setup-python", "actions/deploy-pages"), name


def _bash(script: str, folder: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    bash = shutil.which("bash")
    assert bash is not None
    return subprocess.run(
        [bash, "-e", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )


def _filled(value: object, known: Mapping[str, str]) -> str:
    """A secret that was never set is empty, as on GitHub; anything else has to be known."""

    def told(found: "re.Match[str]") -> str:
        return known.get(found[1], "") if found[1].startswith("secrets.") else known[found[1]]

    return _TOLD.sub(told, str(value))


def built_wheel(folder: Path) -> Path:
    """The package as it would be released."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def git(folder: Path, *words: "str | Path") -> str:
    """What git says in a folder, by nobody's own settings."""
    program = shutil.which("git")
    assert program is not None
    person = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        [program, *person, *map(str, words)],
        cwd=folder,
        env={**os.environ, **NOBODY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
