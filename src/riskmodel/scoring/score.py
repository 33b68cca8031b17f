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
    from collections.abc import Mapping, Sequence
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
    `label`, `model` (beginning of its hash). All that a sentence tells of the household is in the row.

    `shorter`: a model of the same event within fewer months. Then `probability_<months>m` is its probability,
    `model_<months>m` the beginning of its hash, `probability_own` that of `bundle` alone, and `probability` the greater
    of the two: what happens within 6 months happens within 12 (`training.horizons` judges it so). Margin, contributions
    and reasons stay those of `bundle`.
    Raises BundleError when a model was trained on another feature set, NothingInForce when a tier is missing.
    """
    check_feature_set(bundle)
    x = table.values
    margin, contributions = bundle.model.explained(x)
    probability, horizons = _of_both_horizons(bundle.model.calibration.probability(margin), shorter, x)
    groups = {f.name: f.group.value for f in table.features}
    names = [f.name for f in table.features]
    told = {
        "probability": probability,
        "margin": margin,
        "base": np.full(len(x), bundle.model.model.base),
        **horizons,
        **{f"{GROUP}{code}": values for code, values in group_sums(contributions, groups).items()},
    }
    facts = evidence(x, table.features)
    del x  # each of these is a gigabyte of a county of a million
    reasons = leading_reasons(contributions, facts, groups)
    added = _columns(contributions, [f"{CONTRIBUTION}{name}" for name in names])
    del contributions, facts
    columns = [
        *_about(table, bundle, shorter).get_columns(),
        tiers(probability, policy, table.county, table.as_of),
        *_columns(np.column_stack(list(told.values())), list(told)),
        *added,
        *reasons.values(),
        *(table.rows.get_column(name).alias(f"{VALUE}{name}") for name in names),
    ]
    if table.newest is not None:
        columns += [*origins(table.newest), *([] if table.amounts is None else table.amounts)]
    return _ranked({column.name: column for column in columns})


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


def _about(table: FeatureTable, bundle: Bundle, shorter: Bundle | None) -> pl.DataFrame:
    """Who the households are, and what was asked of them when, of which models."""
    models = {"model": bundle} | ({f"model_{shorter.facts.horizon_months}m": shorter} if shorter else {})
    return table.keys.with_columns(
        county=pl.col("village_code").str.slice(0, 6),
        township=pl.col("village_code").str.slice(0, 9),
        as_of=pl.lit(table.as_of),
        label=pl.lit(bundle.facts.label),
        horizon_months=pl.lit(bundle.facts.horizon_months, dtype=pl.Int32),
        **{name: pl.lit(asked.hash[:16]) for name, asked in models.items()},
    )


def _columns(matrix: NDArray[np.float64], names: Sequence[str]) -> list[pl.Series]:
    """The columns of a matrix, cut from one series: to make one of a few numbers takes as long as of many."""
    whole, height = pl.Series(matrix.ravel(order="F"), dtype=pl.Float64), len(matrix)
    return [whole.slice(place * height, height).alias(name) for place, name in enumerate(names)]


def _ranked(columns: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Order by risk and add the ranks; few columns say in which order all of them stand."""
    asked = pl.DataFrame([columns[name] for name in ("probability", "household_id", "township")])
    known_first = [name for name in FIRST if name in columns]
    scored = pl.DataFrame([columns[name] for name in dict.fromkeys((*known_first, *columns))])
    if scored.height > 1:
        order = asked.select(pl.arg_sort_by("probability", "household_id", descending=[True, False])).to_series()
        asked, scored = asked[order], scored[order]
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    for rank in asked.select(rank_county=place, rank_township=place.over("township")):
        scored.insert_column(FIRST.index(rank.name), rank)
    return scored
