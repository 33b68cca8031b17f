from __future__ import annotations

import polars as pl

from riskmodel.features.steps import Steps


def test_the_same_value_is_one_column() -> None:
    steps = Steps("step")
    twice = [steps.column(pl.col("a") * 2) for _ in range(2)]
    other = steps.column(pl.col("a") * 3)
    assert [column.meta.output_name() for column in (*twice, other)] == ["step.0", "step.0", "step.1"]
    assert [len(columns) for columns in steps.rounds] == [2]


def test_lists_of_codes_tell_values_apart() -> None:
    steps = Steps("row")
    names = [steps.column(pl.col("kind").is_in(codes)).meta.output_name() for codes in (["a"], ["b"], ["a"])]
    assert names == ["row.0", "row.1", "row.0"]


def test_what_is_made_of_other_values_comes_after_them() -> None:
    steps = Steps("step")
    double = steps.column(pl.col("a") * 2)
    steps.column(pl.col("a") + pl.col("b"))
    sum_of_both = steps.column(double + pl.col("b"))
    assert [len(columns) for columns in steps.rounds] == [2, 1]
    added = steps.added(pl.LazyFrame({"a": [1, 2], "b": [10, 20]}))
    assert added.select(double.alias("double"), sum_of_both.alias("sum")).collect().rows() == [(2, 12), (4, 24)]


def test_the_columns_that_everything_is_made_from_are_told() -> None:
    steps = Steps("step")
    steps.column(steps.column(pl.col("a") * 2) + pl.col("b"))
    assert steps.made_from == {"a", "b"}
    assert "step.1" in steps
    assert "a" not in steps
