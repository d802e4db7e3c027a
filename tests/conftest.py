"""What every test may use."""

import os
import shutil

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases",
        action="store_true",
        help="rewrite the expected parts of tests/cases; the review is the git diff",
    )


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-cases"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A browser test without a browser is left out and says why; in CI it fails instead."""
    if item.get_closest_marker("browser") is None or shutil.which("chromium"):
        return
    reason = "there is no Chromium on this machine; on Debian: apt-get install chromium fonts-noto-cjk"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
