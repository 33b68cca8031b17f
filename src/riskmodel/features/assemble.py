"""Features of every household of a view, or of some of them: the same code for training, batch and a single household."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features.feature import REGISTRY, Feature, feature_set_hash
from riskmodel.features.windows import Facts, Moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from riskmodel.policy import Policy
    from riskmodel.tables.lake import Lake, View

KEYS = ("household_id", "village_code", "category", "size")
LINE = "monitoring_line"


@dataclass(frozen=True)
class FeatureTable:
    """One row per active household, sorted by household id: keys as text, then one Float64 column per feature.

    `values` is the same as a matrix (n, F), NaN = missing, columns in the order of `features`.
    """

    as_of: date
    county: str
    rows: pl.DataFrame = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)

    @property
    def keys(self) -> pl.DataFrame:
        """Household, village, category, size."""
        return self.rows.select(KEYS)

    @property
    def values(self) -> NDArray[np.float64]:
        """Feature matrix, C order."""
        names = [f.name for f in self.features]
        matrix = self.rows.select(pl.col(names).fill_null(float("nan"))).to_numpy(order="c")
        return matrix.astype("float64", order="C", copy=False)


def declared() -> tuple[Feature, ...]:
    """Every declared feature, in order of declaration."""
    return tuple(REGISTRY.values())


@cache
def set_hash() -> str:
    """Hash of the declared feature set; policy values and dates are left out of it."""
    from datetime import date  # noqa: PLC0415  # at run time only here: a fixed day, so that the hash has no date in it

    expressions = {}
    for f in declared():
        facts = Facts(Moment(date(2000, 2, 1)), lambda _kind: 0.0)
        expression = f.build(facts)
        asked = [str(e) for group in facts.wanted.values() for e in group.values()]
        sums = [str(e) for e in facts.village_sums.values()]
        expressions[f.name] = "|".join([str(expression), *asked, *sums])
    return feature_set_hash(declared(), expressions)


def assemble(
    lake: Lake, as_of: date, policy: Policy, county: str, households: Sequence[str] | None = None
) -> FeatureTable:
    """Features of a county's active households as known at the end of the day `as_of`.

    `households` restricts the result (not the neighbours that village figures are made of); an id that is not active
    then raises UsageError. Raises NothingInForce where a policy value that a feature needs is missing.
    """
    return assemble_view(lake.view(county, as_of), policy, households)


def assemble_view(view: View, policy: Policy, households: Sequence[str] | None = None) -> FeatureTable:
    """Features from a view, which may be the lake's or facts in memory; see `assemble`."""
    moment = Moment(view.as_of)
    facts = Facts(moment, lambda kind: policy.value(kind, view.county, on=view.as_of, known=view.as_of))
    features = declared()
    expressions = [f.build(facts).cast(pl.Float64).alias(f.name) for f in features]
    base = _active(view)
    if households is not None:
        base = _villages_of(base, view, households)
    frame = base.lazy()
    for asked in facts.collect(view).values():
        frame = frame.join(asked, on="household_id", how="left", maintain_order="left")
    table = _with_line(frame.collect(), policy, view.as_of)
    table = table.with_columns(_leave_one_out(facts)).with_columns(expressions)
    ids = view.ids.decode("H", table["household_id"])
    table = table.with_columns(household_id=ids, village_code=pl.col("village_code").cast(pl.String))
    if households is not None:
        table = table.filter(pl.col("household_id").is_in(list(households)))
    names = [f.name for f in features]
    rows = table.select(*KEYS, *names).with_columns(pl.col("category").cast(pl.String)).sort("household_id")
    return FeatureTable(view.as_of, view.county, rows, features)


def _active(view: View) -> pl.DataFrame:
    """Active households with the columns of their state that features use."""
    state = view.states("households").filter(pl.col("status") == "active")
    return state.select(*KEYS, "exit_year").sort("household_id").collect()


def _villages_of(base: pl.DataFrame, view: View, households: Sequence[str]) -> pl.DataFrame:
    """All households of the villages in which the given ones live: neighbours are needed for the village's figures."""
    codes = view.ids.find("H", pl.Series(list(households), dtype=pl.String))
    wanted = base.filter(pl.col("household_id").is_in(codes.drop_nulls().implode()))
    if wanted.height < len(set(households)):
        found = set(view.ids.decode("H", wanted["household_id"]))
        missing = sorted(set(households) - found)
        raise UsageError(
            f"{len(missing)} household(s) not active in county {view.county} on {view.as_of}, first: {missing[0]}. "
            "Check the id, the county and the date."
        )
    return base.filter(pl.col("village_code").is_in(wanted["village_code"].unique().implode()))


def _with_line(table: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """Add `line`: fen per person and year in force at the end of each household's survey window, known by `as_of`."""
    if "surveys.period_end" not in table.columns:
        return table
    asked = table.select("village_code", "surveys.period_end").drop_nulls().unique()
    fen = [
        policy.value(LINE, f"{village:012d}", on=day, known=as_of) * 100
        for village, day in asked.iter_rows()  # one look-up per village and date of survey, not per household
    ]
    lines = asked.with_columns(pl.Series("line", fen, dtype=pl.Float64))
    return table.join(lines, on=["village_code", "surveys.period_end"], how="left", maintain_order="left")


def _leave_one_out(facts: Facts) -> list[pl.Expr]:
    """Village sums without the household itself."""
    return [
        (amount.sum().over("village_code") - amount).alias(column) for column, amount in facts.village_sums.items()
    ]
