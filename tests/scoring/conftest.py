"""Fixtures of scoring: models of the generated county, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from riskmodel.features import FeatureTable, assemble, declared, set_hash
from riskmodel.models import (
    Bundle,
    BundleFacts,
    CalibratedModel,
    Calibration,
    LightGBMModel,
    LightGBMParameters,
    LogisticModel,
    RuleModel,
    Wire,
)
from riskmodel.scoring.score import score

if TYPE_CHECKING:
    import polars as pl

    from riskmodel.models import RiskModel
    from riskmodel.policy import Policy
    from riskmodel.training.fit import Rows
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace

KINDS = ("lightgbm", "logistic", "rules")


@dataclass(frozen=True)
class Given:
    """What was scored, with which model, and the result."""

    table: FeatureTable = field(repr=False)
    bundle: Bundle = field(repr=False)
    policy: Policy = field(repr=False)
    scored: pl.DataFrame = field(repr=False)
    kind: str = "lightgbm"


@pytest.fixture(scope="session")
def features(sample_workspace: Workspace) -> FeatureTable:
    """Features of the generated county on a day after all training rows."""
    (county,) = sample_workspace.counties()
    return assemble(sample_workspace.lake, date(2024, 5, 5), county=county, policy=sample_workspace.policy)


@pytest.fixture(scope="session")
def trees(sample_rows: Collected) -> Bundle:
    """Trees learned from all rows of the generated county."""
    return bundle_of("lightgbm", sample_rows.rows)


@pytest.fixture(scope="session", params=KINDS)
def given(
    request: pytest.FixtureRequest, sample_rows: Collected, sample_workspace: Workspace, features: FeatureTable
) -> Given:
    """The generated county scored by a model of each kind."""
    bundle = bundle_of(request.param, sample_rows.rows)
    scored = score(features, bundle, sample_workspace.policy)
    return Given(features, bundle, sample_workspace.policy, scored, request.param)


def bundle_of(kind: str, rows: Rows) -> Bundle:
    """A calibrated model of these rows with its facts, as if read from disk."""
    model = _fitted(kind, rows)
    margin = model.margin(rows.x)
    facts = BundleFacts(
        feature_set=set_hash(),
        groups={f.name: f.group.value for f in declared()},
        policy="0" * 12,
        label="income_below_line_12m",
        horizon_months=12,
        first_as_of=date(2021, 3, 5),
        last_as_of=date(2023, 3, 5),
        metrics={},
        seed=0,
        created_at=datetime(2024, 5, 6, tzinfo=UTC),
        golden=rows.x[:3],
    )
    return Bundle(CalibratedModel(model, Calibration.fit(margin, rows.y)), facts, f"{kind:0<64}")


def _fitted(kind: str, rows: Rows) -> RiskModel:
    if kind == "rules":  # few different margins: many ties
        return RuleModel(rows.columns, (Wire("ELD", "elders", 1), Wire("KID", "children", 2, 0.5)))
    if kind == "logistic":
        return LogisticModel.fit(rows.x, rows.y, rows.columns)
    parameters = LightGBMParameters(trees=80, rate=0.08, min_rows=40)
    return LightGBMModel.fit(rows.x, rows.y, rows.columns, parameters=parameters, seed=0)
