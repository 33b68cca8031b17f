"""Whom the list misses: the same numbers for every group of households, and date by date.

A row is a household at an as-of date; an entry into monitoring stands in the rows of all dates before it within the
horizon. Recall of a group is the share of its rows with the event that stood on a list. Numbers by group are those of
fairlearn's MetricFrame, one frame for all groupings; intervals are draws of whole villages (`intervals.py`). Source:
Bird and others, "Fairlearn: a toolkit for assessing and improving fairness in AI", Microsoft, 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.training.cells import ALL, Cells, checked, limits, over
from riskmodel.training.groups import NAMES
from riskmodel.training.shrinkage import design_effect, shrunk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from riskmodel.training.intervals import Resampling

    Numbers = NDArray[np.float64]

LEAST_EVENTS: Final = 10
"""A group with the event in fewer households is marked `small`: its own recall is mostly chance."""
LEAST_SHOWN: Final = 10
"""Counts of a group of fewer households are not shown in reports."""
COUNTS: Final = ("n", "households", "events", "event_households", "missed")
RECALL: Final = ("recall", "recall_low", "recall_high", "recall_shrunk")
DIFFERENCE: Final = (
    *("recall_difference", "recall_difference_low", "recall_difference_high"),
    "recall_difference_shrunk",
)
LISTS: Final = ("false_negative_rate", "selection_rate", "precision")
CALIBRATION: Final = ("mean_risk", "observed", "ratio", "ratio_low", "ratio_high")
TOLD_BY_COUNTS: Final = {"recall", "recall_difference", *LISTS, "expected", "observed", "ratio"}
"""Columns from which, with the limits of these, the counts of a group could be found."""


def fairness(
    y: ArrayLike,
    risk: ArrayLike,
    listed: NDArray[np.bool_],
    groups: pl.DataFrame,
    resampling: Resampling,
    groupings: Sequence[str] = NAMES,
) -> pl.DataFrame:
    """One row per grouping and group, and one of `all`; those with most missed entries first.

    y, risk, listed: (n,) outcomes, probabilities, and who stood on the lists (`capacity.listed`). groups: n rows with
    `household_id` and the groupings, see `groups.groups_of_rows`. Null = cannot be told (no event, nobody listed).

    `n`, `households`; `events` (rows) and in how many households, `event_households`; `missed`: rows with the event
    that were not listed; `recall`, its interval `_low` and `_high`, and `recall_shrunk` (`shrinkage.py`);
    `false_negative_rate`, `selection_rate`, `precision`; `recall_difference` to all rows, paired draw by draw, with its
    interval and `_shrunk`; `mean_risk`, `observed` share, and `ratio` observed / expected with its interval; `small`:
    the event in fewer than 10 households.
    Raises DataError where rows do not fit each other.
    """
    table = _measured(y, risk, listed, groups["household_id"], Cells.of(groups, groupings), resampling)
    table = table.select("grouping", "group", *COUNTS, *RECALL, *DIFFERENCE, *LISTS, *CALIBRATION, "small")
    return table.sort("missed", pl.col("grouping") == ALL, "events", descending=True, maintain_order=True)


def over_months(
    y: ArrayLike,
    risk: ArrayLike,
    listed: NDArray[np.bool_],
    groups: pl.DataFrame,
    months: pl.Series,
    resampling: Resampling,
    groupings: Sequence[str] = NAMES,
) -> pl.DataFrame:
    """The numbers of the lists by grouping, group and `month`, in this order, so that a drift is seen.

    months: (n,) as-of date of each row. `recall_difference` is to all rows of the same month. Other arguments, columns
    and errors as for `fairness`.
    """
    cells = Cells.of(groups, groupings, months)
    table = _measured(y, risk, listed, groups["household_id"], cells, resampling)
    return table.select("grouping", "group", "month", *COUNTS, *RECALL, *DIFFERENCE, *LISTS, "small")


def for_report(table: pl.DataFrame) -> pl.DataFrame:
    """A table of an audit as it may be shown: of groups of fewer than 10 households no counts.

    The table is one of `fairness`, `over_months` or `calibration_check.observed_and_expected`. Counts become text,
    `<10` in such groups; their rates and the limits of these are null, for they tell the counts. The shrunk values
    stay. What a grouping hides in one group only can still be told by subtraction from `all`.
    """
    hidden = pl.col("households") < LEAST_SHOWN
    counts = [
        pl.when(hidden).then(pl.lit(f"<{LEAST_SHOWN}")).otherwise(pl.col(name).cast(pl.String)).alias(name)
        for name in COUNTS
        if name in table.columns
    ]
    told = [name for name in table.columns if name in TOLD_BY_COUNTS or name.endswith(("_low", "_high"))]
    return table.with_columns(*counts, pl.when(~hidden).then(pl.col(told)))


def _measured(
    y: ArrayLike,
    risk: ArrayLike,
    listed: NDArray[np.bool_],
    households: pl.Series,
    cells: Cells,
    resampling: Resampling,
) -> pl.DataFrame:
    """All numbers of all cells, in the order of the cells."""
    outcome, p = checked(y, risk)
    weight = resampling.weight
    amounts = {"events": weight * outcome, "found": weight * outcome * listed, "expected": weight * p}
    sums = {name: cells.sums(amount) for name, amount in amounts.items()}
    base = _by_fairlearn(cells, outcome, p, listed, weight, sums["events"] > 0)
    event_households = cells.distinct(households, outcome == 1)
    counts = {
        "n": cells.sums(weight),
        "households": cells.distinct(households),
        "events": sums["events"],
        "event_households": event_households,
        "missed": sums["events"] - sums["found"],
    }
    draws = cells.draws(amounts, resampling)
    drawn = _with_intervals(base, draws, cells.whole)
    drawn |= _drawn_to_all(base["recall"], sums["events"], over(draws["found"], draws["events"]), cells)
    return cells.names.with_columns(
        *(pl.Series(name, values).round().cast(pl.Int64) for name, values in counts.items()),
        *(pl.Series(name, values).fill_nan(None) for name, values in (base | drawn).items()),
        pl.Series("small", event_households < LEAST_EVENTS),
    )


def _by_fairlearn(
    cells: Cells,
    y: Numbers,
    risk: Numbers,
    listed: NDArray[np.bool_],
    of_rows: Numbers,
    asked: NDArray[np.bool_],
) -> dict[str, Numbers]:
    """Metrics of each cell (G,), NaN where there is nothing to divide by; `asked`: which cells have events.

    Rows that agree in cell, outcome and list go in as one row with a weight, which gives the same numbers: the frame
    handles its rows one by one. A cell without events has recall 0 there; here it is not known.
    """
    from fairlearn.metrics import MetricFrame

    kind = (4 * cells.code + (2 * y + listed).astype(np.intp)).ravel()
    weight = np.bincount(kind, weights=np.tile(of_rows, len(cells.code)))
    there = np.flatnonzero(weight)
    mean = np.bincount(kind, weights=np.tile(of_rows * risk, len(cells.code)))[there] / weight[there]
    weighted = {"sample_weight": weight[there]}
    metrics = _metrics()
    frame = MetricFrame(
        metrics=metrics,
        y_true=there // 2 % 2,
        y_pred=there % 2,
        sensitive_features={"cell": there // 4},
        sample_params=dict.fromkeys(metrics, weighted) | {"mean_risk": weighted | {"risk": mean}},
    )
    table = frame.by_group.sort_index()
    base = {name: table[name].to_numpy(dtype=np.float64) for name in metrics}
    return base | {name: np.where(asked, base[name], np.nan) for name in ("recall", "false_negative_rate")}


def _metrics() -> dict[str, Any]:
    """The metrics by column, as fairlearn calls them: outcomes, list, weights."""
    from functools import partial

    from fairlearn.metrics import false_negative_rate, selection_rate, true_positive_rate
    from sklearn.metrics import precision_score

    def observed(y: Numbers, _listed: Numbers, sample_weight: Numbers) -> float:
        return float(np.average(y, weights=sample_weight))

    def mean_risk(_y: Numbers, _listed: Numbers, sample_weight: Numbers, risk: Numbers) -> float:
        return float(np.average(risk, weights=sample_weight))

    return {
        "recall": partial(true_positive_rate, pos_label=1),
        "false_negative_rate": partial(false_negative_rate, pos_label=1),
        "selection_rate": selection_rate,
        "precision": partial(precision_score, zero_division=np.nan),
        "mean_risk": mean_risk,
        "observed": observed,
    }


def _with_intervals(
    base: Mapping[str, Numbers], draws: Mapping[str, Numbers], whole: NDArray[np.intp]
) -> dict[str, Numbers]:
    """Recall, its difference to all and observed / expected, with limits; `whole` (G,): the cell of all rows."""
    recall, drawn = base["recall"], over(draws["found"], draws["events"])
    difference, ratio = recall - recall[whole], over(base["observed"], base["mean_risk"])
    return {
        **limits(recall, drawn, "recall"),
        "recall_difference": difference,
        **limits(difference, drawn - drawn[:, whole], "recall_difference"),
        "ratio": ratio,
        **limits(ratio, over(draws["events"], draws["expected"]), "ratio"),
    }


def _drawn_to_all(recall: Numbers, events: Numbers, draws: Numbers, cells: Cells) -> dict[str, Numbers]:
    """Recall of each cell drawn towards that of all, grouping by grouping and date by date, and the difference.

    draws (replicates, G): the recall of each cell in every draw.
    """
    keys = [name for name in cells.names.columns if name != "group"]
    part = cells.names.select(pl.struct(keys).rank("dense")).to_series().to_numpy()
    every, value = recall[cells.whole], np.full(len(recall), np.nan)
    for number in np.unique(part):  # a pass per grouping and month
        inside = part == number
        effect = design_effect(recall[inside], events[inside], draws[:, inside])
        value[inside] = shrunk(recall[inside], events[inside] / effect, every[inside][0])
    return {"recall_shrunk": value, "recall_difference_shrunk": value - every}
