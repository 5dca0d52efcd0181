"""The two kinds of stores, made the way an installation makes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coordina.core.storing import kept
from coordina.core.storing.address import Bucket, read_address
from coordina.core.storing.areas import the_store
from coordina.core.storing.stores import Store
from tests.storing.s3_server import KEY, REGION, SECRET, S3Server, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A service that speaks S3, and its keys in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    kept.forget()
    with serving() as running:
        yield running
    kept.forget()


def address_of(server: S3Server, *, bucket: str = "files", prefix: str = "/of/us") -> str:
    """What `COORDINA_FILES` says of a bucket."""
    return f"s3://{bucket}{prefix}?endpoint={server.endpoint}&region={REGION}"


@pytest.fixture
def bucket(server: S3Server, settings: Any) -> Bucket:
    """Files live in a bucket of the service."""
    found = read_address(address_of(server))
    assert found is not None
    settings.FILES = found
    return found


@pytest.fixture(params=["folder", "bucket"])
def store(request: Any, tmp_path: Path) -> Store:
    """The store of an installation, of either kind."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return the_store()
