from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.tables.belonging import household_on, known_since

MEMBERS = pl.DataFrame(
    {
        "person_id": [1, 1, 2],
        "household_id": [10, 11, 20],
        "valid_from": [date(2020, 1, 1), date(2022, 1, 1), date(2021, 1, 1)],
        "known_at": [date(2020, 3, 1), date(2022, 3, 1), date(2021, 3, 1)],
    },
    schema_overrides={"person_id": pl.Int32, "household_id": pl.Int32},
)


@pytest.mark.parametrize(
    ("person", "day", "household"),
    [
        (1, date(2019, 1, 1), 10),  # before the first state the first one counts
        (1, date(2021, 12, 31), 10),
        (1, date(2022, 1, 1), 11),
        (2, date(2026, 1, 1), 20),
        (3, date(2022, 1, 1), None),
        (None, date(2022, 1, 1), None),
        (1, None, 10),
    ],
)
def test_a_person_belongs_to_the_household_of_the_newest_state_on_the_day(
    person: int | None, day: date | None, household: int | None
) -> None:
    asked = pl.DataFrame({"person_id": [person], "day": [day]}, schema={"person_id": pl.Int32, "day": pl.Date})
    for members in (MEMBERS, MEMBERS.reverse()):
        assert household_on(members, asked).to_list() == [household]


def test_answers_come_in_the_order_of_the_questions() -> None:
    asked = pl.DataFrame(
        {"person_id": [2, 1, 3, 1], "day": [date(2023, 1, 1), date(2023, 1, 1), date(2020, 1, 1), date(2020, 1, 1)]},
        schema_overrides={"person_id": pl.Int32},
    )
    assert household_on(MEMBERS, asked).to_list() == [20, 11, None, 10]


def test_a_subject_is_known_since_the_first_day_anything_about_it_was() -> None:
    found = known_since(MEMBERS, "person_id").sort("person_id")
    assert found.rows() == [(1, date(2020, 3, 1)), (2, date(2021, 3, 1))]
