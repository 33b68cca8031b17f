from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.policy import Policy, toml_text
from riskmodel.sources import eph
from riskmodel.sources.source import Received, check

HOUSEHOLD: dict[str, Any] = {
    "REALIZADA": 1,
    "REGION": 43,
    "AGLOMERADO": 4,
    "PONDERA": 100,
    "IX_TOT": 1,
    "ITF": 0,
    "IPCF": 0,
}
HOUSEHOLD |= {"IDIMPH": "00000", "IV7": 1, "IX_MEN10": "None"}
PERSON: dict[str, Any] = {
    "COMPONENTE": 1,
    "CH03": 1,
    "CH04": 1,
    "CH06": 40,
    "CH08": 1,
    "CH10": 2,
    "CH12": 2,
    "NIVEL_ED": 4,
}
PERSON |= {"ESTADO": 1, "CAT_OCUP": 3, "CAT_INAC": 0, "PP07H": 1, "PP07I": 0, "PP04B_COD": 4500, "IDIMPP": "00000"}
MONEY = ["P21", "TOT_P12", "V2_M", "V3_M", "V4_M", "V5_M", "V8_M", "V9_M", "V10_M", "V11_M", "V12_M", "V18_M"]
MONEY += ["V19_AM", "V21_M"]
KEY: dict[str, Any] = {"CODUSU": "125098", "NRO_HOGAR": 1}

Rows = Sequence[Mapping[str, Any]]


def write_quarter(raw: Path, tag: str, households: Rows = ({},), persons: Rows = ({},)) -> None:
    """One quarter of the survey, each row with only the cells that matter."""
    for folder, name, defaults, rows in (
        ("hogar", f"hogar_{tag}.tsv.gz", KEY | HOUSEHOLD, households),
        ("individual", f"indiv_{tag}.tsv.gz", KEY | PERSON | dict.fromkeys(MONEY, 0), persons),
    ):
        lines: list[list[Any]] = [list(defaults), *(list({**defaults, **row}.values()) for row in rows)]
        text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
        (raw / folder).mkdir(parents=True, exist_ok=True)
        (raw / folder / name).write_bytes(gzip.compress(text.encode()))


def one_quarter(raw: Path, households: Rows = ({},), persons: Rows = ({},)) -> eph.Quarter:
    write_quarter(raw, "a05t1", households, persons)
    (quarter,) = eph.quarters(raw)
    return quarter


def canonical(raw: Path) -> dict[str, list[pl.DataFrame]]:
    """Checked rows by table, one frame per delivery; nothing may be refused."""
    found: dict[str, list[pl.DataFrame]] = {}
    for received in eph.deliveries(eph.quarters(raw)):
        checked = check(received)
        assert checked.quarantined.is_empty(), checked.quarantined
        found.setdefault(received.table, []).append(pl.concat([batch.rows for batch in checked.batches]))
    return found


def cells(frame: pl.DataFrame, *columns: str) -> list[Any]:
    """The only row's values of some columns."""
    return list(frame.select(columns).row(0))


# --- time ---


def test_a_quarter_is_known_fifteen_days_after_its_end(tmp_path: Path) -> None:
    quarter = one_quarter(tmp_path)
    assert (quarter.income_month, quarter.middle, quarter.known_at) == (
        date(2005, 1, 1),
        date(2005, 2, 1),
        date(2005, 4, 15),
    )
    last = eph.Quarter(2005, 4, pl.DataFrame(), pl.DataFrame(), "")
    assert (last.income_month, last.middle, last.known_at) == (date(2005, 10, 1), date(2005, 11, 1), date(2006, 1, 15))


def test_every_table_of_a_quarter_is_received_on_the_day_it_is_known(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1", persons=[{"CH06": 10, "CH10": 1, "ESTADO": 3}])
    received = list(eph.deliveries(eph.quarters(tmp_path)))
    assert {r.received_on for r in received} == {date(2005, 4, 15)}
    assert [r.table for r in received] == [
        *("villages", "households", "members", "incomes", "income_surveys", "employment", "enrolments", "dwellings")
    ]


@pytest.mark.parametrize(("years", "shown"), [(-1, 0), (0, 0), (1, 1), (40, 40), (98, 98)])
@pytest.mark.parametrize("tag", ["a04t1", "a05t2", "a06t3", "a07t4"])
def test_the_birth_month_is_a_convention_that_returns_the_age(tmp_path: Path, years: int, shown: int, tag: str) -> None:
    write_quarter(tmp_path, tag, persons=[{"CH06": years}])
    members = canonical(tmp_path)["members"][0]
    born, seen = cells(members, "birth_month", "valid_from")
    months = (seen.year - born.year) * 12 + seen.month - born.month
    assert months // 12 == shown


# --- traps of the files ---


def test_a_dwelling_code_is_text(tmp_path: Path) -> None:
    quarter = one_quarter(tmp_path, [{"CODUSU": "012509"}], [{"CODUSU": "012509"}])
    assert quarter.households["CODUSU"].to_list() == ["012509"]


def test_the_words_none_and_nothing_are_missing_cells(tmp_path: Path) -> None:
    quarter = one_quarter(tmp_path, [{"IV7": "None"}], [{"CH08": ""}])
    assert quarter.households["IV7"].to_list() == quarter.persons["CH08"].to_list() == [None]


def test_a_cell_that_is_no_number_rejects_the_file(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1", [{"IPCF": "12,5"}])
    with pytest.raises(RejectedFile, match=r"hogar_a05t1\.tsv\.gz: IPCF holds '12,5'"):
        list(eph.quarters(tmp_path))


def test_imputation_flags_are_digit_strings(tmp_path: Path) -> None:
    persons = [{"CODUSU": str(n), "IDIMPP": flag} for n, flag in enumerate(["00000", "00010", "00000"])]
    households = [{"CODUSU": str(n), "IDIMPH": flag} for n, flag in enumerate(["00000", "00000", "10000"])]
    quarter = one_quarter(tmp_path, households, persons)
    assert eph.imputed(quarter)["imputed"].to_list() == [False, True, True]


def test_a_household_that_was_not_interviewed_or_has_no_person_is_left_out(tmp_path: Path) -> None:
    households: Rows = [{"CODUSU": "1"}, {"CODUSU": "2", "REALIZADA": 0}, {"CODUSU": "3"}]
    quarter = one_quarter(tmp_path, households, [{"CODUSU": "1"}, {"CODUSU": "2"}])
    assert quarter.households["CODUSU"].to_list() == quarter.persons["CODUSU"].to_list() == ["1"]


def test_a_live_in_worker_is_a_household_of_one(tmp_path: Path) -> None:
    persons = [{}, {"NRO_HOGAR": 51, "COMPONENTE": 51}]
    quarter = one_quarter(tmp_path, [{}, {"NRO_HOGAR": 51}], persons)
    assert quarter.persons["household_id"].n_unique() == 2
    assert quarter.households["household_id"].to_list() == quarter.persons["household_id"].to_list()


def test_the_same_dwelling_household_and_person_have_the_same_ids_in_every_quarter(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1")
    write_quarter(tmp_path, "a05t2")
    first, second = eph.quarters(tmp_path)
    assert first.persons["person_id"].to_list() == second.persons["person_id"].to_list()
    assert first.households["household_id"][0].startswith("H")
    assert first.persons["person_id"][0].startswith("P")


def test_a_folder_without_quarters_or_without_persons_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="no file hogar/hogar_aYYtQ"):
        list(eph.quarters(tmp_path))
    write_quarter(tmp_path, "a05t1")
    (tmp_path / "individual" / "indiv_a05t1.tsv.gz").unlink()
    with pytest.raises(RejectedFile, match=r"indiv_a05t1\.tsv\.gz is missing"):
        list(eph.quarters(tmp_path))


def test_a_file_without_the_surveys_columns_is_rejected(tmp_path: Path) -> None:
    write_quarter(tmp_path, "a05t1")
    (tmp_path / "hogar" / "hogar_a05t1.tsv.gz").write_bytes(gzip.compress(b"a\tb\n1\t2\n"))
    with pytest.raises(RejectedFile, match=r"hogar_a05t1\.tsv\.gz cannot be read"):
        list(eph.quarters(tmp_path))


# --- the line ---


def test_the_line_is_six_tenths_of_the_first_income_that_reaches_half_of_the_weight(tmp_path: Path) -> None:
    """Weights 1 x 2, 1 x 1 and 1 x 3: half of 6 is reached exactly by the second income."""
    rows = [("1", 300.0, 3), ("2", 200.0, 1), ("3", 100.0, 2)]
    households = [{"CODUSU": c, "IPCF": income, "IX_TOT": size, "PONDERA": 1} for c, income, size in rows]
    quarter = one_quarter(tmp_path, households, [{"CODUSU": c} for c, _, _ in rows])
    assert quarter.line == 0.6 * 200


def test_the_line_becomes_policy_of_the_technical_area_known_with_its_quarter(tmp_path: Path) -> None:
    for tag, income in (("a05t1", 100), ("a05t2", 200)):
        write_quarter(tmp_path / "raw", tag, [{"IPCF": income}])
    entries = eph.policy_entries(list(eph.quarters(tmp_path / "raw")))
    (tmp_path / "eph.toml").write_text(toml_text(entries), "utf-8")
    policy, area = Policy.load(tmp_path), "990143"
    at_end = date(2006, 1, 1)
    assert policy.value("monitoring_line", area, on=date(2005, 2, 1), known=at_end) == 0.6 * 100 * 12
    assert policy.value("monitoring_line", area, on=date(2005, 5, 1), known=at_end) == 0.6 * 200 * 12
    assert policy.find("monitoring_line", area, on=date(2005, 5, 1), known=date(2005, 7, 14)) is None
    assert policy.find("monitoring_line", area, on=date(2005, 5, 1), known=date(2005, 7, 15)) is not None


# --- tables ---


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


# --- the real panel: section 5 of its page ---

CHECK_VALUES = """
2004Q1 12816 45289 121.998
2004Q2 13809 47869 120
2004Q3 13806 47922 143.16
2004Q4 13497 46850 142.5
2005Q1 13597 47030 156
2005Q2 13511 46912 153
2005Q3 13807 47647 180
2005Q4 13704 47166 180
2006Q1 13315 45878 204
2006Q2 13962 47680 204
2006Q3 18866 65026 240
2006Q4 18655 64384 225
2007Q1 18360 63438 259.998
2007Q2 18526 63235 259.998
2007Q4 17891 61760 300
"""


@pytest.fixture(scope="module")
def panel(eph_path: Path) -> list[eph.Quarter]:
    return list(eph.quarters(eph_path / "raw"))


def test_households_persons_and_line_of_every_quarter_are_the_published_ones(panel: list[eph.Quarter]) -> None:
    found = [f"{q.year}Q{q.quarter} {q.households.height} {q.persons.height} {q.line:g}" for q in panel]
    assert found == CHECK_VALUES.strip().splitlines()


def test_components_of_the_panel_sum_to_the_household_total(panel: list[eph.Quarter]) -> None:
    for quarter in panel[::5]:
        rows = _tables(quarter)["incomes"].group_by("household_id").agg(pl.col("amount").sum())
        total = quarter.households.select("household_id", total=(pl.col("ITF") * 100).round().cast(pl.Int64))
        joined = total.join(rows, on="household_id", how="left")
        assert (joined["amount"] == joined["total"]).all()


def test_no_row_of_the_panel_is_quarantined(panel: list[eph.Quarter]) -> None:
    """Three quarters, two of them in a row; all of them go through the benchmark's test."""
    for received in eph.deliveries([panel[0], panel[1], panel[-1]]):
        checked = check(received)
        assert checked.rows_loaded == checked.rows_read > 0, checked.quarantined.head()


def _tables(quarter: eph.Quarter) -> dict[str, pl.DataFrame]:
    received: list[Received] = list(eph.deliveries([quarter]))
    return {r.table: r.rows for r in received}
