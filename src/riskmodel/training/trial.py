"""From rows, folds and recipes to test rows with the risks of every kind: what a comparison is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.models.rules import RuleModel
from riskmodel.training.capacity import tie_order
from riskmodel.training.comparison import Trial
from riskmodel.training.fit import fit_calibrated
from riskmodel.training.intervals import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from riskmodel.policy import Policy
    from riskmodel.training.fit import Recipes, Rows
    from riskmodel.training.folds import Fold
    from riskmodel.training.rows import Collected

TOWNSHIP_DIGITS = 9


def predicted(recipes: Recipes, kind: str, rows: Rows, folds: Sequence[Fold], seed: int) -> NDArray[np.float64]:
    """Risk (n,) of the test rows of the folds, each by a model of its training rows alone; NaN for other rows.

    No two of the folds may test the same row.
    """
    risk = np.full(len(rows), np.nan)
    for fold in folds:
        if not np.isnan(risk[fold.test]).all():
            raise ValueError(f"fold {fold.name} tests rows that another fold tests already")
        risk[fold.test] = fit_calibrated(recipes, kind, rows.where(fold.train), seed).probability(rows.x[fold.test])
    return risk


def trial(
    collected: Collected, risks: Mapping[str, NDArray[np.float64]], recipes: Recipes, policy: Policy, seed: int
) -> tuple[Trial, NDArray[np.bool_]]:
    """The rows that every kind has a risk for, ready to be compared, and which rows (n,) they are.

    A list is made per township and as-of date; its length is the policy's `visits.per_township_month` in force and
    known then.
    """
    rows = collected.rows
    here: NDArray[np.bool_] = ~np.any([np.isnan(risk) for risk in risks.values()], axis=0)
    keys = collected.keys.filter(pl.Series(here))
    township = keys["village_code"].str.slice(0, TOWNSHIP_DIGITS)
    places = keys.select("as_of", township=township)
    distinct = places.unique().sort("as_of", "township")
    visits = [
        int(policy.value("visits.per_township_month", town, on=day, known=day)) for day, town in distinct.iter_rows()
    ]
    numbered = distinct.with_columns(place=pl.int_range(pl.len()), visits=pl.Series(visits, dtype=pl.Int64))
    placed = places.join(numbered, on=["as_of", "township"], how="left", maintain_order="left")
    wires = RuleModel(rows.columns, recipes.wires)
    found = Trial(
        y=rows.y[here].astype(np.float64),
        risks={kind: risk[here] for kind, risk in risks.items()},
        place=placed["place"].to_numpy(),
        capacity=placed["visits"].to_numpy(),
        order=tie_order(keys["household_id"].to_numpy(), seed),
        fired=wires.margin(rows.x[here]) > 0,
        sampling=Resampling.of(
            keys["village_code"].to_numpy(), keys["household_id"].to_numpy(), seed, weight=rows.weight[here]
        ),
    )
    return found, here
