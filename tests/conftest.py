"""What every test may use."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import in_memory, postgresql, templates_once

SEQUENCES = pytest.StashKey[Counter[str]]()
"""How many simulated sequences were run, by where."""

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak",
        action="store_true",
        help="10,000 new simulated sequences on each database, new examples of the laws, and kills at full size",
    )
    parser.addoption(
        "--update-cases",
        action="store_true",
        help="rewrite the expected parts of tests/cases; the review is the git diff",
    )


def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, by what tests start too
    config.stash[SEQUENCES] = Counter()
    templates_once.compile_once()
    settings.register_profile(
        "tests",
        deadline=None,  # no example is too slow for a machine that has other things to do
        suppress_health_check=[HealthCheck.too_slow],  # the same
        derandomize=not config.getoption("--soak"),  # whether a change can go in is no matter of luck
        print_blob=True,
    )
    settings.load_profile("tests")
    folder = None if hasattr(config, "workerinput") else in_memory.begin()
    if folder is not None:
        config.add_cleanup(lambda: in_memory.end(folder))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker process hands its numbers to the one that prints."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        ran = session.config.stash[SEQUENCES]
        output["sequences"] = dict(ran)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:  # noqa: ARG001  its signature
    ran: dict[str, int] = getattr(node, "workeroutput", {}).get("sequences", {})
    config: pytest.Config = node.config
    config.stash[SEQUENCES].update(ran)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many simulated sequences were run, and on what."""
    ran = config.stash[SEQUENCES]
    if ran:
        terminalreporter.section("simulated sequences")
        for where, number in ran.items():
            terminalreporter.line(f"{number:,} sequences {where}")


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-cases"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A browser test without a browser is left out and says why; in CI it fails instead."""
    if item.get_closest_marker("browser") is not None and not shutil.which("chromium"):
        _left_out("there is no Chromium on this machine; on Debian: apt-get install chromium fonts-noto-cjk")


def _left_out(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A server of the tests' own; where there is none the test is left out and says why, in CI it fails instead."""
    if postgresql.programs() is None:
        _left_out(postgresql.MISSING)
    with postgresql.serving() as server:
        yield server


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, once for each kind of database."""
    yield from _database(request, tmp_path, migrated=False)


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that may have the store's tables already, once for each kind of database."""
    yield from _database(request, tmp_path, migrated=True)


def _database(request: pytest.FixtureRequest, folder: Path, *, migrated: bool) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/var/publisher.db"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    with server.database(migrated=migrated) as url:
        yield url
