"""The plan of the house holds: rooms, what each may import, what loads when."""

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import find_spec
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


def test_no_module_needs_itself() -> None:
    """Modules that need each other at import are whole only when the right one comes first."""
    needs = {name: set(needed_at_import(name)) - {name} for name in MODULES}
    assert sum(map(len, needs.values())) > len(MODULES), "the imports were not seen"
    TopologicalSorter(needs).prepare()


def test_every_module_can_be_imported() -> None:
    done = run("-c", f"import importlib; [importlib.import_module(name) for name in {MODULES!r}]")
    assert done.returncode == 0, done.stderr


def needed_at_import(name: str) -> Iterator[str]:
    """The modules of this project that one names while it is imported: neither within functions nor for types alone."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    waiting: list[ast.AST] = [ast.parse(Path(spec.origin).read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (
                found if found in MODULES else node.module
                for found in inside
                if node.module.partition(".")[0] == "publisher"
            )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif not isinstance(node, ast.FunctionDef | ast.Lambda) and not only_for_types(node):
            waiting.extend(ast.iter_child_nodes(node))


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


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
