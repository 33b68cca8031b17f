"""A small county written to files, once for all tests that read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.sources.synthetic.county import Plan, simulated
from riskmodel.sources.synthetic.observation.slips import Rates

PLAN = Plan(households=250, months=8, seed=4, draws=3, rates=Rates(list_sent_again=0.5))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """250 households, the history and eight monthly deliveries; the tests only read them."""
    out = tmp_path_factory.mktemp("simulated") / "county"
    for _ in simulated(out, PLAN):
        pass
    return out
