from __future__ import annotations

from datetime import date

import polars as pl

from riskmodel.tables.quality.gaps import Gap, never_received, not_in_force

DAY = date(2024, 9, 30)
LINE = "monitoring_line"


def places(*rows: tuple[int, date, int, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["village_code", "on", "asking", LINE], orient="row")


def test_a_number_that_is_in_force_everywhere_leaves_no_gap() -> None:
    assert not_in_force(LINE, places((990101001001, DAY, 3, 8000.0))) == []


def test_a_gap_names_the_smallest_area_that_holds_all_places_and_counts_households() -> None:
    asked = places((990101001001, DAY, 3, None), (990101001002, DAY, 4, None), (990101002001, DAY, 5, 8000.0))
    (gap,) = not_in_force(LINE, asked)
    assert (gap.needs, gap.area, gap.on, gap.households) == (LINE, "990101001", DAY, 7)
    assert "no value of monitoring_line is in force for area 990101001 on 2024-09-30" in gap.reason
    assert "防返贫监测线" in gap.reason


def test_places_of_two_counties_are_in_their_prefecture() -> None:
    asked = places((990101001001, DAY, 1, None), (990102001001, DAY, 1, None))
    assert [gap.area for gap in not_in_force(LINE, asked)] == ["9901"]


def test_every_year_without_a_number_is_a_gap_of_its_own() -> None:
    asked = places((990101001001, date(2022, 9, 30), 1, None), (990101001001, DAY, 2, None))
    assert [(gap.on.year, gap.households) for gap in not_in_force(LINE, asked)] == [(2022, 1), (2024, 2)]


def test_a_table_that_never_came_says_what_to_deliver_in_both_languages() -> None:
    gap = never_received("measures", "", "", "990101", DAY, 12)
    assert gap == Gap("measures", "990101", DAY, 12, gap.reason)
    assert "no row of measures was received by 2024-09-30" in gap.reason
    assert "未收到帮扶措施数据" in gap.reason
