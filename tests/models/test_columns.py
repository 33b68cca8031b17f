from __future__ import annotations

import numpy as np
import pytest

from models.samples import COLUMNS, rows
from riskmodel.errors import BundleError, DataError, UsageError
from riskmodel.models.columns import Column, checked_columns, matrix, position


def test_a_matrix_is_float64_in_c_order_and_keeps_its_missing_values() -> None:
    x = matrix(np.asfortranarray(rows(20)), COLUMNS)
    assert x.dtype == np.float64
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x, rows(20))


@pytest.mark.parametrize("shape", [(3, 3), (3, 5), (4,), (2, 2, 4)])
def test_another_number_of_columns_is_refused_with_the_names_expected(shape: tuple[int, ...]) -> None:
    with pytest.raises(BundleError, match=r"expects \(rows, 4\) with the columns 自付医疗 比例, net_income"):
        matrix(np.zeros(shape), COLUMNS)


def test_an_infinite_number_is_refused_by_column() -> None:
    x = np.zeros((2, 4))
    x[1, 1] = -np.inf
    with pytest.raises(DataError, match="net_income holds an infinite"):
        matrix(x, COLUMNS)


@pytest.mark.parametrize("value", [-1.0, 5.0, 0.5])
def test_a_category_that_is_no_position_of_a_level_is_refused(value: float) -> None:
    x = np.zeros((2, 4))
    x[0, 2] = value
    with pytest.raises(DataError, match="column cause"):
        matrix(x, COLUMNS)


def test_columns_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="direction"):
        Column("a", 2)
    with pytest.raises(UsageError, match="order"):
        Column("a", 1, ("x", "y"))
    with pytest.raises(UsageError, match="twice"):
        Column("a", 0, ("x", "x"))
    with pytest.raises(UsageError, match="empty"):
        Column("")
    with pytest.raises(UsageError, match="more than once: a"):
        checked_columns([Column("a"), Column("a")])
    with pytest.raises(UsageError, match="at least one"):
        checked_columns([])
    with pytest.raises(UsageError, match="no column 'b'"):
        position("b", [Column("a")])
