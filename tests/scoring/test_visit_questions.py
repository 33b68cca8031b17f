from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from riskmodel.scoring.visit_questions import EVERYWHERE, own_questions
from riskmodel.tables import View
from scenario import policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 1, 5)
RECENT = date(2024, 11, 1)
ALL_RECENT: dict[str, list[dict[str, Any]]] = {
    "income_surveys": [{"year": 2024, "period_end": RECENT}],
    "employment": [{"person_id": "P1", "month": RECENT}],
    "dwellings": [
        {"inspected_on": RECENT, "aspect": "housing", "house_grade": "A"},
        {"inspected_on": RECENT, "aspect": "water", "water_safe": True},
    ],
    "guarantee_checks": [{"checked_on": RECENT}],
}


def asked(*ids: str, **tables: list[dict[str, Any]]) -> list[str]:
    """What is asked of each household beside the questions for all."""
    given = {"households": [{"household_id": id_} for id_ in ids], **tables}
    view = View.of({name: rows_of(name, *rows) for name, rows in given.items()}, AS_OF, "990301")
    households = pl.Series([full_id(id_) for id_ in ids])
    found = own_questions(view, policy_of(), households)
    assert found["household_id"].to_list() == households.to_list()
    return found["own"].to_list()


def test_a_household_without_records_is_asked_for_all_of_them() -> None:
    assert asked("H1") == ["补记录：收入采集、务工就业、住房检查、饮水检查、三保障核查"]


def test_a_household_with_recent_records_and_without_pupils_is_asked_what_all_are_asked() -> None:
    assert asked("H1", **ALL_RECENT) == [""]
    assert len(EVERYWHERE) == len(set(EVERYWHERE)) == 11


def test_records_of_a_year_ago_are_asked_for_again_and_those_of_the_house_are_not_those_of_the_water() -> None:
    old = [{"inspected_on": date(2024, 1, 6), "aspect": "housing", "house_grade": "A"}]
    assert asked("H1", **(ALL_RECENT | {"dwellings": old})) == ["补记录：住房检查、饮水检查"]
    young = [{"inspected_on": date(2024, 1, 7), "aspect": "housing", "house_grade": "A"}]
    assert asked("H1", **(ALL_RECENT | {"dwellings": young})) == ["补记录：饮水检查"]


def test_records_of_another_household_do_not_count() -> None:
    assert asked("H2", "H1", **ALL_RECENT) == ["补记录：收入采集、务工就业、住房检查、饮水检查、三保障核查", ""]


def test_members_of_the_age_of_compulsory_school_are_counted_as_of_the_last_of_august() -> None:
    born = {"P1": date(2018, 8, 1), "P2": date(2018, 9, 1), "P3": date(2009, 9, 1), "P4": date(2008, 8, 1)}
    people = [{"person_id": id_, "birth_month": month} for id_, month in born.items()]
    gone = {"person_id": "P5", "birth_month": date(2012, 1, 1), "leave_reason": "died"}
    assert asked("H1", members=[*people, gone], **ALL_RECENT) == ["义务教育年龄 2 人"]
    view = View.of({"households": rows_of("households", {"household_id": "H1"})}, AS_OF, "990301")
    assert own_questions(view, policy_of(), pl.Series([], dtype=pl.String)).is_empty()
