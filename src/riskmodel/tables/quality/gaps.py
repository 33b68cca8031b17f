"""What a check could not be run without: a policy number that is not in force, a table that never was received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.policy import KINDS
from riskmodel.policy.entries import AREA_LENGTHS
from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Gap:
    """What was missing, where, when, and for how many households nothing could be said."""

    needs: str
    """Kind of policy number, or name of a table."""
    area: str
    on: date
    households: int
    reason: str


def not_in_force(kind: str, places: pl.DataFrame) -> list[Gap]:
    """A gap per year for the places without a number; `area` is the smallest that holds all of them.

    `places`: `village_code`, `on`, `asking` (households) and a column of the kind's name.
    """
    missing = places.filter(pl.col(kind).is_null())
    by_year = missing.group_by(year=pl.col("on").dt.year()).agg("village_code", "on", pl.col("asking").sum())
    found = []
    for _, villages, days, households in by_year.sort("year").iter_rows():
        area, on = _smallest_area([f"{village:012d}" for village in villages]), max(days)
        found.append(Gap(kind, area, on, households, _no_value(kind, area, on)))
    return found


def never_received(table: str, which: str, which_zh: str, area: str, on: date, households: int) -> Gap:
    """The gap of a table of which the county has no row, or none of those that `which` names."""
    title = TABLES[table].title
    reason = (
        f"no row of {table}{which} was received by {on}, so a missing row says nothing: deliver the file / "
        f"截至{on}未收到{title}{which_zh}数据,缺少记录不能说明问题,请先报送"
    )
    return Gap(table, area, on, households, reason)


def _no_value(kind: str, area: str, on: date) -> str:
    return (
        f"no value of {kind} is in force for area {area} on {on}: enter it in policy/*.toml / "
        f"{area}在{on}没有生效的{KINDS[kind].zh},请在 policy/*.toml 中填写"
    )


def _smallest_area(villages: list[str]) -> str:
    shared = max(length for length in AREA_LENGTHS if len({village[:length] for village in villages}) == 1)
    return villages[0][:shared]
