from __future__ import annotations

import polars as pl
import pytest

from riskmodel.tables.staff_code import is_staff_code, staff_code_fits

CODES = ["K017", "w-07", "li.2", "990301-2024-00017", "_", "7", "P" + "12345678901" + "a" * 13, "1234567890"]
OTHERS = [
    "", " ", "K 017", "K017\n", "张三", "K017张", "<script>", "=1+1", "x" * 33, "１２", "13800000000", "K13800000000",
    "138-0000-0000", "138.0000.0000", "990301198012120012", "99030119801212001X", "990301-19801212-001x",
    "P" + "12345678901" + "a" * 14,
]  # fmt: skip


@pytest.mark.parametrize("text", CODES)
def test_a_code_tells_nobody_who_it_is(text: str) -> None:
    assert staff_code_fits(text)


@pytest.mark.parametrize("text", OTHERS)
def test_names_numbers_of_people_and_other_signs_are_no_code(text: str) -> None:
    assert not staff_code_fits(text)


def test_a_column_is_judged_row_by_row_and_what_is_not_known_stays_so() -> None:
    frame = pl.DataFrame({"code": ["K017", None, "张三"]})
    assert frame.select(is_staff_code(pl.col("code"))).to_series().to_list() == [True, None, False]
