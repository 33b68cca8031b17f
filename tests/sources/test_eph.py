from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.policy import Policy, toml_text
from riskmodel.sources import eph
from riskmodel.sources.source import check
from sources.eph_files import Rows, one_quarter, write_quarter

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


def test_no_row_of_the_panel_is_quarantined(panel: list[eph.Quarter]) -> None:
    """Three quarters, two of them in a row; all of them go through the benchmark's test."""
    for received in eph.deliveries([panel[0], panel[1], panel[-1]]):
        checked = check(received)
        assert checked.sound.height == checked.rows_read > 0, checked.refused.head()
