"""The plan of the house holds: rooms, what each may import, what loads when."""

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import publisher

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(publisher.__path__, "publisher.")
    if not module.name.endswith("__main__") and ".versions" not in module.name and not module.name.endswith(".env")
)
HEAVY = ("sqlalchemy", "alembic", "jinja2", "deepdiff", "babel", "rich")


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_every_arrow_between_rooms_runs_down() -> None:
    done = run("-c", "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_module_imports_alone() -> None:
    program = (
        "import importlib, json, subprocess, sys\n"
        "failed = {}\n"
        "for name in json.load(sys.stdin):\n"
        "    import os\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        try:\n"
        "            importlib.import_module(name)\n"
        "        except BaseException as fault:\n"
        "            sys.stderr.write(f'{name}: {fault!r}\\n')\n"
        "            os._exit(1)\n"
        "        os._exit(0)\n"
        "    if os.waitpid(child, 0)[1]:\n"
        "        failed[name] = True\n"
        "sys.exit(1 if failed else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(MODULES),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "import publisher",
        "from publisher.cli import publisher as group; group.get_help(__import__('click').Context(group))",
    ],
)
def test_starting_loads_nothing_heavy(statement: str) -> None:
    done = run("-c", f"import sys; {statement}; print([name for name in {HEAVY!r} if name in sys.modules])")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_diff_never_loads_deepdiff_jinja2_or_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("1. We will tell you.\n", "utf-8")
    (tmp_path / "new.md").write_text("1. We may tell you.\n", "utf-8")
    program = (
        "import sys\n"
        "from publisher.cli import publisher as group\n"
        "try:\n"
        "    group(['diff', *sys.argv[1:]])\n"
        "except SystemExit as stop:\n"
        "    code = stop.code\n"
        "loaded = [name for name in ('deepdiff', 'jinja2', 'sqlalchemy') if name in sys.modules]\n"
        "sys.exit(str(loaded) if loaded or code else 0)\n"
    )
    for form in ("terminal", "markdown", "html", "json", "github"):
        done = run("-c", program, "old.md", "new.md", "--side-by-side", "--format", form, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        done = run("-c", program, "privacy@v1", "privacy@v2", "--format", form)
        assert done.returncode == 0, done.stderr


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for folder in ("publisher", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if (length := path.read_text("utf-8").count("\n")) > 400
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "service", "services", "base", "common", "misc"}
    assert [path for path in (ROOT / "publisher").rglob("*.py") if path.stem in empty] == []
