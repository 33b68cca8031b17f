"""Scores of a county: probability, tier, rank, and what each feature contributed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.errors import BundleError
from riskmodel.features import declared, set_hash
from riskmodel.features.origins import origins
from riskmodel.policy import Tier
from riskmodel.scoring.evidence import evidence
from riskmodel.scoring.reasons import group_sums, leading_reasons

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.features import FeatureTable
    from riskmodel.models import Bundle
    from riskmodel.policy import Policy

CONTRIBUTION, GROUP = "contribution_", "group_"
"""Prefixes of the columns that hold what a feature and a group added to the margin (log-odds)."""
VALUE = "value_"
"""Prefix of the columns with the features themselves; null = missing."""

FIRST = (
    *("household_id", "county", "township", "village_code", "category", "size", "as_of", "label", "horizon_months"),
    *("probability", "tier", "rank_county", "rank_township", "margin", "base"),
)
"""First columns of a result table; groups, contributions and reasons follow."""


OWN = "probability_own"
"""The probability by the model alone, where that of a shorter horizon stands beside it and may have lifted it."""


def score(table: FeatureTable, bundle: Bundle, policy: Policy, shorter: Bundle | None = None) -> pl.DataFrame:
    """One row per household of the table, riskiest first; ties by household id.

    Columns: keys, `as_of`, `probability` (calibrated, of the label's event within `horizon_months`), `tier`,
    `rank_county`, `rank_township` (1 = highest), `margin`, `base`, `contribution_<feature>` (float64; with `base` they
    sum to `margin`), `group_<code>`, `reason_k_group/_feature` (see `leading_reasons`), `value_<feature>`,
    `newest_<table>` and `source_<table>` (see `features.origins`), `amount_<name>` in fen (see `features.amounts`),
    `label`, `model`. All that a sentence tells of the
    household is in the row.

    `shorter`: a model of the same event within fewer months. Then `probability_<months>m` is its probability,
    `probability_own` that of `bundle` alone, and `probability` the greater of the two: what happens within 6 months
    happens within 12 (`training.horizons` judges it so). Margin, contributions and reasons stay those of `bundle`.
    Raises BundleError when a model was trained on another feature set, NothingInForce when a tier is missing.
    """
    check_feature_set(bundle)
    x = table.values
    margin, contributions = bundle.model.explained(x)
    probability, horizons = _of_both_horizons(bundle.model.calibration.probability(margin), shorter, x)
    groups = {f.name: f.group.value for f in table.features}
    names = [f.name for f in table.features]
    columns = {
        "probability": probability,
        "tier": tiers(probability, policy, table.county, table.as_of),
        "margin": margin,
        "base": np.full(len(x), bundle.model.model.base),
        **horizons,
    }
    columns |= {f"{GROUP}{code}": values for code, values in group_sums(contributions, groups).items()}
    columns |= {f"{CONTRIBUTION}{name}": contributions[:, i] for i, name in enumerate(names)}
    columns |= leading_reasons(contributions, evidence(x, table.features), groups)
    columns |= {f"{VALUE}{name}": table.rows[name] for name in names}
    scored = pl.concat([table.keys, pl.DataFrame(columns)], how="horizontal").with_columns(
        as_of=pl.lit(table.as_of),
        label=pl.lit(bundle.facts.label),
        horizon_months=pl.lit(bundle.facts.horizon_months, dtype=pl.Int32),
        model=pl.lit(bundle.hash[:16]),
    )
    if table.newest is not None:
        scored = scored.hstack(origins(table.newest))  # row by row those of the table, so nothing need be joined
    if table.amounts is not None:
        scored = scored.hstack(table.amounts)
    return _ranked(scored)


def check_feature_set(bundle: Bundle) -> None:
    """Raise BundleError unless the model was trained on the features that this version declares."""
    if bundle.facts.feature_set != set_hash():
        names = {f.name for f in declared()} ^ {c.name for c in bundle.model.columns}
        differing = f" (different: {', '.join(sorted(names)[:5])})" if names else ""
        raise BundleError(
            f"the model of {bundle.facts.label} was trained on feature set {bundle.facts.feature_set}, this version "
            f"declares {set_hash()}{differing}. Train again and promote it, or use the version that trained it. / "
            f"{bundle.facts.label} 的模型是用特征集 {bundle.facts.feature_set} 训练的，"
            f"本版程序的特征集是 {set_hash()}。"
            "请重新训练并指定为现行模型，或改用训练它的那个版本的程序。"
        )


def _of_both_horizons(
    own: NDArray[np.float64], shorter: Bundle | None, x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """The probability that is told, and the columns of the two it was made of; with one horizon the model's own."""
    if shorter is None:
        return own, {}
    check_feature_set(shorter)
    near = shorter.model.calibration.probability(shorter.model.explained(x)[0])  # half the cost of `margin`, its bits
    return np.maximum(own, near), {OWN: own, f"probability_{shorter.facts.horizon_months}m": near}


def tiers(probability: np.ndarray, policy: Policy, area: str, as_of: date) -> pl.Series:
    """Tier of each calibrated probability by the policy thresholds `tier.*` in force at `as_of`, as known then."""
    order = [Tier.VERY_HIGH, Tier.HIGH, Tier.MEDIUM]
    floors = [policy.value(f"tier.{tier.value}", area, on=as_of, known=as_of) for tier in order]
    chosen = np.select([probability >= floor for floor in floors], [t.value for t in order], default=Tier.LOW.value)
    return pl.Series("tier", chosen.astype(object), dtype=pl.String)


def _ranked(scored: pl.DataFrame) -> pl.DataFrame:
    """Order by risk and add the ranks; the township is the first nine digits of the area code."""
    ordered = scored.with_columns(
        county=pl.col("village_code").str.slice(0, 6), township=pl.col("village_code").str.slice(0, 9)
    ).sort(["probability", "household_id"], descending=[True, False])
    ranked = ordered.with_columns(
        rank_county=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        rank_township=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("township"),
    )
    return ranked.select(*FIRST, pl.exclude(FIRST))
