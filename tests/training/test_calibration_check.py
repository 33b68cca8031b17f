from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sklearn.linear_model import LogisticRegression

from riskmodel.errors import DataError
from riskmodel.training.calibration_check import (
    CalibrationCheck,
    calibration_check,
    in_top_tenth,
    logit,
    recalibration,
    tenth,
    weighted,
)
from riskmodel.training.evaluation import ece, reliability, top_tenth
from training.made_audit import Audit, made_audit

AUDIT = made_audit()
RISKS = st.lists(st.sampled_from([0.01, 0.02, 0.1, 0.5, 0.9]), min_size=1, max_size=60)


def check_of(audit: Audit) -> CalibrationCheck:
    return calibration_check(12, audit.y, audit.risk, audit.groups, audit.draws, ("ethnicity", "township"))


def both_outcomes(risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row once with the event and once without, and how much each counts if the risks hold exactly."""
    return np.repeat([1.0, 0.0], len(risk)), np.concatenate([risk, 1 - risk])


@pytest.mark.parametrize(("spread", "shift", "slope"), [(1, 0, 1.0), (2, 0, 0.5), (0.5, 0, 2.0), (1, 0.7, 1.0)])
def test_the_slope_is_one_for_risks_that_hold_and_a_half_for_doubled_log_odds(
    spread: float, shift: float, slope: float
) -> None:
    y, weight = both_outcomes(AUDIT.risk)
    told = np.tile(logit(AUDIT.risk) * spread + shift, 2)
    assert recalibration(y, told, weight) == pytest.approx((slope, -shift * slope), abs=1e-9)


def test_the_slope_is_that_of_a_logistic_regression_without_penalty() -> None:
    log_odds = logit(AUDIT.risk)
    weight = np.random.default_rng(0).poisson(1.0, len(log_odds)).astype(np.float64)
    other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(log_odds[:, None], AUDIT.y, sample_weight=weight)
    found = recalibration(AUDIT.y.astype(float), log_odds, weight)
    assert found == pytest.approx((other.coef_.item(), other.intercept_.item()), abs=1e-5)
    assert recalibration(AUDIT.y.astype(float), log_odds, weight, (4.0, -3.0)) == pytest.approx(found)  # overshoots


@pytest.mark.parametrize(
    ("y", "log_odds"),
    [([0, 0, 0], [-1, 0, 1]), ([1, 1, 1], [-1, 0, 1]), ([0, 1, 0], [2, 2, 2]), ([0, 0, 1, 1], [-2, -1, 1, 2])],
    ids=["no event", "only events", "equal risks", "parted without fault"],
)
def test_where_no_slope_can_be_told_it_is_not_known(y: list[float], log_odds: list[float]) -> None:
    told = recalibration(np.array(y, dtype=float), np.array(log_odds, dtype=float), np.ones(len(y)))
    assert np.isnan(told).all()


def test_risks_that_hold_pass_and_doubled_ones_do_not() -> None:
    check = check_of(AUDIT)
    assert check.horizon == 12
    assert check.slope.low < 1 < check.slope.high
    assert check.intercept.low < 0 < check.intercept.high
    assert check.ratio.low < 1 < check.ratio.high
    doubled = Audit(AUDIT.y, AUDIT.risk / 2, AUDIT.listed, AUDIT.groups, AUDIT.month, AUDIT.village)
    ratio = check_of(doubled).ratio
    assert ratio.value == pytest.approx(2 * check.ratio.value)
    assert ratio.low > 1.5


def test_a_weight_is_how_often_a_row_is_there() -> None:
    y, weight = AUDIT.y.astype(float), np.random.default_rng(0).integers(0, 3, len(AUDIT.y))
    numbers = weighted(y, AUDIT.risk, np.ones(len(y)))(weight.astype(float))
    times = np.repeat(np.arange(len(y)), weight)
    slope, intercept = recalibration(y[times], logit(AUDIT.risk)[times], np.ones(len(times)))
    assert (numbers["slope"], numbers["intercept"]) == pytest.approx((slope, intercept))
    assert numbers["ratio"] == pytest.approx(y[times].sum() / AUDIT.risk[times].sum())
    top = times[in_top_tenth(AUDIT.risk, np.ones(len(y)))[times] == 1]
    assert numbers["ratio_top"] == pytest.approx(y[top].sum() / AUDIT.risk[top].sum())


def test_a_township_whose_risks_are_too_low_is_seen() -> None:
    low = AUDIT.inside("township", "990101001")
    audit = Audit(AUDIT.y, np.where(low, AUDIT.risk / 2, AUDIT.risk), *rest_of(AUDIT))
    table = check_of(audit).by_group.filter(pl.col("grouping") == "township")
    assert table["group"].to_list() == ["990101000", "990101001", "990101002"]
    ratio = audit.y[low].sum() / audit.risk[low].sum()
    assert table["ratio"].to_list()[1] == pytest.approx(ratio)
    assert [low > 1 for low in table["ratio_low"]] == [False, True, False]
    assert table["expected"].sum() == pytest.approx(audit.risk.sum())
    assert not table["small"].any()


def rest_of(audit: Audit) -> tuple[np.ndarray, pl.DataFrame, pl.Series, np.ndarray]:
    return audit.listed, audit.groups, audit.month, audit.village


def test_a_group_in_which_few_households_are_expected_is_marked() -> None:
    table = check_of(AUDIT).by_group
    unknown = table.row(by_predicate=pl.col("group") == "unknown", named=True)
    assert unknown["small"]
    assert unknown["mean_risk"] * unknown["households"] < 10 < unknown["expected"]  # four rows of each household


def test_the_curve_is_ten_groups_of_equal_size_with_intervals() -> None:
    curve = check_of(AUDIT).curve
    expected = reliability(AUDIT.y.astype(float), AUDIT.risk, AUDIT.draws.weight)
    assert curve["group"].to_list() == [f"{number:02d}" for number in range(1, 11)]
    assert curve.select("n", "mean_risk", "observed").rows() == [pytest.approx(row) for row in expected]
    inside = (curve["observed_low"] <= curve["mean_risk"]) & (curve["mean_risk"] <= curve["observed_high"])
    assert inside.sum() >= 8
    assert ece(AUDIT.y.astype(float), AUDIT.risk, AUDIT.draws.weight) == pytest.approx(
        (curve["n"] / curve["n"].sum() * (curve["observed"] - curve["mean_risk"]).abs()).sum()
    )


def test_the_order_of_rows_does_not_matter_even_where_risks_are_equal() -> None:
    audit = Audit(AUDIT.y, np.round(AUDIT.risk, 1).clip(0.05), *rest_of(AUDIT))
    one, other = check_of(audit), check_of(audit.taken(np.random.default_rng(2).permutation(len(audit.y))))
    for name in ("slope", "intercept", "ratio", "ratio_top"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high)), name
    assert_frame_equal(one.by_group, other.by_group, rel_tol=1e-12)
    assert_frame_equal(one.curve, other.curve, rel_tol=1e-12)


@given(RISKS)
def test_the_top_tenth_holds_a_tenth_and_rows_of_equal_risk_share_alike(risks: list[float]) -> None:
    risk = np.array(risks)
    share = in_top_tenth(risk, np.ones(len(risk)))
    assert share.sum() == pytest.approx(-(-len(risk) // 10))
    assert ((share >= 0) & (share <= 1)).all()
    for value in set(risks):
        assert np.ptp(share[risk == value]) == 0
    assert risk @ share == pytest.approx(risk[top_tenth(risk, np.ones(len(risk)))].sum())


@given(RISKS)
def test_rows_of_equal_risk_are_in_one_tenth_and_higher_risks_never_in_a_lower_one(risks: list[float]) -> None:
    numbers = np.array(tenth(np.array(risks), np.ones(len(risks))))
    order = np.argsort(risks)
    assert (np.diff(numbers[order].astype(int)) >= 0).all()
    assert set(numbers) <= {f"{number:02d}" for number in range(1, 11)}
    assert all(len(set(numbers[np.array(risks) == value])) == 1 for value in set(risks))


def test_rows_without_a_probability_are_refused() -> None:
    with pytest.raises(DataError, match="Leave out the rows"):
        calibration_check(6, AUDIT.y, AUDIT.risk * np.nan, AUDIT.groups, AUDIT.draws)
