from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.amounts import fen, number, whole_number

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=9, allow_nan=False)


def read(reading: Callable[[pl.Expr], pl.Expr], *texts: str) -> list[object]:
    """What a function makes of these texts."""
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(reading(pl.col("text"))).to_series().to_list()
    )


def half_up(amount: Decimal) -> int:
    """The amount rounded to a whole number, halves away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@given(st.lists(amounts, min_size=1))
def test_an_amount_is_rounded_half_up_to_the_fen(given: list[Decimal]) -> None:
    assert read(fen, *(f"{amount:f}" for amount in given)) == [half_up(amount * 100) for amount in given]


@given(st.lists(amounts, min_size=1))
def test_an_amount_in_ten_thousand_yuan_is_rounded_after_the_scaling(given: list[Decimal]) -> None:
    in_wan = partial(fen, zeros=4)
    assert read(in_wan, *(f"{amount:f}" for amount in given)) == [half_up(amount * 1_000_000) for amount in given]


@given(st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False))
def test_dress_changes_no_amount(amount: Decimal) -> None:
    plain, grouped = f"{amount:f}", f"{amount:,f}"
    value = int(amount * 100)
    assert read(fen, plain, grouped, f"¥{grouped}", f"{grouped}元", f"+{plain}", f"元 {plain}") == [value] * 6
    minus = [f"-{grouped}", f"({grouped})", f"¥({grouped})", f"(¥{plain})", f"-¥{plain}", f"¥-{plain}", f"({plain}元)"]
    assert read(fen, *minus, f"({plain})元", f"−{plain}") == [-value] * 9


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("0.285", 29), ("-0.285", -29), ("1.005", 101), ("12", 1200), ("12.", 1200), ("12.3", 1230), (".5", 50)),
        ("0.28499999999999999999999999999999999999999", 28),
        ("0.00499999999999999999999999999999999999999", 0),
        ("-0.005", -1),
        ("9" * 14, 10**16 - 100),
        ("5.551115123125783e-17", 0),
    ],
)
def test_amounts_are_read_digit_by_digit(text: str, amount: int) -> None:
    assert read(fen, text) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        *("1,23", "12,34.5", "1,2345", "1、200", "1,200,", ",5", "1e3", "1.2E+04", "abc", "--5", "(-5)", "((5))", "(5"),
        *("5)", ".", "-", "", "¥", "元", "()", "nan", "inf", "9" * 15, "1 2", "0x10", "5万元", "5美元", "1.2.3", "5-"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert read(fen, text) == [None]


def test_whole_numbers_with_empty_decimals_units_and_separators() -> None:
    good = {"3": 3, "3.0": 3, "-1": -1, "1,200": 1200, "3人": 3, "4 口": 4, "12个月": 12, "2016年": 2016, "90天": 90}
    assert read(whole_number, *good) == list(good.values())


def test_grades_are_written_in_chinese_numerals_too() -> None:
    assert read(whole_number, "一级", "四级", "2级", "三") == [1, 4, 2, 3]


@pytest.mark.parametrize("text", ["3.5", "three", "3万", "3人2", "", "1e2", "1,20", "十", "3..0", "9" * 19])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert read(whole_number, text) == [None]


def test_numbers_may_have_decimals_and_units() -> None:
    good = {"96": 96.0, "96.5": 96.5, "96.5平方米": 96.5, "96.5 m2": 96.5, "1,200.25": 1200.25, "-3": -3.0}
    assert read(number, *good) == list(good.values())
    bad = ["inf", "1e2", "NaN", "", "9,6", "96.5亩", "."]
    assert read(number, *bad) == [None] * len(bad)


@given(st.lists(st.text(alphabet="0123456789.,()¥元-+eE 人一", max_size=12), min_size=1))
def test_no_text_raises(texts: list[str]) -> None:
    for reading in (fen, partial(fen, zeros=4), whole_number, number):
        assert len(read(reading, *texts)) == len(texts)
