from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.cell_text import column_text, number_text, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007 ", "007 "),
        (3.0, "3"),
        (-3.0, "-3"),
        (0.0, "0"),
        (1234.5, "1234.5"),
        (0.1, "0.1"),
        (0.00001234, "0.00001234"),
        (-1e-7, "-0.0000001"),
        (123456789012345.0, "123456789012345"),
        (1e15, "1e+15"),
        (110101199001011234.0, "1.1010119900101123e+17"),
        (True, "true"),
        (False, "false"),
        (date(2025, 3, 5), "2025-03-05"),
        (datetime(2025, 3, 5), "2025-03-05"),
        (datetime(2025, 3, 5, 8, 30), "2025-03-05 08:30:00"),
        (time(8, 30), "08:30:00"),
        (timedelta(hours=36), "1 day, 12:00:00"),
    ],
)
def test_a_value_is_the_text_that_somebody_would_have_typed(value: object, text: str) -> None:
    assert value_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_loses_anything_and_only_long_ones_have_exponents(number: float) -> None:
    text = str(number_text(pl.Series([number]))[0])
    assert float(text) == number
    assert ("e" in text) == (abs(number) >= 1e15)
    assert Decimal(text) == Decimal(repr(number))


def test_a_column_of_many_kinds_keeps_its_order_and_says_which_are_numbers() -> None:
    texts, numbers = column_text(["a", 3.0, "", date(2025, 1, 1), True, 1e-9, 2.5])
    assert texts.to_list() == ["a", "3", "", "2025-01-01", "true", "0.000000001", "2.5"]
    assert numbers.to_list() == [False, True, False, False, False, True, True]


@pytest.mark.parametrize("values", [[], ["a", "b"], [1.0, 2.0], [date(2025, 1, 1), date(999, 1, 1)]])
def test_a_column_of_one_kind_is_read_alike(values: list[object]) -> None:
    texts, numbers = column_text(values)
    assert texts.to_list() == [value_text(value) for value in values]
    assert numbers.to_list() == [isinstance(value, float) for value in values]
    assert texts.dtype == pl.String
    assert numbers.dtype == pl.Boolean
