"""How often training again changes what a household is told first, though nothing about the household changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskmodel.features import declared
from riskmodel.scoring.evidence import evidence
from riskmodel.scoring.reasons import leading_reasons
from riskmodel.training.calibration_check import in_top_tenth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.models import RiskModel
    from riskmodel.training.fit import Recipes, Rows

FIRST = "reason_1_group"


@dataclass(frozen=True)
class Stability:
    """Two models of one kind on the same rows: one of all dates, one that was trained a date earlier."""

    kind: str
    households: int
    """Households of the newest date; their features are the same for both models."""
    changed: float
    """Share of them whose first cause is another one (or is told by one of the models alone)."""
    high_risk: int
    """Those in the tenth of highest risk by the newer model."""
    changed_high_risk: float
    """Share of these."""


def stability(model: RiskModel, recipes: Recipes, rows: Rows, kind: str, seed: int) -> Stability | None:
    """Compare a model (of `kind`, fitted on all rows) with the one that the dates before the newest give.

    None where the dates before taught nothing: no event, or events alone. A household at one date is one row, so the
    rows of the newest date are so many households.
    """
    newest = rows.time == rows.time.max()
    taught = rows.y[~newest]
    if not 0 < taught.sum() < len(taught):
        return None
    x = rows.x[newest]
    margin, contributions = model.explained(x)
    earlier = recipes.fit(kind, rows, seed, ~newest).contributions(x)
    other = _first(contributions, x) != _first(earlier, x)
    weight = rows.weight[newest]
    top = in_top_tenth(margin, weight) == 1.0
    high = float(np.average(other[top], weights=weight[top])) if top.any() else 0.0
    return Stability(kind, len(x), float(np.average(other, weights=weight)), int(top.sum()), high)


def _first(contributions: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.str_]:
    """Code of the first cause told of each row (n,); empty where there is none."""
    groups = {f.name: f.group.value for f in declared()}
    return (
        leading_reasons(contributions, evidence(x, declared()), groups)[FIRST].fill_null("").to_numpy().astype(np.str_)
    )
