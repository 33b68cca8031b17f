"""Days, months and school terms as offices write them -> dates.

All functions take text after NFKC, without spaces around, and give null where it is no such form or no day of the
calendar.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_MIDNIGHT: Final = r"[T ]0{1,2}:00(?::00(?:\.0+)?)?$"
_DAYS: Final = (
    r"^([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})$",
    r"^([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})$",
    r"^([0-9]{4})([0-9]{2})([0-9]{2})$",
    r"^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日$",
)
# 2025.3 is not among them: a spreadsheet that took 2025.10 for a number shows 2025.1.
_MONTHS: Final = (
    r"^([0-9]{4})[-/]([0-9]{1,2})$",
    r"^([0-9]{4})([0-9]{2})$",
    r"^([0-9]{4})年([0-9]{1,2})月$",
)
_SCHOOL_YEAR: Final = r"^([0-9]{4})[-–—~]([0-9]{4})学年度?(?:(第?[一1]|上|秋季?)|(第?[二2]|下|春季?))学期$"


def day(text: pl.Expr) -> pl.Expr:
    """Days: 2025-03-05, 2025/3/5, 2025.3.5, 20250305, 2025年3月5日, with a midnight behind as databases write it."""
    dashed = text.str.replace(_MIDNIGHT, "")
    for form in _DAYS:
        dashed = dashed.str.replace(form, "${1}-${2}-${3}")
    return dashed.str.extract("^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})$").str.to_date("%Y-%m-%d", strict=False)


def month(text: pl.Expr) -> pl.Expr:
    """First days of months: 2025-03, 2025/3, 202503, 2025年3月, or any day of the month."""
    dashed = text
    for form in _MONTHS:
        dashed = dashed.str.replace(form, "${1}-${2}-1")
    return day(dashed).dt.month_start()


def term(text: pl.Expr) -> pl.Expr:
    """First months of school terms: 2024年秋季学期, 2024秋, 2024-2025学年第一学期, or any month or day of the term.

    The autumn term runs from August to January and begins in September, the spring term begins in March.
    """
    named = text.str.replace_all(r"\s", "")
    named = named.str.replace(r"^([0-9]{4})年?秋季?(?:学期)?$", "${1}-9-1")
    named = named.str.replace(r"^([0-9]{4})年?春季?(?:学期)?$", "${1}-3-1")
    # Seven months earlier, an autumn term lies in the first half of the year in which it begins.
    shifted = month(pl.coalesce(_of_school_year(named), named)).dt.offset_by("-7mo")
    autumn = shifted.dt.month() <= 6
    year = shifted.dt.year() + pl.when(autumn).then(0).otherwise(1)
    return pl.date(year, pl.when(autumn).then(9).otherwise(3), 1)


def _of_school_year(text: pl.Expr) -> pl.Expr:
    """2024-2025学年第二学期 -> 2025-3-1; null for other texts and for a school year of more than one year."""
    parts = text.str.extract_groups(_SCHOOL_YEAR)
    first, second = (parts.struct.field(name) for name in ("1", "2"))
    one_year = first.cast(pl.Int32) + 1 == second.cast(pl.Int32)
    spring = parts.struct.field("4").is_not_null()
    begins = pl.concat_str(
        pl.when(spring).then(second).otherwise(first), pl.when(spring).then(pl.lit("-3-1")).otherwise(pl.lit("-9-1"))
    )
    return pl.when(one_year).then(begins)
