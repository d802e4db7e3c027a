from pathlib import Path

import pytest

from tests.acceptance.workspaces import Workbench


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    return Workbench.made(tmp_path / "workspace")
