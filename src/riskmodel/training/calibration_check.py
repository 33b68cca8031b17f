"""Whether the probabilities hold: "about 23 of 100 such households" has to mean 23 of 100.

Slope and intercept are those of a logistic regression of the outcome on logit(p): 1 and 0 where risks are right, a
slope below 1 where they are spread too far. Sources: Cox, "Two further applications of a model for binary regression",
Biometrika 45 (1958); Van Calster and others, "Calibration: the Achilles heel of predictive analytics", BMC Medicine 17
(2019). Checked per horizon: each horizon has risks, outcomes and rows of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.training.cells import Cells, checked, limits, over
from riskmodel.training.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from riskmodel.training.intervals import Resampling, Weighted

    Numbers = NDArray[np.float64]

CHECKED_BY: Final = ("category", "township")
LEAST_EXPECTED: Final = 10
"""A group in which the event is expected in fewer households is marked `small`."""
TENTHS: Final = 10
_NEWTON_STEPS: Final = 40
_SMALLEST, _LARGEST = np.finfo(np.float64).tiny, 1.0 - 2.0**-53


@dataclass(frozen=True)
class CalibrationCheck:
    """How well the risks of one horizon (months) agree with what happened."""

    horizon: int
    slope: Interval
    intercept: Interval
    ratio: Interval
    """Observed / expected of all rows."""
    ratio_top: Interval
    """The same of the tenth of highest risk."""
    by_group: pl.DataFrame = field(repr=False)
    """Observed and expected by `grouping` and `group`, see `observed_and_expected`."""
    curve: pl.DataFrame = field(repr=False)
    """The same of ten groups of equal size by risk, `group` 01 (lowest) to 10: the reliability curve."""


def calibration_check(
    horizon: int,
    y: ArrayLike,
    risk: ArrayLike,
    groups: pl.DataFrame,
    resampling: Resampling,
    groupings: Sequence[str] = CHECKED_BY,
) -> CalibrationCheck:
    """Check risks (n,) of an event within `horizon` months against outcomes (n,).

    groups: n rows with `household_id` and the groupings, see `groups.groups_of_rows`. Raises DataError where rows do
    not fit each other.
    """
    outcome, p = checked(y, risk)
    by_group = observed_and_expected(outcome, p, groups, resampling, groupings)
    tenths = groups.select("household_id").with_columns(pl.Series("tenth", tenth(p, resampling.weight)))
    curve = observed_and_expected(outcome, p, tenths, resampling, ("tenth",)).filter(pl.col("grouping") == "tenth")
    numbers = resampling.intervals(weighted(outcome, p, resampling.weight))
    return CalibrationCheck(horizon, **numbers, by_group=by_group, curve=curve)


def weighted(y: Numbers, risk: Numbers, undrawn: Numbers) -> Weighted:
    """`slope`, `intercept`, `ratio` and `ratio_top` of weighted rows, for `Resampling.intervals`; NaN: not known.

    undrawn (n,): the weights of the rows as they are.
    """
    log_odds, top = logit(risk), in_top_tenth(risk, undrawn)
    start = recalibration(y, log_odds, undrawn)

    def numbers(weight: Numbers) -> dict[str, float]:
        slope, intercept = recalibration(y, log_odds, weight, start)
        parts = np.array([weight @ y, weight @ (top * y)])
        ratio, ratio_top = over(parts, np.array([weight @ risk, weight @ (top * risk)]))
        return {"slope": slope, "intercept": intercept, "ratio": float(ratio), "ratio_top": float(ratio_top)}

    return numbers


def observed_and_expected(
    y: Numbers, risk: Numbers, groups: pl.DataFrame, resampling: Resampling, groupings: Sequence[str]
) -> pl.DataFrame:
    """One row per grouping and group, in this order, and one of `all` first.

    `n`, `households`, `events`, `expected` events (sum of the risks), `mean_risk`, `observed` share with its interval
    `_low` and `_high`, `ratio` observed / expected with its interval, `small`: the event is expected in fewer than 10
    households. Null = cannot be told. y, risk, groups as for `calibration_check`.
    """
    cells = Cells.of(groups, groupings)
    weight = resampling.weight
    amounts = {"rows": weight, "events": weight * y, "expected": weight * risk}
    sums = {name: cells.sums(amount) for name, amount in amounts.items()}
    draws = cells.draws(amounts, resampling)
    households = cells.distinct(groups["household_id"])
    observed, ratio = over(sums["events"], sums["rows"]), over(sums["events"], sums["expected"])
    mean_risk = over(sums["expected"], sums["rows"])
    shares = {
        "expected": sums["expected"],
        "mean_risk": mean_risk,
        "observed": observed,
        **limits(observed, over(draws["events"], draws["rows"]), "observed"),
        "ratio": ratio,
        **limits(ratio, over(draws["events"], draws["expected"]), "ratio"),
    }
    counts = {"n": sums["rows"], "households": households, "events": sums["events"]}
    return cells.names.with_columns(
        *(pl.Series(name, values).round().cast(pl.Int64) for name, values in counts.items()),
        *(pl.Series(name, values).fill_nan(None) for name, values in shares.items()),
        pl.Series("small", mean_risk * households < LEAST_EXPECTED),
    )


def recalibration(
    y: Numbers, log_odds: Numbers, weight: Numbers, start: tuple[float, float] = (1.0, 0.0)
) -> tuple[float, float]:
    """Slope and intercept of the weighted logistic regression of y (n,) on log-odds (n,), by Newton's method.

    NaN where there is no finite answer: one outcome only, equal risks, or risks that part the outcomes without fault.
    """
    unknown = (float("nan"), float("nan"))
    drawn = weight > 0
    y, log_odds, weight = y[drawn], log_odds[drawn], weight[drawn]
    if not 0 < weight @ y < weight.sum() or np.ptp(log_odds) == 0:
        return unknown
    theta = np.array(start if np.isfinite(start).all() else (1.0, 0.0))
    loss, step = _newton(theta, y, log_odds, weight)
    for _ in range(_NEWTON_STEPS):
        if not np.isfinite(step).all():
            return unknown
        if np.abs(step).max() < 1e-6:  # the error falls with its square: after this step there is none
            return float(theta[0] + step[0]), float(theta[1] + step[1])
        new, following = _newton(theta + step, y, log_odds, weight)
        if new > loss + 1e-9 * abs(loss):  # too far: half the way, in the same direction
            step = step / 2
        else:
            theta, loss, step = theta + step, new, following
    return unknown


def logit(risk: Numbers) -> Numbers:
    """Log-odds of probabilities; 0 and 1 count as the nearest numbers inside."""
    inside = np.clip(risk, _SMALLEST, _LARGEST)
    odds: Numbers = np.log(inside) - np.log1p(-inside)
    return odds


def in_top_tenth(risk: Numbers, weight: Numbers) -> Numbers:
    """(n,): how much of each row is in the ceil(n/10) of highest risk, n the sum of the weights; equal risks at the
    edge share what is left."""
    wanted = math.ceil(weight.sum() / TENTHS)
    falling = np.argsort(-risk)
    edge = risk[falling[np.searchsorted(np.cumsum(weight[falling]), min(wanted, weight.sum()))]]
    above, at_edge = risk > edge, risk == edge
    share: Numbers = above + at_edge * (wanted - weight[above].sum()) / weight[at_edge].sum()
    return share


def tenth(risk: Numbers, weight: Numbers) -> list[str]:
    """(n,): in which tenth by risk each row is, `01` (lowest) to `10`; rows of equal risk are in the same one."""
    _, place = np.unique(risk, return_inverse=True)
    count = np.bincount(place, weights=weight)
    middle = (np.cumsum(count) - count / 2)[place] / weight.sum()
    return [f"{number + 1:02d}" for number in np.floor(middle * TENTHS).astype(int)]


def _newton(theta: Numbers, y: Numbers, log_odds: Numbers, weight: Numbers) -> tuple[float, Numbers]:
    """Log loss, and the step from here; NaN where the curvature is none."""
    margin = theta[0] * log_odds + theta[1]
    softplus = np.logaddexp(0.0, margin)
    risk = np.exp(margin - softplus)
    bend = weight * risk * (1 - risk)
    slope = weight * (y - risk)
    gradient = np.array([slope @ log_odds, slope.sum()])
    across = bend @ log_odds
    curvature = np.array([[bend @ log_odds**2, across], [across, bend.sum()]])
    determinant = curvature[0, 0] * curvature[1, 1] - across**2
    loss = float(weight @ (softplus - y * margin))
    if not determinant > 1e-12 * curvature[0, 0] * curvature[1, 1]:
        return loss, np.full(2, np.nan)
    return loss, np.linalg.solve(curvature, gradient)
