from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from check_cases import AS_OF, NUMBERS, Told, entry, policy, view
from riskmodel.policy import Cause, Policy
from riskmodel.tables.quality.reading import Reading, age, months, named
from worked_example import full_id

FIRST = {"identified_month": date(2023, 1, 1), "eliminated_month": date(2023, 8, 1), "elimination_mode": "natural"}
SECOND = {"identified_month": date(2024, 5, 1), "cause_1": "ILL", "cause_2": "WAT"}


def reading(told: Told, as_of: date = AS_OF, numbers: Policy | None = None) -> Reading:
    return Reading(view(told, as_of), numbers or policy())


@pytest.mark.parametrize(
    ("as_of", "month"), [(date(2025, 6, 5), 6), (date(2025, 6, 29), 6), (date(2025, 6, 30), 7), (date(2025, 12, 31), 1)]
)
def test_a_month_is_complete_with_its_last_day(as_of: date, month: int) -> None:
    assert reading({}, as_of).open_month.month == month


def test_episodes_know_their_end_and_the_one_before() -> None:
    rows = reading({"monitoring_episodes": [SECOND, FIRST]}).episodes
    assert rows["episode_no"].to_list() == [1, 2]
    assert rows["ends"].to_list() == [date(2023, 8, 31), AS_OF]
    assert rows["since"].to_list() == [None, date(2023, 8, 1)]
    assert rows["newest"].to_list() == [False, True]
    assert rows.select(named(Cause.WAT)).to_series().to_list() == [False, True]


def test_a_row_belongs_to_the_episode_that_was_not_over_on_its_day() -> None:
    r = reading({"monitoring_episodes": [FIRST, SECOND]})
    days = [date(2023, 8, 31), date(2023, 9, 1), date(2025, 6, 6)]
    mine = r.episodes["household_id"].first()
    rows = pl.LazyFrame({"household_id": [mine] * 3, "day": days}, schema={"household_id": pl.Int32, "day": pl.Date})
    found = r.of_episodes(rows, "day").sort("day", "episode_no").select("day", "episode_no").collect().rows()
    # the last day of the month of an elimination may speak of the old risk or of a new one
    assert found == [(days[0], 1), (days[0], 2), (days[1], 2)]


def test_the_newest_survey_is_the_one_that_ended_last_then_of_the_later_year_and_stage() -> None:
    day = date(2024, 9, 30)
    same = [{"period_end": day, "stage": stage, "wage": n} for n, stage in enumerate(["elimination", "annual"])]
    told = {"income_surveys": [*same, {"period_end": date(2024, 9, 29), "wage": 5}]}
    newest = reading(told).newest_surveys
    of_first = newest.filter(pl.col("period_end") == day)
    assert of_first["stage"].to_list() == ["elimination"]
    assert newest["household_id"].n_unique() == newest.height


def test_numbers_are_looked_up_where_the_household_lives_and_money_is_fen() -> None:
    own = [entry("monitoring_line", 7300.55, "990101002")]
    told = {"households": [{"household_id": "H1"}, {"household_id": "H2", "village_code": "990101002001"}]}
    numbers = Policy([[entry(kind, value) for kind, value in NUMBERS.items()] + own])
    r = reading(told, numbers=numbers)
    rows = r.with_numbers(r.homes.lazy(), "monitoring_line", "age.school_min").collect().sort("village_code")
    assert rows["monitoring_line"].to_list() == [800000, 800000, 730055]
    assert rows["age.school_min"].to_list() == [6, 6, 6]
    assert r.gaps == []


def test_rows_without_a_number_in_force_are_left_out_and_noted_with_the_households() -> None:
    r = reading({}, numbers=policy({"age.school_min": None}))
    assert r.with_numbers(r.homes.lazy(), "age.school_min", "age.school_max").collect().height == 0
    (gap,) = r.gaps
    assert (gap.needs, gap.area, gap.on, gap.households) == ("age.school_min", "990101001001", AS_OF, 2)


def test_the_records_of_a_table_begin_with_its_first_row_of_that_stage() -> None:
    told = {"guarantee_checks": [{"checked_on": date(2019, 5, 5), "stage": "annual"}]}
    r = reading(told)
    assert r.begins("guarantee_checks", "checked_on") == date(2019, 5, 5)
    assert r.begins("guarantee_checks", "checked_on", "identification") == date(2020, 1, 1)
    assert r.begins("guarantee_checks", "checked_on", "elimination") is None
    assert [gap.needs for gap in r.gaps] == ["guarantee_checks"]
    assert "(消除)" in r.gaps[0].reason


def test_ages_count_full_years_by_month() -> None:
    born = pl.DataFrame({"birth_month": [date(2009, 6, 1), date(2009, 7, 1)]})
    assert born.select(age(pl.lit(AS_OF))).to_series().to_list() == [16, 15]
    assert born.select(months(pl.col("birth_month")).diff()).to_series().to_list() == [None, 1]


def test_members_of_an_episode_are_those_listed_on_its_last_day() -> None:
    states = [
        {"person_id": "P1", "valid_from": date(2020, 1, 1), "labour": "ordinary"},
        {"person_id": "P1", "valid_from": date(2023, 9, 1), "labour": "lost"},
        {"person_id": "P2", "valid_from": date(2024, 1, 1)},
    ]
    r = reading({"monitoring_episodes": [FIRST, SECOND], "members": states})
    rows = r.members_then.sort("episode_no", "person_id")
    assert rows.select("episode_no", "labour").rows() == [(1, "ordinary"), (2, "lost"), (2, None)]
    assert r.view.ids.decode("P", rows["person_id"]).to_list()[0] == full_id("P1")
