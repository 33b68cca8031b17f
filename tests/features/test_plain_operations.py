"""Every operation gives what Polars gives: no rows, one, several, and null at every place."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from riskmodel.features.plain_operations import OF_ANY, OF_COLUMNS, OF_KNOWN
from riskmodel.features.plain_values import translated
from riskmodel.tables.plain_rows import Rows

NUMBER, OTHER, RATIO, DAY, CODE = (pl.col(name) for name in ("number", "other", "ratio", "day", "code"))
YES, NO = pl.col("yes"), pl.col("no")
MEANT = {"b": 1, "a": 2}

EXPRESSIONS: dict[str, pl.Expr] = {
    "Plus": NUMBER + OTHER,
    "Minus": pl.lit(date(2024, 2, 29)) - DAY,
    "Multiply": NUMBER * RATIO,
    "TrueDivide": NUMBER / OTHER,
    "FloorDivide": NUMBER // OTHER,
    "Eq": CODE == "b",
    "NotEq": NUMBER != OTHER,
    "Lt": NUMBER < RATIO,
    "LtEq": OTHER <= NUMBER,
    "Gt": NUMBER > OTHER,
    "GtEq": NUMBER >= 2,
    "Negate": -NUMBER,
    "Boolean Not": ~YES,
    "Boolean IsIn nulls_equal False": CODE.is_in(["a", "b"]),
    "Clip has_min True has_max False": NUMBER.clip(lower_bound=0),
    "Clip has_min True has_max True": NUMBER.clip(-1, 2),
    "Pow Sqrt": RATIO.sqrt(),
    "Bitwise CountOnes": NUMBER.bitwise_count_ones(),
    "TemporalExpr Year": DAY.dt.year(),
    "TemporalExpr Month": DAY.dt.month(),
    "TemporalExpr MonthEnd": DAY.dt.month_end(),
    "TemporalExpr TotalDays fractional False": (DAY - pl.lit(date(2024, 2, 29))).dt.total_days(),
    "Cast Float64": YES.cast(pl.Float64),
    "Cast Int64": RATIO.clip(-9, 9).cast(pl.Int64),
    "Cast Int32": YES.cast(pl.Int32),
    "Cast String": CODE.cast(pl.String),
    "And": YES & NO,
    "Or": YES | NO,
    "NotEqValidity": NUMBER.ne_missing(OTHER),
    "Coalesce": pl.coalesce(NUMBER, OTHER),
    "Boolean IsNull": NUMBER.is_null(),
    "Boolean IsNotNull": NUMBER.is_not_null(),
    "Boolean IsBetween closed Both": NUMBER.is_between(OTHER, 3),
    "FillNull": NUMBER.fill_null(OTHER),
    "SumHorizontal ignore_nulls True": pl.sum_horizontal(NUMBER, OTHER),
    "SumHorizontal ignore_nulls False": pl.sum_horizontal(NUMBER, OTHER, ignore_nulls=False),
    "MaxHorizontal": pl.max_horizontal(NUMBER, OTHER),
    "Sum": YES.sum(),
    "Max": CODE.max(),
    "Min": DAY.min(),
    "First": NUMBER.first(),
    "NUnique": NUMBER.n_unique(),
    "Boolean Any ignore_nulls True": YES.any(),
    "Bitwise Or": NUMBER.bitwise_or(),
    "Filter": NUMBER.filter(YES).sum(),
    "ReplaceStrict return_dtype Literal Int64": CODE.replace_strict(MEANT, return_dtype=pl.Int64),
    "Shift": NUMBER.shift(-1),
    "Range IntRange step 1 dtype Literal Int32": pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
    "Repeat": pl.repeat(3.5, pl.len(), dtype=pl.Float64) + NUMBER,
    "Reshape Infer": RATIO.reshape((-1,)),
}
"""One for each operation, under its name."""
MORE = (
    ~NUMBER,
    NUMBER & OTHER,
    NUMBER | OTHER,
    RATIO / 0,
    RATIO / RATIO,
    RATIO - NUMBER * 3,
    NUMBER.shift(1),
    CODE.replace_strict({"a": 7}, default=0, return_dtype=pl.Int64),
    CODE.min(),
    NUMBER.sum() + OTHER.max(),
    pl.when(YES).then(NUMBER),
    pl.when(YES.any()).then(NUMBER.sum()).otherwise(-1),
    pl.when(YES.any()).then(NUMBER).otherwise(OTHER),
    pl.when(NUMBER > 0).then(NUMBER.cast(pl.Float64)).reshape((-1,)),
    NUMBER.max().over("code"),
    NUMBER.shift(-1).over("code"),
    pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("code", "yes"),
    DAY.to_physical() * 64 + CODE.to_physical().cast(pl.Int32),
    pl.lit(None, dtype=pl.Float64),
)

SCHEMA = pl.Schema(
    {
        "number": pl.Int64(),
        "other": pl.Int64(),
        "ratio": pl.Float64(),
        "day": pl.Date(),
        "code": pl.Enum(["b", "a"]),
        "yes": pl.Boolean(),
        "no": pl.Boolean(),
    }
)
VALUES: dict[str, list[Any]] = {
    "number": [None, -3, 0, 2, 5],
    "other": [0, 2, None, -3],
    "ratio": [0.1, None, -2.5, 1e300],
    "day": [date(2023, 12, 31), date(2024, 2, 1), None],
    "code": ["a", None, "b"],
    "yes": [True, None, False],
    "no": [None, True, True, False],
}


def rows_of(height: int) -> pl.DataFrame:
    """Rows in which values and nulls of the columns meet in many ways."""
    columns = {name: [values[row % len(values)] for row in range(height)] for name, values in VALUES.items()}
    return pl.DataFrame(columns, schema=SCHEMA)


def assert_the_same(expression: pl.Expr) -> None:
    made = translated({"made": expression.alias("made")}, pl.LazyFrame(schema=SCHEMA))["made"]
    for start, height in product((0, 1, 2, 5), (0, 1, 2, 12)):
        frame = rows_of(60).slice(start, height)
        found = made(Rows(frame.height, lambda _, name, frame=frame: frame[name].to_list()))  # type: ignore[misc]  # an early binding
        wanted = frame.select(made=expression)["made"].to_list()
        assert [*map(repr, found)] == [*map(repr, wanted)], (start, height)


@pytest.mark.parametrize("name", [*OF_KNOWN, *OF_ANY, *OF_COLUMNS])
def test_an_operation_gives_the_bits_that_polars_gives(name: str) -> None:
    assert_the_same(EXPRESSIONS[name])


@pytest.mark.parametrize("expression", MORE, ids=str)
def test_operations_together_give_the_bits_that_polars_gives(expression: pl.Expr) -> None:
    assert_the_same(expression)
