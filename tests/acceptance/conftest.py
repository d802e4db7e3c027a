from pathlib import Path

import pytest

from tests.acceptance.workspaces import Workbench

PATIENT = {
    "publisher.serve.website.WAIT_SECONDS": 60,
    "publisher.workflow.apart.MOST_SECONDS": 600,
    "publisher.workflow.bounded._GRACE": 60,
    "publisher.workflow.homepage.TIMEOUT_SECONDS": 120,
}
"""Seconds that the product gives to others so that nobody waits for long; a machine that tests may be slower."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in PATIENT.items():
        monkeypatch.setattr(name, seconds)


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    return Workbench.made(tmp_path / "workspace")
