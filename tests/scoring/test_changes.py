from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.features import assemble
from riskmodel.scoring.changes import Changes, changes
from riskmodel.scoring.score import CONTRIBUTION, VALUE, score
from riskmodel.tables.lake import Lake
from scoring.conftest import bundle_of

if TYPE_CHECKING:
    from riskmodel.models import Bundle
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace
    from scoring.conftest import Given


@pytest.fixture(scope="session")
def earlier(given: Given, sample_workspace: Workspace) -> pl.DataFrame:
    """Scores of the same model three months before."""
    lake: Lake = sample_workspace.lake
    day = given.table.as_of.replace(month=given.table.as_of.month - 3)
    table = assemble(lake, day, county=given.table.county, policy=given.policy)
    return score(table, given.bundle, given.policy)


@pytest.fixture(scope="session")
def another(sample_rows: Collected) -> Bundle:
    """Another model of the same features."""
    return replace(bundle_of("logistic", sample_rows.rows), hash="f" * 64)


def rest(found: Changes) -> float:
    """What the parts leave over of the change of the margin, at most."""
    return float(np.abs(found.data.sum(axis=1) + found.model.sum(axis=1) + found.base - found.margin).max())


def test_with_the_same_model_the_change_is_that_of_the_facts(given: Given, earlier: pl.DataFrame) -> None:
    found = changes(earlier, given.scored)
    assert rest(found) < 1e-9
    assert not found.model.any()
    assert not found.base.any()
    assert found.households.to_list() == sorted(set(earlier["household_id"]) & set(given.scored["household_id"]))
    if given.kind != "rules":
        assert np.abs(found.data).max() > 0.01  # so the test can fail


def test_with_a_new_model_the_old_one_is_asked_about_the_new_facts(
    given: Given, earlier: pl.DataFrame, another: Bundle
) -> None:
    now = score(given.table, another, given.policy)
    found = changes(earlier, now, given.bundle)
    assert rest(found) < 1e-9
    same = changes(earlier, given.scored)
    np.testing.assert_allclose(found.data, same.data, rtol=0, atol=1e-12)
    if given.kind != "logistic":
        assert np.abs(found.model).max() > 0.01


def test_with_the_same_facts_the_change_is_that_of_the_model(given: Given, another: Bundle) -> None:
    now = score(given.table, another, given.policy)
    found = changes(given.scored, now, given.bundle)
    assert rest(found) < 1e-9
    assert np.abs(found.data).max() < 1e-12


def test_values_of_both_dates_come_along_in_the_order_of_the_features(given: Given, earlier: pl.DataFrame) -> None:
    found = changes(earlier, given.scored)
    for table, values in ((earlier, found.before), (given.scored, found.now)):
        own = table.filter(pl.col("household_id").is_in(found.households.implode())).sort("household_id")
        expected = own.select(pl.col(f"{VALUE}{name}").fill_null(float("nan")) for name in found.features).to_numpy()
        np.testing.assert_array_equal(values, expected)


def test_another_model_without_the_old_one_cannot_be_split(
    given: Given, earlier: pl.DataFrame, another: Bundle
) -> None:
    now = score(given.table, another, given.policy)
    for wrong in (None, another):
        with pytest.raises(UsageError, match="scored by different models"):
            changes(earlier, now, wrong)


def test_other_features_cannot_be_split(given: Given, earlier: pl.DataFrame) -> None:
    renamed = {f"{prefix}head_age": f"{prefix}shoe_size" for prefix in (CONTRIBUTION, VALUE)}
    with pytest.raises(UsageError, match="different features"):
        changes(earlier.rename(renamed), given.scored)
    with pytest.raises(UsageError, match="older version"):
        changes(earlier.drop(pl.selectors.starts_with(VALUE)), given.scored)


def test_households_of_one_date_only_are_left_out(given: Given, earlier: pl.DataFrame) -> None:
    found = changes(earlier.head(3), given.scored)
    assert set(found.households) <= set(earlier["household_id"].head(3))
    assert len(changes(earlier.head(0), given.scored).margin) == 0
