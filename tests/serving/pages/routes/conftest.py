"""A service of published lists, for the pages that show them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import polars as pl
import pytest

from opened_service import NOW
from published_lists import HOSTILE, household, publish_lists
from riskmodel.review.identities import IdentityStore
from riskmodel.settings import Settings
from riskmodel.workflows.database import database
from riskmodel.workflows.installation import identity_key, identity_store_path, init
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Three months; the name and the number of the riskiest household are known, and the name was typed with a will."""
    place = Workspace(Settings(tmp_path_factory.mktemp("lists")))
    init(place)
    told = {"id": household(1), "kind": "household", "number": "10001", "name": None, "head_name": HOSTILE}
    told |= {"address": None, "phone": None}
    store = IdentityStore(identity_store_path(place), identity_key(place))
    store.put(pl.DataFrame([told]).cast(pl.String), NOW.date())
    with closing(database(place)) as opened:
        publish_lists(opened)
    with running(place) as found:
        yield found
