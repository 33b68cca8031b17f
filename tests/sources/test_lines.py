from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.header import find_layout
from riskmodel.sources.lines import Lines, joined, repeated, without_totals
from riskmodel.sources.source import no_failures
from riskmodel.tables import TABLES

LAYOUT = find_layout([("户编号", "月份", "收入项目", "金额", "金额")], TABLES["incomes"], Path("x.csv"))


def lines(first: list[str | None], again: list[str | None]) -> Lines:
    columns = {str(p): pl.Series(first if p == 0 else again, dtype=pl.String) for p in LAYOUT.positions}
    rows = pl.DataFrame({"row": pl.Series(range(2, 2 + len(first)), dtype=pl.Int64), **columns})
    return Lines(rows, empty=1)


def test_parts_are_joined_below_each_other() -> None:
    whole = joined([lines(["a"], ["1"]), lines(["b", "c"], ["2", "3"])], LAYOUT)
    assert whole.cells["0"].to_list() == ["a", "b", "c"]
    assert whole.empty == 2
    assert joined([], LAYOUT).cells.columns == ["row", "0", "1", "2", "3", "4"]


def test_totals_are_left_out_in_every_spelling() -> None:
    found, count = without_totals(lines(["合计", "合 计", "总　计\n", "小计", "合计户", None, "H1"], ["1"] * 7), LAYOUT)
    assert found.cells["0"].to_list() == ["合计户", None, "H1"]
    assert count == 4


@pytest.mark.parametrize("word", ["合计:", "合 计：", "总计： ", "小计:", "小计"])
def test_a_total_may_end_in_a_colon(word: str) -> None:
    found, count = without_totals(lines([word, "合计户:", "H1:"], ["1"] * 3), LAYOUT)
    assert found.cells["0"].to_list() == ["合计户:", "H1:"]
    assert count == 1


def test_a_torn_total_is_a_total() -> None:
    torn = pl.DataFrame(
        {"row": [5, 6], "column": "month", "value": ["小计：", "H1"], "rule": "cells", "reason": ""},
        schema=no_failures().schema,
    )
    found, count = without_totals(Lines(lines([], []).cells, torn), LAYOUT)
    assert found.torn["row"].to_list() == [6]
    assert count == 1


def test_a_number_in_a_total_is_no_number_of_an_id() -> None:
    numeric = pl.DataFrame({"row": [2, 3], "position": [0, 0]})
    cells = lines(["合计", "3"], ["1", "1"]).cells
    assert without_totals(Lines(cells, numeric=numeric), LAYOUT)[0].numeric["row"].to_list() == [3]


def test_a_column_that_stands_twice_must_be_empty_the_second_time() -> None:
    assert repeated(lines(["H1", "H2"], ["", None]), LAYOUT, Path("x.csv")) == [
        "a column stands twice, the empty one was left out / 列“金额”出现了两次,空的一列已忽略"
    ]
    with pytest.raises(RejectedFile, match=r"x\.csv: the column 金额 stands twice, .* from row 3 on"):
        repeated(lines(["H1", "H2"], [" ", "5"]), LAYOUT, Path("x.csv"))
