"""The store as its contract's tests get it, on each database."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.store.engine import Store, open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A server's key and its certificate for `localhost`, vouched for by nobody."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert
