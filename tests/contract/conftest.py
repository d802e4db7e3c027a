"""The store as its contract's tests get it, on each database."""

from collections.abc import Iterator

import pytest

from publisher.store.engine import Store, open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store."""
    opened = open_store(store_url)
    yield opened
    opened.close()
