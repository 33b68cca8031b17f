from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import NothingInForce, UsageError
from riskmodel.policy import Policy
from riskmodel.policy.calendar import WorkingCalendar
from riskmodel.policy.calendar_entries import CalendarYear, read_calendars

SHIPPED = WorkingCalendar.load()
LATER = date(2026, 12, 31)
"""A day on which every shipped notice is known."""

days = st.dates(date(2021, 1, 1), date(2026, 6, 30))
steps = st.integers(0, 120)


def notice(year: int, published_on: date, *working: date, file: str = "made.toml") -> CalendarYear:
    """A year whose only holiday is 1 January."""
    new_year = date(year, 1, 1)
    return CalendarYear(year, (("元旦", new_year, new_year),), working, published_on, "Notice", True, file)


def counted(day: date, until: date) -> int:
    """The definition, day by day: working days after `day` up to and with `until`."""
    span = (until - day).days
    return sum(SHIPPED.is_working_day(day + timedelta(n), LATER) for n in range(1, span + 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2021-02-07", True),  # Sunday before the Spring Festival
        ("2022-04-04", False),
        ("2023-01-01", False),
        ("2023-06-25", True),  # Sunday after the Dragon Boat Festival
        ("2024-02-09", True),  # New Year's Eve, on which the notice only encourages leave
        ("2024-10-01", False),
        ("2024-10-08", True),
        ("2024-10-12", True),  # Saturday
        ("2024-10-13", False),
        ("2025-01-26", True),  # Sunday
        ("2025-01-28", False),
        ("2025-02-04", False),
        ("2025-02-05", True),
        ("2025-02-08", True),  # Saturday
        ("2025-05-01", False),
        ("2025-10-08", False),
        ("2026-02-16", False),
        ("2026-02-28", True),  # Saturday
    ],
)
def test_known_days(day: str, working: bool) -> None:
    assert SHIPPED.is_working_day(date.fromisoformat(day), LATER) is working


@pytest.mark.parametrize(
    ("year", "count"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, count: int) -> None:
    assert SHIPPED.working_days_between(date(year - 1, 12, 31), date(year, 12, 31), LATER) == count


def test_every_shipped_year_cites_its_notice_and_was_known_before_it_began() -> None:
    assert [found.year for found in SHIPPED.notices] == [2021, 2022, 2023, 2024, 2025, 2026]
    for found in SHIPPED.notices:
        assert "国办发明电〔" in found.source
        assert f"国务院办公厅关于{found.year}年部分节假日安排的通知" in found.source
        assert found.published_on < date(found.year, 1, 1)
        assert found.confirmed


def test_a_term_counts_from_the_day_after_and_passes_over_the_national_holiday() -> None:
    friday = date(2024, 9, 27)
    assert SHIPPED.add_working_days(friday, 0, LATER) == friday
    assert SHIPPED.add_working_days(friday, 1, LATER) == date(2024, 9, 29)  # Sunday, worked
    assert SHIPPED.add_working_days(friday, 3, LATER) == date(2024, 10, 8)
    assert SHIPPED.add_working_days(friday, 7, LATER) == date(2024, 10, 12)  # Saturday, worked
    assert SHIPPED.add_working_days(date(2024, 10, 3), 1, LATER) == date(2024, 10, 8)


def test_a_term_runs_over_the_end_of_the_year() -> None:
    assert SHIPPED.add_working_days(date(2024, 12, 30), 2, LATER) == date(2025, 1, 2)
    assert SHIPPED.working_days_between(date(2024, 12, 30), date(2025, 1, 2), LATER) == 2


@given(start=days, n=steps)
def test_adding_n_working_days_and_counting_them_gives_n(start: date, n: int) -> None:
    end = SHIPPED.add_working_days(start, n, LATER)
    assert SHIPPED.working_days_between(start, end, LATER) == counted(start, end) == n
    assert n == 0 or SHIPPED.is_working_day(end, LATER)


@given(a=days, b=days)
def test_counting_backwards_is_the_negative_count(a: date, b: date) -> None:
    early, late = sorted([a, b])
    assert SHIPPED.working_days_between(early, late, LATER) == counted(early, late)
    assert SHIPPED.working_days_between(late, early, LATER) == -counted(early, late)


@given(rows=st.lists(st.tuples(st.none() | days, steps), min_size=1, max_size=20))
def test_a_column_gives_what_each_day_gives(rows: list[tuple[date | None, int]]) -> None:
    starts = pl.Series([start for start, _ in rows], dtype=pl.Date).to_numpy()
    numbers = np.array([n for _, n in rows])
    due = pl.Series(SHIPPED.add_to_all(starts, numbers, LATER))
    assert due.dtype == pl.Date
    single = [None if start is None else SHIPPED.add_working_days(start, n, LATER) for start, n in rows]
    assert due.to_list() == single
    known = ~np.isnat(starts)
    assert SHIPPED.between_all(starts[known], due.to_numpy()[known], LATER).tolist() == numbers[known].tolist()


def test_one_number_serves_a_whole_column_and_the_column_stays_as_it_was() -> None:
    starts = pl.Series([date(2024, 9, 27), None]).to_numpy().copy()
    assert SHIPPED.add_to_all(starts, 3, LATER).tolist() == [date(2024, 10, 8), None]
    assert starts.tolist() == [date(2024, 9, 27), None]


def test_empty_columns_need_no_year() -> None:
    nothing = np.array([], dtype="datetime64[D]")
    assert WorkingCalendar([]).add_to_all(nothing, 3, LATER).size == 0
    assert WorkingCalendar([]).between_all(nothing, nothing, LATER).size == 0


def test_days_missing_in_a_count_and_numbers_below_zero_are_refused() -> None:
    with pytest.raises(UsageError, match="one is missing"):
        SHIPPED.between_all(np.array(["2024-01-02", "NaT"], "M8[D]"), np.array(["2024-01-02"] * 2, "M8[D]"), LATER)
    with pytest.raises(UsageError, match="-1 working days cannot be added"):
        SHIPPED.add_working_days(date(2024, 1, 2), -1, LATER)


@pytest.mark.parametrize("year", [2020, 2027])
def test_a_year_that_nobody_entered_is_an_error_that_names_the_file_to_write(year: int) -> None:
    with pytest.raises(
        NothingInForce, match=rf"calendar of {year} .* {year}\.toml of the workspace's policy/calendars/"
    ):
        SHIPPED.is_working_day(date(year, 6, 1), date(2040, 1, 1))


def test_a_term_into_a_year_that_nobody_entered_has_no_end() -> None:
    with pytest.raises(NothingInForce, match="calendar of 2027"):
        SHIPPED.add_working_days(date(2026, 12, 20), 20, LATER)
    with pytest.raises(NothingInForce, match="calendar of 2027"):
        SHIPPED.working_days_between(date(2026, 12, 20), date(2027, 1, 1), LATER)


def test_only_the_years_that_are_counted_are_needed() -> None:
    eve = date(2020, 12, 31)
    assert SHIPPED.add_working_days(eve, 1, LATER) == date(2021, 1, 4)
    assert SHIPPED.working_days_between(eve, date(2021, 1, 4), LATER) == 1
    assert SHIPPED.working_days_between(date(1990, 1, 1), date(1990, 1, 1), LATER) == 0


def test_a_notice_is_not_used_before_it_was_published() -> None:
    start = date(2024, 12, 20)
    with pytest.raises(NothingInForce, match=r"calendar of 2025 .* published on 2024-11-12, after that day"):
        SHIPPED.add_working_days(start, 20, date(2024, 11, 11))
    assert SHIPPED.add_working_days(start, 20, date(2024, 11, 12)) == date(2025, 1, 20)


def test_a_notice_that_changes_a_year_holds_from_its_publication_on() -> None:
    saturday = date(2031, 3, 1)
    first, change = notice(2031, date(2030, 11, 1)), notice(2031, date(2031, 2, 1), saturday)
    calendar = WorkingCalendar([[change, first]])
    assert not calendar.is_working_day(saturday, date(2031, 1, 31))
    assert calendar.is_working_day(saturday, date(2031, 2, 1))
    assert calendar.notices == (first, change)


def test_what_the_office_entered_stands_before_what_is_shipped() -> None:
    shipped = notice(2031, date(2031, 1, 1))
    own = replace(notice(2031, date(2030, 11, 1), date(2031, 3, 1)), source="Own notice")
    assert WorkingCalendar([[shipped], [own]]).year(2031, LATER.replace(year=2031)) == own


def test_the_example_of_the_docs_is_the_shipped_year(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "calendar.md").read_text("utf-8")
    (tmp_path / "example.toml").write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    assert read_calendars(tmp_path, "docs") == [SHIPPED.year(2025, LATER)]


def test_an_office_completes_the_years_in_a_folder_that_the_policy_values_do_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "policy" / "calendars"
    folder.mkdir(parents=True)
    (folder / "2031.toml").write_text(
        '[[year]]\nyear = 2031\npublished_on = 2030-11-12\nsource = "Notice"\nconfirmed = true\n'
        'holidays = [{ name = "元旦", from = 2031-01-01, to = 2031-01-01 }]\nworking_weekends = [2031-01-04]\n',
        "utf-8",
    )
    calendar = WorkingCalendar.load(folder)
    assert calendar.is_working_day(date(2031, 1, 4), date(2031, 1, 1))
    assert calendar.is_working_day(date(2025, 1, 26), date(2031, 1, 1))
    assert Policy.load(tmp_path / "policy").version == Policy.load().version
