from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import DataError
from riskmodel.training.cells import ALL, Cells, checked, limits, over
from riskmodel.training.intervals import Resampling
from training.made_audit import GROUPINGS, made_audit

GROUPS = pl.DataFrame({"sex": ["m", "f", "m", "m"], "kind": ["b", "a", "a", "b"]})


def test_a_row_is_in_one_cell_of_every_grouping_and_in_that_of_all() -> None:
    cells = Cells.of(GROUPS, ("sex", "kind"))
    assert cells.names.rows() == [(ALL, ALL), ("sex", "f"), ("sex", "m"), ("kind", "a"), ("kind", "b")]
    assert cells.code.tolist() == [[0, 0, 0, 0], [2, 1, 2, 2], [4, 3, 3, 4]]
    assert cells.whole.tolist() == [0, 0, 0, 0, 0]
    assert cells.sums(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [15, 2, 13, 6, 9]


def test_month_by_month_a_cell_is_compared_with_all_rows_of_its_month() -> None:
    cells = Cells.of(GROUPS, ("sex",), pl.Series([1, 1, 2, 2]))
    expected = [(ALL, ALL, 1), (ALL, ALL, 2), ("sex", "f", 1), ("sex", "m", 1), ("sex", "m", 2)]
    assert cells.names.rows() == expected
    assert cells.whole.tolist() == [0, 1, 0, 0, 1]
    assert cells.sums(np.ones(4)).tolist() == [2, 2, 1, 1, 2]


def test_distinct_values_are_counted_once_and_only_among_the_rows_asked_for() -> None:
    cells, households = Cells.of(GROUPS, ("sex",)), pl.Series(["H1", "H1", "H1", "H2"])
    assert cells.distinct(households).tolist() == [2, 1, 2]
    assert cells.distinct(households, np.array([False, True, True, False])).tolist() == [1, 1, 1]


def test_sums_in_a_draw_are_those_of_the_rows_as_often_as_they_are_drawn() -> None:
    audit = made_audit(households=90)
    cells, draws = Cells.of(audit.groups, GROUPINGS), audit.draws
    found = cells.draws({"risk": audit.risk}, draws)["risk"]
    expected = [cells.sums(audit.risk * weights) for weights in draws.drawn()]
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-12, atol=1e-9)
    assert np.ptp(found[:, 0]) > 0


def test_clusters_may_have_any_numbers() -> None:
    cells = Cells.of(GROUPS, ("sex",))
    draws = Resampling(np.array([0, 7, 7, 2]), seed=1, replicates=5)
    found = cells.draws({"n": np.ones(4)}, draws)["n"]
    assert found.tolist() == [cells.sums(weights).tolist() for weights in draws.drawn()]


def test_draws_of_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="draws of 3 rows do not fit 4"):
        Cells.of(GROUPS, ("sex",)).draws({"n": np.ones(4)}, Resampling(np.arange(3)))


@pytest.mark.parametrize("groups", [GROUPS.head(0), GROUPS.with_columns(sex=pl.lit(None, pl.String))])
def test_a_group_that_is_null_would_drop_rows_and_is_refused(groups: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="a group of its own"):
        Cells.of(groups, ("sex", "kind"))


def test_a_share_of_nothing_is_not_known() -> None:
    assert over(np.array([1.0, 0.0, 3.0]), np.array([2.0, 5.0, 0.0])).tolist() == pytest.approx(
        [0.5, 0.0, np.nan], nan_ok=True
    )


def test_limits_are_not_known_where_too_many_draws_say_nothing() -> None:
    draws = np.column_stack([np.linspace(0, 1, 101), np.where(np.arange(101) < 15, np.nan, 1.0)])
    found = limits(np.array([0.5, 1.0]), draws, "recall")
    assert found["recall_low"].tolist() == pytest.approx([0.025, np.nan], nan_ok=True)
    assert found["recall_high"].tolist() == pytest.approx([0.975, np.nan], nan_ok=True)


@pytest.mark.parametrize(("y", "risk"), [([0, 2], [0.1, 0.2]), ([0, 1], [0.1, np.nan]), ([0], [0.1, 0.2]), ([1], [2])])
def test_rows_without_an_outcome_or_a_probability_are_refused(y: list[int], risk: list[float]) -> None:
    with pytest.raises(DataError, match="Leave out the rows that are in no test"):
        checked(y, risk)
