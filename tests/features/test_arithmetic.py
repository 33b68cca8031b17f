from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import (
    constant,
    count,
    count_of,
    divisor,
    everyone,
    flag,
    known_count,
    largest_of,
    only,
    total_of,
)


def test_a_ratio_is_missing_where_a_part_is_or_the_divisor_is_not_above_zero() -> None:
    frame = pl.DataFrame({"a": [1, -1, 1, None, 1, 1], "b": [4, 4, 0, 4, None, -4]})
    assert frame.select(pl.col("a") / divisor(pl.col("b"))).to_series().to_list() == [
        0.25,
        -0.25,
        None,
        None,
        None,
        None,
    ]


def test_a_ratio_is_the_nearest_float_however_the_divisor_is_stored() -> None:
    amounts, line = list(range(100, 1000, 7)), 800_000
    alike = pl.DataFrame({"amount": amounts}).with_columns(line=pl.lit(line, dtype=pl.Int64))
    for frame in (alike, alike.head(1), pl.concat([alike, pl.DataFrame({"amount": [1], "line": [7]})])):
        made = frame.select(pl.col("amount") / divisor(pl.col("line"))).to_series().to_list()
        assert made == [amount / by for amount, by in frame.select("amount", "line").iter_rows()]
        by_constant = frame.select(pl.col("amount") / divisor(constant(line))).to_series().to_list()
        assert by_constant == [amount / line for amount in frame["amount"]]


def test_a_constant_that_is_not_known_is_missing() -> None:
    frame = pl.DataFrame({"amount": [1, 2]})
    assert frame.select(pl.col("amount") / divisor(constant(None))).to_series().to_list() == [None, None]


def test_counts_leave_out_what_is_not_known() -> None:
    frame = pl.DataFrame({"of": [1, 1, 1, 2, 3], "sick": [True, None, False, None, False]})
    sick = pl.col("sick")
    counted = frame.group_by("of").agg(n=everyone(), count=count(sick), known=known_count(sick, "sick")).sort("of")
    assert counted.rows() == [(1, 3, 1, 1), (2, 1, 0, None), (3, 1, 0, 0)]


def test_a_total_is_exact_and_missing_where_no_row_lies_inside() -> None:
    frame = pl.DataFrame({"of": [1, 1, 1, 2], "fen": [2**60, 1, 5, 7], "inside": [True, True, False, False]})
    totals = frame.group_by("of").agg(total=total_of(pl.col("fen"), pl.col("inside"))).sort("of")
    assert totals.rows() == [(1, 2**60 + 1), (2, None)]


def test_what_holds_of_no_row_inside_is_zero_and_without_rows_inside_missing() -> None:
    frame = pl.DataFrame({"of": [1, 1, 2, 3], "fen": [5, 7, 9, None], "inside": [True, False, False, True]})
    inside, fen = pl.col("inside"), pl.col("fen")
    made = frame.group_by("of").agg(
        n=count_of(fen > 6, inside), most=largest_of(fen, inside), some=total_of(only(fen > 6, fen), inside)
    )
    assert made.sort("of").rows() == [(1, 0, 5, 0), (2, None, None, None), (3, 0, None, 0)]


def test_a_flag_is_missing_where_it_is_not_known() -> None:
    frame = pl.DataFrame({"is": [True, False, None]})
    assert frame.select(flag(pl.col("is"))).to_series().to_list() == [1, 0, None]
