from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.calendar_forms import day, month, term

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def read(reading: Callable[[pl.Expr], pl.Expr], *texts: str) -> list[object]:
    """What a function makes of these texts."""
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(reading(pl.col("text"))).to_series().to_list()
    )


@given(days)
def test_every_form_of_a_day_is_the_same_day(d: date) -> None:
    y, m, n = d.year, d.month, d.day
    forms = [d.isoformat(), f"{y}-{m}-{n}", f"{y}/{m}/{n}", f"{d:%Y/%m/%d}", f"{y}.{m}.{n}", f"{d:%Y%m%d}"]
    assert read(day, *forms, f"{y}年{m}月{n}日", f"{d:%Y年%m月%d日}") == [d] * 8
    midnight = [f"{d} 00:00:00", f"{d}T00:00:00", f"{y}/{m}/{n} 0:00", f"{y}/{m}/{n} 0:00:00", f"{d} 00:00:00.000000"]
    assert read(day, *midnight) == [d] * 5
    assert read(month, *forms, *midnight) == [d.replace(day=1)] * 11


@given(days)
def test_every_form_of_a_month_is_the_same_month(d: date) -> None:
    forms = [f"{d:%Y-%m}", f"{d.year}-{d.month}", f"{d:%Y%m}", f"{d.year}/{d.month}", f"{d.year}年{d.month}月"]
    assert read(month, *forms) == [d.replace(day=1)] * 5
    assert read(day, *forms) == [None] * 5


@pytest.mark.parametrize(
    "text",
    [
        *("2025-02-29", "2025-13-01", "2025-00-10", "05.03.2025", "2025-03/05", "2025年3月5", "25-03-05", "2025 03 05"),
        *("2025-03-05 14:23:11", "2025-03-05 00:01:00", "2025-03-05 ", "45721", "", "2025-003-05", "2025-03-05Z"),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert read(day, text) == [None]


@pytest.mark.parametrize(
    "text", ["2025.10", "2025.1", "2025", "2025-13", "202513", "20253", "3月", "", "2025年", "2025Q1"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    assert read(month, text) == [None]


@pytest.mark.parametrize(
    ("text", "first_month"),
    [
        *(("2024年秋季学期", (2024, 9)), ("2024秋季", (2024, 9)), ("2024秋", (2024, 9)), ("2025年春季学期", (2025, 3))),
        *(("2025春", (2025, 3)), ("2024-2025学年第一学期", (2024, 9)), ("2024-2025学年第二学期", (2025, 3))),
        *(
            ("2024-2025学年度第1学期", (2024, 9)),
            ("2024-2025学年下学期", (2025, 3)),
            ("2024~2025学年 上学期", (2024, 9)),
        ),
        *(
            ("2024-2025学年春季学期", (2025, 3)),
            ("2024-08", (2024, 9)),
            ("2024-12-31", (2024, 9)),
            ("2025年1月", (2024, 9)),
        ),
        *(("202502", (2025, 3)), ("2025/7/31", (2025, 3)), ("2025-03-01", (2025, 3)), ("2024-09-01", (2024, 9))),
    ],
)
def test_terms(text: str, first_month: tuple[int, int]) -> None:
    assert read(term, text) == [date(*first_month, 1)]


@given(days)
def test_a_term_begins_in_march_or_september_and_is_no_more_than_seven_months_away(d: date) -> None:
    (found,) = read(term, d.isoformat())
    assert isinstance(found, date)
    assert (found.month, found.day) in ((3, 1), (9, 1))
    assert -31 <= (d - found).days <= 153


@pytest.mark.parametrize(
    "text", ["2024-2026学年第一学期", "2024-2025学年", "2024-2025学年第三学期", "秋季学期", "2024", "夏", ""]
)
def test_what_is_no_term_is_refused(text: str) -> None:
    assert read(term, text) == [None]


@given(st.lists(st.text(alphabet="0123456789-/.年月日学期春秋第一二 T:", max_size=14), min_size=1))
def test_no_text_raises(texts: list[str]) -> None:
    for reading in (day, month, term):
        assert len(read(reading, *texts)) == len(texts)
