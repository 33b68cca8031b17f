from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.cells import fen, read_cells
from riskmodel.tables import TABLES
from riskmodel.tables.column import Type


def read(name: str, column: str, *cells: str | None) -> tuple[list[object], list[tuple[int, str]]]:
    """Values of one column, and (row, text) of the cells that could not be read."""
    text = pl.DataFrame({"row": pl.Series(range(2, len(cells) + 2)), column: pl.Series(cells, dtype=pl.String)})
    values, failures = read_cells(TABLES[name], text)
    assert set(failures["column"]) <= {column}
    return values[column].to_list(), list(failures.select("row", "value").iter_rows())


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False))
def test_an_amount_is_rounded_half_up_to_the_fen(amount: Decimal) -> None:
    expected = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert pl.select(fen(pl.lit(f"{amount:f}"))).item() == expected


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.285", 29), ("-0.285", -29), ("1.005", 101), ("12", 1200), ("12.", 1200), ("12.3", 1230), ("+7.00", 700)],
)
def test_amounts_are_read_digit_by_digit(text: str, amount: int) -> None:
    assert read("incomes", "amount", text) == ([amount], [])


@pytest.mark.parametrize("text", ["1,200.00", "12元", "1e3", "abc", "--5", ".", "nan", "9" * 15, "1 2", "0x10", "５"])
def test_what_is_no_plain_amount_is_reported_with_its_text(text: str) -> None:
    assert read("incomes", "amount", "5.00", text) == ([500, None], [(3, text)])


@pytest.mark.parametrize("text", ["", "  ", "\t", None])
def test_a_blank_cell_is_null_and_no_fault(text: str | None) -> None:
    for name, column in (
        ("incomes", "amount"),
        ("incomes", "month"),
        ("employment", "employed"),
        ("incomes", "component"),
    ):
        assert read(name, column, text) == ([None], [])


def test_days_are_iso_and_months_any_day_of_the_month() -> None:
    good = ["2025-03-05", "2024-02-29"]
    assert read("households", "valid_from", *good)[0] == [date(2025, 3, 5), date(2024, 2, 29)]
    assert read("incomes", "month", "2025-03", "2025-03-01", "2025-03-17")[0] == [date(2025, 3, 1)] * 3
    bad = ["2025-02-29", "2025/3/5", "20250305", "2025-3-5", "2025-13-01", "05.03.2025"]
    assert read("households", "valid_from", *bad) == ([None] * 6, list(enumerate(bad, start=2)))


def test_yes_and_no() -> None:
    assert read("employment", "employed", "true", "FALSE", "1", "0", " True ")[0] == [True, False, True, False, True]
    assert read("employment", "employed", "yes", "2", "是") == ([None] * 3, [(2, "yes"), (3, "2"), (4, "是")])


def test_whole_numbers_may_be_written_with_empty_decimals_but_not_with_others() -> None:
    assert read("households", "size", "3", "3.0", "-1")[0] == [3, 3, -1]
    assert read("households", "size", "3.5", "three") == ([None, None], [(2, "3.5"), (3, "three")])


def test_numbers_are_plain() -> None:
    assert read("dwellings", "house_area", "96", "96.5")[0] == [96.0, 96.5]
    assert read("dwellings", "house_area", "inf", "1e2", "NaN")[1] == [(2, "inf"), (3, "1e2"), (4, "NaN")]


def test_ids_and_codes_stand_as_they_are_without_spaces_around() -> None:
    assert read("incomes", "component", " wage_work ", "nonsense") == (["wage_work", "nonsense"], [])


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6), st.sampled_from(sorted(TABLES["members"].facts))
)
def test_no_cell_is_emptied_in_silence(cells: list[str | None], column: str) -> None:
    values, failures = read("members", column, *cells)
    blank = {n for n, cell in enumerate(cells, start=2) if cell is None or not cell.strip()}
    empty = {n for n, value in enumerate(values, start=2) if value is None}
    if TABLES["members"].facts[column].type is not Type.TEXT:
        assert empty >= blank
    assert empty - blank <= {n for n, _ in failures}
