from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from riskmodel.sources.eph import quarters
from riskmodel.sources.eph_rows import rows_of
from sources.eph_files import Rows, canonical, cells, write_quarter


@pytest.mark.parametrize(("years", "shown"), [(-1, 0), (0, 0), (1, 1), (40, 40), (98, 98)])
@pytest.mark.parametrize("tag", ["a04t1", "a05t2", "a06t3", "a07t4"])
def test_the_birth_month_is_a_convention_that_returns_the_age(tmp_path: Path, years: int, shown: int, tag: str) -> None:
    write_quarter(tmp_path, tag, persons=[{"CH06": years}])
    members = canonical(tmp_path)["members"][0]
    born, seen = cells(members, "birth_month", "valid_from")
    months = (seen.year - born.year) * 12 + seen.month - born.month
    assert months // 12 == shown


def test_a_city_is_a_technical_area_named_once(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1")
    write_quarter(tmp_path, "a05t2", [{}, {"CODUSU": "2", "AGLOMERADO": 91, "REGION": 44}], [{}, {"CODUSU": "2"}])
    first, second = canonical(tmp_path)["villages"]
    assert cells(first, "village_code", "village_name", "county_name") == ["990143004001", "Aglomerado 4", "Pampeana"]
    assert cells(second, "village_code", "village_name", "county_name") == [
        "990144091001",
        "Aglomerado 91",
        "Patagonia",
    ]
    assert second.height == 1


def test_who_is_not_listed_at_the_next_visit_has_left_even_after_a_pause(tmp_path: Path) -> None:
    both: Rows = [{"COMPONENTE": 1}, {"COMPONENTE": 2, "CH03": 2}]
    other: dict[str, Any] = {"CODUSU": "9"}
    write_quarter(tmp_path, "a05t1", [{"IX_TOT": 2}], both)
    write_quarter(tmp_path, "a05t2", [other], [other])
    write_quarter(tmp_path, "a05t4", [{}, other], [{"COMPONENTE": 1}, other])
    write_quarter(tmp_path, "a06t1", [{"IX_TOT": 2}], both)
    visits = canonical(tmp_path)["members"]
    assert visits[0]["leave_reason"].to_list() == [None, None]
    assert visits[1]["leave_reason"].to_list() == [None], "no visit, so nobody is known to have left"
    left = visits[2].filter(pl.col("leave_reason").is_not_null())
    assert cells(left, "relation", "valid_from", "leave_reason") == ["spouse", date(2005, 11, 1), "other"]
    assert visits[3]["leave_reason"].to_list() == [None, None], "she is back"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"CH03": 7, "CH04": 2}, {"relation": "parent", "sex": "female"}),
        ({"CH03": 10}, {"relation": "other"}),
        ({"NIVEL_ED": 7}, {"education": "none"}),
        ({"NIVEL_ED": 3}, {"education": "junior"}),
        ({"NIVEL_ED": 5}, {"education": "senior"}),
        ({"CH08": 4}, {"basic_insured": False}),
        ({"CH08": 9}, {"basic_insured": None}),
        ({"CH08": 12}, {"basic_insured": True}),
        ({"CAT_INAC": 6}, {"labour": "lost"}),
        ({"CAT_INAC": 4}, {"labour": None}),
        ({"CAT_INAC": 1, "PP07H": 0}, {"pension_status": "receiving"}),
        ({"V2_M": 5}, {"pension_status": "receiving"}),
        ({"PP07H": 1}, {"pension_status": "paying"}),
        ({"PP07H": 2, "PP07I": 1}, {"pension_status": "paying"}),
        ({"PP07H": 2}, {"pension_status": "none"}),
        ({"PP07H": 0}, {"pension_status": None}),
    ],
)
def test_a_person_keeps_what_the_survey_asked(
    tmp_path: Path, given: dict[str, object], expected: dict[str, object]
) -> None:
    write_quarter(tmp_path, "a05t1", persons=[given])
    members = canonical(tmp_path)["members"][0]
    assert members.select(list(expected)).row(0, named=True) == expected


def test_what_the_survey_does_not_ask_stays_missing(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1")
    found = canonical(tmp_path)
    members = found["members"][0]
    assert cells(members, "chronic_illness", "major_illness", "disability_type", "ethnicity") == [None] * 4
    assert cells(found["households"][0], "exit_year", "relocated", "no_labour") == [None] * 3
    assert cells(found["dwellings"][0], "house_grade", "water_safe") == [None] * 2
    assert not {"medical_settlements", "loan_statements", "monitoring_episodes", "shocks"} & found.keys()


def test_wages_of_employees_and_takings_of_the_self_employed_are_different_components(tmp_path: Path) -> None:
    persons: Rows = [
        {"COMPONENTE": 1, "CAT_OCUP": 3, "P21": 100.5, "TOT_P12": 20},
        {"COMPONENTE": 2, "CAT_OCUP": 2, "P21": 50, "TOT_P12": 3},
        {"COMPONENTE": 3, "CAT_OCUP": 0, "ESTADO": 3, "V2_M": 7, "V21_M": 1, "V8_M": 2, "V9_M": 4, "V10_M": 8},
        {"COMPONENTE": 4, "CAT_OCUP": 0, "ESTADO": 3, "V5_M": 16, "V11_M": 32, "V12_M": 64, "V3_M": 128, "V4_M": 256},
        {"COMPONENTE": 5, "CAT_OCUP": 0, "ESTADO": 4, "V18_M": 512, "V19_AM": 1024},
    ]
    total = 100.5 + 20 + 50 + 3 + 8 + 14 + 16 + 32 + 64 + 128 + 256 + 512 + 1024
    write_quarter(tmp_path, "a05t1", [{"IX_TOT": 5, "ITF": total, "IPCF": total / 5}], persons)
    incomes = canonical(tmp_path)["incomes"][0]
    assert dict(incomes.select("component", "amount").iter_rows()) == {
        "wage_work": 123_50,
        "op_other": 50_00,
        "prop_other": 14_00,
        "tr_pension": 8_00,
        "tr_relief": 16_00,
        "tr_education": 32_00,
        "tr_support": 64_00,
        "tr_other": 1920_00,
    }
    assert incomes["amount"].sum() == round(total * 100)
    assert set(incomes["month"]) == {date(2005, 1, 1)}


def test_what_the_household_total_has_beyond_its_items_is_another_transfer(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1", [{"ITF": 150}], [{"P21": 100}])
    incomes = canonical(tmp_path)["incomes"][0]
    assert dict(incomes.select("component", "amount").iter_rows()) == {"wage_work": 100_00, "tr_other": 50_00}


def test_a_household_without_income_has_a_row_of_zero(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1")
    assert canonical(tmp_path)["incomes"][0].select("component", "amount").rows() == [("wage_work", 0)]


def test_an_income_survey_is_one_month_times_twelve(tmp_path: Path) -> None:
    persons = [{"P21": 100}, {"COMPONENTE": 2, "CAT_OCUP": 0, "ESTADO": 3, "V2_M": 50, "V5_M": 10}]
    write_quarter(tmp_path, "a05t1", [{"ITF": 160, "IPCF": 80, "IX_TOT": 2}], persons)
    survey = canonical(tmp_path)["income_surveys"][0]
    assert survey.select("persons", "period_end", "wage", "business", "transfer", "transfer_pension").row(0) == (
        *(2, date(2005, 1, 31), 100_00 * 12, 0, 60_00 * 12, 50_00 * 12),
    )
    assert cells(survey, "net_total", "net_per_capita") == [160_00 * 12, 80_00 * 12]


@pytest.mark.parametrize(("code", "sector"), [(101, "farming"), (1501, "manufacturing"), (4500, "construction")])
def test_work_has_a_sector_by_the_activity_code(tmp_path: Path, code: int, sector: str) -> None:
    write_quarter(tmp_path, "a05t1", persons=[{"PP04B_COD": code, "P21": 10, "TOT_P12": 1}])
    work = canonical(tmp_path)["employment"][0]
    assert cells(work, "employed", "wage", "sector", "wants_work", "place") == [True, 11_00, sector, None, None]


def test_the_unemployed_want_work_and_children_have_no_row(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1", persons=[{"ESTADO": 2}, {"COMPONENTE": 2, "ESTADO": 4, "CH06": 5}])
    work = canonical(tmp_path)["employment"][0]
    assert work.select("employed", "wants_work", "sector").rows() == [(False, True, None)]


def test_school_says_who_attends_who_never_did_and_who_left(tmp_path: Path) -> None:
    persons = [
        {"COMPONENTE": 1, "CH06": 8, "CH10": 1, "CH12": 2},
        {"COMPONENTE": 2, "CH06": 7, "CH10": 3, "CH12": 0},
        {"COMPONENTE": 3, "CH06": 16, "CH10": 2, "CH12": 4},
        {"COMPONENTE": 4, "CH06": 20, "CH10": 1, "CH12": 7},
        {"COMPONENTE": 5, "CH06": 30, "CH10": 2, "CH12": 4},
    ]
    write_quarter(tmp_path, "a05t3", [{"IX_TOT": 5}], persons)
    school = canonical(tmp_path)["enrolments"][0].sort("term", "stage")
    assert school.select("stage", "status").rows() == [
        *(("bachelor", "enrolled"), ("primary", "enrolled"), ("primary", "not_enrolled"), ("senior", "dropout")),
    ]
    assert set(school["term"]) == {date(2005, 9, 1)}


@pytest.mark.parametrize(("code", "source"), [(1, "central"), (3, "well"), (4, "other"), (9, None)])
def test_a_dwelling_knows_its_water_and_nothing_else(tmp_path: Path, code: int, source: str | None) -> None:
    write_quarter(tmp_path, "a05t1", [{"IV7": code}])
    assert cells(canonical(tmp_path)["dwellings"][0], "aspect", "water_source") == ["water", source]


def test_components_of_the_panel_sum_to_the_household_total(eph_path: Path) -> None:
    for quarter in list(quarters(eph_path / "raw"))[::5]:
        rows = rows_of(quarter, [])["incomes"].group_by("household_id").agg(pl.col("amount").sum())
        total = quarter.households.select("household_id", total=(pl.col("ITF") * 100).round().cast(pl.Int64))
        joined = total.join(rows, on="household_id", how="left")
        assert (joined["amount"] == joined["total"]).all()
