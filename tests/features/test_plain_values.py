"""Whether operations give what Polars gives is tested with them (`test_plain_operations.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.features.plain_values import translated
from riskmodel.tables.plain_rows import Rows

if TYPE_CHECKING:
    from riskmodel.tables.plain_rows import Column

LIKE = pl.LazyFrame(schema={"a": pl.Int64()})


def test_an_operation_that_is_not_known_is_named_with_its_parameters_and_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match=r"'Round decimals 2.*add it to features/plain_operations\.py"):
        translated({"a": pl.col("a").round(2)}, LIKE)


@pytest.mark.parametrize("parameters", [{"closed": "left"}, {"closed": "none"}], ids=str)
def test_other_parameters_make_another_operation(parameters: dict[str, str]) -> None:
    with pytest.raises(NotImplementedError, match="IsBetween"):
        translated({"a": pl.col("a").is_between(1, 2, **parameters)}, LIKE)  # type: ignore[arg-type]  # two words


def test_what_several_expressions_have_in_common_is_worked_out_once() -> None:
    shared = (pl.col("a") + 1) * 2
    made = translated({"one": shared.sum(), "two": shared.max()}, LIKE)
    looked: list[str] = []

    def column(_: Rows, name: str) -> Column:
        looked.append(name)
        return [1, 2]

    rows = Rows(2, column)
    assert (made["one"](rows), made["two"](rows)) == ([10], [6])
    assert [held for held in rows if held != "a"], "the shared part is kept with the rows"
    assert looked == ["a"]
