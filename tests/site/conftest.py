"""Sites built for the tests."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.domain.ledger import LedgerEvent
from tests.site.building import Built, build_at, make_workspace
from tests.site.gallery import build_gallery


@pytest.fixture(scope="session")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = make_workspace(tmp_path_factory.mktemp("announced"))
    return build_at(root, datetime(2027, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A page of every kind."""
    return build_gallery(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def site_at(tmp_path: Path) -> Callable[..., Built]:
    def make(now: datetime, *more: LedgerEvent) -> Built:
        return build_at(make_workspace(tmp_path / "workspace", *more), now)

    return make
