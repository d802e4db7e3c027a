from pathlib import Path

import pytest

from tests.unit.workflow.checking import EN, EN2, SETTINGS, ZH, ZH2, Desk


@pytest.fixture
def first(tmp_path: Path) -> Desk:
    """A first version that nobody released."""
    desk = Desk(tmp_path)
    desk.write("policy.toml", SETTINGS)
    desk.write("v1/en.md", EN)
    desk.write("v1/zh-CN.md", ZH)
    return desk


@pytest.fixture
def adopted(first: Desk) -> Desk:
    """The first version in the ledger, and nothing else."""
    first.record("v1")
    return first


@pytest.fixture
def drafted(adopted: Desk) -> Desk:
    """A second version that nobody reviewed."""
    adopted.write("v2/en.md", EN2)
    adopted.write("v2/zh-CN.md", ZH2)
    return adopted


@pytest.fixture
def signed(drafted: Desk) -> Desk:
    drafted.sign()
    return drafted
