"""A database of each kind, new for every test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from database_servers import BACKENDS, database_url
from riskmodel.review.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is."""
    return database_url(request.param, tmp_path)


@pytest.fixture
def store(empty_url: str) -> Iterator[Store]:
    """An open database with its tables."""
    with closing(open_store(empty_url, migrate=True)) as found:
        yield found
